import type { Activity, CallState } from './call-state.js';

export type Waiting = Extract<Activity, { phase: 'waiting' }>;

/** A call known to wait, with its activity already told apart. */
export interface WaitingNow {
  readonly state: CallState;
  readonly activity: Waiting;
}

/** Fires when the offered agent's phone has rung long enough. */
export const RING_TIMER = 'queue:ring';
