/** What is known of a caller's surroundings when the wait is estimated: counts and rates of the group that shares agents with the caller. */
export interface WaitView {
  /** Callers of the group who are served before this one; those of its fringe count by the part of agents they share. */
  readonly ahead: number;
  /** Agents at work who serve the group. */
  readonly agents: number;
  /** How long an agent is bound by a call, from the ring to the end of wrap-up, mean, ms; null while nothing is known. */
  readonly handlingMs: number | null;
  /** Rate at which one waiting caller gives up, per ms. */
  readonly abandonPerMs: number;
  /** Rate at which calls of a higher band arrive: they pass this caller, per ms. */
  readonly passingPerMs: number;
  /** How many talks the figures above rest on. */
  readonly completions: number;
  /** Whether the whole group's agents serve the group alone; false when other lines take a few of them. */
  readonly isWellPooled: boolean;
  /** The wait of the caller of the same line who was served last, ms; null when nobody was yet. */
  readonly lastWaitMs: number | null;
  /** Callers of the caller's own line ahead, and how fast that line is served, per ms: for groups that are not well pooled. */
  readonly ownAhead: number;
  readonly ownServedPerMs: number;
}

export type WaitMethod = 'queueLength' | 'mixed' | 'lastServed';

export interface WaitEstimate {
  readonly waitMs: number;
  readonly method: WaitMethod;
}

/** With fewer talks than this in the group only the last served caller's wait is an estimate. */
const ENOUGH_COMPLETIONS = 20;
/** Calls of higher bands may take at most this part of the agents' time: with all of it, nobody below would ever be served. */
const MOST_PASSING = 0.9;

/**
 * The wait of a caller who does not meet an idle agent; null = nothing is known. Queue length corrected for abandonment (QLm): with k
 * callers still ahead the line gets shorter by completions (n/AHT) and by those who give up, so the wait is the sum of 1/(n·mu + k·theta).
 * Where other lines take some of the agents, the mean of the last served caller's wait (LES) and of the own line's length by its rate (QLr).
 */
export function estimateWait(view: WaitView): WaitEstimate | null {
  const { lastWaitMs, ownServedPerMs } = view;
  if (view.completions < ENOUGH_COMPLETIONS || view.handlingMs === null || view.agents === 0) {
    return lastWaitMs === null ? null : { waitMs: lastWaitMs, method: 'lastServed' };
  }
  const pooled = queueLengthWait(view, view.agents / view.handlingMs);
  if (view.isWellPooled || lastWaitMs === null || ownServedPerMs === 0) return { waitMs: pooled, method: 'queueLength' };
  return { waitMs: (lastWaitMs + (view.ownAhead + 1) / ownServedPerMs) / 2, method: 'mixed' };
}

/** Longer lines than this are summed up by the integral, which differs by less than a caller there. */
const SUMMED = 10_000;

function queueLengthWait({ ahead, abandonPerMs, passingPerMs }: WaitView, completionsPerMs: number): number {
  const servedPerMs = Math.max(completionsPerMs - passingPerMs, completionsPerMs * (1 - MOST_PASSING));
  const whole = Math.min(SUMMED, Math.floor(ahead));
  let waitMs = 0;
  for (let k = 0; k <= whole; k += 1) waitMs += 1 / (servedPerMs + k * abandonPerMs);
  const rest = ahead - whole; // part of a caller, or what is beyond SUMMED
  if (rest <= 0) return waitMs;
  return waitMs + (abandonPerMs === 0 ? rest / servedPerMs : Math.log((servedPerMs + ahead * abandonPerMs) / (servedPerMs + whole * abandonPerMs)) / abandonPerMs);
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
