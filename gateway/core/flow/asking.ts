import { DEFAULT_TIMERS, type Flow } from './flow-schema.js';
import type { FlowActivity, FlowState, SayPart, Saying } from './flow-state.js';
import type { Asking as AskingKind, Placed, Question, Reaction, Recording as RecordingKind, Takes } from './kinds/kind.js';
import { NO_MATCH } from './kinds/kind.js';
import { kindOf } from './kinds/kinds.js';
import { MASK, withKeyed } from './repeated-secret.js';
import { cancelTimers, currentNode, cut, fail, ignoreRepeats, keepForLater, mustBeHeard, noteEntered, notePath, setTimer, speak, standingAt, takeAnywhere, wordsOf, wording, type Turn } from './turn.js';

type Asking = Extract<FlowActivity, { phase: 'asking' }>;
type Entry = Extract<Takes, { as: 'entry' }>;
interface Tries {
  readonly noInputs: number;
  readonly noMatches: number;
}
/** The node that asks, with what it asks now. */
interface Asked {
  readonly at: Placed;
  readonly kind: AskingKind | RecordingKind;
  readonly question: Question;
}

/** An entry goes on. No word for it: every word can be a node's id. */
const MORE = Symbol('more');
const NO_TRIES: Tries = { noInputs: 0, noMatches: 0 };

/** Enters a node that asks. */
export function arriveAsking(turn: Turn, at: Placed, kind: AskingKind): Reaction {
  turn.state.isHurrying = false;
  kind.begin?.(turn, at);
  if (kind.question(turn, at).typeAhead === 'flush') turn.state.buffer = '';
  return ask(turn, { id: at.id, before: [], tries: NO_TRIES });
}

/** Asks (again): prompt, then the no-input timer. With keys typed ahead only what must be heard is said. */
export function ask(turn: Turn, again: { readonly id: string; readonly before: readonly string[]; readonly recording?: string; readonly tries?: Tries }): Reaction {
  const { id, before, recording, tries = NO_TRIES } = again;
  turn.state.activity = { phase: 'asking', node: id, say: null, entered: '', noInputs: tries.noInputs, noMatches: tries.noMatches };
  const asked = askedNow(turn);
  if (asked === null) return fail(turn, 'node is gone');
  const words = wordsOf(turn, [...before, ...asked.question.prompts]);
  if (words === null) return fail(turn, 'prompt lacks a value');
  const parts = recording === undefined ? words : [playback(turn, recording), ...words];
  const heard = turn.state.buffer === '' ? parts : parts.filter((part) => !part.hasBargeIn);
  const said = wording(heard);
  notePath(turn, { node: id, ...(said === '' ? {} : { said }) });
  const say = speak(turn, heard);
  turn.state.activity = { phase: 'asking', node: id, say, entered: '', noInputs: tries.noInputs, noMatches: tries.noMatches };
  return say === null ? listen(turn) : null;
}

/** What the question that is asked now takes; null where none is. */
export function takesNow(root: Flow, state: FlowState): Takes | null {
  const flow = state.inFlow === null ? root : (root.subflows.get(state.inFlow) ?? root);
  return askedNow({ flow, root, at: 0, state, effects: [], witness: null })?.question.takes ?? null;
}

/** What the caller recorded, to be heard again. It has no words. */
const playback = (turn: Turn, recording: string): SayPart => ({ utterances: [{ promptId: 'recording', language: turn.state.language, text: '…', recording }], hasBargeIn: true });

function askedNow(turn: Turn): Asked | null {
  const { activity } = turn.state;
  const node = currentNode(turn);
  const kind = node === null ? null : kindOf(node);
  if (node === null || (kind?.role !== 'asks' && kind?.role !== 'records') || activity.phase !== 'asking') return null;
  const at = { id: activity.node, node };
  return { at, kind, question: kind.question(turn, at) };
}

/** Nothing is being said (any more): keys typed ahead first, else the no-input timer starts. */
function listen(turn: Turn): Reaction {
  const asked = askedNow(turn);
  if (asked === null) return fail(turn, 'node is gone');
  while (turn.state.buffer !== '') {
    const digit = turn.state.buffer.slice(0, 1);
    turn.state.buffer = turn.state.buffer.slice(1);
    const { activity } = turn.state;
    if (activity.phase !== 'asking') return null;
    const reaction = take(turn, { asked, activity, digit });
    if (reaction !== MORE) return reaction;
  }
  if (turn.state.activity.phase === 'asking' && turn.state.activity.entered === '' && !turn.state.timers.some((timer) => timer.startsWith('noInput.'))) {
    setTimer(turn, 'noInput', timersOf(turn, asked.question).noInputMs);
  }
  return null;
}

const timersOf = (turn: Turn, { timers }: Question): { readonly noInputMs: number; readonly interDigitMs: number; readonly totalMs: number } => ({
  noInputMs: timers?.noInputMs ?? turn.flow.timers.noInputMs ?? DEFAULT_TIMERS.noInputMs,
  interDigitMs: timers?.interDigitMs ?? turn.flow.timers.interDigitMs ?? DEFAULT_TIMERS.interDigitMs,
  totalMs: timers?.totalMs ?? turn.flow.timers.totalMs ?? DEFAULT_TIMERS.totalMs,
});

/** The same question further on. Written out, so that all have one shape: keys are the most frequent event there is. */
const going = ({ node, noInputs, noMatches }: Asking, say: Saying | null, entered: string): Asking => ({ phase: 'asking', node, say, entered, noInputs, noMatches });

/** A key. While legal text is heard it is kept; else it stops the prompt and counts. */
export function digitWhileAsking(turn: Turn, activity: Asking, digit: string): Reaction {
  const asked = askedNow(turn);
  if (asked === null) return fail(turn, 'node is gone');
  if (mustBeHeard(activity.say)) {
    keepForLater(turn, digit);
    turn.state.activity = going(activity, cut(turn, activity.say), activity.entered);
    return null;
  }
  const quiet = activity.say === null ? activity : going(activity, cut(turn, activity.say), activity.entered);
  turn.state.activity = quiet;
  const reaction = take(turn, { asked, activity: quiet, digit });
  return reaction === MORE ? null : reaction;
}

/** The prompt is over: its next part, or listen. */
export function saidWhileAsking(turn: Turn, activity: Asking): Reaction {
  const rest = activity.say?.rest ?? [];
  const say = speak(turn, turn.state.buffer === '' ? rest : rest.filter((part) => !part.hasBargeIn));
  turn.state.activity = going(activity, say, activity.entered);
  return say === null ? listen(turn) : null;
}

/** A timer of a question. */
export function timerWhileAsking(turn: Turn, activity: Asking, timer: string): Reaction {
  const asked = askedNow(turn);
  if (asked === null) return fail(turn, 'node is gone');
  const { kind, at, question } = asked;
  if (timer !== 'noInput') return question.takes.as === 'entry' ? evaluate(turn, { asked, activity, takes: question.takes }) : null;
  turn.witness?.silent(standingAt(turn.state));
  const noInputs = activity.noInputs + 1;
  cancelTimers(turn);
  if (noInputs > question.noInput.retries) return kind.unanswered(turn, at, 'noInput');
  return ask(turn, { id: at.id, before: question.noInput.prompt ?? [], tries: { noInputs, noMatches: activity.noMatches } });
}

interface Press {
  readonly asked: Asked;
  readonly activity: Asking;
  readonly digit: string;
}

/** One key counts. `MORE`: the entry goes on. */
function take(turn: Turn, press: Press): Reaction | typeof MORE {
  const { asked, activity, digit } = press;
  const { takes } = asked.question;
  cancelTimers(turn, 'noInput');
  const exit = turn.flow.anywhere.get(digit);
  const leadsOut = exit !== undefined && activity.entered === '' && !(takes.as === 'entry' && takes.mayStartWithAnywhere);
  turn.witness?.keyed(standingAt(turn.state), { digit, isFirst: activity.entered === '', isSecret: !leadsOut && takes.as === 'entry' && takes.isSecret, out: null });
  if (leadsOut) {
    noteEntered(turn, digit);
    return takeAnywhere(turn, exit);
  }
  if (takes.as === 'entry') return collect(turn, { asked, activity, digit, takes });
  noteEntered(turn, digit);
  return settle(turn, press, asked.kind.keyed(turn, asked.at, digit));
}

function collect(turn: Turn, press: Press & { readonly takes: Entry }): Reaction | typeof MORE {
  const { asked, activity, digit, takes } = press;
  if (digit === takes.terminator) return evaluate(turn, press);
  const { noInputMs, interDigitMs, totalMs } = timersOf(turn, asked.question);
  if (digit === '*') {
    // The caller takes back what was keyed and begins again.
    cancelTimers(turn);
    turn.state.activity = going(activity, activity.say, '');
    setTimer(turn, 'noInput', noInputMs);
    return MORE;
  }
  if (digit === '#') {
    noteEntered(turn, digit);
    return noMatch(turn, press);
  }
  const entered = activity.entered + digit;
  const now = going(activity, activity.say, entered);
  turn.state.activity = now;
  if (entered.length >= takes.max) return evaluate(turn, { asked, activity: now, takes });
  cancelTimers(turn, 'interDigit');
  if (entered.length === 1) setTimer(turn, 'total', totalMs);
  setTimer(turn, 'interDigit', interDigitMs);
  return MORE;
}

/** The entry is over by its terminator, its length or a timer. */
function evaluate(turn: Turn, { asked, activity, takes }: { readonly asked: Asked; readonly activity: Asking; readonly takes: Entry }): Reaction {
  const { entered } = activity;
  cancelTimers(turn);
  const exit = turn.flow.anywhere.get(entered);
  if (takes.mayStartWithAnywhere && exit !== undefined) {
    turn.witness?.ledOut(standingAt(turn.state));
    return takeAnywhere(turn, exit);
  }
  noteEntered(turn, takes.isSecret ? MASK : entered);
  const isTaken = entered.length >= takes.min;
  if (isTaken && takes.isSecret) turn.state.keyedSecrets = withKeyed(turn.state, entered);
  const reaction = isTaken ? asked.kind.keyed(turn, asked.at, entered) : NO_MATCH;
  const settled = settle(turn, { asked, activity }, reaction);
  if (settled === reaction && takes.terminator === '#') ignoreRepeats(turn, '#');
  return settled;
}

const settle = (turn: Turn, tried: { readonly asked: Asked; readonly activity: Asking }, reaction: Reaction): Reaction => (reaction === NO_MATCH ? noMatch(turn, tried) : reaction);

/** A key or an entry that fits nothing. What was typed ahead of it made no sense either. */
function noMatch(turn: Turn, { asked, activity }: { readonly asked: Asked; readonly activity: Asking }): Reaction {
  const { kind, at, question } = asked;
  cancelTimers(turn);
  turn.state.buffer = '';
  const noMatches = activity.noMatches + 1;
  if (noMatches > question.noMatch.retries) return kind.unanswered(turn, at, 'noMatch');
  return ask(turn, { id: activity.node, before: question.noMatch.prompt ?? [], tries: { noInputs: activity.noInputs, noMatches } });
}

/** Asks the same question again after a crash, with the tries that were left. */
export const resumeAsking = (turn: Turn, { node, noInputs, noMatches }: Asking): Reaction => ask(turn, { id: node, before: [], tries: { noInputs, noMatches } });

