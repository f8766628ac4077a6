import type { Millis } from '../../core/ids.js';
import { TokenBucket } from './token-bucket.js';

/** More addresses than this are not kept apart: the table is emptied, which costs a guesser little and us no memory. */
const MAX_ADDRESSES = 10_000;

/** Slows down guessing of tokens: counts refused sign-ins by address. */
export class Refusals {
  private readonly buckets = new Map<string, TokenBucket>();

  constructor(private readonly perMinute: number) {}

  isBlocked(address: string, now: Millis): boolean {
    return this.buckets.get(address)?.isEmpty(now) ?? false;
  }

  count(address: string, now: Millis): void {
    if (this.buckets.size >= MAX_ADDRESSES) this.buckets.clear();
    const bucket = this.buckets.get(address) ?? new TokenBucket({ perSecond: this.perMinute / 60, burst: this.perMinute }, now);
    bucket.take(now);
    this.buckets.set(address, bucket);
  }
}
