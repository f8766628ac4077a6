import type { NodeOf } from '../node-schema.js';
import { leave, plainOutcome } from '../turn.js';
import { prompts, type Speaking } from './kind.js';

/** Says good-bye and ends the call. */
export const hangup: Speaking<NodeOf<'hangup'>> = {
  role: 'speaks',
  isEnd: true,
  ways: () => [],
  uses: (node) => prompts(node.prompt, 'prompt'),
  prompts: (node) => node.prompt ?? [],
  // A caller for whom the flow broke is not hung up on without a word.
  afterWords: (turn, { node }) => leave(turn, turn.state.errorWay === 'unheard' ? { kind: 'broken' } : { kind: 'hangup', outcome: node.outcome ?? plainOutcome(turn) }),
};
