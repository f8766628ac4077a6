import type { CallEffect } from './call-effects.js';
import type { CallState } from './call-state.js';
import type { EndReason } from './end-reason.js';
import { step, type CallStep } from './step.js';

/** Ends the agent's leg, ringing or up, if there is one. */
export function endAgentLeg({ agentLeg }: CallState, cause = 'NORMAL_CLEARING'): readonly CallEffect[] {
  if (agentLeg?.phase === 'up') return [{ type: 'leg.hangUp', legId: agentLeg.legId, cause }];
  return agentLeg?.phase === 'ringing' ? [{ type: 'leg.cancelDial', legId: agentLeg.legId }] : [];
}

/** Ends the legs that are still there. */
export function hangUpLegs(state: CallState, cause: string): readonly CallEffect[] {
  const effects: CallEffect[] = [...endAgentLeg(state, cause)];
  const { callerLeg } = state;
  // A customer whom we ring.
  if (callerLeg.phase === 'ringing') effects.push({ type: 'leg.cancelDial', legId: callerLeg.legId });
  if (callerLeg.phase === 'up') effects.push({ type: 'leg.hangUp', legId: callerLeg.legId, cause });
  if (callerLeg.phase === 'arriving') effects.push({ type: 'leg.reject', legId: callerLeg.legId, status: 503, reason: cause });
  return effects;
}

/** Both legs as ended: we ended them, so no fact about them will come. */
export function withoutLegs(state: CallState): CallState {
  const gone = (legId: typeof state.callerLeg.legId) => ({ phase: 'gone' as const, legId });
  return { ...state, callerLeg: gone(state.callerLeg.legId), agentLeg: state.agentLeg === null ? null : gone(state.agentLeg.legId) };
}

/** Ends the call: legs, thread entry, and everything that was kept about it. */
export function finish(state: CallState, end: EndReason): CallStep {
  return step(
    { ...withoutLegs(state), activity: { phase: 'ended', end } },
    ...hangUpLegs(state, 'NORMAL_CLEARING'),
    { type: 'thread.append', end },
    { type: 'call.forget', end },
  );
}
