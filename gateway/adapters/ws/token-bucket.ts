import type { Millis } from '../../core/ids.js';

/** A rate limit: `burst` at once, refilled by `perSecond`. */
export class TokenBucket {
  private level: number;
  private filledAt: Millis;

  constructor(
    private readonly rate: { readonly perSecond: number; readonly burst: number },
    now: Millis,
  ) {
    this.level = rate.burst;
    this.filledAt = now;
  }

  /** Takes one; false = over the limit. */
  take(now: Millis): boolean {
    const gained = (Math.max(0, now - this.filledAt) / 1_000) * this.rate.perSecond;
    this.level = Math.min(this.rate.burst, this.level + gained);
    this.filledAt = now;
    if (this.level < 1) return false;
    this.level -= 1;
    return true;
  }

  isEmpty(now: Millis): boolean {
    return this.level + (Math.max(0, now - this.filledAt) / 1_000) * this.rate.perSecond < 1;
  }
}
