import type { Millis } from '../ids.js';
import { endOfAttempt, SUPERSEDED, withAttempt } from './callback.js';
import { dialCustomer, outcomeOf, RING_TIMER } from './calling.js';
import type { AttemptOutcome } from './callback-state.js';
import type { CallEffect } from './call-effects.js';
import type { LeftWhy } from './left-why.js';
import type { CallEvent } from './call-events.js';
import type { CallRules } from './call-rules.js';
import type { CallState } from './call-state.js';
import { finish, hangUpLegs, withoutLegs } from './finish.js';
import { endWaitTimers, POSITION_EVERY_MS, POSITION_TIMER, waitTimers } from './line.js';
import { leaveQueue, ringAccepted } from './offer.js';
import { rest } from './resting.js';
import { andThen, ignore, step, type CallStep } from './step.js';
import { cancelRing, type WaitingNow } from './waiting-state.js';

/** A callback that has the customer on the line first: rung as soon as an agent is reserved, with music until the agent is there. */
export function ringCustomer(rules: CallRules, { state, activity }: WaitingNow): CallStep {
  const { place } = activity;
  if (state.callerLeg.phase !== 'planned' || rules.callback(place.queue).order === 'agentFirst') return ignore(state);
  return step({ ...state, callerLeg: { phase: 'ringing', legId: state.callerLeg.legId } }, ...dialCustomer(rules, state, { place, beside: null }));
}

/** What becomes of that ring. Null: the event is none of its business. */
export function reduceCustomerRing(rules: CallRules, now: WaitingNow, event: CallEvent): CallStep | null {
  const { state } = now;
  const isCustomer = 'legId' in event && event.legId === state.callerLeg.legId;
  if (state.callback === undefined) return null;
  if (event.type === 'callback.superseded') return isRinging(now) || state.callerLeg.phase === 'planned' ? endSuperseded(now) : ignore(state);
  if (event.type === 'leg.answered' && isCustomer) return reached(rules, now, event.at);
  if (event.type === 'leg.failed' && isCustomer) return notReached(rules, now, { at: event.at, outcome: outcomeOf(event.code) });
  if (event.type === 'leg.hungUp' && isCustomer && !isServed(state)) return notReached(rules, now, { at: event.at, outcome: event.by === 'peer' ? 'declined' : 'interrupted' });
  if (!isRinging(now)) return null;
  if (event.type === 'timer.fired' && event.timer === RING_TIMER) return notReached(rules, now, { at: event.at, outcome: 'noAnswer' });
  // The INVITE of the dead process cannot be cancelled any more.
  if (event.type === 'call.recovered') return notReached(rules, now, { at: event.at, outcome: 'interrupted' });
  return null;
}

const isRinging = ({ state }: WaitingNow): boolean => state.callerLeg.phase === 'ringing';

/** Whoever is gone before, whatever they heard by then, was not reached: also one who lifted and was gone before we were told. */
const isServed = ({ figures, booked }: CallState): boolean => figures.talkMs > 0 || booked !== undefined;

/** The customer hears music, and waits from now on as callers do; the agent's phone rings as soon as the agent has accepted. */
function reached(rules: CallRules, now: WaitingNow, at: Millis): CallStep {
  const activity = { ...now.activity, since: at };
  const state = { ...now.state, activity };
  const { offer, place } = activity;
  const there = step(
    state,
    { type: 'timer.cancel', timer: RING_TIMER },
    { type: 'media.music', legId: state.callerLeg.legId, queue: place.queue },
    { type: 'timer.set', timer: POSITION_TIMER, inMs: POSITION_EVERY_MS },
    ...waitTimers(rules, state, { place, waitedMs: 0 }),
  );
  if (offer === null || state.agentLeg === null) return there;
  const { legId } = state.agentLeg;
  const prepared = andThen(there, (then) => step(then, { type: 'leg.prepareDial', legId, agentId: offer.agentId, beside: then.callerLeg.legId }));
  return andThen(prepared, (then) => ringAccepted(rules, { state: then, activity }));
}

/** The agent who was reserved is free again, and sees nothing but that the offer is over. */
function notReached(rules: CallRules, now: WaitingNow, how: { readonly at: Millis; readonly outcome: AttemptOutcome }): CallStep {
  const { activity } = now;
  const { place, offer } = activity;
  const agentId = offer?.agentId ?? null;
  const { state, againAt } = withAttempt(now.state, { at: how.at, agentId, outcome: how.outcome }, rules.callback(place.queue));
  const end = endOfAttempt(how.outcome);
  const tried = { offerId: offer?.offerId ?? null, why: how.outcome, isLast: againAt === null };
  const left = step({ ...withoutLegs(state), announcing: null }, ...stopping(now, tried));
  if (againAt === null) return andThen(left, (then) => finish(then, end));
  return andThen(andThen(left, (then) => step(then, { type: 'thread.append', end })), (then) => rest(then, { place, until: againAt, at: how.at }));
}

/** The customer came by themselves: an agent who was being offered this is free again. */
const endSuperseded = (now: WaitingNow): CallStep => andThen(step(withoutLegs(now.state), ...stopping(now, 'overflow')), (then) => finish(then, SUPERSEDED));

function stopping(now: WaitingNow, why: LeftWhy): readonly CallEffect[] {
  const { state } = now;
  return [{ type: 'timer.cancel', timer: RING_TIMER }, ...endWaitTimers, ...cancelRing(now.activity), ...hangUpLegs(state, 'NORMAL_CLEARING'), ...leaveQueue(now, why)];
}
