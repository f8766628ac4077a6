import type { LeftMessage } from './collected.js';
import type { FlowActivity } from './flow-state.js';
import type { Placed, Reaction, Recording as RecordingKind } from './kinds/kind.js';
import { kindOf } from './kinds/kinds.js';
import { currentNode, cut, fail, fileDraft, hush, ignoreRepeats, isOnErrorWay, mustBeHeard, noteHeard, notePath, speak, standingAt, takeAnywhere, wordsOf, wording, type Turn } from './turn.js';

type Recording = Extract<FlowActivity, { phase: 'recording' }>;

/** Enters a record node, or records once more: what was recorded before is thrown away. Keys pressed ahead were meant for no recording. */
export function arriveRecording(turn: Turn, at: Placed, kind: RecordingKind): Reaction {
  const { state } = turn;
  state.isHurrying = false;
  state.buffer = '';
  if (state.draft !== null) turn.effects.push({ type: 'flow.discardRecording', recordingId: state.draft.id });
  state.draft = null;
  const parts = wordsOf(turn, kind.limits(at.node).prompts);
  if (parts === null && !isOnErrorWay(turn)) return fail(turn, 'prompt lacks a value', at.id);
  const said = wording(parts ?? []);
  notePath(turn, { node: at.id, ...(said === '' ? {} : { said }) });
  return prompting(turn, at.id, speak(turn, parts ?? []));
}

function prompting(turn: Turn, node: string, say: Recording['say']): Reaction {
  turn.state.activity = { phase: 'recording', node, say, recordingId: null, leaving: null };
  return say === null ? begin(turn, node) : null;
}

/** The beep, and then the caller's voice. */
function begin(turn: Turn, node: string): Reaction {
  turn.state.activity = { phase: 'recording', node, say: null, recordingId: null, leaving: null };
  const recorder = recorderAt(turn);
  if (recorder === null) return fail(turn, 'node is gone');
  noteHeard(turn);
  const recordingId = `${turn.state.callId}-m${++turn.state.serial}`;
  turn.state.activity = { phase: 'recording', node, say: null, recordingId, leaving: null };
  const { maxMs, silenceMs } = recorder.kind.limits(recorder.at.node);
  turn.effects.push({ type: 'flow.record', recordingId, maxMs, silenceMs });
  return null;
}

/** The prompt was heard: its next part, or the beep. */
export function saidWhileRecording(turn: Turn, activity: Recording): Reaction {
  noteHeard(turn);
  return promptOver(turn, activity);
}

/** The prompt is over, heard or not. */
export const promptOver = (turn: Turn, activity: Recording): Reaction => prompting(turn, activity.node, speak(turn, activity.say?.rest ?? []));

/** A key stops the prompt. The terminator ends the message; so does an `anywhere` key, which then leads out. Any other key does nothing: it may be the caller's cheek. */
export function digitWhileRecording(turn: Turn, activity: Recording, digit: string): Reaction {
  const target = turn.flow.anywhere.get(digit) ?? null;
  const recorder = recorderAt(turn);
  if (recorder === null) return fail(turn, 'node is gone');
  if (activity.recordingId === null) return digitWhilePrompting(turn, activity, { digit, target });
  if (target === null && recorder.kind.limits(recorder.at.node).terminator !== digit) return null;
  ignoreRepeats(turn, digit);
  if (target !== null) turn.witness?.keyed(standingAt(turn.state), { digit, isFirst: true, isSecret: false, out: 'recording' });
  turn.state.activity = { ...activity, leaving: activity.leaving ?? target };
  turn.effects.push({ type: 'flow.stopRecording', recordingId: activity.recordingId });
  return null;
}

function digitWhilePrompting(turn: Turn, activity: Recording, { digit, target }: { readonly digit: string; readonly target: string | null }): Reaction {
  if (target === null) return prompting(turn, activity.node, cut(turn, activity.say));
  // A key that leads out waits for what must be heard, and then nobody asks for it: pressed again it counts.
  if (mustBeHeard(activity.say)) return null;
  hush(turn, activity.say);
  turn.witness?.keyed(standingAt(turn.state), { digit, isFirst: true, isSecret: false, out: 'during' });
  return takeAnywhere(turn, target);
}

/** The recording is over. An `anywhere` key that ended it leads out with what was recorded kept. */
export function recorded(turn: Turn, activity: Recording, durationMs: number): Reaction {
  const recorder = recorderAt(turn);
  if (recorder === null || activity.recordingId === null) return fail(turn, 'node is gone');
  keepOrDrop(turn, { id: activity.recordingId, durationMs }, recorder.kind.limits(recorder.at.node).minMs);
  const next = recorder.kind.recorded(turn, recorder.at);
  return activity.leaving === null ? next : takeAnywhere(turn, activity.leaving);
}

export function recordFailed(turn: Turn, activity: Recording): Reaction {
  const recorder = recorderAt(turn);
  if (recorder === null) return fail(turn, 'node is gone');
  notePath(turn, { node: activity.node, did: 'could not be recorded' });
  const next = recorder.kind.failed(turn, recorder.at);
  return activity.leaving === null ? next : takeAnywhere(turn, activity.leaving);
}

/** After a crash: the prompt again; a recording that had begun ends with what there is of it. */
export function resumeRecording(turn: Turn, activity: Recording): Reaction {
  const recorder = recorderAt(turn);
  if (recorder === null) return fail(turn, 'node is gone');
  if (activity.recordingId === null) return arriveRecording(turn, recorder.at, recorder.kind);
  turn.effects.push({ type: 'flow.stopRecording', recordingId: activity.recordingId });
  return null;
}

/** The caller hung up: a draft is sent, and so is what was recorded until then when it is long enough. */
export function keepLeft(turn: Turn, left: LeftMessage | null): void {
  const recorder = recorderAt(turn);
  if (left !== null && recorder !== null) keepOrDrop(turn, left, recorder.kind.limits(recorder.at.node).minMs);
  fileDraft(turn);
}

function keepOrDrop(turn: Turn, message: LeftMessage, minMs: number): void {
  const { activity } = turn.state;
  const isLongEnough = message.durationMs >= minMs;
  if (activity.phase !== 'left') notePath(turn, { node: activity.node, did: isLongEnough ? `left a message, ${Math.round(message.durationMs / 1_000)} s` : 'left no message' });
  if (isLongEnough) turn.state.draft = message;
  else turn.effects.push({ type: 'flow.discardRecording', recordingId: message.id });
}

function recorderAt(turn: Turn): { readonly kind: RecordingKind; readonly at: Placed } | null {
  const { activity } = turn.state;
  const node = currentNode(turn);
  const kind = node === null ? null : kindOf(node);
  return node === null || kind?.role !== 'records' || activity.phase === 'left' ? null : { kind, at: { id: activity.node, node } };
}
