import type { Clock } from '../../gateway/ports/clock.js';

/** Real time, for tests that drive a real browser or socket. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, fire) => {
    const timer = setTimeout(fire, ms);
    return () => clearTimeout(timer);
  },
};
