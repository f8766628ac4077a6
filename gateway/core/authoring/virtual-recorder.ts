import type { Millis } from '../ids.js';

const BEEP_MS = 400;

/** What a recorder makes of a caller who speaks once: where it ends by itself, and how long the message is at each moment. */
export class VirtualRecorder {
  readonly beganAt: Millis;
  spokenUntil: Millis;

  constructor(
    readonly id: string,
    orderedAt: Millis,
    private readonly limits: { readonly maxMs: number; readonly silenceMs: number },
  ) {
    this.beganAt = orderedAt + BEEP_MS;
    this.spokenUntil = this.beganAt;
  }

  speak(from: Millis, ms: number): void {
    this.spokenUntil = Math.min(from + ms, this.beganAt + this.limits.maxMs);
  }

  /** The silence after the last word, or the greatest length. */
  get endsAt(): Millis {
    return Math.min(this.spokenUntil + this.limits.silenceMs, this.beganAt + this.limits.maxMs);
  }

  /** Up to the last sound. */
  lengthAt(now: Millis): number {
    return Math.max(0, Math.min(now, this.spokenUntil) - this.beganAt);
  }
}
