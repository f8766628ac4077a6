/** Agents of equal skills, as the rate at which all of them together finish calls. */
export interface PoolRate {
  readonly servedPerMs: number;
  /** Which of the lines they serve. */
  readonly lines: readonly number[];
}

/** Callers who are served one after the other: `mass` of them, which need not be whole. Lower `rank` is served first. */
export interface Lump {
  readonly rank: number;
  readonly mass: number;
}

/** What is known of a caller's surroundings when the wait is estimated. */
export interface WaitView {
  readonly pools: readonly PoolRate[];
  /** By line: who is served before the caller if the agent serves both, lowest rank first. */
  readonly ahead: readonly (readonly Lump[])[];
  /** The caller's own line. */
  readonly own: number;
  /** Rate at which one waiting caller gives up, per ms. */
  readonly abandonPerMs: number;
}

/**
 * The wait of a caller who does not meet an idle agent, ms; Infinity when nobody at work serves the line. The lines are played forward as
 * a flow: every pool works off the first caller it may serve, as the queue does, at the rate at which its agents finish calls, while those
 * who wait give up at theirs. In one pool that is the queue-length estimate corrected for abandonment (QLm: the sum of 1/(n·mu + k·theta)
 * over the k callers ahead); where skills overlap in part it follows who really takes whose callers.
 */
export function estimateWait(view: WaitView): number {
  return new Forecast(view).run();
}

/** A flow differs from single callers by half a caller at its end; so half of the one who asks flows with those ahead (midpoint rule). */
const HALF = 0.5;

class Forecast {
  private readonly ahead: readonly (readonly Lump[])[];
  private readonly next: number[];
  /** What is left of the first lump of each line. */
  private readonly left: number[];
  /** The line that each pool works at; -1 = none is left for it. */
  private readonly targets: number[];
  /** How much of those behind the first is still there. */
  private patience = 1;
  private passedMs = 0;

  constructor(private readonly view: WaitView) {
    this.ahead = view.ahead.map((line, at) => (at === view.own ? [...line, { rank: Number.MAX_VALUE, mass: HALF }] : line));
    this.next = view.ahead.map(() => 0);
    this.left = this.ahead.map((line) => line[0]?.mass ?? 0);
    this.targets = view.pools.map((pool) => this.targetOf(pool));
  }

  run(): number {
    const { pools, own } = this.view;
    for (;;) {
      const rates = this.ahead.map(() => 0);
      for (const [at, pool] of pools.entries()) {
        const target = this.targets[at] ?? -1;
        if (target >= 0) rates[target] = (rates[target] ?? 0) + pool.servedPerMs;
      }
      const { line, ms } = this.firstDone(rates);
      if (line === -1) return Number.POSITIVE_INFINITY;
      this.passedMs += ms;
      if (line === own && this.isCaller(line)) return this.passedMs;
      this.pass(rates, ms);
      this.step(line);
    }
  }

  /** Whether the first of the line is the caller whose wait is asked for: who does not give up, as the wait is that of one who stays. */
  private isCaller(line: number): boolean {
    return line === this.view.own && (this.next[line] ?? 0) >= (this.ahead[line]?.length ?? 0);
  }

  private firstDone(rates: readonly number[]): { readonly line: number; readonly ms: number } {
    let first = { line: -1, ms: Number.POSITIVE_INFINITY };
    for (const [line, rate] of rates.entries()) {
      if (rate === 0) continue;
      const ms = this.timeFor(line, rate);
      if (ms < first.ms) first = { line, ms };
    }
    return first;
  }

  private timeFor(line: number, rate: number): number {
    const mass = this.left[line] ?? 0;
    const theta = this.isCaller(line) ? 0 : this.view.abandonPerMs;
    return theta === 0 ? mass / rate : Math.log1p((theta * mass) / rate) / theta;
  }

  private pass(rates: readonly number[], ms: number): void {
    const theta = this.view.abandonPerMs;
    const staying = Math.exp(-theta * ms);
    this.patience *= staying;
    for (const [line, mass] of this.left.entries()) {
      const served = rates[line] ?? 0;
      if (this.isCaller(line) || theta === 0) this.left[line] = mass - served * ms;
      else this.left[line] = mass * staying + (served / theta) * Math.expm1(-theta * ms);
    }
  }

  /** The first of the line is served: the next comes up, and the pools that worked at it look for their next. */
  private step(line: number): void {
    const { pools } = this.view;
    const at = (this.next[line] ?? 0) + 1;
    this.next[line] = at;
    const lump = this.ahead[line]?.[at];
    this.left[line] = lump === undefined ? (this.isCaller(line) ? HALF : 0) : lump.mass * this.patience;
    for (const [pool, target] of this.targets.entries()) {
      const one = pools[pool];
      if (target === line && one !== undefined) this.targets[pool] = this.targetOf(one);
    }
  }

  private targetOf({ lines }: PoolRate): number {
    let [target, lowest] = [-1, Number.POSITIVE_INFINITY];
    for (const line of lines) {
      const rank = this.ahead[line]?.[this.next[line] ?? 0]?.rank;
      // The caller comes after all that are ahead.
      if (rank === undefined ? target === -1 && this.isCaller(line) : rank < lowest) [target, lowest] = [line, rank ?? Number.POSITIVE_INFINITY];
    }
    return target;
  }
}

/** What may be said of a wait: between so many minutes; null = no lower or no upper end. */
export interface SpokenWait {
  readonly fromMinutes: number | null;
  readonly toMinutes: number | null;
}

/** Ends of the ranges, minutes. Wider as waits get longer: the error grows with them. */
const RANGES = [2, 5, 10, 15, 20, 30, 45, 60] as const;
/** An estimate this near below a range's end is told as the next: who was promised too little is the one who complains. */
const CAUTION = 0.9;

/** The range that is said: less than 2 minutes, 2 to 5, 5 to 10, 10 to 15, 15 to 20, 20 to 30, 30 to 45, 45 to 60, more than 60. */
export function spokenWait(waitMs: number): SpokenWait {
  const at = RANGES.findIndex((end) => waitMs < CAUTION * end * 60_000);
  if (at === -1) return { fromMinutes: RANGES[RANGES.length - 1] ?? null, toMinutes: null };
  return { fromMinutes: RANGES[at - 1] ?? null, toMinutes: RANGES[at] ?? null };
}
