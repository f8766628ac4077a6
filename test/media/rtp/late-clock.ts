import type { MediaClock } from '../../../media/rtp/media-clock.js';

/** A clock whose timers come up to 4 ms late, as they do under load, and which can stand still for a while. */
export class LateClock implements MediaClock {
  private time = 0;
  private due: { readonly at: number; readonly fn: () => void } | undefined;
  private turn = 0;

  now(): number {
    return this.time;
  }

  setTimer(ms: number, fn: () => void): () => void {
    this.due = { at: this.time + ms + (this.turn++ % 5), fn };
    return () => (this.due = undefined);
  }

  run(ms: number): void {
    const end = this.time + ms + 4;
    while (this.due !== undefined && this.due.at <= end) {
      this.time = Math.max(this.time, this.due.at);
      this.fire();
    }
    this.time = Math.max(this.time, end - 4);
  }

  /** So long no timer fires; then the one that is due does. */
  stall(ms: number): void {
    this.time += ms;
    this.fire();
  }

  private fire(): void {
    const fn = this.due?.fn;
    this.due = undefined;
    fn?.();
  }
}
