import type { NodeOf } from '../node-schema.js';
import { ignoreRepeats } from '../turn.js';
import { again, keysTaken, sameAlways } from './question.js';
import { NO_MATCH, prompts, way, type Asking } from './kind.js';

/** Yes or no. The key that answered, pressed again, is the same answer. */
export const confirm: Asking<NodeOf<'confirm'>> = {
  role: 'asks',
  ways: (node) => [way(node.yes, 'yes', 'yes'), way(node.no, 'no', 'no'), ...again.ways(node)],
  uses: (node) => [...prompts(node.prompt, 'prompt'), ...again.uses(node)],
  check: (flow, { node }) => [
    ...keysTaken(flow, [node.keys.yes, node.keys.no]),
    ...(node.keys.yes === node.keys.no ? [{ path: ['keys'], what: 'yes and no are the same key', fix: 'give them different keys' }] : []),
  ],
  question: sameAlways((node) => ({ ...again.of(node), prompts: node.prompt, takes: { as: 'key' } })),
  keyed: (turn, { node }, key) => {
    const target = key === node.keys.yes ? node.yes : key === node.keys.no ? node.no : null;
    if (target === null) return NO_MATCH;
    ignoreRepeats(turn, key);
    return target;
  },
  unanswered: (_turn, { node }, why) => node[why].next,
};
