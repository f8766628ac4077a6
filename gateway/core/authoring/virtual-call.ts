import { assertNever } from '../errors.js';
import { hangUpFlow, recordingNow, resumeFlow, startFlow, stepFlow, type FlowStart, type FlowStep } from '../flow/interpret.js';
import type { Flow } from '../flow/flow-schema.js';
import type { LeftMessage } from '../flow/collected.js';
import type { FlowState } from '../flow/flow-state.js';
import type { FlowWitness } from '../flow/turn.js';
import type { FlowEffect, FlowEvent, FlowExit, Utterance } from '../flow/flow-types.js';
import type { Json, Millis } from '../ids.js';
import { speechMs } from './speech-length.js';
import { VirtualRecorder } from './virtual-recorder.js';

export type CallOrder = Extract<FlowEffect, { type: 'flow.callConnector' }>;

/** What the back end answers to an order. */
export interface Answer {
  readonly exit: string;
  readonly result?: Json;
  /** Virtual milliseconds until the answer; `never` = lost. */
  readonly afterMs?: number | 'never';
}

/** Words that began to sound. */
export interface Said extends Utterance {
  readonly at: Millis;
}

export interface VirtualCallOptions extends Partial<FlowStart> {
  /** Prompts that cannot be played, as when a file is gone. */
  readonly unplayable?: ReadonlySet<string>;
  /** Nothing can be recorded, as when the disk is full. */
  readonly unrecordable?: boolean;
  /** How long words sound in this call, ms; null: they cannot be played. Left out: as long as such a text takes to speak. */
  readonly soundsMs?: (utterances: readonly Utterance[], call: Pick<VirtualCall, 'state' | 'now'>) => number | null;
  readonly witness?: FlowWitness;
}

interface Due {
  readonly at: Millis;
  readonly order: number;
  readonly key: string;
  readonly event: (at: Millis) => FlowEvent;
}

const BEGINS_AT = 1_700_000_000_000;
const ANSWERS_AFTER_MS = 50;
/** More waits than that in a row without a question or an end: a flow that talks to itself. */
const MAX_WAITS = 200;

/**
 * A call on a virtual clock: plays media, timers and back end for a flow, on the interpreter that serves live calls. Steps can be
 * chained, so that a test reads like a call.
 */
export class VirtualCall {
  state: FlowState;
  now: Millis;
  /** Everything ordered so far. */
  readonly effects: FlowEffect[] = [];
  readonly said: Said[] = [];
  /** Wording of every say, in order. */
  readonly heard: string[] = [];
  /** Orders to the back end. */
  readonly orders: CallOrder[] = [];
  /** Receipts, in order. */
  readonly messages: string[] = [];
  /** Recordings that were thrown away. */
  readonly discarded: string[] = [];
  exit: FlowExit | null = null;
  private due: Due[] = [];
  private recorder: VirtualRecorder | null = null;
  private serial = 0;

  constructor(
    readonly flow: Flow,
    private readonly answer: (order: CallOrder, state: FlowState) => Answer = () => ({ exit: 'error' }),
    private readonly options: VirtualCallOptions = {},
  ) {
    this.now = options.at ?? BEGINS_AT;
    const { unplayable: _played, unrecordable: _recorded, soundsMs: _sounds, witness = null, ...start } = options;
    const begun = startFlow(flow, { callId: 'call-1', ani: null, dnis: '100', ...start, at: this.now }, witness);
    this.state = begun.state;
    this.follow(begun);
  }

  /** Presses keys, `gapMs` apart. */
  press(keys: string, gapMs = 100): this {
    for (const digit of keys) {
      this.feed({ type: 'flow.digit', at: this.now, digit });
      this.wait(gapMs);
    }
    return this;
  }

  /** The caller speaks for so long, then is silent; the recording goes on until something ends it. Nothing where nothing is recorded. */
  speak(ms: number): this {
    this.listen();
    const { recorder } = this;
    if (recorder === null) return this;
    recorder.speak(Math.max(this.now, recorder.beganAt), ms);
    this.drop(recorder.id);
    this.plan(recorder.endsAt - this.now, recorder.id, (at) => this.recorded(at));
    return this.wait(Math.max(0, recorder.spokenUntil - this.now));
  }

  /** The caller hangs up: what they were saying is kept. */
  hangUp(): this {
    const recordingId = recordingNow(this.state);
    const left: LeftMessage | null = recordingId === null || this.recorder === null ? null : { id: recordingId, durationMs: this.recorder.lengthAt(this.now) };
    this.due = [];
    this.follow(hangUpFlow(this.flow, this.state, { at: this.now, left }));
    return this;
  }

  /** Lets virtual time pass; what falls due happens in order. */
  wait(ms: number): this {
    const until = this.now + ms;
    for (let next = this.nextDue(until); next !== undefined; next = this.nextDue(until)) this.happens(next);
    this.now = until;
    return this;
  }

  /** Lets the next thing that happens by itself happen, and nothing after it. */
  goOn(): this {
    const next = this.nextDue(Number.POSITIVE_INFINITY);
    if (next !== undefined) this.happens(next);
    return this;
  }

  private happens(event: Due): void {
    this.due = this.due.filter((one) => one !== event);
    this.now = Math.max(this.now, event.at);
    this.feed(event.event(this.now));
  }

  /** Lets time pass until the flow waits for a key in silence, or is left. */
  settle(): this {
    return this.waitWhile(() => !this.isRecording && !(this.state.activity.phase === 'asking' && this.state.activity.say === null));
  }

  /** Lets time pass until the flow waits for the first key of an answer in silence, or is left: an entry that was begun runs out. */
  listen(): this {
    return this.waitWhile(() => !this.isRecording && !(this.state.activity.phase === 'asking' && this.state.activity.say === null && this.state.activity.entered === ''));
  }

  /** The beep was heard, and the caller may speak. */
  get isRecording(): boolean {
    return recordingNow(this.state) !== null;
  }

  /** Milliseconds until something happens by itself; null when nothing will. */
  get nextInMs(): number | null {
    const next = this.nextDue(Number.POSITIVE_INFINITY);
    return next === undefined ? null : Math.max(0, next.at - this.now);
  }

  /** The process dies and another takes up the snapshot. Answers under way are lost, unless they already arrived. */
  crash(): this {
    this.due = [];
    this.state = JSON.parse(JSON.stringify(this.state)) as FlowState;
    this.follow(resumeFlow(this.flow, this.state, this.now));
    return this;
  }

  feed(event: FlowEvent): this {
    this.follow(stepFlow(this.flow, this.state, event, this.options.witness ?? null));
    return this;
  }

  /** Where the call stands; `left` when the flow is over. */
  get node(): string {
    return this.state.activity.phase === 'left' ? 'left' : this.state.activity.node;
  }
  /** Kinds of the timers that run. */
  get timers(): readonly string[] {
    return this.state.timers.map((timer) => timer.slice(0, timer.indexOf('.')));
  }
  get lastHeard(): string {
    return this.heard.at(-1) ?? '';
  }

  private waitWhile(isOn: () => boolean): this {
    for (let waits = 0; waits < MAX_WAITS; waits++) {
      if (this.state.activity.phase === 'left' || !isOn()) return this;
      const inMs = this.nextInMs;
      if (inMs === null) return this;
      this.wait(inMs);
    }
    throw new Error(`does not settle at ${this.node}`);
  }

  private nextDue(until: Millis): Due | undefined {
    return this.due.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at || a.order - b.order)[0];
  }

  private plan(inMs: number, key: string, event: (at: Millis) => FlowEvent): void {
    this.due.push({ at: this.now + inMs, order: this.serial++, key, event });
  }

  private drop(dropped: string): void {
    this.due = this.due.filter(({ key }) => key !== dropped);
  }

  private follow(step: FlowStep): void {
    this.state = step.state;
    for (const effect of step.effects) this.carryOut(effect);
    this.effects.push(...step.effects);
  }

  private carryOut(effect: FlowEffect): void {
    switch (effect.type) {
      case 'flow.say':
        return this.say(effect);
      case 'flow.hush':
        return this.drop(effect.sayId);
      case 'flow.setTimer':
        return this.plan(effect.inMs, effect.timer, (at) => ({ type: 'flow.timerFired', at, timer: effect.timer }));
      case 'flow.cancelTimer':
        return this.drop(effect.timer);
      case 'flow.callConnector':
        return this.order(effect);
      case 'flow.left':
        if (this.exit !== null) throw new Error('left twice');
        this.exit = effect.exit;
        return;
      case 'flow.record':
        return this.record(effect);
      case 'flow.stopRecording':
        this.drop(effect.recordingId);
        return this.plan(0, effect.recordingId, (at) => this.recorded(at));
      case 'flow.fileRecording':
      case 'flow.bookCallback':
        return;
      case 'flow.discardRecording':
        this.discarded.push(effect.recordingId);
        return;
      case 'flow.message':
        this.messages.push(effect.text);
        return;
      default:
        return assertNever(effect, 'VirtualCall');
    }
  }

  private say({ sayId, utterances }: Extract<FlowEffect, { type: 'flow.say' }>): void {
    const soundsMs = this.options.soundsMs?.(utterances, this);
    if (soundsMs === null || utterances.some(({ promptId }) => this.options.unplayable?.has(promptId) === true)) {
      this.plan(0, sayId, (at) => ({ type: 'flow.sayFailed', at, sayId }));
      return;
    }
    this.heard.push(utterances.map(({ text }) => text).join(' '));
    this.said.push(...utterances.map((utterance) => ({ ...utterance, at: this.now })));
    this.plan(soundsMs ?? speechMs(utterances), sayId, (at) => ({ type: 'flow.said', at, sayId, isWhole: true }));
  }

  private record({ recordingId, maxMs, silenceMs }: Extract<FlowEffect, { type: 'flow.record' }>): void {
    if (this.options.unrecordable === true) return this.plan(0, recordingId, (at) => ({ type: 'flow.recordFailed', at, recordingId }));
    this.recorder = new VirtualRecorder(recordingId, this.now, { maxMs, silenceMs });
    this.plan(this.recorder.endsAt - this.now, recordingId, (at) => this.recorded(at));
  }

  private recorded(at: Millis): FlowEvent {
    const { recorder } = this;
    return { type: 'flow.recorded', at, recordingId: recorder?.id ?? '', durationMs: recorder?.lengthAt(at) ?? 0 };
  }

  private order(order: CallOrder): void {
    this.orders.push(order);
    const { exit, result = null, afterMs = ANSWERS_AFTER_MS } = this.answer(order, this.state);
    if (afterMs === 'never') return;
    this.plan(afterMs, order.requestId, (at) => ({ type: 'flow.connectorReturned', at, requestId: order.requestId, exit, result }));
  }
}
