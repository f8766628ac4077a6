import type { NodeOf } from '../node-schema.js';
import { ignoreRepeats } from '../turn.js';
import { again, keysTaken, sameAlways } from './question.js';
import { NO_MATCH, prompts, way, type Asking } from './kind.js';

/** Yes or no to a legal text that is heard to its end; the answer is kept with the call. Without an answer there is no consent. */
export const consent: Asking<NodeOf<'consent'>> = {
  role: 'asks',
  ways: (node) => [way(node.yes, 'yes', 'yes'), way(node.no, 'no', 'no'), ...again.ways(node)],
  uses: (node) => [...prompts(node.prompt, 'prompt'), ...again.uses(node)],
  check: (flow, { node }) => [
    ...keysTaken(flow, [node.keys.yes, node.keys.no]),
    ...(node.keys.yes === node.keys.no ? [{ path: ['keys'], what: 'yes and no are the same key', fix: 'give them different keys' }] : []),
    ...node.prompt
      .filter((id) => flow.prompts.get(id)?.bargeIn === true)
      .map((id) => ({ path: ['prompt'], what: `a key would stop the legal text "${id}"`, fix: `set \`bargeIn: false\` on the prompt "${id}"` })),
  ],
  question: sameAlways((node) => ({ ...again.of(node), prompts: node.prompt, takes: { as: 'key' } })),
  keyed: (turn, { node }, key) => {
    const isGiven = key === node.keys.yes ? true : key === node.keys.no ? false : null;
    if (isGiven === null) return NO_MATCH;
    ignoreRepeats(turn, key);
    turn.state.consents = { ...turn.state.consents, [node.to]: { isGiven, at: turn.at, version: turn.flow.version } };
    return isGiven ? node.yes : node.no;
  },
  unanswered: (_turn, { node }, why) => node[why].next,
};
