import { brand, type LegId } from '../ids.js';
import type { CallEffect } from './call-effects.js';
import type { CallEvent } from './call-events.js';
import type { CallRules } from './call-rules.js';
import type { Activity, CallState } from './call-state.js';
import { finish } from './finish.js';
import { tellAndEnd } from './last-words.js';
import { ignore, step, type CallStep } from './step.js';

type Transferring = Extract<Activity, { phase: 'transferring' }>;
type Transferred = Extract<Activity, { phase: 'transferred' }>;

/** A number that nobody answers for so long is given up. */
const RING_LIMIT_MS = 45_000;
const RING_TIMER = 'transfer:ring';

/** Blind transfer: the caller hears music while the other end rings. */
export function startTransfer(state: CallState, to: { readonly target: string; readonly headers?: Readonly<Record<string, string>> }): CallStep {
  const legId = brand<LegId>(`${state.callId}-t1`);
  return step(
    { ...state, agentLeg: { phase: 'ringing', legId }, announcing: null, activity: { phase: 'transferring', target: to.target } },
    { type: 'media.music', legId: state.callerLeg.legId },
    { type: 'leg.dialOut', legId, target: to.target, headers: to.headers ?? {}, beside: state.callerLeg.legId },
    { type: 'timer.set', timer: RING_TIMER, inMs: RING_LIMIT_MS },
  );
}

/** The other end rings; whatever goes wrong there, the caller is told. */
export function reduceTransferring(rules: CallRules, now: { readonly state: CallState; readonly activity: Transferring }, event: CallEvent): CallStep {
  const { state, activity } = now;
  if (event.type === 'timer.fired' && event.timer === RING_TIMER) return giveUp(rules, state);
  if (event.type === 'call.recovered') return giveUp(rules, state);
  if (!('legId' in event)) return ignore(state);
  if (event.type === 'leg.hungUp' && event.legId === state.callerLeg.legId) return finish(state, event.by === 'peer' ? { result: 'abandoned', reason: 'caller-hung-up' } : { result: 'upstreamError', reason: event.cause });
  if (event.legId !== state.agentLeg?.legId) return ignore(state);
  if (event.type === 'leg.failed' || event.type === 'leg.hungUp') return giveUp(rules, state);
  if (event.type !== 'leg.answered') return ignore(state);
  return step(
    { ...state, activity: { phase: 'transferred', target: activity.target, since: event.at, isBridged: false } },
    { type: 'timer.cancel', timer: RING_TIMER },
    { type: 'media.bridge', caller: state.callerLeg.legId, agent: state.agentLeg.legId },
  );
}

/** Caller and the other end talk; whoever hangs up ends it. */
export function reduceTransferred(rules: CallRules, now: { readonly state: CallState; readonly activity: Transferred }, event: CallEvent): CallStep {
  const { state, activity } = now;
  if (event.type === 'bridge.failed') return giveUp(rules, state);
  if (event.type === 'bridge.made') return activity.isBridged === true ? ignore(state) : step({ ...state, activity: { ...activity, isBridged: true } });
  if (event.type === 'call.recovered') return recovered(state, activity);
  if (event.type !== 'leg.hungUp') return ignore(state);
  const isCaller = event.legId === state.callerLeg.legId;
  if (!isCaller && event.legId !== state.agentLeg?.legId) return ignore(state);
  const talked = { ...state, figures: { ...state.figures, talkMs: Math.max(0, event.at - activity.since) } };
  if (!isCaller && event.by === 'system') return giveUp(rules, talked);
  const isLost = event.by === 'system';
  return finish(talked, isLost ? { result: 'upstreamError', reason: event.cause } : { result: 'completed', reason: 'transferred' });
}

/** Two who talk feel nothing. Whether a bridge that was ordered was made nobody knows: it is ordered again. */
function recovered(state: CallState, activity: Transferred): CallStep {
  return activity.isBridged === false && state.agentLeg !== null ? step(state, { type: 'media.bridge', caller: state.callerLeg.legId, agent: state.agentLeg.legId }) : step(state);
}

function giveUp(rules: CallRules, state: CallState): CallStep {
  const { agentLeg } = state;
  const effects: CallEffect[] = [{ type: 'timer.cancel', timer: RING_TIMER }];
  if (agentLeg?.phase === 'ringing') effects.push({ type: 'leg.cancelDial', legId: agentLeg.legId });
  if (agentLeg?.phase === 'up') effects.push({ type: 'leg.hangUp', legId: agentLeg.legId, cause: 'NORMAL_CLEARING' });
  return tellAndEnd(rules, { ...state, agentLeg: null }, { end: { result: 'upstreamError', reason: 'transfer-failed' }, before: effects });
}
