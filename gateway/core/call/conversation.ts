import type { CallEvent } from './call-events.js';
import type { CallRules } from './call-rules.js';
import type { Activity, CallState } from './call-state.js';
import type { EndReason } from './end-reason.js';
import { hangUpLegs, withoutLegs } from './finish.js';
import { ignore, requestId, step, type CallStep } from './step.js';
import { returnToQueue } from './waiting.js';

type Conversation = Extract<Activity, { phase: 'conversation' }>;
interface Now {
  readonly state: CallState;
  readonly activity: Conversation;
}

/** Caller and agent talk. Whoever hangs up ends it; an agent leg that is lost brings the caller back to the head of the line. */
export function reduceConversation(rules: CallRules, now: Now, event: CallEvent): CallStep {
  const { state, activity } = now;
  switch (event.type) {
    case 'bridge.made':
      return activity.isBridged ? ignore(state) : step({ ...state, activity: { ...activity, isBridged: true } }, { type: 'screen.talking', agentId: activity.agentId });
    case 'bridge.failed':
      return activity.isBridged ? ignore(state) : backToLine(rules, now, event.at);
    case 'leg.hungUp':
      if (event.legId === state.callerLeg.legId) return endTalk(now, { at: event.at, by: event.by === 'peer' ? 'caller' : 'system', reason: event.by === 'peer' ? 'caller-hung-up' : event.cause });
      if (event.legId !== state.agentLeg?.legId) return ignore(state);
      return event.by === 'peer' ? endTalk(now, { at: event.at, by: 'agent', reason: 'agent-hung-up' }) : backToLine(rules, now, event.at);
    case 'agent.hungUp':
      return event.agentId === activity.agentId ? endTalk(now, { at: event.at, by: 'agent', reason: 'agent-hung-up' }) : ignore(state);
    case 'store.returned':
      return step(state, { type: 'queue.assertTalk', requestId: requestId(state, 'assert'), agentId: activity.agentId, place: activity.place, waitMs: state.figures.waitMs });
    case 'callback.booked':
      return step(state, { type: 'callback.withdraw' });
    case 'call.recovered':
      return recovered(now);
    default:
      return ignore(state);
  }
}

/**
 * Two who talk feel nothing, and the screen is shown the talk anew. Whether a bridge that was ordered was made nobody knows: it is ordered
 * again; and the figures are told again, which they know by the offer.
 */
function recovered({ state, activity }: Now): CallStep {
  const { agentId, offerId, place, isBridged } = activity;
  const told = { type: 'queue.logAnswer', offerId, agentId, place, waitMs: state.figures.waitMs } as const;
  if (isBridged) return step(state, { type: 'screen.talking', agentId }, told);
  return state.agentLeg === null ? step(state) : step(state, { type: 'media.bridge', caller: state.callerLeg.legId, agent: state.agentLeg.legId }, told);
}

const talkOf = (now: Now, at: number): number => Math.max(0, at - now.activity.since);

function withTalk(now: Now, at: number): CallState {
  const talkMs = now.state.figures.talkMs + talkOf(now, at);
  return { ...now.state, figures: { ...now.state.figures, talkMs } };
}

function endTalk(now: Now, how: { readonly at: number; readonly by: 'caller' | 'agent' | 'system'; readonly reason: string }): CallStep {
  const { activity } = now;
  const { agentId, place } = activity;
  const state = withTalk(now, how.at);
  const talkMs = talkOf(now, how.at);
  const end: EndReason = { result: how.by === 'system' ? 'upstreamError' : 'completed', reason: how.reason };
  return step(
    { ...withoutLegs(state), activity: { phase: 'wrapUp', agentId, place, end, talkMs } },
    ...hangUpLegs(state, 'NORMAL_CLEARING'),
    { type: 'queue.complete', requestId: requestId(state, 'complete'), agentId, place, talkMs, afterwards: 'wrapUp' },
    { type: 'screen.callEnded', agentId, by: how.by },
    ...(how.by === 'system' ? [{ type: 'place.keep', place, afterMs: state.figures.talkMs } as const] : []),
    { type: 'thread.append', end },
  );
}

/** The agent's leg is lost, the caller is still there: music, and the first place in line. */
function backToLine(rules: CallRules, now: Now, at: number): CallStep {
  const { activity } = now;
  const state = withTalk(now, at);
  const agentLeg = state.agentLeg;
  const effects = [
    ...(agentLeg?.phase === 'up' ? [{ type: 'leg.hangUp' as const, legId: agentLeg.legId, cause: 'NORMAL_CLEARING' }] : []),
    { type: 'queue.complete' as const, requestId: requestId(state, 'lostLeg'), agentId: activity.agentId, place: activity.place, talkMs: talkOf(now, at), afterwards: 'notReady' as const },
    { type: 'screen.callEnded' as const, agentId: activity.agentId, by: 'system' as const },
  ];
  return returnToQueue(rules, { ...state, agentLeg: null }, { place: activity.place, at, before: effects });
}
