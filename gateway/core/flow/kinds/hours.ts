import { oneOf } from '../../meant.js';
import type { NodeOf } from '../node-schema.js';
import { hoursAt } from '../opening-hours.js';
import { fail, notePath } from '../turn.js';
import { way, type Passing } from './kind.js';

/** Opening hours at this moment. `$hours.opensOn`, `$hours.opensAt` and `$hours.closesAt` speak of them afterwards. */
export const hours: Passing<NodeOf<'hours'>> = {
  role: 'passes',
  ways: (node) => [way(node.open, 'open', 'open'), way(node.closed, 'closed', 'closed'), ...(node.holiday === undefined ? [] : [way(node.holiday, 'holiday', 'holiday')])],
  uses: () => [],
  check: (_flow, { node }, { hours: known }) =>
    known === undefined || known.has(node.of) ? [] : [{ path: ['of'], what: `there are no opening hours "${node.of}"`, fix: known.size === 0 ? 'add them under `hours:` in contact-centre.yaml' : oneOf(node.of, known.keys()) }],
  pass: (turn, { id, node }) => {
    const known = turn.flow.hours.get(node.of);
    if (known === undefined) return fail(turn, `opening hours ${node.of} are gone`, id);
    const now = hoursAt(known, turn.at);
    turn.state.hours = now;
    notePath(turn, { node: id, did: `hours ${node.of} → ${now.state}` });
    return now.state === 'holiday' ? (node.holiday ?? node.closed) : node[now.state];
  },
};
