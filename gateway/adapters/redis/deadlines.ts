import { afterReading, StoreError } from './connection.js';

interface Waiting {
  readonly until: number;
  /** null: the outcome is there. */
  expire: (() => void) | null;
}

/** Passed entries that are kept before they are cut off. */
const SLACK = 1_000;

/** One limit for many commands: they expire in the order in which they were sent, so a single timer watches the oldest. */
export class Deadlines {
  /** In the order of `until`; those before `first` have their outcome. An array, as entries that point to each other live too long. */
  private waiting: Waiting[] = [];
  private first = 0;
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly limitMs: number) {}

  /** The promise's outcome, or a `StoreError` naming `what` when it takes longer than the limit; a late outcome is dropped. */
  limit<T>(promise: Promise<T>, what: string): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const one: Waiting = { until: performance.now() + this.limitMs, expire: () => reject(new StoreError(`${what}: no answer from Redis`)) };
      this.waiting.push(one);
      if (this.timer === null) this.watch(this.limitMs);
      promise.then(
        (value) => {
          this.settle(one);
          resolve(value);
        },
        (error: unknown) => {
          this.settle(one);
          reject(error);
        },
      );
    });
  }

  private settle(one: Waiting): void {
    one.expire = null;
    while (this.waiting[this.first]?.expire === null) this.first += 1;
    if (this.first < this.waiting.length && this.first < SLACK) return;
    this.waiting = this.waiting.slice(this.first);
    this.first = 0;
  }

  private watch(forMs: number): void {
    this.timer = setTimeout(() => afterReading(() => this.expireOverdue()), Math.ceil(forMs));
    this.timer.unref(); // the connection of a command that waits keeps the process alive
  }

  private expireOverdue(): void {
    this.timer = null;
    const now = performance.now();
    for (const one of this.waiting.slice(this.first)) {
      if (one.expire !== null && one.until > now) return this.watch(one.until - now);
      one.expire?.();
      one.expire = null;
    }
  }
}
