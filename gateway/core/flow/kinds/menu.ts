import type { NodeOf } from '../node-schema.js';
import { again, keysTaken, repeatsInSilence, sameAlways } from './question.js';
import { NO_MATCH, prompts, way, type Asking } from './kind.js';

/** One key chooses. */
export const menu: Asking<NodeOf<'menu'>> = {
  role: 'asks',
  ways: (node) => [...Object.entries(node.keys).map(([key, to]) => way(to, `digit ${key}`, 'keys', key)), ...again.ways(node)],
  uses: (node) => [...prompts(node.prompt, 'prompt'), ...again.uses(node)],
  check: (flow, { node }) => [
    ...repeatsInSilence(node),
    ...keysTaken(flow, Object.keys(node.keys)),
    ...(Object.keys(node.keys).length === 0 ? [{ path: ['keys'], what: 'the menu has no keys', fix: 'add at least one key' }] : []),
  ],
  question: sameAlways((node) => ({ ...again.of(node), prompts: node.prompt ?? [], takes: { as: 'key' } })),
  keyed: (_turn, { node }, key) => (Object.hasOwn(node.keys, key) ? (node.keys[key] ?? NO_MATCH) : NO_MATCH),
  unanswered: (_turn, { node }, why) => node[why].next,
};
