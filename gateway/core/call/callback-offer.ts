import type { OverflowRule } from '../acd/queue-config.js';
import { mayDial } from '../flow/dialling.js';
import type { Millis } from '../ids.js';
import { say } from './announce.js';
import { BOOKED, bookCallback } from './callback.js';
import type { CallbackVia } from './callback-state.js';
import type { CallEffect } from './call-effects.js';
import type { CallEvent } from './call-events.js';
import type { CallRules } from './call-rules.js';
import type { CallState } from './call-state.js';
import { endAgentLeg } from './finish.js';
import { takeLastResort } from './last-resort.js';
import { tellAndEnd } from './last-words.js';
import { CALLBACK_ANSWER_TIMER, CALLBACK_TIMER, endWaitTimers, stay } from './line.js';
import { leaveQueue } from './offer.js';
import { andThen, ignore, step, type CallStep } from './step.js';
import { cancelRing, type Waiting, type WaitingNow } from './waiting-state.js';

/** An agent's phone rings just now: what is to be done without one is looked at again when that came to nothing. */
const AFTER_RING_MS = 5_000;
/** From the offer to the number's last resort, where waiting on would be in vain. */
const ANSWER_WITHIN_MS = 20_000;

/** The caller has waited long enough to be offered a callback: told which key takes it, once in the line and once where the rules say so. */
export function offerCallback(rules: CallRules, now: WaitingNow, via: CallbackVia): CallStep {
  const { state, activity } = now;
  if (!isReachable(rules, state) || (via === 'line' && activity.callbackOffer !== undefined)) return ignore(state);
  if (activity.offer !== null) return step(state, { type: 'timer.set', timer: CALLBACK_TIMER, inMs: AFTER_RING_MS });
  const { key } = rules.callback(activity.place.queue);
  return say(rules, { ...state, activity: { ...activity, callbackOffer: via, callbackKey: key } }, { key: 'queue.callbackOffer', digit: key });
}

/**
 * The queue's rules offer a callback in place of the wait. Who does not want it stays in line; but where nobody would come, as it is closed
 * or nobody is there, not for long. Who withholds the number, or has one that is not dialled, cannot be called.
 */
export function overflowToCallback(rules: CallRules, now: WaitingNow, { rule, at }: { readonly rule: OverflowRule; readonly at: Millis }): CallStep {
  const { state, activity } = now;
  if (activity.callbackOffer === 'overflow') return ignore(state);
  const isInVain = rule === 'closed' || rule === 'nobody';
  if (!isReachable(rules, state) && isInVain) return giveUp(rules, now, `overflow-${rule}`);
  const limited = isInVain ? { ...activity, answerBy: at + ANSWER_WITHIN_MS } : activity;
  const told = step({ ...state, activity: limited }, ...stay(now).effects, ...answerTimer(limited, at));
  return andThen(told, (then) => offerCallback(rules, { state: then, activity: limited }, 'overflow'));
}

/** Until then the offer stands where waiting on would be in vain. */
export const answerTimer = ({ answerBy }: Pick<Waiting, 'answerBy'>, at: Millis): readonly CallEffect[] =>
  answerBy === undefined ? [] : [{ type: 'timer.set', timer: CALLBACK_ANSWER_TIMER, inMs: Math.max(0, answerBy - at) }];

/** Keys and timers of the offer. Null: the event is none of its business. */
export function reduceCallbackOffer(rules: CallRules, now: WaitingNow, event: CallEvent): CallStep | null {
  const { state } = now;
  if (event.type === 'timer.fired' && event.timer === CALLBACK_TIMER) return offerCallback(rules, now, 'line');
  if (event.type === 'timer.fired' && event.timer === CALLBACK_ANSWER_TIMER) return unanswered(rules, now);
  if (event.type === 'digit.pressed' && event.legId === state.callerLeg.legId) return keyed(rules, now, event);
  return event.type === 'callback.booked' && state.booked !== undefined && state.booked.via !== 'flow' ? leave(rules, now) : null;
}

const isReachable = ({ flow }: CallRules, { ani }: CallState): boolean => ani !== null && mayDial(flow.dialling, ani);

function keyed(rules: CallRules, { state, activity }: WaitingNow, { digit, at }: { readonly digit: string; readonly at: Millis }): CallStep {
  const { place, callbackOffer: via, callbackKey = rules.callback(place.queue).key } = activity;
  if (via === undefined || state.ani === null || state.booked !== undefined || digit !== callbackKey) return ignore(state);
  return bookCallback(state, { number: state.ani, place, via, askedAt: at }, []);
}

/** Nobody would come, and no key was pressed. An agent whose phone rings all the same comes first. */
function unanswered(rules: CallRules, now: WaitingNow): CallStep {
  const { state, activity } = now;
  if (state.booked !== undefined) return ignore(state);
  return activity.offer === null ? giveUp(rules, now, 'callback-refused') : step(state, { type: 'timer.set', timer: CALLBACK_ANSWER_TIMER, inMs: AFTER_RING_MS });
}

/** The callback stands in line: the caller leaves it, told so. */
function leave(rules: CallRules, now: WaitingNow): CallStep {
  return tellAndEnd(rules, { ...now.state, agentLeg: null }, { end: BOOKED, before: leaving(now), words: 'booked' });
}

const giveUp = (rules: CallRules, now: WaitingNow, reason: string): CallStep =>
  takeLastResort(rules, { ...now.state, agentLeg: null }, { end: { result: 'serverError', reason }, before: leaving(now) });

const leaving = (now: WaitingNow) => [...endWaitTimers, ...cancelRing(now.activity), ...endAgentLeg(now.state), ...leaveQueue(now, 'overflow')];
