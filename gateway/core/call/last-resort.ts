import type { CallEffect } from './call-effects.js';
import type { CallRules } from './call-rules.js';
import type { CallState } from './call-state.js';
import type { EndReason } from './end-reason.js';
import { tellAndEnd } from './last-words.js';
import { andThen, step, type CallStep } from './step.js';
import { startTransfer } from './transfer.js';

/** The call can be helped neither by its flow nor by a person: the number's last resort, a transfer or its last words. */
export function takeLastResort(rules: CallRules, state: CallState, how: { readonly end: EndReason; readonly before: readonly CallEffect[] }): CallStep {
  const target = rules.lastResortTarget;
  if (target === null || state.callerLeg.phase !== 'up') return tellAndEnd(rules, state, how);
  return andThen(step(state, ...how.before), (now) => startTransfer(now, { target }));
}
