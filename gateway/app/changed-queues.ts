import type { QueueId } from '../core/ids.js';
import type { Centre } from './centre.js';

/** Which queues have other rules by now, so that a change of one agent's skills moves no caller. */
export class ChangedQueues {
  private known: ReadonlyMap<QueueId, string> = new Map();

  constructor(private readonly centre: Pick<Centre, 'strategy'> & { queue(id: QueueId): unknown }) {}

  /** Of these queues those that had other rules at the last look, or were not looked at then. To be asked after each change. */
  look(queues: Iterable<QueueId>): ReadonlySet<QueueId> {
    const strategy = this.centre.strategy();
    const before = this.known;
    this.known = new Map([...queues].map((queue) => [queue, JSON.stringify([strategy, this.centre.queue(queue)])]));
    return new Set([...this.known].flatMap(([queue, rules]) => (before.get(queue) === rules ? [] : [queue])));
  }
}
