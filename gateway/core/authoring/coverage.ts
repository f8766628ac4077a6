import type { FlowWay } from './probed-flow.js';

/** Which ways of a flow its tests took. */
export interface Coverage {
  readonly flowId: string;
  readonly ways: number;
  readonly taken: number;
  /** Rounded down: 100 means all. */
  readonly percent: number;
  readonly missing: readonly FlowWay[];
}

/** Adds up what all tests of a flow took. */
export function coverageOf(flowId: string, ways: readonly FlowWay[], runs: readonly ReadonlyMap<string, number>[]): Coverage {
  const missing = ways.filter(({ id }) => !runs.some((taken) => (taken.get(id) ?? 0) > 0));
  const taken = ways.length - missing.length;
  return { flowId, ways: ways.length, taken, percent: ways.length === 0 ? 100 : Math.floor((taken / ways.length) * 100), missing };
}
