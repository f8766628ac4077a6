import type { CallEffect } from './call-effects.js';
import type { CallRules } from './call-rules.js';
import type { CallState } from './call-state.js';
import type { QueuePlace } from './queue-place.js';
import type { Millis } from '../ids.js';
import { andThen, requestId, step, type CallStep } from './step.js';
import type { WaitingNow } from './waiting-state.js';

/** How often the place in line is looked at; it is said only when it improved. */
export const POSITION_EVERY_MS = 20_000;
export const POSITION_TIMER = 'queue:position';
export const REQUEUE_TIMER = 'queue:again';
export const MAX_WAIT_TIMER = 'queue:maxWait';
/** Fires when it is time for words of comfort. */
export const COMFORT_TIMER = 'queue:comfort';
/** Fires when the caller is to be offered a callback, and when such an offer has stood long enough. */
export const CALLBACK_TIMER = 'queue:callback';
export const CALLBACK_ANSWER_TIMER = 'queue:callbackAnswer';
/** Fires when the queue's rules say that the wait is long enough. */
export const OVERFLOW_TIMER = 'queue:overflow';

const cancelling = (timers: readonly string[]): readonly CallEffect[] => timers.map((timer) => ({ type: 'timer.cancel', timer }));
/** What the queue's rules have set. */
const endRuleTimers = cancelling([MAX_WAIT_TIMER, OVERFLOW_TIMER, COMFORT_TIMER, CALLBACK_TIMER]);
/** All that was set while the caller waited. */
export const endWaitTimers: readonly CallEffect[] = [...cancelling([POSITION_TIMER, CALLBACK_ANSWER_TIMER]), ...endRuleTimers];

export interface LiningUp {
  readonly place: QueuePlace;
  /** An agent was found before and lost, or the caller comes from another queue: the first place counts. */
  readonly isReturning: boolean;
  readonly mayOverflow: boolean;
  /** How long the caller has waited already, ms; default 0. */
  readonly waitedMs?: number;
}

/** The order to stand in the present line, whatever its rules say; nothing for who stands there. Once the queue was asked whether they talk, its verdict comes first. */
export const stay = (now: WaitingNow): CallStep => (now.activity.offer?.stage === 'answered' ? step(now.state) : step(now.state, standing(now)));

/** As an order. */
export const standing = ({ state, activity }: WaitingNow): CallEffect => ({ type: 'queue.arrive', requestId: requestId(state, 'arrive'), place: activity.place, isReturning: activity.isReturning, mayOverflow: false });

/** By the rules as they are now: what the caller needs, with the place they have, and what is left of the times of the wait. */
export function followRules(rules: CallRules, now: WaitingNow, at: Millis): CallStep {
  const { state, activity } = now;
  const timers = !isListening(state) ? [] : [...endRuleTimers, ...waitTimers(rules, state, { place: activity.place, waitedMs: at - (activity.since ?? at) })];
  return andThen(stay(now), (then) => step(then, ...timers));
}

/** Whether anybody does: a callback whose customer is not there waits without music, for as long as it takes. */
const isListening = ({ callerLeg }: CallState): boolean => callerLeg.phase === 'up';

/** The orders to line up: music, the wish, and the timers of the wait. */
export function lineUp(rules: CallRules, state: CallState, { place, waitedMs = 0, ...how }: LiningUp): readonly CallEffect[] {
  const arrive: CallEffect = { type: 'queue.arrive', requestId: requestId(state, 'arrive'), place, ...how };
  if (!isListening(state)) return [arrive];
  return [{ type: 'media.music', legId: state.callerLeg.legId, queue: place.queue }, arrive, { type: 'timer.set', timer: POSITION_TIMER, inMs: POSITION_EVERY_MS }, ...waitTimers(rules, state, { place, waitedMs })];
}

/** What is to happen after a wait that the queue's rules set, of which so much is over. */
export function waitTimers(rules: CallRules, state: CallState, { place, waitedMs }: { readonly place: QueuePlace; readonly waitedMs: number }): readonly CallEffect[] {
  const overflowMs = rules.overflowAfterMs(place.queue);
  const { comfort } = rules.queueWords(place.queue);
  const { offerAfterMs } = rules.callback(place.queue);
  const left = (ms: number): number => Math.max(0, ms - waitedMs);
  return [
    { type: 'timer.set', timer: MAX_WAIT_TIMER, inMs: left(rules.maxWaitMs) },
    ...(comfort === null ? [] : [{ type: 'timer.set', timer: COMFORT_TIMER, inMs: comfort.everyMs } as const]),
    ...(overflowMs === null ? [] : [{ type: 'timer.set', timer: OVERFLOW_TIMER, inMs: left(overflowMs) } as const]),
    ...(offerAfterMs === null || state.ani === null ? [] : [{ type: 'timer.set', timer: CALLBACK_TIMER, inMs: left(offerAfterMs) } as const]),
  ];
}
