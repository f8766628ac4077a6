import { machineSpeed } from './machine-anchor.js';
import type { LoadResult } from './sipp-load.js';

export interface Search {
  /** First rate tried, calls/s. */
  readonly from: number;
  readonly atMost: number;
  /** Ends when the rates around the limit are closer than this factor, */
  readonly closeness: number;
  /** or when so much time is used up, ms. */
  readonly budgetMs: number;
}

export interface CleanRate {
  /** Highest rate seen clean, calls/s; 0 when none was. */
  readonly cps: number;
  /** Each rate tried and what was wrong with it. */
  readonly tried: readonly string[];
  /** Speed of the idle machine before each try. */
  readonly machine: readonly number[];
}

const STEP = 1.7;
/** A rate that was asked for but not reached says nothing good. */
const REACHED = 0.93;

/** Looks for the highest rate without a failed call and without a retransmission: up in steps, then between. A rate counts as too high when it fails twice. */
export async function cleanRate(search: Search, attempt: (cps: number) => Promise<LoadResult>): Promise<CleanRate> {
  const until = performance.now() + search.budgetMs;
  const tried: string[] = [];
  const machine: number[] = [];
  const isClean = async (cps: number): Promise<boolean> => {
    for (let again = 0; again < 2; again += 1) {
      machine.push(machineSpeed());
      const wrong = problemOf(cps, await attempt(cps));
      tried.push(`${cps.toFixed(0)}: ${wrong ?? 'clean'}`);
      if (wrong === null) return true;
      if (performance.now() > until) return false;
    }
    return false;
  };
  let clean = 0;
  let tooHigh = Infinity;
  let cps = search.from;
  while (performance.now() < until && tooHigh > Math.max(clean, 1) * search.closeness && clean < search.atMost) {
    if (await isClean(cps)) clean = cps;
    else tooHigh = cps;
    cps = nextRate(clean, tooHigh, search.atMost);
  }
  return { cps: clean, tried, machine };
}

function nextRate(clean: number, tooHigh: number, atMost: number): number {
  if (tooHigh === Infinity) return Math.min(atMost, clean * STEP);
  return clean === 0 ? tooHigh / STEP : Math.sqrt(clean * tooHigh);
}

function problemOf(cps: number, result: LoadResult): string | null {
  if (result.failed > 0 || result.succeeded === 0) return `${result.failed} failed`;
  if (result.retransmissions > 0) return `${result.retransmissions} retransmissions`;
  // The generator tells its rate once a second, in whole calls.
  return result.cps < cps * REACHED - 1 ? `only ${result.cps.toFixed(0)} reached` : null;
}
