import type { VgError, Result } from '../core/errors.js';
import type { Clock } from '../ports/clock.js';

const RETRY_AFTER_MS = 2_000;
/** An hour for one that waits alone, longer among others. */
const MAX_TRIES = 1_800;

export interface WaitingWritesOptions<T> {
  /** Answers, never throws. A repeat of what was written is a no-op. */
  readonly write: (what: T) => Promise<Result<unknown>>;
  readonly clock: Clock;
  /** However many wait; what comes then is given up, as is one that is refused for an hour. */
  readonly most: number;
  readonly onWait?: (what: T, error: VgError) => void;
  readonly onGivenUp: (what: T, error: VgError) => void;
}

/**
 * Writes for a store that may be away. What it did not take waits, and one of all that wait is tried every two seconds: a store that is away
 * for long costs no more than one that is away for a moment. Once it takes one, the others follow. One that it never takes holds up nobody.
 */
export class WaitingWrites<T> {
  private readonly waiting: { readonly what: T; readonly tries: number }[] = [];
  private cancel: (() => void) | null = null;
  private isCatchingUp = false;
  private isClosed = false;

  constructor(private readonly options: WaitingWritesOptions<T>) {}

  /** Resolves after the first try; the others go on by themselves. */
  async put(what: T): Promise<void> {
    const { write, most, onWait, onGivenUp } = this.options;
    const written = await write(what);
    if (written.ok || this.isClosed) return;
    if (this.waiting.length >= most) return onGivenUp(what, written.error);
    this.waiting.push({ what, tries: 1 });
    onWait?.(what, written.error);
    this.later();
  }

  /** Nothing is tried again. */
  close(): void {
    this.isClosed = true;
    this.cancel?.();
  }

  private later(): void {
    if (this.isClosed || this.isCatchingUp) return;
    this.cancel ??= this.options.clock.after(RETRY_AFTER_MS, () => {
      this.cancel = null;
      void this.catchUp();
    });
  }

  private async catchUp(): Promise<void> {
    this.isCatchingUp = true;
    let isAway = false;
    while (!isAway && !this.isClosed) {
      const next = this.waiting.shift();
      if (next === undefined) break;
      const written = await this.options.write(next.what);
      isAway = !written.ok;
      if (!written.ok) this.refused(next, written.error);
    }
    this.isCatchingUp = false;
    if (this.waiting.length > 0) this.later();
  }

  private refused({ what, tries }: { readonly what: T; readonly tries: number }, error: VgError): void {
    if (tries >= MAX_TRIES) this.options.onGivenUp(what, error);
    else this.waiting.push({ what, tries: tries + 1 });
  }
}
