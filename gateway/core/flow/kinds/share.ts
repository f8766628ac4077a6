import { contentHash } from '../hash.js';
import type { NodeOf } from '../node-schema.js';
import { notePath } from '../turn.js';
import { way, type Passing } from './kind.js';

/** A share of the callers goes another way. Decided by the caller's number (the call, where it is withheld), so that whoever calls again meets the same. */
export const share: Passing<NodeOf<'share'>> = {
  role: 'passes',
  ways: (node) => [way(node.to, 'the share', 'to'), way(node.else, 'else', 'else')],
  uses: () => [],
  pass: (turn, { id, node }) => {
    const { state } = turn;
    const lot = parseInt(contentHash(`${state.ani ?? state.callId}:${turn.flow.id}.${id}`).slice(0, 8), 16) % 10_000;
    const isIn = lot < node.percent * 100;
    state.shares = { ...state.shares, [id]: isIn };
    notePath(turn, { node: id, did: isIn ? `share of ${node.percent} %` : `not in the share of ${node.percent} %` });
    return isIn ? node.to : node.else;
  },
};
