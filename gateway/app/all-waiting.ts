import type { QueueRoster } from '../core/acd/queue-types.js';
import type { CallId } from '../core/ids.js';
import type { Queue } from '../ports/queue.js';

/** As many of each line at a time. A roster has some more: those behind move up when some of these leave meanwhile. */
const LOOKED_AT = 900;

/** All that wait or are offered, however many. Rejects when the store does not answer. */
export async function allWaiting(queue: Pick<Queue, 'roster'>): Promise<QueueRoster['calls']> {
  const all = new Map<CallId, QueueRoster['calls'][number]>();
  for (let from = 0; ; from += LOOKED_AT) {
    const { calls } = await queue.roster(from);
    for (const call of calls) all.set(call.callId, call);
    if (calls.length === 0) return [...all.values()];
  }
}
