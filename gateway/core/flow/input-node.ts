import { assertNever } from '../errors.js';
import { DEFAULT_TIMERS, type InputNode, type NodeOf } from './flow-schema.js';
import type { FlowActivity } from './flow-state.js';
import { takeAnywhere } from './say-node.js';
import { cancelTimers, currentNode, cut, fail, keepForLater, mustBeHeard, noteEntered, notePath, setTimer, speak, wordsOf, wording, type Next, type Turn } from './turn.js';

type Asking = Extract<FlowActivity, { phase: 'asking' }>;
interface Tries {
  readonly noInputs: number;
  readonly noMatches: number;
}

/** A repeat of the key that just answered is no new answer for this long. */
const ECHO_MS = 1_500;
const MASK = '••••';

export const isInput = (node: { readonly do: string }): node is InputNode => ['menu', 'collect', 'confirm'].includes(node.do);

/** Enters a menu, collect or confirm node. */
export function arriveAsking(turn: Turn, id: string, node: InputNode): Next {
  turn.state.isHurrying = false;
  if (node.typeAhead === 'flush') turn.state.buffer = '';
  return ask(turn, { id, node, before: [], tries: { noInputs: 0, noMatches: 0 } });
}

/** Asks (again): prompt, then the no-input timer. With keys typed ahead only what must be heard is said. */
export function ask(turn: Turn, question: { readonly id: string; readonly node: InputNode; readonly before: readonly string[]; readonly tries: Tries }): Next {
  const { id, node, before, tries } = question;
  const parts = wordsOf(turn, [...before, ...(node.prompt ?? [])]);
  turn.state.activity = { phase: 'asking', node: id, say: null, entered: '', ...tries };
  if (parts === null) return fail(turn, 'prompt lacks a value');
  const heard = turn.state.buffer === '' ? parts : parts.filter((part) => !part.hasBargeIn);
  const said = wording(heard);
  notePath(turn, { node: id, ...(said === '' ? {} : { said }) });
  const say = speak(turn, heard);
  turn.state.activity = { phase: 'asking', node: id, say, entered: '', ...tries };
  return say === null ? listen(turn) : null;
}

/** Nothing is being said (any more): keys typed ahead first, else the no-input timer starts. */
function listen(turn: Turn): Next {
  const node = currentNode(turn);
  if (node === null || !isInput(node)) return fail(turn, 'node is gone');
  while (turn.state.buffer !== '') {
    const digit = turn.state.buffer.slice(0, 1);
    turn.state.buffer = turn.state.buffer.slice(1);
    const { activity } = turn.state;
    if (activity.phase !== 'asking') return null;
    const isOver = take(turn, { node, activity, digit });
    if (isOver !== 'more') return isOver;
  }
  if (turn.state.activity.phase === 'asking' && turn.state.activity.entered === '' && !turn.state.timers.some((timer) => timer.startsWith('noInput.'))) {
    setTimer(turn, 'noInput', timersOf(turn, node).noInputMs);
  }
  return null;
}

const timersOf = (turn: Turn, node: InputNode): { readonly noInputMs: number; readonly interDigitMs: number; readonly totalMs: number } => ({
  noInputMs: node.timers?.noInputMs ?? turn.flow.timers.noInputMs ?? DEFAULT_TIMERS.noInputMs,
  interDigitMs: node.timers?.interDigitMs ?? turn.flow.timers.interDigitMs ?? DEFAULT_TIMERS.interDigitMs,
  totalMs: node.timers?.totalMs ?? turn.flow.timers.totalMs ?? DEFAULT_TIMERS.totalMs,
});

/** A key at an input node. While legal text is heard it is kept; else it stops the prompt and counts. */
export function digitWhileAsking(turn: Turn, activity: Asking, digit: string): Next {
  const node = currentNode(turn);
  if (node === null || !isInput(node)) return fail(turn, 'node is gone');
  if (mustBeHeard(activity.say)) {
    keepForLater(turn, digit);
    turn.state.activity = { ...activity, say: cut(turn, activity.say) };
    return null;
  }
  const quiet: Asking = { ...activity, say: cut(turn, activity.say) };
  turn.state.activity = quiet;
  const isOver = take(turn, { node, activity: quiet, digit });
  return isOver === 'more' ? null : isOver;
}

/** The prompt is over: its next part, or listen. */
export function saidWhileAsking(turn: Turn, activity: Asking): Next {
  const rest = activity.say?.rest ?? [];
  const say = speak(turn, turn.state.buffer === '' ? rest : rest.filter((part) => !part.hasBargeIn));
  turn.state.activity = { ...activity, say };
  return say === null ? listen(turn) : null;
}

/** A timer of an input node. */
export function timerWhileAsking(turn: Turn, activity: Asking, kind: string): Next {
  const node = currentNode(turn);
  if (node === null || !isInput(node)) return fail(turn, 'node is gone');
  if (kind !== 'noInput') return node.do === 'collect' ? evaluate(turn, { node, activity }) : null;
  const noInputs = activity.noInputs + 1;
  cancelTimers(turn);
  if (noInputs > node.noInput.retries) return node.noInput.next;
  return ask(turn, { id: activity.node, node, before: node.noInput.prompt ?? [], tries: { noInputs, noMatches: activity.noMatches } });
}

interface Press<N extends InputNode = InputNode> {
  readonly node: N;
  readonly activity: Asking;
  readonly digit: string;
}

/** One key counts. `more`: the entry goes on. */
function take(turn: Turn, press: Press): Next | 'more' {
  const { node, activity, digit } = press;
  cancelTimers(turn, 'noInput');
  const exit = turn.flow.anywhere.get(digit);
  if (exit !== undefined && activity.entered === '' && !(node.do === 'collect' && node.mayStartWithAnywhere)) {
    noteEntered(turn, digit);
    return takeAnywhere(turn, exit);
  }
  switch (node.do) {
    case 'menu':
      return choose(turn, press, Object.hasOwn(node.keys, digit) ? node.keys[digit] : undefined);
    case 'confirm':
      return confirm(turn, { ...press, node });
    case 'collect':
      return collect(turn, { ...press, node });
    default:
      return assertNever(node, 'take');
  }
}

function choose(turn: Turn, { activity, digit, node }: Press, target: string | undefined): Next {
  noteEntered(turn, digit);
  return target ?? noMatch(turn, { node, activity });
}

function confirm(turn: Turn, press: Press<NodeOf<'confirm'>>): Next {
  const { node, digit } = press;
  const target = digit === node.keys.yes ? node.yes : digit === node.keys.no ? node.no : undefined;
  if (target !== undefined) ignoreRepeats(turn, digit);
  return choose(turn, press, target);
}

/** The same key again, already pressed or about to be, is the same answer. */
function ignoreRepeats(turn: Turn, digit: string): void {
  turn.state.echo = { digit, until: turn.at + ECHO_MS };
  let from = 0;
  while (turn.state.buffer[from] === digit) from++;
  turn.state.buffer = turn.state.buffer.slice(from);
}

function collect(turn: Turn, press: Press<NodeOf<'collect'>>): Next | 'more' {
  const { node, activity, digit } = press;
  if (digit === node.terminator) return evaluate(turn, press);
  if (digit === '*') {
    // The caller takes back what was keyed and begins again.
    cancelTimers(turn);
    turn.state.activity = { ...activity, entered: '' };
    setTimer(turn, 'noInput', timersOf(turn, node).noInputMs);
    return 'more';
  }
  if (digit === '#') {
    noteEntered(turn, digit);
    return noMatch(turn, press);
  }
  const entered = activity.entered + digit;
  const now: Asking = { ...activity, entered };
  turn.state.activity = now;
  if (entered.length >= node.max) return evaluate(turn, { node, activity: now });
  const { interDigitMs, totalMs } = timersOf(turn, node);
  cancelTimers(turn, 'interDigit');
  if (entered.length === 1) setTimer(turn, 'total', totalMs);
  setTimer(turn, 'interDigit', interDigitMs);
  return 'more';
}

/** The entry is over by its terminator, its length or a timer. */
function evaluate(turn: Turn, { node, activity }: { readonly node: NodeOf<'collect'>; readonly activity: Asking }): Next {
  const { entered } = activity;
  cancelTimers(turn);
  const exit = turn.flow.anywhere.get(entered);
  if (node.mayStartWithAnywhere && exit !== undefined) return takeAnywhere(turn, exit);
  noteEntered(turn, isSecret(turn, node.into) ? MASK : entered);
  if (entered.length < node.min) return noMatch(turn, { node, activity });
  turn.state.vars = { ...turn.state.vars, [node.into]: entered };
  if (node.terminator === '#') ignoreRepeats(turn, '#');
  return node.next;
}

function isSecret(turn: Turn, name: string): boolean {
  const variable = turn.flow.vars.get(name);
  return variable !== undefined && variable.type !== 'record' && variable.secret;
}

/** A key or an entry that fits nothing. What was typed ahead of it made no sense either. */
function noMatch(turn: Turn, { node, activity }: { readonly node: InputNode; readonly activity: Asking }): Next {
  cancelTimers(turn);
  turn.state.buffer = '';
  const noMatches = activity.noMatches + 1;
  if (noMatches > node.noMatch.retries) return node.noMatch.next;
  return ask(turn, { id: activity.node, node, before: node.noMatch.prompt ?? [], tries: { noInputs: activity.noInputs, noMatches } });
}
