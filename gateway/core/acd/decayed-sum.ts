import type { Millis } from '../ids.js';

/** A sum whose parts lose weight with their age: after `memoryMs` a part counts 1/e. Sums of different things can be added and divided. */
export class DecayedSum {
  private sum = 0;
  private addedAt: Millis | null = null;
  private since: Millis | null = null;

  constructor(private readonly memoryMs: number) {}

  add(amount: number, at: Millis): void {
    this.sum = this.at(at) + amount;
    this.since ??= at;
    this.addedAt = Math.max(at, this.addedAt ?? at);
  }

  at(now: Millis): number {
    return this.addedAt === null ? 0 : this.sum * Math.exp(-Math.max(0, now - this.addedAt) / this.memoryMs);
  }

  /** Amount per ms lately; right from the start on, as a young sum is divided by the time it had. */
  ratePerMs(now: Millis): number {
    if (this.since === null || now <= this.since) return 0;
    return this.at(now) / (this.memoryMs * (1 - Math.exp(-(now - this.since) / this.memoryMs)));
  }
}
