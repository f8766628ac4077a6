import type { FlowState } from './flow-state.js';

/** What a caller who hangs up while a flow runs leaves with: a message left, served, informed of what is wrong just now, or nothing. */
export type LeftAs = 'messageLeft' | 'solved' | 'informed' | 'unsolved';

/** A caller who hangs up after the flow did what they came for was served. */
export function leftAs(state: Pick<FlowState, 'isSolved' | 'informedOf' | 'messages'> | null): LeftAs {
  // What they said is what they came for. A snapshot of an older release does not say.
  if ((state?.messages?.length ?? 0) > 0) return 'messageLeft';
  if (state?.isSolved === true) return 'solved';
  // Heard what is wrong just now and asked no more: the message was what they called for.
  return typeof state?.informedOf === 'string' ? 'informed' : 'unsolved';
}
