import type { OfferId } from '../ids.js';
import type { CallEffect } from './call-effects.js';
import type { Activity, CallState } from './call-state.js';

export type Waiting = Extract<Activity, { phase: 'waiting' }>;

/** A call known to wait, with its activity already told apart. */
export interface WaitingNow {
  readonly state: CallState;
  readonly activity: Waiting;
}

/**
 * Fires when the offered agent's phone has rung long enough. Named by the offer: a timer that fires in the moment it is cancelled
 * is in the mailbox already, and must not end the offer that came next.
 */
export const ringTimer = (offerId: OfferId): string => `queue:ring:${offerId}`;

/** The order to cancel the present offer's ring timer; none without an offer. */
export const cancelRing = ({ offer }: Waiting): readonly CallEffect[] => (offer === null ? [] : [{ type: 'timer.cancel', timer: ringTimer(offer.offerId) }]);
