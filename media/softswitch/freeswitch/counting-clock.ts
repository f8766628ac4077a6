import type { Clock } from '../../sip/clock.js';

/** A clock that knows how many of its timers have not fired, so that a test can see what a call leaves behind. */
export class CountingClock implements Clock {
  readonly #clock: Clock;
  #pending = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get pending(): number {
    return this.#pending;
  }

  now(): number {
    return this.#clock.now();
  }

  setTimer(ms: number, fn: () => void): () => void {
    this.#pending += 1;
    let isOpen = true;
    const settle = (): boolean => {
      if (!isOpen) return false;
      isOpen = false;
      this.#pending -= 1;
      return true;
    };
    const cancel = this.#clock.setTimer(ms, () => {
      if (settle()) fn();
    });
    return () => {
      if (settle()) cancel();
    };
  }
}
