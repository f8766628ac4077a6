import type { Clock } from '../../gateway/ports/clock.js';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly fire: () => void;
}

/** A clock that stands still until the test moves it. Timers fire in the order of their times. */
export class FakeClock implements Clock {
  private time: number;
  private order = 0;
  private timers: Timer[] = [];

  constructor(startAt = Date.UTC(2026, 10, 22, 9, 0, 0)) {
    this.time = startAt;
  }

  get pending(): number {
    return this.timers.length;
  }

  now(): number {
    return this.time;
  }

  after(ms: number, fire: () => void): () => void {
    this.order += 1;
    const timer = { at: this.time + ms, order: this.order, fire };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  /** As for a process that stood still: what is due meanwhile fires at the end, and what that sets is due later. */
  jump(ms: number): void {
    this.time += ms;
    const due = this.timers.filter((timer) => timer.at <= this.time).sort((left, right) => left.at - right.at || left.order - right.order);
    this.timers = this.timers.filter((timer) => !due.includes(timer));
    for (const timer of due) timer.fire();
  }

  advance(ms: number): void {
    const until = this.time + ms;
    for (;;) {
      const [next] = this.timers.filter((timer) => timer.at <= until).sort((left, right) => left.at - right.at || left.order - right.order);
      if (next === undefined) break;
      this.timers = this.timers.filter((timer) => timer !== next);
      this.time = Math.max(this.time, next.at);
      next.fire();
    }
    this.time = until;
  }
}
