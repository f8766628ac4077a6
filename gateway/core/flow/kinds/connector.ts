import type { NodeOf } from '../node-schema.js';
import { checkCall, conclude, orderCall, usesOfCall } from './back-end-call.js';
import { prompts, way, type Acting } from './kind.js';

/** Asks a back end; its answer decides where to go. */
export const connector: Acting<NodeOf<'connector'>> = {
  role: 'acts',
  ways: (node) => Object.entries(node.exits).map(([exit, to]) => way(to, `exit ${exit}`, 'exits', exit)),
  uses: (node) => [...prompts(node.filler, 'filler'), ...usesOfCall(node)],
  check: (flow, { node }, library) => checkCall(flow, node, library),
  order: orderCall,
  back: {
    filler: (node) => node.filler,
    returned: (turn, { id, node }, outcome) => conclude(turn, { id, call: node, outcome }),
  },
};
