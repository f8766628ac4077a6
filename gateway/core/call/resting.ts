import type { Millis } from '../ids.js';
import type { CallEvent } from './call-events.js';
import type { CallRules } from './call-rules.js';
import type { Activity, CallState } from './call-state.js';
import type { QueuePlace } from './queue-place.js';
import { DROPPED, plannedLeg, SUPERSEDED } from './callback.js';
import type { EndReason } from './end-reason.js';
import { finish } from './finish.js';
import { lineUp } from './line.js';
import { andThen, ignore, requestId, step, type CallStep } from './step.js';

type Resting = Extract<Activity, { phase: 'resting' }>;

const TIMER = 'callback:again';
/** Outside the hours the clock is looked at this often: hours may be changed by a reload meanwhile. */
const LOOK_AGAIN_MS = 60_000;

/** A callback looks for an agent: into the line, with the place that it keeps, unless the customer is not to be rung at this time. */
export function seekAgent(rules: CallRules, state: CallState, now: { readonly place: QueuePlace; readonly at: Millis }): CallStep {
  const { at } = now;
  if (!rules.mayRing(now.place.queue, at)) return rest(state, { place: now.place, until: at + LOOK_AGAIN_MS, at });
  const place = { ...now.place, offeredAt: now.place.offeredAt ?? at };
  const planned: CallState = { ...state, callerLeg: plannedLeg(state), agentLeg: null };
  const activity = { phase: 'waiting', place, since: at, offer: null, saidPosition: null, failures: 0, isReturning: true } as const;
  return step({ ...planned, activity }, ...lineUp(rules, planned, { place, isReturning: true, mayOverflow: false }));
}

/** Out of the line until then. */
export function rest(state: CallState, how: { readonly place: QueuePlace; readonly until: Millis; readonly at: Millis }): CallStep {
  const { place, until, at } = how;
  return step({ ...state, activity: { phase: 'resting', place, until } }, { type: 'timer.set', timer: TIMER, inMs: Math.max(0, until - at) });
}

export function reduceResting(rules: CallRules, now: { readonly state: CallState; readonly activity: Resting }, event: CallEvent): CallStep {
  const { state, activity } = now;
  if (event.type === 'timer.fired' && event.timer === TIMER) return seekAgent(rules, state, { place: activity.place, at: event.at });
  const end = endOfCallback(event);
  if (end !== null) return over(state, activity.place, end);
  if (event.type === 'call.recovered') return rest(state, { ...activity, at: event.at });
  return ignore(state);
}

/** The next try of a callback that is between two, also while an agent writes about the last one; null for any other call. */
export function nextTry({ activity, callback }: CallState): { readonly place: QueuePlace; readonly at: Millis } | null {
  if (activity.phase === 'resting') return { place: activity.place, at: activity.until };
  return activity.phase === 'wrapUp' && activity.againAt !== undefined && callback?.over === undefined ? { place: activity.place, at: activity.againAt } : null;
}

/** How a callback ends of which that is said between its tries; null: it does not end by that. */
export function endOfCallback(event: CallEvent): EndReason | null {
  if (event.type === 'callback.superseded') return SUPERSEDED;
  return event.type === 'queue.overflowed' && event.rule === 'operator' && event.to === 'lastResort' ? DROPPED : null;
}

/** Who stood in line before, and was offered, is told to have gone elsewhere: into a call of their own, or as an operator ordered. */
export function over(state: CallState, place: QueuePlace, end: EndReason): CallStep {
  const told = { type: 'queue.abandon', requestId: requestId(state, 'abandon'), offeredTo: null, place, why: 'overflow' } as const;
  return andThen(step(state, { type: 'timer.cancel', timer: TIMER }, ...(state.offersSeen.length > 0 ? [told] : [])), (then) => finish(then, end));
}
