import { hangUpFlow } from '../flow/interpret.js';
import type { LeftMessage } from '../flow/collected.js';
import type { Millis } from '../ids.js';
import { BOOKED } from './callback.js';
import type { CallEffect } from './call-effects.js';
import type { CallEvent } from './call-events.js';
import type { CallRules } from './call-rules.js';
import type { Activity, CallState } from './call-state.js';
import type { EndReason } from './end-reason.js';
import { finish } from './finish.js';
import { MESSAGE_LEFT, toMessageEffects, withMessages } from './messages.js';
import { andThen, ignore, step, type CallStep } from './step.js';

type Keeping = Extract<Activity, { phase: 'keeping' }>;

/** Media servers tell within a second; this only catches one that never does. */
const LIMIT_MS = 15_000;
const TIMER = 'keeping:limit';

/** The caller hung up while a message was recorded: it is sent when it is long enough, which the recording must say. */
export function startKeeping(state: CallState, what: { readonly recordingId: string; readonly end: EndReason }): CallStep {
  const stop: CallEffect = { type: 'media.stopRecording', legId: state.callerLeg.legId, recordingId: what.recordingId };
  return step({ ...state, activity: { phase: 'keeping', ...what } }, stop, { type: 'timer.set', timer: TIMER, inMs: LIMIT_MS });
}

export function reduceKeeping(rules: CallRules, now: { readonly state: CallState; readonly activity: Keeping }, event: CallEvent): CallStep {
  const { state, activity } = now;
  if (event.type === 'call.recovered') return startKeeping(state, activity);
  if (event.type === 'timer.fired' && event.timer === TIMER) return endLeft(rules, state, { at: event.at, left: null, end: activity.end });
  const isMeant = (event.type === 'recording.ended' || event.type === 'recording.failed') && event.recordingId === activity.recordingId;
  if (!isMeant) return ignore(state);
  const left = event.type === 'recording.ended' ? { id: event.recordingId, durationMs: event.durationMs } : null;
  return andThen(step(state, { type: 'timer.cancel', timer: TIMER }), (then) => endLeft(rules, then, { at: event.at, left, end: activity.end }));
}

/** The caller is gone: a message that is there is filed. */
export function endLeft(rules: CallRules, state: CallState, how: { readonly at: Millis; readonly left: LeftMessage | null; readonly end: EndReason }): CallStep {
  if (state.flow === null) return finish(state, how.end);
  const hungUp = hangUpFlow(rules.flow, state.flow, { at: how.at, left: how.left });
  const kept = step(withMessages({ ...state, flow: hungUp.state }), ...hungUp.effects.flatMap(toMessageEffects));
  return andThen(kept, (now) => finish(now, (now.figures.messages ?? 0) > 0 && how.end.reason !== BOOKED.reason ? MESSAGE_LEFT : how.end));
}
