/**
 * Leaves a broken back end alone for a while, so that callers hear so at once instead of after every time-out.
 *
 *   closed ──failures in a row──▶ open ──openMs──▶ trying ──success──▶ closed
 *                                  ▲                  └──failure──▶ open
 */
export class CircuitBreaker {
  private failures = 0;
  private openUntil: number | null = null;
  private isTrying = false;

  /** @param limits `failures` in a row open it for `openMs`. @param now any steady clock, ms. */
  constructor(
    private readonly limits: { readonly failures: number; readonly openMs: number },
    private readonly now: () => number,
  ) {}

  /** Whether a call may go out. While trying, only the first one may. Every `true` must be followed by `report`. */
  admits(): boolean {
    if (this.openUntil === null) return true;
    if (this.isTrying || this.now() < this.openUntil) return false;
    this.isTrying = true;
    return true;
  }

  /** How an admitted call went. `unknown` (called off by us) counts for nothing. */
  report(went: 'well' | 'badly' | 'unknown'): void {
    const wasTrying = this.isTrying;
    this.isTrying = false;
    if (went === 'unknown') return;
    if (went === 'well') {
      this.failures = 0;
      this.openUntil = null;
      return;
    }
    this.failures++;
    if (wasTrying || this.failures >= this.limits.failures) this.openUntil = this.now() + this.limits.openMs;
  }
}
