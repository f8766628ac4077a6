import type { OfferLoss } from '../acd/queue-types.js';
import type { VgErrorCode } from '../errors.js';
import type { Millis } from '../ids.js';
import { say } from './announce.js';
import { BOOKED, isPlanned } from './callback.js';
import { answerTimer, reduceCallbackOffer } from './callback-offer.js';
import { startCalling } from './calling.js';
import type { CallEffect } from './call-effects.js';
import type { LeftWhy } from './left-why.js';
import type { CallEvent } from './call-events.js';
import type { CallRules } from './call-rules.js';
import type { CallState, OpenOffer } from './call-state.js';
import type { QueuePlace } from './queue-place.js';
import { reduceCustomerRing, ringCustomer } from './customer-first.js';
import type { EndReason } from './end-reason.js';
import { endAgentLeg, finish } from './finish.js';
import { withPlace } from './kept-place.js';
import { takeLastResort } from './last-resort.js';
import { acceptedTooLate, leaveQueue, closeOffer, lostLeg, offerMade, offerShown, phoneAnswered, reduceOfferCommand, undoAnswer } from './offer.js';
import { COMFORT_TIMER, endWaitTimers, followRules, lineUp, stay, MAX_WAIT_TIMER, OVERFLOW_TIMER, POSITION_EVERY_MS, POSITION_TIMER, REQUEUE_TIMER } from './line.js';
import { sayComfort, sayPlace } from './line-words.js';
import { overflowed } from './overflow.js';
import { andThen, ignore, step, type CallStep } from './step.js';
import { cancelRing, ringTimer, type Waiting, type WaitingNow } from './waiting-state.js';

/** A queue that cannot be reached is asked again after this, so many times, before the caller is told. */
const REQUEUE_AFTER_MS = 1_000;
const REQUEUE_TRIES = 30;

/** From the flow into the line: music, a welcome, and the wish to be served. */
export function enterQueue(rules: CallRules, state: CallState, place: QueuePlace): CallStep {
  const activity: Waiting = { phase: 'waiting', place, since: place.queuedAt, offer: null, saidPosition: null, failures: 0, isReturning: false };
  const entered = step({ ...state, activity, queuedIn: place.queue, announcing: null }, ...lineUp(rules, state, { place, isReturning: false, mayOverflow: true }));
  return andThen(entered, (now) => say(rules, now, { key: 'queue.welcome', prompt: rules.queueWords(place.queue).welcome }));
}

/** Back to the head of the line after a lost agent leg: same score, same `queuedAt`. */
export function returnToQueue(rules: CallRules, state: CallState, back: { readonly place: QueuePlace; readonly at: Millis; readonly before: readonly CallEffect[] }): CallStep {
  const activity: Waiting = { phase: 'waiting', place: back.place, since: back.at, offer: null, saidPosition: null, failures: 0, isReturning: true };
  const entered = step({ ...state, activity, announcing: null }, ...back.before, ...lineUp(rules, state, { place: back.place, isReturning: true, mayOverflow: false }));
  return andThen(entered, (now) => say(rules, now, { key: 'queue.returned' }));
}

/** The caller waits in line; an offer to an agent may be open. */
export function reduceWaiting(rules: CallRules, now: WaitingNow, event: CallEvent): CallStep {
  const { state, activity } = now;
  if (event.type === 'place.resumed') return step({ ...state, resumed: event.kept, activity: { ...activity, place: withPlace(activity.place, event.kept) } });
  const ofCallback = reduceCallbackOffer(rules, now, event) ?? reduceCustomerRing(rules, now, event);
  if (ofCallback !== null) return ofCallback;
  switch (event.type) {
    case 'leg.hungUp':
      if (event.legId === state.callerLeg.legId) return leaveLine(now, event);
      return event.legId === state.agentLeg?.legId ? lostLeg(now, 'legFailed') : ignore(state);
    case 'say.ended':
    case 'say.failed':
      return event.sayId === state.announcing ? announced(now) : ignore(state);
    case 'queue.placed':
      return sayPlace(rules, now, event);
    case 'queue.overflowed':
      return isPlanned(state) && event.rule !== 'operator' ? ignore(state) : overflowed(rules, now, event);
    case 'queue.failed':
      return queueFailed(rules, now);
    case 'timer.fired':
      return timerFired(rules, now, event.timer);
    case 'store.returned':
      return stay(now);
    case 'centre.changed':
      return followRules(rules, now, event.at);
    case 'call.recovered':
      return recovered(rules, now, event.at);
    default:
      return reduceOffer(rules, now, event);
  }
}

function reduceOffer(rules: CallRules, now: WaitingNow, event: CallEvent): CallStep {
  const { state } = now;
  switch (event.type) {
    case 'offer.made':
      return andThen(offerMade(rules, now, event), (then) => (then.activity.phase === 'waiting' && then.activity.offer !== null ? ringCustomer(rules, { state: then, activity: then.activity }) : step(then)));
    case 'offer.shown':
      return offerShown(rules, now, event);
    case 'leg.answered':
      return event.legId === state.agentLeg?.legId ? phoneAnswered(now) : ignore(state);
    case 'leg.failed':
      return event.legId === state.agentLeg?.legId ? lostLeg(now, whyLost(event.code)) : ignore(state);
    case 'offer.accepted':
      return accepted(rules, now, event);
    default:
      return reduceOfferCommand(rules, now, event);
  }
}

const whyLost = (code: VgErrorCode): OfferLoss => LOSSES[code] ?? 'legFailed';
const LOSSES: Readonly<Partial<Record<VgErrorCode, OfferLoss>>> = { VG_BUSY: 'busy', VG_DECLINED: 'declined', VG_NO_ANSWER: 'noAnswer', VG_MEDIA: 'noService', VG_SIP: 'noService', VG_LEG_GONE: 'noService' };

function accepted(rules: CallRules, now: WaitingNow, event: Extract<CallEvent, { type: 'offer.accepted' }>): CallStep {
  const { state, activity } = now;
  const { offer, place } = activity;
  if (offer?.offerId !== event.offerId || offer.stage !== 'answered') return ignore(state);
  if (state.agentLeg?.phase !== 'up') return acceptedTooLate(now, offer);
  const served = { ...state, figures: { ...state.figures, waitMs: event.waitMs, agentId: offer.agentId }, announcing: null };
  const shown: CallEffect = { type: 'screen.closeOffer', offerId: offer.offerId, agentId: offer.agentId, why: 'answered' };
  if (isPlanned(state)) return andThen(step(served, ...cancelRing(activity), shown), (then) => startCalling(rules, { state: then, place, offer, at: event.at }));
  return step(
    {
      ...served,
      activity: { phase: 'conversation', place, agentId: offer.agentId, offerId: offer.offerId, since: event.at, isBridged: false },
    },
    ...endWaitTimers,
    ...cancelRing(activity),
    { type: 'media.bridge', caller: state.callerLeg.legId, agent: state.agentLeg.legId },
    shown,
    { type: 'queue.logAnswer', offerId: offer.offerId, agentId: offer.agentId, place, waitMs: event.waitMs },
  );
}

/** Neither a person nor the queue can be had. */
function lastResort(rules: CallRules, now: WaitingNow, why: { readonly reason: string }): CallStep {
  const { state } = now;
  const leave: readonly CallEffect[] = [
    ...endWaitTimers,
    ...cancelRing(now.activity),
    ...endAgentLeg(state),
    ...leaveQueue(now, 'lastResort'),
  ];
  return takeLastResort(rules, { ...state, agentLeg: null }, { end: { result: 'serverError', reason: why.reason }, before: leave });
}

/** After the welcome the caller hears the place in line, unless an agent was found meanwhile. */
function announced(now: WaitingNow): CallStep {
  const { state, activity } = now;
  const quiet = { ...state, announcing: null };
  return activity.saidPosition === null && activity.offer === null ? step(quiet, { type: 'queue.askPosition' }) : step(quiet);
}

function timerFired(rules: CallRules, now: WaitingNow, timer: string): CallStep {
  const { state, activity } = now;
  if (timer === POSITION_TIMER) return step(state, { type: 'timer.set', timer: POSITION_TIMER, inMs: POSITION_EVERY_MS }, { type: 'queue.askPosition' });
  if (timer === COMFORT_TIMER) return sayComfort(rules, now);
  if (timer === OVERFLOW_TIMER) return step(state, { type: 'queue.askPosition' });
  if (timer === REQUEUE_TIMER) return stay(now);
  if (timer === MAX_WAIT_TIMER && activity.offer === null) return lastResort(rules, now, { reason: 'waited-too-long' });
  // An agent's phone rings right now: look again when that has ended.
  if (timer === MAX_WAIT_TIMER) return step(state, { type: 'timer.set', timer: MAX_WAIT_TIMER, inMs: REQUEUE_AFTER_MS });
  if (activity.offer !== null && timer === ringTimer(activity.offer.offerId) && activity.offer.stage !== 'answered') return closeOffer(now, { why: 'noAnswer', shown: 'expired' });
  return ignore(state);
}

function queueFailed(rules: CallRules, now: WaitingNow): CallStep {
  const { state, activity } = now;
  const failures = activity.failures + 1;
  if (failures <= REQUEUE_TRIES || isPlanned(state)) return step({ ...state, activity: { ...activity, failures } }, { type: 'timer.set', timer: REQUEUE_TIMER, inMs: REQUEUE_AFTER_MS });
  // The queue may have taken the call although its answer never came: nobody is to be offered a caller who hears the last words.
  return lastResort(rules, now, { reason: 'queue-unreachable' });
}

function leaveLine(now: WaitingNow, event: Extract<CallEvent, { type: 'leg.hungUp' }>): CallStep {
  const { state, activity } = now;
  const waitMs = Math.max(0, event.at - activity.place.queuedAt);
  const gone = { ...state, figures: { ...state.figures, waitMs } };
  const { end, why } = endOfWait(state, event);
  const kept: readonly CallEffect[] = why === 'cutOff' ? [{ type: 'place.keep', place: activity.place, afterMs: waitMs }] : [];
  return andThen(step(gone, ...endWaitTimers, ...cancelRing(activity), ...leaveQueue(now, why), ...kept), (then) => finish(then, end));
}

function endOfWait({ booked }: CallState, { by, cause }: Extract<CallEvent, { type: 'leg.hungUp' }>): { readonly end: EndReason; readonly why: LeftWhy } {
  if (booked !== undefined) return { end: BOOKED, why: 'overflow' };
  return by === 'peer' ? { end: { result: 'abandoned', reason: 'caller-hung-up' }, why: 'callerLeft' } : { end: { result: 'upstreamError', reason: cause }, why: 'cutOff' };
}

/**
 * An INVITE of the dead process to an agent's phone cannot be cancelled any more: that offer is given back, the caller lines up again. The
 * phone may have been lifted, and the queue asked, since the last snapshot.
 */
function recovered(rules: CallRules, now: WaitingNow, at: Millis): CallStep {
  const { state, activity } = now;
  const offer: OpenOffer | null = activity.offer;
  const isReturning = activity.isReturning || offer !== null;
  const release: readonly CallEffect[] = offer === null ? [] : undoAnswer(now, offer);
  const alone: CallState = { ...state, agentLeg: null, announcing: null, activity: { ...activity, offer: null, isReturning } };
  const hangUp: readonly CallEffect[] = state.agentLeg?.phase === 'up' ? [{ type: 'leg.hangUp', legId: state.agentLeg.legId, cause: 'NORMAL_CLEARING' }] : [];
  return step(alone, ...hangUp, ...release, ...lineUp(rules, state, { place: activity.place, isReturning, mayOverflow: false, waitedMs: at - (activity.since ?? at) }), ...answerTimer(activity, at));
}
