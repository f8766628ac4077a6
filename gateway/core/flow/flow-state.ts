import type { Json, Millis } from '../ids.js';
import { own } from '../own.js';
import type { Incident } from './incident.js';
import type { HoursNow } from './opening-hours.js';
import type { Booking, Consent, LeftMessage, SurveyAnswer } from './collected.js';
import type { FlowExit, Language, PathEntry, Utterance } from './flow-types.js';

/** Prompts that are said in one go, as they share whether a key stops them. */
export interface SayPart {
  readonly utterances: readonly Utterance[];
  readonly hasBargeIn: boolean;
}

/** What is being said now, and what follows it before the node goes on. */
export interface Saying {
  readonly sayId: string;
  readonly part: SayPart;
  readonly rest: readonly SayPart[];
}

/** A call to the back end that was ordered; it is ordered again with the same ids after a crash. */
export interface PendingRequest {
  readonly requestId: string;
  readonly operation: string;
  readonly arguments: Readonly<Record<string, Json>>;
  readonly idempotencyKey: string;
}

/**
 * What the flow is doing.
 *
 *   saying ─▶ asking ─▶ connecting ─▶ recording ─▶ saying …
 *      │         │           │            │
 *      └─────────┴───────────┴────────────┴──▶ left
 *
 * Nodes that need no waiting (set, branch, language) are passed within one step and are never a phase.
 */
export type FlowActivity =
  /** A say node, or the last words of a queue, transfer or hangup node. */
  | { readonly phase: 'saying'; readonly node: string; readonly say: Saying }
  /** A menu, collect or confirm node, or a record node that asks what to do with the message. `say` is null once the prompt is over or was stopped. */
  | { readonly phase: 'asking'; readonly node: string; readonly say: Saying | null; readonly entered: string; readonly noInputs: number; readonly noMatches: number }
  /** A connector node. `say` is a filler; `outcome` waits for the filler's end. */
  | {
      readonly phase: 'connecting';
      readonly node: string;
      readonly request: PendingRequest;
      readonly say: Saying | null;
      readonly fillers: number;
      readonly outcome: { readonly exit: string; readonly result: Json } | null;
    }
  /** A record node. `recordingId` is null while its prompt is said; `leaving`: an `anywhere` key ended the recording and leads there. */
  | { readonly phase: 'recording'; readonly node: string; readonly say: Saying | null; readonly recordingId: string | null; readonly leaving: string | null }
  | { readonly phase: 'left'; readonly exit: FlowExit };

/** The whole state of one run of a flow: plain JSON, kept in the call's snapshot. */
export interface FlowState {
  readonly flowId: string;
  readonly version: string;
  readonly callId: string;
  readonly ani: string | null;
  readonly dnis: string;
  readonly language: Language;
  readonly vars: Readonly<Record<string, Json>>;
  /** How often each node was entered. */
  readonly visits: Readonly<Record<string, number>>;
  readonly activity: FlowActivity;
  /** Names of the timers that run. One that fires without being here is late and ignored. */
  readonly timers: readonly string[];
  /** Source of say and timer ids. */
  readonly serial: number;
  /** Type-ahead: keys pressed before anybody asked for them. */
  readonly buffer: string;
  /** A key that just answered; its repeats are ignored until then (a bouncing or nervous press). */
  readonly echo: { readonly digit: string; readonly until: Millis } | null;
  /** A key stopped a say node: further say nodes are passed over until something asks, acts or ends. */
  readonly isHurrying: boolean;
  /** The error way after a broken step, where what cannot be said is left out: whether anything was heard on it yet. Null before. */
  readonly errorWay: 'unheard' | 'heard' | null;
  /** The caller got what they came for. */
  readonly isSolved: boolean;
  readonly statedReason: string | null;
  readonly customer: { readonly id: string; readonly name: string; readonly confidence: 'numberOnly' | 'entered' | 'verified' } | null;
  readonly path: readonly PathEntry[];
  /** The opening hours that were looked at last. */
  readonly hours: HoursNow | null;
  /** Attempts at an identify node, questions answered of a survey; from 0 at each arrival. */
  readonly progress: Readonly<Record<string, number>>;
  readonly answers: readonly SurveyAnswer[];
  /** What the caller consented to, by its name. */
  readonly consents: Readonly<Record<string, Consent>>;
  /** Share nodes that the caller came through, and whether they were in. */
  readonly shares: Readonly<Record<string, boolean>>;
  /** What is wrong just now, as known when the call began. */
  readonly incidents: readonly Incident[];
  /** Each is told once. */
  readonly toldIncidents: readonly string[];
  /** The incident told last, until the caller presses a key: who hangs up now was informed. */
  readonly informedOf: string | null;
  /** The flow that runs, when it is a part of another. */
  readonly inFlow: string | null;
  /** The flows above the running one, outermost first: where each goes on, with its variables. */
  readonly frames: readonly Frame[];
  /** A recording that is long enough and not sent yet: whatever happens but "record again" sends it. */
  readonly draft: LeftMessage | null;
  /** Messages that the caller left in this call. */
  readonly messages: readonly LeftMessage[];
  /** The callback that the caller asked for in this call. */
  readonly booked: Booking | null;
  /** Marks of what the caller keyed as secrets in this call: a value of a back end that repeats one is a secret as well. */
  readonly keyedSecrets: readonly string[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A flow that waits for its part to come back. */
export interface Frame {
  readonly flow: string;
  readonly node: string;
  readonly vars: Readonly<Record<string, Json>>;
}

/** What a run starts with where nobody says otherwise; also fills what a snapshot of the release before lacks. */
export const NOTHING_YET = { hours: null, progress: {}, answers: [], consents: {}, shares: {}, incidents: [], toldIncidents: [], informedOf: null, inFlow: null, frames: [], draft: null, messages: [], booked: null, keyedSecrets: [] } as const satisfies Partial<FlowState>;

/** A state as a snapshot has it; that of the release before lacks some fields. */
export type SavedFlowState = Omit<FlowState, keyof typeof NOTHING_YET> & Partial<Pick<FlowState, keyof typeof NOTHING_YET>>;

/** A whole copy that may be changed. Written out field by field: every state has the same shape then, which makes steps several times faster. */
export function ownCopy(state: SavedFlowState): Mutable<FlowState> {
  return {
    flowId: state.flowId, version: state.version, callId: state.callId, ani: state.ani, dnis: state.dnis, language: state.language, vars: state.vars, visits: state.visits, activity: state.activity,
    timers: state.timers, serial: state.serial, buffer: state.buffer, echo: state.echo, isHurrying: state.isHurrying, errorWay: state.errorWay, isSolved: state.isSolved,
    statedReason: state.statedReason, customer: state.customer, path: state.path,
    hours: state.hours ?? NOTHING_YET.hours, progress: state.progress ?? NOTHING_YET.progress, answers: state.answers ?? NOTHING_YET.answers, consents: state.consents ?? NOTHING_YET.consents,
    shares: state.shares ?? NOTHING_YET.shares, incidents: state.incidents ?? NOTHING_YET.incidents, toldIncidents: state.toldIncidents ?? NOTHING_YET.toldIncidents,
    informedOf: state.informedOf ?? NOTHING_YET.informedOf, inFlow: state.inFlow ?? NOTHING_YET.inFlow, frames: state.frames ?? NOTHING_YET.frames, draft: state.draft ?? NOTHING_YET.draft,
    messages: state.messages ?? NOTHING_YET.messages, booked: state.booked ?? NOTHING_YET.booked, keyedSecrets: state.keyedSecrets ?? NOTHING_YET.keyedSecrets,
  };
}

/** How often the flow came to a node; `key` as `visitKey` gives it. */
export const visitsOf = ({ visits }: Pick<FlowState, 'visits'>, key: string): number => own(visits, key) ?? 0;

/** How far a node has come since the flow came to it: its question, its attempt. */
export const progressOf = ({ progress }: Pick<FlowState, 'progress'>, node: string): number => own(progress, node) ?? 0;
