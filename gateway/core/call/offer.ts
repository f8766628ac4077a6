import type { OfferLoss } from '../acd/queue-types.js';
import { brand, type LegId } from '../ids.js';
import type { CallEffect } from './call-effects.js';
import { lossOf, type LeftWhy } from './left-why.js';
import type { CallEvent } from './call-events.js';
import type { CallRules } from './call-rules.js';
import type { CallState, OpenOffer } from './call-state.js';
import { endAgentLeg } from './finish.js';
import { isPlanned } from './callback.js';
import { standing } from './line.js';
import { seekAgent } from './resting.js';
import { andThen, ignore, requestId, step, type CallStep } from './step.js';
import { cancelRing, ringTimer, type WaitingNow } from './waiting-state.js';

/*
 * One offer of a waiting call to one agent:
 *
 *   showing ──shown──▶ shown ──Accept──▶ ringing ──answered──▶ answered ──accepted──▶ conversation
 *      └──────(phone mode, or Accept came first)──▶ ringing
 *   before answered: declined, rang out, leg failed ──▶ no offer
 *   any stage: lost in the queue, caller left ──▶ no offer; answered: refused by the queue ──▶ no offer
 *
 * Once the queue was asked (answered) its verdict is waited for, also when the phone is laid down meanwhile: else the queue would
 * have them talk while the call waits.
 */

const SEEN_KEPT = 8;

/** The queue reserved an agent: the pop goes out and the phone's media is made ready meanwhile. */
export function offerMade(rules: CallRules, now: WaitingNow, event: Extract<CallEvent, { type: 'offer.made' }>): CallStep {
  if (now.state.offersSeen.includes(event.offerId)) return ignore(now.state);
  if (isPlanned(now.state) && !rules.mayRing(now.activity.place.queue, event.at)) return tooLate(rules, now, event);
  const { offer } = now.activity;
  // The queue makes one offer at a time, so the one before is over even if its end was not told.
  if (offer !== null) return andThen(withoutOffer(now, closed(offer, 'expired')), (state) => takeOffer(rules, { state, activity: { ...now.activity, offer: null } }, event));
  return takeOffer(rules, now, event);
}

/** The hours in which customers may be rung ended while the callback waited: the agent is free again, the place is kept. */
function tooLate(rules: CallRules, now: WaitingNow, event: Extract<CallEvent, { type: 'offer.made' }>): CallStep {
  const { state, activity } = now;
  const { place } = activity;
  const left = step(
    { ...state, offersSeen: [...state.offersSeen, event.offerId].slice(-SEEN_KEPT) },
    { type: 'queue.abandon', requestId: requestId(state, 'abandon'), offeredTo: event.agentId, place, why: { offerId: event.offerId, why: 'hours', isLast: false } },
  );
  return andThen(left, (then) => seekAgent(rules, then, { place, at: event.at }));
}

/** Beside which leg the agent's phone is made: the customer of a callback has none yet. */
const besideOf = (state: CallState): LegId | null => (isPlanned(state) ? null : state.callerLeg.legId);

function takeOffer(rules: CallRules, { state, activity }: WaitingNow, event: Extract<CallEvent, { type: 'offer.made' }>): CallStep {
  // Where the customer comes first the agent's phone is made beside their leg, once that is there.
  const isAgentFirst = state.callerLeg.phase === 'up' || (isPlanned(state) && rules.callback(activity.place.queue).order === 'agentFirst');
  const { offerId, agentId, expiresAt } = event;
  const legId = brand<LegId>(`${state.callId}-a${state.figures.offers + 1}`);
  const offer: OpenOffer = { offerId, agentId, stage: 'showing', expiresAt, isAcceptedOnScreen: false };
  return step(
    {
      ...state,
      agentLeg: { phase: 'ringing', legId },
      figures: { ...state.figures, offers: state.figures.offers + 1 },
      offersSeen: [...state.offersSeen, offerId].slice(-SEEN_KEPT),
      activity: { ...activity, offer },
    },
    { type: 'screen.offer', offerId, agentId, expiresAt, ...(event.why === undefined ? {} : { why: event.why }) },
    ...(isAgentFirst ? [{ type: 'leg.prepareDial', legId, agentId, beside: besideOf(state) } as const] : []),
    { type: 'timer.set', timer: ringTimer(offerId), inMs: Math.max(0, expiresAt - event.at) },
  );
}

/** The pop was acknowledged, or the time for that is over: now the phone may ring. */
export function offerShown(rules: CallRules, now: WaitingNow, event: Extract<CallEvent, { type: 'offer.shown' }>): CallStep {
  const { offer } = now.activity;
  if (offer?.offerId !== event.offerId || offer.stage !== 'showing') return ignore(now.state);
  if (offer.isAcceptedOnScreen || rules.answerMode(offer.agentId) === 'phone') return ring(now, offer);
  return withOffer(now, { ...offer, stage: 'shown' });
}

/** The agent's phone was lifted: the queue decides whether the offer still stands. */
export function phoneAnswered(now: WaitingNow): CallStep {
  const { state, activity } = now;
  if (activity.offer === null || activity.offer.stage !== 'ringing') return ignore(state);
  const { offerId } = activity.offer;
  return withOffer(now, { ...activity.offer, stage: 'answered' }, { type: 'queue.accept', requestId: requestId(state, 'accept'), offerId });
}

/** Commands of the agent's screen about an offer, and the queue's verdicts. */
export function reduceOfferCommand(rules: CallRules, now: WaitingNow, event: CallEvent): CallStep {
  const { state, activity } = now;
  const { offer } = activity;
  if (offer === null || !('offerId' in event) || event.offerId !== offer.offerId) return ignore(state);
  switch (event.type) {
    case 'agent.accepted':
      if (offer.stage === 'shown') return ring(now, { ...offer, isAcceptedOnScreen: true });
      return offer.stage === 'showing' ? withOffer(now, { ...offer, isAcceptedOnScreen: true }) : ignore(state);
    case 'agent.declined':
      return offer.stage === 'answered' ? ignore(state) : closeOffer(now, { why: 'declined', shown: 'declined' });
    case 'offer.lost':
      return withoutOffer(now, closed(offer, event.why));
    case 'offer.refused':
      return event.code === 'VG_STORE' ? withoutVerdict(now, offer) : withoutOffer(now, standing(now), closed(offer, 'expired'));
    default:
      return ignore(state);
  }
}

/** The agent's leg ended or never came up: the caller feels nothing and keeps the place. */
export function lostLeg(now: WaitingNow, why: OfferLoss): CallStep {
  if (now.activity.offer?.stage === 'answered') return ignore(now.state);
  return closeOffer(now, { why, shown: why });
}

/** Gives the offer back to the queue, stops the ring and tells the screen. */
export function closeOffer(now: WaitingNow, how: { readonly why: OfferLoss; readonly shown: OfferLoss }): CallStep {
  const { state, activity } = now;
  const { offer } = activity;
  if (offer === null) return ignore(state);
  return withoutOffer(
    now,
    { type: 'queue.release', requestId: requestId(state, 'release'), offerId: offer.offerId, why: how.why },
    closed(offer, how.shown),
  );
}

/** The queue accepted, but the phone was laid down meanwhile: the agent is set free, the caller keeps the first place and feels nothing. */
export function acceptedTooLate(now: WaitingNow, offer: OpenOffer): CallStep {
  const { state } = now;
  const { agentId } = offer;
  const { place } = now.activity;
  const back = returning(now);
  return withoutOffer(
    back,
    { type: 'queue.complete', requestId: requestId(state, 'lostLeg'), agentId, place, talkMs: null, afterwards: 'notReady' },
    standing(back),
    closed(offer, 'legFailed'),
  );
}

/** The store kept silent, so the queue may have them talk or not: both are undone, and the caller lines up again where they stood. */
function withoutVerdict(now: WaitingNow, offer: OpenOffer): CallStep {
  const back = returning(now);
  return withoutOffer(back, ...undoAnswer(now, offer), standing(back), closed(offer, 'expired'));
}

/**
 * Ends a talk or an offer in the queue, whichever it is. The offer first: an answer of the phone that is still on its way, maybe of a process
 * that had the call before, then finds none. After it the talk would stand that was not there to be ended.
 */
export function undoAnswer(now: WaitingNow, offer: OpenOffer): readonly CallEffect[] {
  const { state, activity } = now;
  const { agentId, offerId } = offer;
  return [
    { type: 'queue.release', requestId: requestId(state, 'release'), offerId, why: 'legFailed' },
    { type: 'queue.complete', requestId: requestId(state, 'undo'), agentId, place: activity.place, talkMs: null, afterwards: 'wrapUp' },
  ];
}

const returning = (now: WaitingNow): WaitingNow => ({ ...now, activity: { ...now.activity, isReturning: true } });

const closed = (offer: OpenOffer, why: OfferLoss): CallEffect => ({ type: 'screen.closeOffer', offerId: offer.offerId, agentId: offer.agentId, why });

/** The caller hung up while waiting, or waits no longer: leave the line, stop the ring, tell the screen. The legs are ended by `finish`. */
export function leaveQueue(now: WaitingNow, why: LeftWhy): readonly CallEffect[] {
  const { state, activity } = now;
  const { offer } = activity;
  const abandon: CallEffect = { type: 'queue.abandon', requestId: requestId(state, 'abandon'), offeredTo: offer?.agentId ?? null, place: activity.place, why };
  if (offer === null) return [abandon];
  return [abandon, closed(offer, lossOf(why))];
}

/** The customer is there: now the phone of an agent who has accepted rings. */
export function ringAccepted(rules: CallRules, now: WaitingNow): CallStep {
  const { offer } = now.activity;
  if (offer?.stage !== 'shown') return ignore(now.state);
  return offer.isAcceptedOnScreen || rules.answerMode(offer.agentId) === 'phone' ? ring(now, offer) : ignore(now.state);
}

function ring(now: WaitingNow, offer: OpenOffer): CallStep {
  const { state } = now;
  const { agentLeg } = state;
  if (agentLeg === null) return ignore(state);
  // The customer comes first, and has not answered yet.
  if (state.callerLeg.phase === 'ringing') return withOffer(now, { ...offer, stage: 'shown' });
  const dial: CallEffect = {
    type: 'leg.dial',
    legId: agentLeg.legId,
    agentId: offer.agentId,
    beside: besideOf(state),
    shouldAutoAnswer: offer.isAcceptedOnScreen,
  };
  return withOffer(now, { ...offer, stage: 'ringing' }, dial);
}

function withOffer(now: WaitingNow, offer: OpenOffer, ...effects: readonly CallEffect[]): CallStep {
  return step({ ...now.state, activity: { ...now.activity, offer } }, ...effects);
}

function withoutOffer(now: WaitingNow, ...effects: readonly CallEffect[]): CallStep {
  const { state, activity } = now;
  const alone: CallState = { ...state, agentLeg: null, activity: { ...activity, offer: null } };
  return step(alone, ...endAgentLeg(state), ...effects, ...cancelRing(activity));
}
