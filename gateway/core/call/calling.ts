import type { VgErrorCode } from '../errors.js';
import type { Millis } from '../ids.js';
import type { CallEffect } from './call-effects.js';
import type { CallEvent } from './call-events.js';
import type { CallRules } from './call-rules.js';
import type { Activity, CallState, OpenOffer } from './call-state.js';
import type { QueuePlace } from './queue-place.js';
import { endOfAttempt, longestRingMs, notAgain, SUPERSEDED, withAgentGone, withAttempt } from './callback.js';
import type { AttemptOutcome } from './callback-state.js';
import { hangUpLegs, withoutLegs } from './finish.js';
import { seekAgent } from './resting.js';
import { andThen, ignore, requestId, step, type CallStep } from './step.js';
import { afterWrapUp } from './wrap-up.js';

type Calling = Extract<Activity, { phase: 'calling' }>;
interface Now {
  readonly state: CallState;
  readonly activity: Calling;
}

/** Nobody who is to be called is rung for longer. */
export const RING_TIMER = 'callback:ring';

/** The agent's phone was lifted for a callback: the agent hears music while the customer is rung. */
export function startCalling(rules: CallRules, now: { readonly state: CallState; readonly place: QueuePlace; readonly offer: OpenOffer; readonly at: Millis }): CallStep {
  const { state, place, offer, at } = now;
  const { agentLeg } = state;
  const { agentId, offerId } = offer;
  if (agentLeg === null) return ignore(state);
  return step(
    { ...state, callerLeg: { phase: 'ringing', legId: state.callerLeg.legId }, activity: { phase: 'calling', place, agentId, offerId, since: at } },
    { type: 'screen.talking', agentId },
    { type: 'media.music', legId: agentLeg.legId, queue: place.queue },
    ...dialCustomer(rules, state, { place, beside: agentLeg.legId }),
  );
}

/** The orders to ring the customer. RFC 3261 section 13.3.1: the far end ends the ring with 487 after Expires, also when this process is dead by then. */
export function dialCustomer(rules: CallRules, state: CallState, how: { readonly place: QueuePlace; readonly beside: CallState['callerLeg']['legId'] | null }): readonly CallEffect[] {
  const config = rules.callback(how.place.queue);
  const headers = { Expires: String(Math.ceil(longestRingMs(config) / 1_000)) };
  return [
    { type: 'leg.dialOut', legId: state.callerLeg.legId, target: state.callback?.number ?? '', headers, beside: how.beside },
    { type: 'timer.set', timer: RING_TIMER, inMs: config.ringMs },
  ];
}

/** The customer is rung while the agent waits on the line. */
export function reduceCalling(rules: CallRules, now: Now, event: CallEvent): CallStep {
  const { state, activity } = now;
  switch (event.type) {
    case 'leg.answered':
      return event.legId === state.callerLeg.legId ? reached(now, event.at) : ignore(state);
    case 'leg.failed':
      return event.legId === state.callerLeg.legId ? notReached(rules, now, { at: event.at, outcome: outcomeOf(event.code) }) : ignore(state);
    case 'timer.fired':
      return event.timer === RING_TIMER ? notReached(rules, now, { at: event.at, outcome: 'noAnswer' }) : ignore(state);
    case 'leg.hungUp':
      // Lifted, and gone again before we were told that it was lifted.
      if (event.legId === state.callerLeg.legId) return notReached(rules, now, { at: event.at, outcome: event.by === 'peer' ? 'declined' : 'interrupted' });
      return event.legId === state.agentLeg?.legId ? agentLeft(rules, now, { at: event.at, isLost: event.by === 'system' }) : ignore(state);
    case 'agent.hungUp':
      return event.agentId === activity.agentId ? agentLeft(rules, now, { at: event.at, isLost: false }) : ignore(state);
    case 'store.returned':
      return step(state, { type: 'queue.assertTalk', requestId: requestId(state, 'assert'), agentId: activity.agentId, place: activity.place, waitMs: state.figures.waitMs });
    case 'callback.superseded':
      return step(notAgain(state, SUPERSEDED));
    case 'call.recovered':
      // The INVITE of the dead process cannot be cancelled any more: the customer is left in peace before the next try.
      return notReached(rules, now, { at: event.at, outcome: 'interrupted' });
    default:
      return ignore(state);
  }
}

/** Why a customer's phone was not answered. */
export const outcomeOf = (code: VgErrorCode): AttemptOutcome => OUTCOMES[code] ?? 'unreachable';
const OUTCOMES: Readonly<Partial<Record<VgErrorCode, AttemptOutcome>>> = { VG_BUSY: 'busy', VG_DECLINED: 'declined', VG_NO_ANSWER: 'noAnswer', VG_MEDIA: 'interrupted', VG_SIP: 'interrupted' };

function reached({ state, activity }: Now, at: Millis): CallStep {
  const { place, agentId, offerId } = activity;
  if (state.agentLeg === null) return ignore(state);
  return step(
    { ...state, activity: { phase: 'conversation', place, agentId, offerId, since: at, isBridged: false } },
    { type: 'timer.cancel', timer: RING_TIMER },
    { type: 'media.bridge', caller: state.callerLeg.legId, agent: state.agentLeg.legId },
    { type: 'queue.logAnswer', offerId, agentId, place, waitMs: state.figures.waitMs + Math.max(0, at - activity.since) },
  );
}

/** The agent files what is to be said about it, unless their phone is lost; then it is tried again, or that was the last time. */
function notReached(rules: CallRules, now: Now, how: { readonly at: Millis; readonly outcome: AttemptOutcome; readonly isAgentLost?: boolean }): CallStep {
  const { activity } = now;
  const { agentId, offerId, place } = activity;
  const { at, outcome, isAgentLost = false } = how;
  const { state, againAt } = withAttempt(now.state, { at, agentId, outcome }, rules.callback(place.queue));
  const end = endOfAttempt(outcome);
  const tried = { offerId, why: outcome, isLast: againAt === null };
  const wrapUp = { phase: 'wrapUp', agentId, place, end, talkMs: null, tried, ...(againAt === null ? {} : { againAt }) } as const;
  const told = step(
    { ...withoutLegs(state), activity: wrapUp },
    { type: 'timer.cancel', timer: RING_TIMER },
    ...hangUpLegs(state, 'NORMAL_CLEARING'),
    { type: 'queue.complete', requestId: requestId(state, 'complete'), agentId, place, talkMs: null, tried, afterwards: isAgentLost ? 'notReady' : 'wrapUp' },
    { type: 'screen.callEnded', agentId, by: 'system', notReached: { outcome, againAt } },
    { type: 'thread.append', end },
  );
  return isAgentLost ? andThen(told, (then) => afterWrapUp(then, wrapUp, at)) : told;
}

/**
 * No try, the customer may not even have heard it ring, unless that has come about too often. After a loss another agent is found at once,
 * else once this one has filed.
 */
function agentLeft(rules: CallRules, now: Now, { at, isLost }: { readonly at: Millis; readonly isLost: boolean }): CallStep {
  const { activity } = now;
  const { agentId, offerId, place } = activity;
  const state = withAgentGone(now.state, rules.callback(place.queue));
  if (state === null) return notReached(rules, now, { at, outcome: 'interrupted', isAgentLost: isLost });
  const end = { result: 'completed', reason: 'agent-hung-up' } as const;
  const tried = { offerId, why: 'agentHungUp', isLast: false } as const;
  const left = step(
    { ...withoutLegs(state), activity: { phase: 'wrapUp', agentId, place, end, talkMs: null, tried, againAt: at } },
    { type: 'timer.cancel', timer: RING_TIMER },
    ...hangUpLegs(state, 'NORMAL_CLEARING'),
    { type: 'queue.complete', requestId: requestId(state, 'lostLeg'), agentId, place, talkMs: null, tried, afterwards: isLost ? 'notReady' : 'wrapUp' },
    { type: 'screen.callEnded', agentId, by: isLost ? 'system' : 'agent' },
  );
  return isLost ? andThen(left, (then) => seekAgent(rules, then, { place, at })) : left;
}
