import type { NodeOf } from '../node-schema.js';
import { leave } from '../turn.js';
import { prompts, type Speaking } from './kind.js';

/** Says good-bye and ends the call. */
export const hangup: Speaking<NodeOf<'hangup'>> = {
  role: 'speaks',
  isEnd: true,
  ways: () => [],
  uses: (node) => prompts(node.prompt, 'prompt'),
  prompts: (node) => node.prompt ?? [],
  afterWords: (turn, { node }) => leave(turn, { kind: 'hangup', outcome: node.outcome ?? (turn.state.isSolved ? 'solved' : 'told') }),
};
