import type { Millis } from '../core/ids.js';
import type { Clock } from '../ports/clock.js';

/** New calls are refused when the store has not answered for this long; calls in progress go on from memory. */
const LIMIT_MS = 3_000;

/** Whether the store of calls answers. */
export class StoreHealth {
  private failingSince: Millis | null = null;

  constructor(private readonly clock: Clock) {}

  answered(): void {
    this.failingSince = null;
  }

  failed(): void {
    this.failingSince ??= this.clock.now();
  }

  isFailing(): boolean {
    return this.failingSince !== null;
  }

  mayTakeCalls(): boolean {
    return this.failingSince === null || this.clock.now() - this.failingSince < LIMIT_MS;
  }
}
