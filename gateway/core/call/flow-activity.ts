import { assertNever } from '../errors.js';
import type { Booking } from '../flow/collected.js';
import type { FlowEffect, FlowEvent, FlowExit } from '../flow/flow-types.js';
import { leftAs } from '../flow/caller-left.js';
import { recordingNow, resumeFlow, startFlow, stepFlow, type FlowStart, type FlowStep } from '../flow/interpret.js';
import type { Millis } from '../ids.js';
import { BOOKED, bookCallback } from './callback.js';
import type { CallbackWish } from './callback-state.js';
import type { CallEffect } from './call-effects.js';
import type { CallEvent } from './call-events.js';
import type { CallRules } from './call-rules.js';
import type { CallState } from './call-state.js';
import type { EndReason } from './end-reason.js';
import { finish } from './finish.js';
import { endLeft, startKeeping } from './keeping.js';
import { takeLastResort } from './last-resort.js';
import { MESSAGE_LEFT, toMessageEffects, withMessages } from './messages.js';
import { andThen, ignore, step, type CallStep } from './step.js';
import { startTransfer } from './transfer.js';
import { enterQueue } from './waiting.js';

const TIMER_PREFIX = 'flow:';

/** The caller's leg is up: the flow starts, and hears of the keys that were quicker than it. */
export function answered(rules: CallRules, state: CallState, how: { readonly at: Millis; readonly keys: string }): CallStep {
  const { at, keys } = how;
  const begun = startFlow(rules.flow, flowStart(rules, state, at));
  const inFlow: CallState = { ...state, activity: { phase: 'flow' }, figures: { ...state.figures, answeredAt: at } };
  const started = follow(rules, inFlow, { step: begun, at });
  return [...keys].reduce((so, digit) => andThen(so, (now) => reduceFlowActivity(rules, now, { type: 'digit.pressed', at, legId: now.callerLeg.legId, digit })), started);
}

/** What a flow is begun with. */
export const flowStart = (rules: CallRules, { callId, ani, dnis }: CallState, at: Millis): FlowStart => ({ callId, at, ani, dnis, language: rules.language, incidents: rules.incidents });

/** Routes facts to the flow interpreter and its orders to the call's legs. */
export function reduceFlowActivity(rules: CallRules, state: CallState, event: CallEvent): CallStep {
  if (state.flow === null) return ignore(state);
  if (event.type === 'leg.hungUp' && event.legId === state.callerLeg.legId) {
    const isMediaLoss = event.by === 'system';
    const end: EndReason = isMediaLoss ? { result: 'upstreamError', reason: event.cause } : endOfCallerInFlow(state);
    const recordingId = recordingNow(state.flow);
    return recordingId === null ? endLeft(rules, state, { at: event.at, left: null, end }) : startKeeping(state, { recordingId, end });
  }
  if (event.type === 'call.recovered') return follow(rules, state, { step: resumeFlow(rules.flow, state.flow, event.at), at: event.at });
  const fact = toFlowEvent(state, event);
  if (fact === null) return ignore(state);
  return follow(rules, state, { step: stepFlow(rules.flow, state.flow, fact), at: event.at });
}

function endOf(outcome: Extract<FlowExit, { kind: 'hangup' }>['outcome']): EndReason {
  if (outcome === 'failed') return { result: 'serverError', reason: 'flow-failed' };
  if (outcome === 'callbackBooked') return BOOKED;
  return outcome === 'messageLeft' ? MESSAGE_LEFT : { result: 'completed', reason: outcome };
}

function endOfCallerInFlow(state: CallState) {
  const as = leftAs(state.flow);
  if (as === 'callbackBooked') return BOOKED;
  if (as === 'messageLeft') return MESSAGE_LEFT;
  return as === 'unsolved' ? ({ result: 'abandoned', reason: 'caller-hung-up' } as const) : ({ result: 'completed', reason: as } as const);
}

/** A fact of the call as the flow hears it; null for what is none of its business. */
export function toFlowEvent(state: CallState, event: CallEvent): FlowEvent | null {
  switch (event.type) {
    case 'digit.pressed':
      return event.legId === state.callerLeg.legId ? { type: 'flow.digit', at: event.at, digit: event.digit } : null;
    case 'say.ended':
      return { type: 'flow.said', at: event.at, sayId: event.sayId, isWhole: event.isWhole };
    case 'say.failed':
      return { type: 'flow.sayFailed', at: event.at, sayId: event.sayId };
    case 'timer.fired':
      return event.timer.startsWith(TIMER_PREFIX) ? { type: 'flow.timerFired', at: event.at, timer: event.timer.slice(TIMER_PREFIX.length) } : null;
    case 'connector.returned':
      return { type: 'flow.connectorReturned', at: event.at, requestId: event.requestId, exit: event.exit, result: event.result };
    case 'recording.ended':
      return { type: 'flow.recorded', at: event.at, recordingId: event.recordingId, durationMs: event.durationMs };
    case 'recording.failed':
      return { type: 'flow.recordFailed', at: event.at, recordingId: event.recordingId };
    default:
      return null;
  }
}

function follow(rules: CallRules, state: CallState, flow: { readonly step: FlowStep; readonly at: Millis }): CallStep {
  const effects: CallEffect[] = [];
  let exit: FlowExit | null = null;
  let booked = state.booked;
  for (const effect of flow.step.effects) {
    if (effect.type === 'flow.left') exit = effect.exit;
    else if (effect.type === 'flow.bookCallback') booked = wishOf(effect.booking, flow.at);
    else if (effect.type === 'flow.fileRecording' || effect.type === 'flow.discardRecording') effects.push(...toMessageEffects(effect));
    else effects.push(toCallEffect(state, effect));
  }
  const followed = withMessages({ ...state, flow: flow.step.state });
  const stepped = booked === undefined || booked === state.booked ? step(followed, ...effects) : bookCallback(followed, booked, effects);
  if (exit === null) return stepped;
  const left = exit;
  return andThen(stepped, (now) => leave(rules, now, { exit: left, at: flow.at }));
}

const wishOf = ({ number, ...place }: Booking, at: Millis): CallbackWish => ({ number, place: { ...place, queuedAt: at }, via: 'flow', askedAt: at });

function toCallEffect(state: CallState, effect: Exclude<FlowEffect, { type: 'flow.left' | 'flow.fileRecording' | 'flow.discardRecording' | 'flow.bookCallback' }>): CallEffect {
  const { legId } = state.callerLeg;
  switch (effect.type) {
    case 'flow.say':
      return { type: 'media.say', legId, sayId: effect.sayId, utterances: effect.utterances };
    case 'flow.hush':
      return { type: 'media.hush', legId, sayId: effect.sayId };
    case 'flow.setTimer':
      return { type: 'timer.set', timer: TIMER_PREFIX + effect.timer, inMs: effect.inMs };
    case 'flow.cancelTimer':
      return { type: 'timer.cancel', timer: TIMER_PREFIX + effect.timer };
    case 'flow.callConnector':
      return { type: 'connector.call', requestId: effect.requestId, operation: effect.operation, arguments: effect.arguments, idempotencyKey: effect.idempotencyKey };
    case 'flow.message':
      return { type: 'thread.message', messageId: effect.messageId, channel: effect.channel, text: effect.text };
    case 'flow.record':
      return { type: 'media.record', legId, recordingId: effect.recordingId, maxMs: effect.maxMs, silenceMs: effect.silenceMs };
    case 'flow.stopRecording':
      return { type: 'media.stopRecording', legId, recordingId: effect.recordingId };
    default:
      return assertNever(effect, 'toCallEffect');
  }
}

function leave(rules: CallRules, state: CallState, left: { readonly exit: FlowExit; readonly at: Millis }): CallStep {
  const { exit, at } = left;
  switch (exit.kind) {
    case 'queue':
      return enterQueue(rules, state, { queue: exit.queue, needs: exit.needs, band: exit.band, ...(exit.agent === undefined ? {} : { agent: exit.agent }), queuedAt: at });
    case 'hangup': {
      return finish(state, endOf(exit.outcome));
    }
    case 'transfer':
      return startTransfer(state, { target: exit.target, headers: exit.headers });
    case 'broken':
      return takeLastResort(rules, state, { end: { result: 'serverError', reason: 'flow-failed' }, before: [] });
    default:
      return assertNever(exit, 'leave');
  }
}
