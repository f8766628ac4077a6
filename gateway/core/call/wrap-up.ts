import type { Millis } from '../ids.js';
import type { CallEffect } from './call-effects.js';
import type { CallEvent } from './call-events.js';
import type { Activity, CallState } from './call-state.js';
import { notAgain } from './callback.js';
import { endOfCallback, nextTry, over, rest } from './resting.js';
import { andThen, ignore, requestId, step, type CallStep } from './step.js';

type WrapUp = Extract<Activity, { phase: 'wrapUp' }>;

/** After-call work: the agent files a disposition, or the time runs out. */
export function reduceWrapUp(now: { readonly state: CallState; readonly activity: WrapUp }, event: CallEvent): CallStep {
  const { state, activity } = now;
  if (event.type === 'agent.filed' && event.agentId === activity.agentId) {
    const { agentId, disposition, note } = event;
    const filed = step(state, { type: 'thread.note', agentId, disposition, note }, { type: 'queue.endWrapUp', requestId: requestId(state, 'endWrapUp'), agentId });
    return andThen(filed, (now) => afterWrapUp(now, activity, event.at));
  }
  if (event.type === 'wrapUp.over' && event.agentId === activity.agentId) return afterWrapUp(state, activity, event.at);
  // A store that went back in time may have the agent talk still.
  if (event.type === 'store.returned') return step(state, ...left(state, activity));
  if (event.type === 'callback.booked') return step(state, { type: 'callback.withdraw' });
  if (event.type === 'call.recovered') return recovered(state, activity);
  const end = nextTry(state) === null ? null : endOfCallback(event);
  return end === null ? ignore(state) : step(notAgain(state, end));
}

/** The call is over; a callback that did not reach the customer waits for its next try, unless there is to be none. */
export function afterWrapUp(state: CallState, { end, place, againAt }: WrapUp, at: Millis): CallStep {
  const last = state.callback?.over;
  if (againAt !== undefined) return last === undefined ? rest(state, { place, until: againAt, at }) : over(state, place, last);
  return step({ ...state, activity: { phase: 'ended', end } }, { type: 'call.forget', end });
}

/** The dead process may have ended between the snapshot and its orders: both are harmless to repeat. */
const recovered = (state: CallState, activity: WrapUp): CallStep => step(state, ...left(state, activity), { type: 'thread.append', end: activity.end });

/**
 * That the talk is over, with its length, or the try with its offer, by which a repeat is known for the same. A store that went back further
 * has the call waiting still.
 */
function left(state: CallState, { agentId, place, talkMs = state.figures.talkMs, tried }: WrapUp): readonly CallEffect[] {
  return [
    { type: 'queue.complete', requestId: requestId(state, 'complete'), agentId, place, talkMs, ...(tried === undefined ? {} : { tried }), afterwards: 'wrapUp' },
    { type: 'queue.drop', requestId: requestId(state, 'drop'), left: null },
  ];
}
