/**
 * The textbook formulas of a single pool of agents: calls arrive at random (Poisson), talks last at random (exponential), the longest
 * waiting caller is served first. Everything is computed by recursion, so thousands of agents neither overflow nor lose digits.
 */
export interface Load {
  readonly arrivalsPerHour: number;
  /** Talk, hold and wrap-up of a call, mean. */
  readonly ahtMs: number;
  readonly agents: number;
}

/** Erlang C: nobody gives up. */
export interface ErlangC {
  /** Share of callers who wait at all. */
  readonly waitProbability: number;
  /** Average speed of answer over all callers; Infinity when there are more calls than the agents can ever serve. */
  readonly asaMs: number;
  /** Callers waiting, mean. */
  readonly meanQueue: number;
  /** Share of their time that agents handle calls; at most 1. */
  readonly occupancy: number;
  /** Share of callers answered within so many ms. */
  serviceLevel(withinMs: number): number;
  /** The wait that this share of callers (0 to 1) does not exceed, ms. */
  waitPercentileMs(share: number): number;
}

/** Erlang A (Palm): callers give up after a random time of `patienceMs` in the mean. There is always a balance, whatever the load. */
export interface ErlangA {
  readonly waitProbability: number;
  /** Wait of all callers, those who give up included, mean. */
  readonly meanWaitMs: number;
  /** Share of callers who give up. */
  readonly abandonment: number;
  readonly meanQueue: number;
  readonly occupancy: number;
}

/** Calls in progress if none had to wait: arrivals × AHT, in erlangs. */
export function offeredErlangs(load: Load): number {
  return (load.arrivalsPerHour * load.ahtMs) / 3_600_000;
}

/** Erlang B: the share of calls that find all agents busy when nobody waits. B(0) = 1, B(k) = aB(k-1) / (k + aB(k-1)). */
export function erlangB(erlangs: number, agents: number): number {
  let blocked = 1;
  for (let k = 1; k <= agents; k += 1) blocked = (erlangs * blocked) / (k + erlangs * blocked);
  return blocked;
}

export function erlangC(load: Load): ErlangC {
  const { agents, ahtMs } = load;
  const erlangs = offeredErlangs(load);
  const blocked = erlangB(erlangs, agents);
  const isStable = erlangs < agents;
  const waitProbability = isStable ? (agents * blocked) / (agents - erlangs * (1 - blocked)) : 1;
  // Those who wait do so exponentially, at the rate at which the agents gain on the arrivals.
  const meanWaitIfAnyMs = isStable ? ahtMs / (agents - erlangs) : Number.POSITIVE_INFINITY;
  const asaMs = waitProbability * meanWaitIfAnyMs;
  return {
    waitProbability,
    asaMs,
    meanQueue: (asaMs * load.arrivalsPerHour) / 3_600_000,
    occupancy: Math.min(1, erlangs / agents),
    serviceLevel: (withinMs) => (isStable ? 1 - waitProbability * Math.exp(-withinMs / meanWaitIfAnyMs) : 0),
    waitPercentileMs: (share) => (1 - share >= waitProbability ? 0 : meanWaitIfAnyMs * Math.log(waitProbability / (1 - share))),
  };
}

/** A queue so rarely that long, as a share of all time, is left out. */
const NEGLIGIBLE = 1e-15;

/** Birth and death: with k calls in the system they leave at n·mu + (k - n)·theta for k > n. */
export function erlangA(load: Load & { readonly patienceMs: number }): ErlangA {
  const { agents, ahtMs, patienceMs } = load;
  const erlangs = offeredErlangs(load);
  const givingUp = ahtMs / patienceMs; // theta in units of mu
  // As if at most k callers could wait, for growing k: the share of time in the longest of these queues, and what that makes of the means.
  let longest = erlangB(erlangs, agents);
  let [waitProbability, meanQueue] = [longest, 0];
  for (let k = 1; longest > NEGLIGIBLE || erlangs > agents + k * givingUp; k += 1) {
    longest = (erlangs * longest) / (agents + k * givingUp + erlangs * longest);
    waitProbability += (1 - waitProbability) * longest;
    meanQueue += (k - meanQueue) * longest;
  }
  const meanWaitMs = (meanQueue * 3_600_000) / load.arrivalsPerHour;
  const abandonment = meanWaitMs / patienceMs;
  return { waitProbability, meanWaitMs, abandonment, meanQueue, occupancy: (erlangs * (1 - abandonment)) / agents };
}
