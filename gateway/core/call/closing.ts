import { say } from './announce.js';
import type { CallEvent } from './call-events.js';
import type { CallRules } from './call-rules.js';
import type { Activity, CallState } from './call-state.js';
import { finish } from './finish.js';
import { LAST_WORDS } from './last-words.js';
import { ignore, type CallStep } from './step.js';

type Closing = Extract<Activity, { phase: 'closing' }>;

/** A last announcement is being said; when it cannot be heard, a plain goodbye is; then the call ends. */
export function reduceClosing(rules: CallRules, now: { readonly state: CallState; readonly activity: Closing }, event: CallEvent): CallStep {
  const { state, activity } = now;
  if (event.type === 'say.failed' && event.sayId === state.announcing && activity.words === 'own') {
    return say(rules, { ...state, announcing: null, activity: { ...activity, words: 'plain' } }, LAST_WORDS.plain);
  }
  // How much of it was heard nobody knows: once more, from the beginning.
  if (event.type === 'call.recovered' && state.callerLeg.phase === 'up') {
    return say(rules, { ...state, announcing: null }, LAST_WORDS[activity.words]);
  }
  const isLastWord = (event.type === 'say.ended' || event.type === 'say.failed') && event.sayId === state.announcing;
  const isCallerGone = event.type === 'leg.hungUp' && event.legId === state.callerLeg.legId;
  if (isLastWord || isCallerGone || event.type === 'call.recovered') return finish(state, activity.end);
  return ignore(state);
}
