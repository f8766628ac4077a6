import type { CallEvent } from './call-events.js';
import { say } from './announce.js';
import type { CallRules } from './call-rules.js';
import { COMFORT_TIMER } from './line.js';
import { andThen, ignore, step, type CallStep } from './step.js';
import type { WaitingNow } from './waiting-state.js';

/** Stands for "more than an hour": above every end that is said. */
const NO_END_MINUTES = 1_000;

/**
 * The place in line, when it got better; with it, or by itself when it got shorter, the wait that is left. Nothing while something is
 * being said or an agent was found.
 */
export function sayPlace(rules: CallRules, now: WaitingNow, event: Extract<CallEvent, { type: 'queue.placed' }>): CallStep {
  const { state, activity } = now;
  if (activity.offer !== null || state.announcing !== null) return ignore(state);
  const words = rules.queueWords(activity.place.queue);
  const { saidPosition, saidWait } = activity;
  const isBetter = event.position !== null && (saidPosition === null || event.position < saidPosition);
  const position = words.position && isBetter ? event.position : null;
  const end = event.wait === null ? null : (event.wait.toMinutes ?? NO_END_MINUTES);
  const isShorter = end !== null && (saidWait === undefined || end < saidWait || (end === saidWait && position !== null));
  const wait = words.wait && isShorter ? event.wait : null;
  if (position === null && wait === null) return ignore(state);
  const said = { ...activity, ...(position === null ? {} : { saidPosition: position }), ...(wait === null || end === null ? {} : { saidWait: end }) };
  return say(rules, { ...state, activity: said }, { key: 'queue.place', position, wait });
}

/** The next words of comfort, one after the other, when nothing else is said. */
export function sayComfort(rules: CallRules, { state, activity }: WaitingNow): CallStep {
  const { comfort } = rules.queueWords(activity.place.queue);
  if (comfort === null) return ignore(state);
  const again = step(state, { type: 'timer.set', timer: COMFORT_TIMER, inMs: comfort.everyMs });
  const said = activity.comforted ?? 0;
  const prompt = comfort.prompts[said % comfort.prompts.length];
  if (prompt === undefined || activity.offer !== null || state.announcing !== null) return again;
  return andThen(again, (then) => say(rules, { ...then, activity: { ...activity, comforted: said + 1 } }, { key: 'queue.comfort', prompt }));
}
