import { brand, type CallId, type LegId, type Millis } from '../ids.js';
import type { CallbackConfig } from '../acd/callback-config.js';
import { ATTEMPT_OUTCOMES, type AttemptOutcome, type Callback, type CallbackWish } from './callback-state.js';
import type { CallEffect } from './call-effects.js';
import type { CallState } from './call-state.js';
import type { EndReason } from './end-reason.js';
import { step, type CallStep } from './step.js';

/** How the call ends in which a callback was asked for. */
export const BOOKED: EndReason = { result: 'completed', reason: 'callback-booked' };
/** The customer was served in a call of their own, or waits in one. */
export const SUPERSEDED: EndReason = { result: 'completed', reason: 'callback-superseded' };
/** An operator dropped it, in the line or between two tries: see `overflow.ts` for the line. */
export const DROPPED: EndReason = { result: 'serverError', reason: 'overflow-operator' };

const NOT_REACHED: Readonly<Record<AttemptOutcome, string>> = {
  busy: 'customer-busy',
  declined: 'customer-declined',
  noAnswer: 'customer-no-answer',
  unreachable: 'customer-unreachable',
  interrupted: 'customer-call-interrupted',
};

/** What a try came to that ended so; null for any other end. */
export const attemptOf = ({ reason }: EndReason): AttemptOutcome | null => ATTEMPT_OUTCOMES.find((outcome) => NOT_REACHED[outcome] === reason) ?? null;

/** How a try ends that did not reach the customer. */
export const endOfAttempt = (outcome: AttemptOutcome): EndReason => ({ result: 'upstreamError', reason: NOT_REACHED[outcome] });

const CALLBACK = '-cb';
/** The call of ours that a call asks for: one at most, so that asking twice is asking once. */
export const callbackIdOf = (asked: CallId): CallId => brand<CallId>(`${asked}${CALLBACK}`);
/** Whether a call by that id is ours to the customer. */
export const isCallbackId = (id: string): boolean => id.endsWith(CALLBACK);
/** The call that asked for a call of ours; null for any other call. */
export const askedInIdOf = (id: CallId): CallId | null => (isCallbackId(id) ? brand<CallId>(id.slice(0, -CALLBACK.length)) : null);

/** Orders the callback; it is ordered again should this process die, since the caller has heard that it comes. */
export const bookCallback = (state: CallState, wish: CallbackWish, before: readonly CallEffect[]): CallStep => step({ ...state, booked: wish }, ...before, { type: 'callback.book', wish });

/** The call to the customer, as it begins: what was said and done in the call before is kept for the agent. */
export function callbackOf(asked: CallState, wish: CallbackWish): CallState & { readonly callback: Callback } {
  const own = { callId: callbackIdOf(asked.callId), takeovers: 0, version: 1 };
  const { booked: _booked, ...kept } = asked;
  // It is another call than the one in which it was asked for, and has come to no queue yet.
  const { offeredAt: _then, ...place } = wish.place;
  return {
    ...kept,
    ...own,
    sipCallId: own.callId,
    ani: wish.number,
    arrivedAt: wish.askedAt,
    callerLeg: plannedLeg(own),
    agentLeg: null,
    activity: { phase: 'resting', place, until: wish.askedAt },
    figures: { answeredAt: null, waitMs: 0, talkMs: 0, agentId: null, offers: 0 },
    offersSeen: [],
    queuedIn: place.queue,
    announcing: null,
    callback: { ...wish, place, askedIn: asked.callId, attempts: [] },
  };
}

/** A leg to the customer that was never dialled: facts about earlier ones are none about this. */
export const plannedLeg = ({ callId, version }: Pick<CallState, 'callId' | 'version'>) => ({ phase: 'planned', legId: brand<LegId>(`${callId}-c${version}`) }) as const;

/** Whether the customer of a callback is still to be dialled. */
export const isPlanned = (state: CallState): boolean => state.callerLeg.phase === 'planned';

/** Later than our own end of the ring by so much, which is to come first: it says that nobody answered. */
const EXPIRY_SLACK_MS = 2_000;
/** For so long a customer's phone rings at most, whatever becomes of us. */
export const longestRingMs = ({ ringMs }: Pick<CallbackConfig, 'ringMs'>): number => ringMs + EXPIRY_SLACK_MS;

/**
 * Notes a try in vain. The ring of a process that died cannot be stopped, only waited for: two phones of one customer never ring at once.
 * @returns when the next one is due; null when that was the last
 */
export function withAttempt(state: CallState, attempt: Callback['attempts'][number], config: Pick<CallbackConfig, 'attempts' | 'retryAfterMs' | 'ringMs'>): { readonly state: CallState; readonly againAt: Millis | null } {
  const { callback } = state;
  if (callback === undefined) return { state, againAt: null };
  const attempts = [...callback.attempts, attempt];
  const afterMs = attempt.outcome === 'interrupted' ? Math.max(config.retryAfterMs, longestRingMs(config)) : config.retryAfterMs;
  return { state: { ...state, callback: { ...callback, attempts } }, againAt: attempts.length < config.attempts && callback.over === undefined ? attempt.at + afterMs : null };
}

/** Notes that the customer need not be called again, and that it ends so. */
export const notAgain = (state: CallState, over: EndReason): CallState => (state.callback === undefined ? state : { ...state, callback: { ...state.callback, over } });

/** Notes that the agent was gone before the customer lifted: no attempt, as often as there are attempts; a phone is not rung in vain for ever. Null: it is one. */
export function withAgentGone(state: CallState, { attempts }: Pick<CallbackConfig, 'attempts'>): CallState | null {
  const { callback } = state;
  const agentsGone = (callback?.agentsGone ?? 0) + 1;
  return callback === undefined || agentsGone > attempts ? null : { ...state, callback: { ...callback, agentsGone } };
}
