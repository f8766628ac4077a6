import type { FlowState } from '../flow-state.js';
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
    const isIn = lotOf(state, turn.flow.id, id) < node.percent * 100;
    state.shares = { ...state.shares, [id]: isIn };
    notePath(turn, { node: id, did: isIn ? `share of ${node.percent} %` : `not in the share of ${node.percent} %` });
    return isIn ? node.to : node.else;
  },
};

/** Where a caller stands among all callers of a share node: 0 to 9999. */
export const lotOf = ({ ani, callId }: Pick<FlowState, 'ani' | 'callId'>, flow: string, node: string): number => parseInt(contentHash(`${ani ?? callId}:${flow}.${node}`).slice(0, 8), 16) % 10_000;
