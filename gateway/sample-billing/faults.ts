import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';

/** What `POST /faults` sets; what is left out is switched off. */
export const faultsSchema = z.strictObject({
  /** The next n actions are carried out and their answers dropped. */
  dropAnswers: z.int().min(0).max(1_000).default(0),
  /** The next n requests are answered 500 and not carried out. */
  fail: z.int().min(0).max(1_000).default(0),
  /** Every request is held back this long. */
  delayMs: z.int().min(0).max(60_000).default(0),
});

/** Faults for tests and demonstrations, counted down as they happen. */
export class Faults {
  private now: z.infer<typeof faultsSchema> = { dropAnswers: 0, fail: 0, delayMs: 0 };

  set(faults: z.infer<typeof faultsSchema>): void {
    this.now = faults;
  }

  /** Before a request is carried out: waits as set, and says whether to refuse it. */
  async next(): Promise<'serve' | 'refuse'> {
    if (this.now.delayMs > 0) await pause(this.now.delayMs);
    if (this.now.fail === 0) return 'serve';
    this.now = { ...this.now, fail: this.now.fail - 1 };
    return 'refuse';
  }

  /** After an action was carried out: whether its answer gets lost. */
  dropsAnswer(): boolean {
    if (this.now.dropAnswers === 0) return false;
    this.now = { ...this.now, dropAnswers: this.now.dropAnswers - 1 };
    return true;
  }
}
