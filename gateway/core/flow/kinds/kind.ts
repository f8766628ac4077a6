import type { Timers, WrittenValue } from '../fields.js';
import type { Flow, ScalarType } from '../flow-schema.js';
import type { PendingRequest, SayPart } from '../flow-state.js';
import type { FlowLibrary } from '../library.js';
import type { FlowNode } from '../node-schema.js';
import type { Finding, Path } from '../problem.js';
import type { Json } from '../../ids.js';
import type { Next, Turn } from '../turn.js';

/** One way from a node to another, with its place below the node and its name for people. */
export interface Way {
  readonly to: string;
  readonly path: Path;
  readonly name: string;
}

/** What a node refers to, with the place below the node. One list serves the checks, the prover and whoever asks what a flow uses. */
export type Use =
  | { readonly what: 'prompt'; readonly id: string; readonly path: Path }
  /** A constant, or a reference that begins with `$`. `shownAs`: it leaves the flow as that, for agents and records to see. */
  | { readonly what: 'value'; readonly written: WrittenValue; readonly path: Path; readonly shownAs?: string }
  /** A text with slots; `of` names it for people. */
  | { readonly what: 'template'; readonly text: string; readonly of: string; readonly path: Path }
  /** A variable that the node writes; `types`: those that can hold what it writes, null = any. */
  | { readonly what: 'target'; readonly name: string; readonly types: readonly ScalarType[] | null; readonly path: Path };

/** A node with its id. */
export interface Placed<N extends FlowNode = FlowNode> {
  readonly id: string;
  readonly node: N;
}

interface Common<N extends FlowNode> {
  ways(node: N): readonly Way[];
  uses(node: N): readonly Use[];
  /** Mistakes that ways and uses do not show. Paths begin below the node. */
  check?(flow: Flow, at: Placed<N>, library: FlowLibrary): readonly Finding[];
}

/** Waits for nothing: passed within one step. */
export interface Passing<N extends FlowNode = FlowNode> extends Common<N> {
  readonly role: 'passes';
  /** Whether nothing of this flow follows. */
  isEnd?(node: N): boolean;
  /** Whether other steps that wait for somebody lie inside. */
  readonly isDeep?: true;
  pass(turn: Turn, at: Placed<N>): Next;
}

/** Says its prompts, then goes on by itself or leaves the flow. */
export interface Speaking<N extends FlowNode = FlowNode> extends Common<N> {
  readonly role: 'speaks';
  /** Whether the flow is over afterwards. */
  readonly isEnd: boolean;
  prompts(node: N): readonly string[];
  /** Words that are no prompts of the flow, said after them. */
  words?(turn: Turn, at: Placed<N>): readonly SayPart[];
  /** What is noted on the caller's way. */
  did?(node: N): string;
  afterWords(turn: Turn, at: Placed<N>): Next;
}

/** How often a question is asked again, and what is said before. */
export interface Again {
  readonly retries: number;
  readonly prompt?: readonly string[] | undefined;
}

/** What a question takes: one key, or an entry of several. */
export type Takes =
  | { readonly as: 'key' }
  | { readonly as: 'entry'; readonly min: number; readonly max: number; readonly terminator: '#' | 'none'; readonly mayStartWithAnywhere: boolean; readonly isSecret: boolean };

export interface Question {
  readonly prompts: readonly string[];
  readonly takes: Takes;
  readonly timers: Timers | undefined;
  readonly typeAhead: 'keep' | 'flush';
  readonly noInput: Again;
  readonly noMatch: Again;
}

/** What follows from keys or from an answer: a node, a pause, the question again, an order to the back end, or "that fits nothing". */
export type Reaction =
  | Next
  /** `recording`: heard before all else. */
  | { readonly then: 'ask'; readonly before: readonly string[]; readonly recording?: string }
  | { readonly then: 'record' }
  | { readonly then: 'order'; readonly request: PendingRequest }
  | { readonly then: 'noMatch' };
export const NO_MATCH: Reaction = { then: 'noMatch' };

/** Asks the caller. */
export interface Asking<N extends FlowNode = FlowNode> extends Common<N> {
  readonly role: 'asks';
  /** Sets what the questions of this node begin with. */
  begin?(turn: Turn, at: Placed<N>): void;
  question(turn: Turn, at: Placed<N>): Question;
  keyed(turn: Turn, at: Placed<N>, entry: string): Reaction;
  /** The last try was in vain. */
  unanswered(turn: Turn, at: Placed<N>, why: 'noInput' | 'noMatch'): Reaction;
  /** For kinds that send what was keyed to the back end. */
  readonly back?: BackEnd<N>;
}

export interface BackEnd<N extends FlowNode = FlowNode> {
  filler(node: N): readonly string[] | undefined;
  returned(turn: Turn, at: Placed<N>, outcome: { readonly exit: string; readonly result: Json }): Reaction;
}

/** Asks the back end. */
export interface Acting<N extends FlowNode = FlowNode> extends Common<N> {
  readonly role: 'acts';
  /** The request; or what it lacks. */
  order(turn: Turn, at: Placed<N>): PendingRequest | { readonly lacks: string };
  readonly back: BackEnd<N>;
}

/** Takes down what the caller says; then it may ask what to do with it, as `Asking` does. */
export interface Recording<N extends FlowNode = FlowNode> extends Omit<Asking<N>, 'role' | 'back' | 'begin'> {
  readonly role: 'records';
  limits(node: N): RecordingLimits;
  /** `draft` of the state holds it when it is long enough. */
  recorded(turn: Turn, at: Placed<N>): Reaction;
  failed(turn: Turn, at: Placed<N>): Reaction;
}

export interface RecordingLimits {
  readonly prompts: readonly string[];
  readonly maxMs: number;
  readonly silenceMs: number;
  readonly minMs: number;
  readonly terminator: string;
}

export type Kind<N extends FlowNode = FlowNode> = Passing<N> | Speaking<N> | Asking<N> | Acting<N> | Recording<N>;

export const way = (to: string, name: string, ...path: (string | number)[]): Way => ({ to, path, name });

/** Prompts as uses, all at one place. */
export const prompts = (ids: readonly string[] | undefined, ...path: (string | number)[]): readonly Use[] => (ids ?? []).map((id) => ({ what: 'prompt', id, path }));
