import type { FlowState } from './flow-state.js';

/** What a caller who hangs up while a flow runs leaves with: served, informed of what is wrong just now, or nothing. */
export type LeftAs = 'solved' | 'informed' | 'unsolved';

/** A caller who hangs up after the flow did what they came for was served. */
export function leftAs(state: Pick<FlowState, 'isSolved' | 'informedOf'> | null): LeftAs {
  if (state?.isSolved === true) return 'solved';
  // Heard what is wrong just now and asked no more: the message was what they called for.
  return typeof state?.informedOf === 'string' ? 'informed' : 'unsolved';
}
