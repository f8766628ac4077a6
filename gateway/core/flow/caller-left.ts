import type { FlowState } from './flow-state.js';

/** What a caller who hangs up while a flow runs leaves with: a callback that was asked for, a message left, served, informed of what is wrong just now, or nothing. */
export type LeftAs = 'callbackBooked' | 'messageLeft' | 'solved' | 'informed' | 'unsolved';

/** A caller who hangs up after the flow did what they came for was served. */
export function leftAs(state: Pick<FlowState, 'isSolved' | 'informedOf' | 'messages' | 'booked'> | null): LeftAs {
  // A snapshot of an older release does not say.
  if (typeof state?.booked === 'object' && state.booked !== null) return 'callbackBooked';
  // What they said is what they came for. A snapshot of an older release does not say.
  if ((state?.messages?.length ?? 0) > 0) return 'messageLeft';
  if (state?.isSolved === true) return 'solved';
  // Heard what is wrong just now and asked no more: the message was what they called for.
  return typeof state?.informedOf === 'string' ? 'informed' : 'unsolved';
}
