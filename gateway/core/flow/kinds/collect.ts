import type { NodeOf } from '../node-schema.js';
import { takesSecret } from '../secrecy.js';
import { again, repeatsInSilence, sameAlways } from './question.js';
import { prompts, way, type Asking } from './kind.js';

/** A number that the caller keys. */
export const collect: Asking<NodeOf<'collect'>> = {
  role: 'asks',
  ways: (node) => [way(node.next, 'it', 'next'), ...again.ways(node)],
  uses: (node) => [...prompts(node.prompt, 'prompt'), ...again.uses(node), { what: 'target', name: node.into, types: ['digits', 'text'], path: ['into'] }],
  check: (_flow, { node }) => [...repeatsInSilence(node), ...(node.min > node.max ? [{ path: ['min'], what: `min ${node.min} is more than max ${node.max}`, fix: 'make min at most max' }] : [])],
  question: sameAlways((node, flow) => {
    const { min, max, terminator, mayStartWithAnywhere } = node;
    return { ...again.of(node), prompts: node.prompt ?? [], takes: { as: 'entry', min, max, terminator, mayStartWithAnywhere, isSecret: takesSecret(flow, node) } };
  }),
  keyed: (turn, { node }, entry) => {
    turn.state.vars = { ...turn.state.vars, [node.into]: entry };
    return node.next;
  },
  unanswered: (_turn, { node }, why) => node[why].next,
};
