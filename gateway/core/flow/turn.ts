import type { Json, Millis } from '../ids.js';
import type { Flow } from './flow-schema.js';
import type { FlowState, SayPart, Saying } from './flow-state.js';
import type { FlowEffect, FlowExit, Language, PathEntry, Utterance } from './flow-types.js';
import type { FlowNode } from './node-schema.js';
import type { Prompt } from './prompt-schema.js';
import { MASK, repeatsKeyed } from './repeated-secret.js';
import { renderTemplate } from './template.js';
import { lookUp, visitKey } from './variables.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** One step while it is being worked out: a state of its own that is changed in place, and the orders so far. */
export interface Turn {
  /** The flow that runs: the root, or a part of it. */
  flow: Flow;
  /** The flow that the number leads to. */
  readonly root: Flow;
  readonly at: Millis;
  readonly state: Mutable<FlowState>;
  readonly effects: FlowEffect[];
  readonly witness: FlowWitness | null;
}

/** Sees what a step does that neither its orders nor the state show, for whoever records or replays a call. It changes nothing, but that a replay adds what was typed ahead. Nodes are named as their visits are counted. */
export interface FlowWitness {
  /** The flow comes to a node. */
  arrived(node: string, turn: Turn): void;
  /** A key counted at a node: as one of an entry there (`isFirst`: its first), or as one that leads `out` of a node which only speaks, before or during its words. */
  keyed(node: string, key: { readonly digit: string; readonly isFirst: boolean; readonly isSecret: boolean; readonly out: 'before' | 'during' | 'recording' | null }): void;
  /** What was keyed there as a secret was a key that leads out after all. */
  ledOut(node: string): void;
  /** Nothing was keyed in time. */
  silent(node: string): void;
}

/** The node to go to now; null = wait for the next event. */
export type Next = string | null;

const MAX_PATH = 200;
const MAX_BUFFER = 32;
/** A repeat of the key that just answered is no new answer for this long. */
const ECHO_MS = 1_500;

/** The node that the flow stands at. Null once it was left, and when the flow changed under the call. */
export function currentNode(turn: Turn): FlowNode | null {
  const { activity } = turn.state;
  return activity.phase === 'left' ? null : (turn.flow.nodes.get(activity.node) ?? null);
}

/** The node that the flow stands at, as its visits are counted; an empty text once the flow was left. */
export const standingAt = (state: Pick<FlowState, 'activity' | 'inFlow' | 'flowId'>): string => (state.activity.phase === 'left' ? '' : visitKey(state, state.activity.node));

/** Adds a step to the caller's way. Long calls keep the newest steps. */
export function notePath(turn: Turn, entry: Omit<PathEntry, 'at'>): void {
  const { path } = turn.state;
  turn.state.path = [...(path.length >= MAX_PATH ? path.slice(1 - MAX_PATH) : path), { at: turn.at, ...entry }];
}

/** Adds what was keyed to the newest step, when it is this node's. */
export function noteEntered(turn: Turn, entered: string): void {
  const { path, activity } = turn.state;
  const node = activity.phase === 'left' ? '' : activity.node;
  const last = path.at(-1);
  if (last?.node === node && last.entered === undefined) turn.state.path = [...path.slice(0, -1), { ...last, entered }];
  else notePath(turn, { node, entered });
}

/** Starts a timer; its name is good for one use. */
export function setTimer(turn: Turn, kind: string, inMs: number): void {
  const timer = `${kind}.${++turn.state.serial}`;
  turn.state.timers = [...turn.state.timers, timer];
  turn.effects.push({ type: 'flow.setTimer', timer, inMs });
}

/** Stops the running timers of these kinds, or all. */
export function cancelTimers(turn: Turn, ...kinds: readonly string[]): void {
  if (turn.state.timers.length === 0) return;
  const kept: string[] = [];
  for (const timer of turn.state.timers) {
    if (kinds.length === 0 || kinds.includes(timer.slice(0, timer.indexOf('.')))) turn.effects.push({ type: 'flow.cancelTimer', timer });
    else kept.push(timer);
  }
  turn.state.timers = kept;
}

/** Keeps a key for whoever asks next. More than 32 keys nobody asked for are not kept. */
export function keepForLater(turn: Turn, digit: string): void {
  if (turn.state.buffer.length < MAX_BUFFER) turn.state.buffer += digit;
}

/** Leaves the step by an `anywhere` key; what was keyed ahead was meant for other steps. */
export function takeAnywhere(turn: Turn, target: string): Next {
  turn.state.buffer = '';
  turn.state.isHurrying = false;
  return target;
}

/** The same key again, already pressed or about to be, is the same answer. */
export function ignoreRepeats(turn: Turn, digit: string): void {
  turn.state.echo = { digit, until: turn.at + ECHO_MS };
  let from = 0;
  while (turn.state.buffer[from] === digit) from++;
  turn.state.buffer = turn.state.buffer.slice(from);
}

/** A text with its values filled in, for machines; null when one is not set. */
export function plainText(turn: Turn, template: string): string | null {
  const { state } = turn;
  const rendered = renderTemplate(template, { language: state.language, context: 'plain', lookUp: (path) => lookUp(state, path) });
  return rendered.ok ? rendered.text : null;
}

/** The same for what stands in logs and records: null also where a value repeats what was keyed as a secret. */
export function openText(turn: Turn, template: string): string | null {
  const { state } = turn;
  const rendered = renderTemplate(template, { language: state.language, context: 'plain', lookUp: (path) => (repeatsKeyed(state, lookUp(state, path)) ? undefined : lookUp(state, path)) });
  return rendered.ok ? rendered.text : null;
}

/** Orders the first part to be said; the rest follows part by part. */
export function speak(turn: Turn, parts: readonly SayPart[]): Saying | null {
  const [part, ...rest] = parts;
  if (part === undefined) return null;
  const sayId = `flow.${turn.root.id}.${++turn.state.serial}`;
  turn.effects.push({ type: 'flow.say', sayId, utterances: part.utterances, hasBargeIn: part.hasBargeIn });
  return { sayId, part, rest };
}

/** Stops what is being said now. */
export function hush(turn: Turn, say: Saying | null): void {
  if (say !== null) turn.effects.push({ type: 'flow.hush', sayId: say.sayId });
}

/** Whether something is still to be heard that no key may stop. */
export const mustBeHeard = (say: Saying | null): say is Saying => say !== null && (!say.part.hasBargeIn || say.rest.some((part) => !part.hasBargeIn));

/** A key stops what may be stopped; what must be heard goes on. Returns what is said now. */
export function cut(turn: Turn, say: Saying | null): Saying | null {
  if (say === null) return null;
  const rest = say.rest.filter((part) => !part.hasBargeIn);
  if (!say.part.hasBargeIn) return { ...say, rest };
  hush(turn, say);
  return speak(turn, rest);
}

/** The words of prompts as parts that share their barge-in; null when a value that they need is not set. */
export function wordsOf(turn: Turn, promptIds: readonly string[]): readonly SayPart[] | null {
  const parts: { utterances: Utterance[]; hasBargeIn: boolean }[] = [];
  for (const promptId of promptIds) {
    const prompt = turn.flow.prompts.get(promptId);
    if (prompt === undefined) return null;
    if (prompt.offers === turn.state.language) continue;
    const utterance = utter(turn, { promptId, prompt });
    if (utterance === null) return null;
    const last = parts.at(-1);
    if (last?.hasBargeIn === prompt.bargeIn) last.utterances.push(utterance);
    else parts.push({ utterances: [utterance], hasBargeIn: prompt.bargeIn });
  }
  return parts;
}

function utter(turn: Turn, { promptId, prompt }: { readonly promptId: string; readonly prompt: Prompt }): Utterance | null {
  const { state } = turn;
  const language: Language = prompt.offers ?? state.language;
  const written = prompt[language];
  if (written === undefined) return null;
  let tellsSecret = false;
  const found = (path: string): Json | undefined => {
    const value = lookUp(state, path);
    tellsSecret ||= repeatsKeyed(state, value);
    return value;
  };
  const rendered = renderTemplate(written, { language, context: 'speech', lookUp: found });
  if (!rendered.ok) return null;
  const file = prompt.files?.[language];
  const noted = tellsSecret ? notedText(turn, written, language) : {};
  return { promptId, language, text: rendered.text, ...noted, ...(file === undefined ? {} : { file }) };
}

/** The same text with dots where a value repeats what was keyed as a secret. */
function notedText({ state }: Turn, written: string, language: Language): { readonly noted?: string } {
  const rendered = renderTemplate(written, { language, context: 'speech', lookUp: (path): Json | undefined => lookUp(state, path), hides: (value) => repeatsKeyed(state, value) });
  return rendered.ok ? { noted: rendered.text } : {};
}

/** The wording of parts, for the caller's way. */
export function wording(parts: readonly SayPart[]): string {
  let words = '';
  for (const { utterances } of parts) for (const { text, noted = text } of utterances) words += words === '' ? noted : ` ${noted}`;
  return words;
}

/** Something that the author could not foresee: on to the flow's error node, once; when that breaks too, the number's last resort takes over. `at`: the node that breaks, when the flow does not stand there yet. */
export function fail(turn: Turn, did: string, at?: string): Next {
  const { activity } = turn.state;
  notePath(turn, { node: at ?? (activity.phase === 'left' ? turn.flow.error : activity.node), did });
  if (isOnErrorWay(turn)) return leave(turn, { kind: 'broken' });
  turn.state.errorWay = 'unheard';
  turn.state.buffer = '';
  return turn.flow.error;
}

/** Whether a step broke before. A snapshot of an older release does not say. */
export const isOnErrorWay = ({ state }: Turn): boolean => state.errorWay === 'unheard' || state.errorWay === 'heard';

/** Something was heard: on the error way a hang-up is no bare one any more. */
export function noteHeard({ state }: Turn): void {
  if (state.errorWay === 'unheard') state.errorWay = 'heard';
}

/** The draft becomes a message: it was sent, or the caller went on without a word about it. */
export function fileDraft({ state, effects }: Turn): void {
  const { draft } = state;
  if (draft === null) return;
  state.draft = null;
  state.messages = [...state.messages, draft];
  effects.push({ type: 'flow.fileRecording', recordingId: draft.id, durationMs: draft.durationMs });
}

/** Tells the rest of the call who calls. An id that repeats what was keyed as a secret names nobody: it would stand in records of them. */
export function identified({ state }: Turn, customer: NonNullable<FlowState['customer']>): void {
  if (repeatsKeyed(state, customer.id)) return;
  state.customer = repeatsKeyed(state, customer.name) ? { ...customer, name: MASK } : customer;
}

/** How a call ends of which nobody says more: who is to be called back, or left a message, wants an answer, whatever else was done. */
export const plainOutcome = ({ state }: Turn): 'solved' | 'told' | 'messageLeft' | 'callbackBooked' => (state.booked !== null ? 'callbackBooked' : state.messages.length > 0 ? 'messageLeft' : state.isSolved ? 'solved' : 'told');

/** Ends the run of the flow. */
export function leave(turn: Turn, exit: FlowExit): Next {
  fileDraft(turn);
  cancelTimers(turn);
  turn.state.activity = { phase: 'left', exit };
  turn.state.buffer = '';
  turn.effects.push({ type: 'flow.left', exit });
  return null;
}
