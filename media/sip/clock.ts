/** Time as the stack sees it: milliseconds, and timers that can be called off. */
export interface Clock {
  /** Milliseconds, only meaningful against other values of the same clock; the system clock gives epoch milliseconds. */
  now(): number;
  /** Runs `fn` once after `ms` milliseconds unless the returned function is called before. */
  setTimer(ms: number, fn: () => void): () => void;
}

/** The real clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer(ms, fn) {
    const timer = setTimeout(fn, ms);
    return () => clearTimeout(timer);
  },
};

interface FakeTimer { readonly at: number; readonly order: number; readonly fn: () => void }

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  private time: number;
  private made = 0;
  private timers: FakeTimer[] = [];

  constructor(startMs = 0) {
    this.time = startMs;
  }

  now(): number {
    return this.time;
  }

  setTimer(ms: number, fn: () => void): () => void {
    const timer: FakeTimer = { at: this.time + Math.max(0, ms), order: this.made++, fn };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  /** How many timers have not fired yet. */
  get pending(): number {
    return this.timers.length;
  }

  /** Moves the time on by `ms` and fires, in order, what falls due on the way, timers set by timers too. */
  advance(ms: number): void {
    const end = this.time + ms;
    for (let next = this.due(end); next; next = this.due(end)) {
      const timer = next;
      this.timers = this.timers.filter((other) => other !== timer);
      this.time = timer.at;
      timer.fn();
    }
    this.time = end;
  }

  private due(end: number): FakeTimer | undefined {
    return this.timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at || a.order - b.order)[0];
  }
}

/** The running timers of one owner by name: setting a name again replaces it, and all can be stopped at once. */
export class NamedTimers {
  private readonly running = new Map<string, () => void>();

  constructor(private readonly clock: Clock) {}

  get size(): number {
    return this.running.size;
  }

  /** Starts or restarts a timer. */
  set(name: string, ms: number, fn: () => void): void {
    this.clear(name);
    this.running.set(name, this.clock.setTimer(ms, () => {
      this.running.delete(name);
      fn();
    }));
  }

  /** Stops one timer; nothing happens when it does not run. */
  clear(name: string): void {
    this.running.get(name)?.();
    this.running.delete(name);
  }

  /** Stops all. */
  clearAll(): void {
    for (const stop of this.running.values()) stop();
    this.running.clear();
  }
}
