/** Monotonic time for media, in ms. Wall-clock steps must never reach a stream, so this is not `Date.now`. */
export interface MediaClock {
  now(): number;
  /** Runs `fn` once after `ms`; the returned function cancels it. */
  setTimer(ms: number, fn: () => void): () => void;
}

export const monotonicClock: MediaClock = {
  now: () => performance.now(),
  setTimer(ms, fn) {
    const timer = setTimeout(fn, ms);
    return () => clearTimeout(timer);
  },
};
