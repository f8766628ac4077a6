import type { CallEvent } from './call-events.js';
import type { Activity, CallState } from './call-state.js';
import { finish } from './finish.js';
import { ignore, type CallStep } from './step.js';

type Closing = Extract<Activity, { phase: 'closing' }>;

/** A last announcement is being said; then the call ends, whatever happens to it. */
export function reduceClosing(now: { readonly state: CallState; readonly activity: Closing }, event: CallEvent): CallStep {
  const { state, activity } = now;
  const isLastWord = (event.type === 'say.ended' || event.type === 'say.failed') && event.sayId === state.announcing;
  const isCallerGone = event.type === 'leg.hungUp' && event.legId === state.callerLeg.legId;
  if (isLastWord || isCallerGone || event.type === 'call.recovered') return finish(state, activity.end);
  return ignore(state);
}
