import { say } from './announce.js';
import type { CallEffect } from './call-effects.js';
import type { CallRules } from './call-rules.js';
import type { CallState } from './call-state.js';
import type { EndReason } from './end-reason.js';
import { finish } from './finish.js';
import { andThen, step, type CallStep } from './step.js';

/** Tells the caller the number's last words, then ends the call: never silence, never a bare hang-up. See closing.ts for words that cannot be said. */
export function tellAndEnd(rules: CallRules, state: CallState, how: { readonly end: EndReason; readonly before: readonly CallEffect[] }): CallStep {
  if (state.callerLeg.phase !== 'up') return andThen(step(state, ...how.before), (now) => finish(now, how.end));
  const closing: CallState = { ...state, activity: { phase: 'closing', end: how.end, words: 'own' } };
  return andThen(step(closing, ...how.before), (now) => say(rules, now, { key: 'sorry.tryLater' }));
}
