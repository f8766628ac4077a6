import type { Announcement, CallRules } from './call-rules.js';
import type { CallState } from './call-state.js';
import { requestId, step, type CallStep } from './step.js';

/** Says something that is not part of a flow, in the caller's language. One at a time: a newer one replaces what is being said. */
export function say(rules: CallRules, state: CallState, what: Announcement): CallStep {
  if (state.callerLeg.phase !== 'up') return step(state);
  const sayId = requestId(state, what.key);
  const utterances = rules.announce(what, state.flow?.language ?? rules.language);
  const order = { type: 'media.say' as const, legId: state.callerLeg.legId, sayId, utterances };
  const hush = state.announcing === null ? [] : [{ type: 'media.hush' as const, legId: state.callerLeg.legId, sayId: state.announcing }];
  return step({ ...state, announcing: sayId }, ...hush, order);
}
