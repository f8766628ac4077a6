import { highest, type Highest, type Search } from './highest.js';
import type { LoadResult } from './sipp-load.js';

/** A rate that was asked for but not reached says nothing good. */
const REACHED = 0.93;

/** Looks for the highest rate, calls/s, without a failed call and without a retransmission. */
export function cleanRate(search: Search, attempt: (cps: number) => Promise<LoadResult>): Promise<Highest> {
  return highest(search, async (cps) => problemOf(cps, await attempt(cps)));
}

function problemOf(cps: number, result: LoadResult): string | null {
  if (result.failed > 0 || result.succeeded === 0) return `${result.failed} failed`;
  if (result.retransmissions > 0) return `${result.retransmissions} retransmissions`;
  // The generator tells its rate once a second, in whole calls.
  return result.cps < cps * REACHED - 1 ? `only ${result.cps.toFixed(0)} reached` : null;
}
