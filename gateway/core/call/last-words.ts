import { say } from './announce.js';
import type { CallEffect } from './call-effects.js';
import type { Announcement, CallRules } from './call-rules.js';
import type { CallState, LastWords } from './call-state.js';
import type { EndReason } from './end-reason.js';
import { finish } from './finish.js';
import { andThen, step, type CallStep } from './step.js';

/** What is said last. */
export const LAST_WORDS: Readonly<Record<LastWords, Announcement>> = { own: { key: 'sorry.tryLater' }, plain: { key: 'sorry.goodbye' }, booked: { key: 'queue.callbackBooked' } };

/** Tells the caller the last words (left out: the number's own), then ends the call: never silence, never a bare hang-up. See closing.ts for words that cannot be said. */
export function tellAndEnd(rules: CallRules, state: CallState, how: { readonly end: EndReason; readonly before: readonly CallEffect[]; readonly words?: LastWords }): CallStep {
  const { words = 'own' } = how;
  if (state.callerLeg.phase !== 'up') return andThen(step(state, ...how.before), (now) => finish(now, how.end));
  const closing: CallState = { ...state, activity: { phase: 'closing', end: how.end, words } };
  return andThen(step(closing, ...how.before), (now) => say(rules, now, LAST_WORDS[words]));
}
