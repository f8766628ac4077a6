import type { CallEvent } from './call-events.js';
import type { Activity, CallState } from './call-state.js';
import { ignore, requestId, step, type CallStep } from './step.js';

type WrapUp = Extract<Activity, { phase: 'wrapUp' }>;

/** After-call work: the agent files a disposition, or the time runs out. */
export function reduceWrapUp(now: { readonly state: CallState; readonly activity: WrapUp }, event: CallEvent): CallStep {
  const { state, activity } = now;
  const ended: CallState = { ...state, activity: { phase: 'ended', end: activity.end } };
  if (event.type === 'agent.filed' && event.agentId === activity.agentId) {
    const { agentId, disposition, note } = event;
    return step(
      ended,
      { type: 'thread.note', agentId, disposition, note },
      { type: 'queue.endWrapUp', requestId: requestId(state, 'endWrapUp'), agentId },
      { type: 'call.forget', end: activity.end },
    );
  }
  if (event.type === 'wrapUp.over' && event.agentId === activity.agentId) return step(ended, { type: 'call.forget', end: activity.end });
  // A store that went back in time may have the agent talk still.
  if (event.type === 'store.returned') return step(state, { type: 'queue.complete', requestId: requestId(state, 'complete'), agentId: activity.agentId, place: activity.place, talkMs: state.figures.talkMs, afterwards: 'wrapUp' });
  if (event.type === 'call.recovered') return recovered({ ...state, node: event.node }, activity);
  return ignore(state);
}

/** The dead process may have ended between the snapshot and its orders: both are harmless to repeat. */
function recovered(state: CallState, { agentId, place, end }: WrapUp): CallStep {
  return step(
    state,
    { type: 'queue.complete', requestId: requestId(state, 'complete'), agentId, place, talkMs: state.figures.talkMs, afterwards: 'wrapUp' },
    { type: 'thread.append', end },
  );
}
