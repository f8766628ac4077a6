import { assertNever } from '../../errors.js';
import { recordingNow, startFlow, stepFlow } from '../../flow/interpret.js';
import type { Flow } from '../../flow/flow-schema.js';
import type { FlowActivity, FlowState, Saying } from '../../flow/flow-state.js';
import type { Incident } from '../../flow/incident.js';
import type { FlowEvent, Language, Utterance } from '../../flow/flow-types.js';
import type { Json, Millis } from '../../ids.js';

/** Who calls, when, and in which language. */
export interface CallStart {
  readonly ani: string | null;
  readonly dnis: string;
  readonly language: Language;
  readonly at: Millis;
  /** What is wrong when the call begins. */
  readonly incidents: readonly Incident[];
}

/** What a caller does with a question. `isFit` false: a key or an entry that fits nothing there. */
export type Doing =
  | { readonly kind: 'key'; readonly key: string; readonly isFit: boolean }
  /** `pauseMs`: ended by a pause so long, not by its last key. */
  | { readonly kind: 'entry'; readonly keys: string; readonly pauseMs: number | null; readonly isFit: boolean }
  /** No key until the no-input timer is over. */
  | { readonly kind: 'waits'; readonly ms: number };

/** What happens next at a place where the flow waits. */
export type Move =
  | Doing
  /** The same in vain until the question is asked no more. */
  | { readonly kind: 'tries'; readonly doing: Doing; readonly times: number }
  /** The words are heard to their end. */
  | { readonly kind: 'listens' }
  | { readonly kind: 'answer'; readonly operation: string; readonly exit: string; readonly result: Json }
  /** The back end takes its time: a filler is said. */
  | { readonly kind: 'slow' }
  /** The back end never answers. */
  | { readonly kind: 'noAnswer'; readonly operation: string }
  /** Says so much after the beep, in seconds, and is silent then. */
  | { readonly kind: 'speaks'; readonly seconds: number }
  /** Says nothing after the beep. */
  | { readonly kind: 'saysNothing'; readonly silenceMs: number }
  /** What the caller says cannot be recorded. */
  | { readonly kind: 'notRecorded' }
  | { readonly kind: 'unplayable'; readonly prompts: readonly string[] }
  /** Opening hours change at this moment (epoch ms), before what comes next. */
  | { readonly kind: 'hoursChange'; readonly at: Millis };

/** A place of a run: its state and the virtual clock. */
export interface Place {
  readonly state: FlowState;
  readonly at: Millis;
}

/** The way to something: who calls, and what happens then. */
export interface Witness {
  readonly start: CallStart;
  readonly moves: readonly Move[];
}

/** Between two moves: longer than a repeat of a key is ignored. */
const MOVE_MS = 2_000;
const KEY_MS = 100;
/** Shares of callers without a number go by it. */
export const CALL_ID = 'prove';

/** The first place of a call. */
export function begin(flow: Flow, start: CallStart): Place {
  return { state: startFlow(flow, { callId: CALL_ID, at: start.at, ani: start.ani, dnis: start.dnis, language: start.language, incidents: start.incidents }).state, at: start.at };
}

/** Plays one move on the live interpreter. Null when it cannot happen here: the timer or the words that it needs are not there. */
export function play(flow: Flow, { state, at }: Place, move: Move): Place | null {
  const run = new Run(flow, state, at + MOVE_MS);
  return run.play(move) ? { state: run.state, at: run.at } : null;
}

/** Silence, or what fits nothing: the same question may follow. */
export const isInVain = (move: Move): move is Doing => move.kind === 'waits' || ('isFit' in move && !move.isFit);

/** Plays a whole way; null when a move of it cannot happen. */
export function replay(flow: Flow, { start, moves }: Witness): Place | null {
  return moves.reduce<Place | null>((place, move) => (place === null ? null : play(flow, place, move)), begin(flow, start));
}

/** How often the question is not answered before it is asked no more; null when that cannot happen. */
export function triesOf(flow: Flow, from: Place, doing: Doing): number | null {
  const { activity } = from.state;
  let place: Place | null = from;
  for (let times = 1; times <= MOST_TRIES && activity.phase === 'asking'; times++) {
    place = play(flow, place, doing);
    if (place === null) return null;
    const now: FlowActivity = place.state.activity;
    if (now.phase !== 'asking' || now.node !== activity.node || now.noInputs + now.noMatches === 0) return times;
  }
  return null;
}

/** A question is asked again five times at most, for either reason. */
const MOST_TRIES = 12;

/** What is being said, and what follows it before the node goes on. */
export function wordsAt({ activity }: FlowState): readonly Utterance[] {
  const say = activity.phase === 'left' ? null : activity.say;
  if (say === null) return [];
  return say.rest.length === 0 ? say.part.utterances : [say.part, ...say.rest].flatMap((part) => part.utterances);
}

export const nodeOf = ({ activity }: FlowState): string | null => (activity.phase === 'left' ? null : activity.node);

class Run {
  constructor(
    private readonly flow: Flow,
    public state: FlowState,
    public at: Millis,
  ) {}

  play(move: Move): boolean {
    switch (move.kind) {
      case 'listens':
        return this.say !== null && this.hear();
      case 'key':
        return this.state.activity.phase === 'saying' ? this.keyMeanwhile(move.key) : (this.state.activity.phase === 'recording' || this.hear()) && this.press(move.key);
      case 'entry':
        return this.hear() && this.press(move.keys) && (move.pauseMs === null || this.fire('interDigit'));
      case 'waits':
        return this.hear() && this.fire('noInput');
      case 'tries':
        return this.playTimes(move.doing, move.times);
      case 'answer':
        return this.answer(move.exit, move.result);
      case 'slow':
        return this.fire('filler') && this.say !== null && this.hear();
      case 'noAnswer':
        return this.fire('guard');
      case 'speaks':
        return this.recorded(move.seconds * 1_000);
      case 'saysNothing':
        return this.recorded(0);
      case 'notRecorded':
        return this.recorded(null);
      case 'unplayable':
        return this.say !== null && this.feed({ type: 'flow.sayFailed', at: this.at, sayId: this.say.sayId });
      case 'hoursChange':
        this.at = Math.max(this.at, move.at);
        return true;
      default:
        return assertNever(move, 'play');
    }
  }

  private playTimes(doing: Doing, times: number): boolean {
    for (let time = 0; time < times; time++) if (!this.play(doing)) return false;
    return true;
  }

  private get say(): Saying | null {
    const { activity } = this.state;
    return activity.phase === 'left' ? null : activity.say;
  }

  private feed(event: FlowEvent): true {
    this.state = stepFlow(this.flow, this.state, event).state;
    return true;
  }

  /** Everything that is said now, to its end. */
  private hear(): true {
    for (let parts = this.say === null ? 0 : 1 + this.say.rest.length; parts > 0 && this.say !== null; parts--) {
      this.feed({ type: 'flow.said', at: this.at, sayId: this.say.sayId, isWhole: true });
    }
    return true;
  }

  private press(keys: string): true {
    for (const digit of keys) {
      this.feed({ type: 'flow.digit', at: this.at, digit });
      this.at += KEY_MS;
    }
    return true;
  }

  /** A key while a say node speaks; what must be heard is heard before the key counts. */
  private keyMeanwhile(key: string): true {
    const node = nodeOf(this.state);
    this.press(key);
    while (this.state.activity.phase === 'saying' && nodeOf(this.state) === node && this.state.buffer !== '') this.hear();
    return true;
  }

  private answer(exit: string, result: Json): boolean {
    const { activity } = this.state;
    return activity.phase === 'connecting' && this.feed({ type: 'flow.connectorReturned', at: this.at, requestId: activity.request.requestId, exit, result });
  }

  /** Null: it failed. */
  private recorded(durationMs: number | null): boolean {
    const recordingId = recordingNow(this.state);
    if (recordingId === null) return false;
    return this.feed(durationMs === null ? { type: 'flow.recordFailed', at: this.at, recordingId } : { type: 'flow.recorded', at: this.at, recordingId, durationMs });
  }

  private fire(kind: string): boolean {
    const timer = this.state.timers.find((one) => one.startsWith(`${kind}.`));
    return timer !== undefined && this.feed({ type: 'flow.timerFired', at: this.at, timer });
  }
}
