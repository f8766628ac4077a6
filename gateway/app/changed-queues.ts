import type { QueueId } from '../core/ids.js';

/** Which queues have other rules by now, so that a change of one agent's skills moves no caller. */
export class ChangedQueues {
  private known: ReadonlyMap<QueueId, string> = new Map();

  /** `rulesOf`: all that counts for who waits in that queue, whoever it is. */
  constructor(private readonly rulesOf: (queue: QueueId) => unknown) {}

  /** Of these queues those that had other rules at the last look, or were not looked at then. To be asked after each change. */
  look(queues: Iterable<QueueId>): ReadonlySet<QueueId> {
    const before = this.known;
    this.known = new Map([...queues].map((queue) => [queue, JSON.stringify(this.rulesOf(queue))]));
    return new Set([...this.known].flatMap(([queue, rules]) => (before.get(queue) === rules ? [] : [queue])));
  }

  /** Not everybody there has the rules that were looked at: the next look finds it changed. */
  forget(queue: QueueId): void {
    this.known = new Map([...this.known].filter(([known]) => known !== queue));
  }
}
