import type { Flow } from '../../flow/flow-schema.js';
import type { FlowState } from '../../flow/flow-state.js';
import type { PathEntry, Utterance } from '../../flow/flow-types.js';
import type { FlowNode } from '../../flow/node-schema.js';
import { nodeOfKey } from '../../flow/variables.js';
import { mustBeHeard, standingAt, type Turn } from '../../flow/turn.js';
import type { Millis } from '../../ids.js';
import { endOf, leftEnd } from '../../recording/make-recording.js';
import { DOT } from '../../recording/masking.js';
import type { Act, Asked, RecordedEnd, Recording } from '../../recording/recording.js';
import { runningFlow } from '../../recording/visible-result.js';
import { speechMs } from '../speech-length.js';
import { VirtualCall } from '../virtual-call.js';
import { HeardLengths } from './heard-lengths.js';
import { RecordedAnswers } from './recorded-answers.js';
import { StandIns } from './stand-ins.js';
import { takesSecret } from '../../flow/secrecy.js';

/** What a recorded call comes to in another version of its flow. */
export type Outcome =
  | { readonly kind: 'ended'; readonly end: RecordedEnd }
  /** It asks something to which the recording has no answer. */
  | { readonly kind: 'askedNew'; readonly node: string }
  /** It depends on something that was not recorded. */
  | { readonly kind: 'unknown'; readonly node: string; readonly why: string };

export interface Replayed {
  readonly outcome: Outcome;
  /** Every node that the call came to, in order. */
  readonly way: readonly string[];
  /** The caller's way with words. */
  readonly path: readonly PathEntry[];
}

/** No call takes so many steps: only a flow that goes round by itself does. */
const MAX_STEPS = 5_000;
/** A timer that would have fired so little before a key may as well have fired after it: clocks of a live call are not that exact. */
const TOLERANCE_MS = 250;

/**
 * Plays what a caller did, and what back ends answered, on another version of the flow. How keys are matched with questions: ivr-flows/README.md.
 * @param live the flow in the version that the call was recorded on, where it is at hand: what a node that did not change decided by a secret it decides again
 */
export function replayCall(flow: Flow, recording: Recording, live: Flow | null = null): Replayed {
  return new Replay(flow, recording, live?.version === recording.version ? live : flow.version === recording.version ? flow : null).run();
}

type Keyed = Extract<Act, { did: 'keyed' }>;

class Replay {
  private readonly acts: readonly Act[];
  /** The act that comes next. */
  private next = 0;
  private readonly way: string[] = [];
  /** Arrivals at nodes since the caller's last act. */
  private readonly arrivals = new Map<string, number>();
  private readonly heard: HeardLengths;
  private readonly standIns = new StandIns();
  private readonly answers: RecordedAnswers;
  private readonly call: VirtualCall;
  private silences = 0;
  private hasParted = false;
  /** The act whose pause was too long for a question of the draft: it comes at once when asked again. */
  private late: Act | null = null;
  private outcome: Outcome | null = null;

  constructor(
    private readonly flow: Flow,
    private readonly recording: Recording,
    private readonly live: Flow | null,
  ) {
    const { events, callId, at, ani, dnis, language, vars } = recording;
    this.acts = events.filter((event): event is Act => event.did === 'keyed' || event.did === 'silent' || event.did === 'recorded' || event.did === 'hungUp');
    this.heard = new HeardLengths(recording);
    this.answers = new RecordedAnswers(flow, events.filter((event): event is Asked => event.did === 'asked'), this.standIns);
    const witness = {
      arrived: (node: string, turn: Turn) => this.arrived(node, turn),
      keyed: () => undefined,
      ledOut: () => undefined,
      silent: () => {
        this.silences++;
        this.arrivals.clear();
      },
    };
    const soundsMs = (utterances: readonly Utterance[], now: { readonly state: FlowState; readonly now: Millis }) => this.soundsMs(utterances, now);
    this.call = new VirtualCall(flow, this.answers.answer, { callId, at, ani, dnis, language, vars: this.standIns.values(vars, flow), incidents: incidentsOf(recording), witness, soundsMs });
  }

  run(): Replayed {
    for (let steps = 0; this.outcome === null && steps < MAX_STEPS; steps++) this.step();
    const outcome = this.outcome ?? this.unknown('goes round by itself');
    return { outcome, way: this.way, path: this.call.state.path };
  }

  private unknown(why: string): Outcome {
    return { kind: 'unknown', node: standingAt(this.call.state) || (this.way.at(-1) ?? ''), why };
  }

  private step(): void {
    const { call } = this;
    if (this.answers.unknown !== null) this.outcome ??= this.unknown(this.answers.unknown);
    if (this.outcome !== null) return;
    if (call.exit !== null) {
      this.outcome = { kind: 'ended', end: this.standIns.masked(endOf(call.exit)) };
      return;
    }
    const act = this.acts[this.next];
    const node = standingAt(call.state);
    const isHere = act !== undefined && act.node === node && (this.arrivals.get(node) ?? 0) >= ('visit' in act ? (act.visit ?? 1) : 1);
    const { activity } = call.state;
    const isRecording = activity.phase === 'recording' && activity.recordingId !== null;
    if (isHere && act.did === 'hungUp' && (act.spokeMs === undefined || isRecording || activity.phase !== 'recording')) return this.hangUp(act);
    const out = isHere && act.did === 'keyed' ? act.out : undefined;
    if (isHere && act.did === 'keyed' && (isRecording ? out === 'recording' : out === 'during' && (activity.phase === 'saying' || activity.phase === 'recording'))) return this.press(act, node);
    if (activity.phase === 'recording' && activity.recordingId !== null) return this.speak(activity.recordingId, node);
    if (call.nextInMs === 0) return this.pass();
    const isAsked = activity.phase === 'asking' && activity.entered === '' && call.state.buffer === '' && !mustBeHeard(activity.say);
    if (isAsked) this.answer(node);
    else this.pass();
  }

  /** The draft asks: what the caller did at this question, or in order when neither knows the other's. */
  private answer(node: string): void {
    const ahead = this.acts.findIndex((act, index) => index >= this.next && act.node === node && act.did !== 'recorded');
    const act = this.acts[this.next];
    if (ahead >= 0) this.next = ahead;
    else if (act === undefined || this.has(act.node) || this.acts.some((one) => one.node === node)) {
      this.outcome = { kind: 'askedNew', node };
      return;
    }
    const taken = this.acts[this.next];
    if (taken?.did === 'hungUp') this.hangUp(taken);
    else if (taken?.did === 'recorded') this.outcome = { kind: 'askedNew', node };
    else if (taken?.did === 'silent') this.keepSilent(node);
    else if (taken !== undefined) this.press(taken, node);
  }

  private has(node: string): boolean {
    return nodeOfKey(this.flow, node) !== undefined;
  }

  private hangUp(act: Extract<Act, { did: 'hungUp' }>): void {
    this.catchUp(act.at);
    this.outcome = { kind: 'ended', end: leftEnd(this.flow, this.call.state, { at: this.call.now, by: act.by, spokeMs: act.spokeMs ?? null }) };
  }

  /** The draft records: what the caller said at this node then, or nothing that is known. */
  private speak(recordingId: string, node: string): void {
    const ahead = this.acts.findIndex((act, index) => index >= this.next && act.node === node && act.did === 'recorded');
    const act = this.acts[ahead];
    if (act?.did !== 'recorded') {
      const left = this.acts.find((one, index) => index >= this.next && one.did === 'hungUp' && one.node === node);
      if (left?.did === 'hungUp') return this.hangUp(left);
      this.outcome = { kind: 'askedNew', node };
      return;
    }
    this.next = ahead + 1;
    this.arrivals.clear();
    this.catchUp(act.at);
    const at = this.call.now;
    this.call.feed(act.ms === null ? { type: 'flow.recordFailed', at, recordingId } : { type: 'flow.recorded', at, recordingId, durationMs: act.ms });
  }

  /** Time goes on to what happens by itself. */
  private pass(): void {
    if (this.call.nextInMs === null) this.outcome = this.unknown('waits for something that was not recorded');
    else this.call.goOn();
  }

  private keepSilent(node: string): void {
    const before = this.silences;
    const { at } = this.acts[this.next++] ?? { at: 0 };
    for (let steps = 0; steps < MAX_STEPS && this.outcome === null && this.silences === before && this.isAskingAt(node); steps++) this.passInSilence(at);
  }

  /** The limit for the first key runs out when it did in the recorded call, as long as all is as it was. */
  private passInSilence(at: number): void {
    const { call } = this;
    const timer = call.state.timers.find((one) => one.startsWith('noInput.'));
    if (this.hasParted || timer === undefined) return this.pass();
    this.catchUp(at);
    call.feed({ type: 'flow.timerFired', at: call.now, timer });
  }

  private isAskingAt(node: string): boolean {
    return this.call.state.activity.phase === 'asking' && standingAt(this.call.state) === node;
  }

  private press(act: Keyed, node: string): void {
    const keys = this.keysOf(act);
    if (keys === null) {
      this.outcome = this.unknown('asks for keys of which only the number was kept');
      return;
    }
    if (this.waitFor(act, node)) return;
    this.next++;
    this.arrivals.clear();
    [...keys].forEach((key, index) => {
      if (index > 0) this.pause(node, (act.times[index] ?? 0) - (act.times[index - 1] ?? 0));
      this.feed(key);
    });
  }

  /** The caller's pause before the first key. @returns whether the draft did not wait so long: the question comes again, or something else */
  private waitFor(act: Keyed, node: string): boolean {
    const { call } = this;
    if (act.after === undefined || this.late === act || act.node !== node) {
      if (act.node === node) this.catchUp(act.at);
      return false;
    }
    while (this.isAskingAt(node) && call.state.activity.phase === 'asking' && call.state.activity.say !== null && call.nextInMs !== null) this.pass();
    if (!this.isAskingAt(node)) return true;
    const inMs = call.nextInMs;
    if (inMs === null || act.after <= inMs + TOLERANCE_MS) {
      call.now += act.after;
      if (!this.hasParted) this.catchUp(act.at);
      return false;
    }
    this.late = act;
    this.pass();
    return true;
  }

  /** Between two keys of an entry: a shorter limit of the draft ends it. */
  private pause(node: string, gapMs: number): void {
    const { call } = this;
    const gap = Math.max(0, gapMs);
    const { activity } = call.state;
    const isOn = this.isAskingAt(node) && activity.phase === 'asking' && activity.entered !== '';
    const inMs = call.nextInMs;
    if (!isOn || (inMs !== null && inMs + TOLERANCE_MS < gap)) call.wait(gap);
    else call.now += gap;
  }

  private feed(key: string): void {
    const { call } = this;
    if (call.exit !== null) return;
    // A key that counted was no bounce of the one before, however quickly the words in between went by here.
    const { echo } = call.state;
    if (echo !== null && echo.digit === key && call.now < echo.until) call.now = echo.until;
    call.feed({ type: 'flow.digit', at: call.now, digit: key });
  }

  /** The keys of an act; stand-ins where they were secret, null where the draft does not take them as a secret. */
  private keysOf({ keys }: Keyed): string | null {
    if (!keys.includes(DOT)) return keys;
    const { state } = this.call;
    const flow = runningFlow(this.flow, state);
    return takesSecret(flow, this.nodeAt(flow, state)) ? this.standIns.keys(keys, flow) : null;
  }

  private nodeAt(flow: Flow, { activity }: FlowState): FlowNode | undefined {
    return activity.phase === 'left' ? undefined : flow.nodes.get(activity.node);
  }

  /** The caller acts when they did; or as soon as the draft is there, once it went another way. */
  private catchUp(at: number): void {
    const then = this.recording.at + at;
    this.call.now = this.hasParted ? Math.max(this.call.now, then) : then;
  }

  private arrived(node: string, { flow, state }: Turn): void {
    if (this.recording.way[this.way.length] !== node) this.hasParted = true;
    this.way.push(node);
    const visit = (this.arrivals.get(node) ?? 0) + 1;
    this.arrivals.set(node, visit);
    const act = this.acts[this.next];
    if (act?.did === 'keyed' && act.out === 'before' && act.node === node && visit >= (act.visit ?? 1)) {
      // It was there before the words began.
      state.buffer = act.keys + state.buffer;
      this.next++;
      this.arrivals.clear();
    }
    const placed = flow.nodes.get(node.slice(node.indexOf('/') + 1));
    if (placed !== undefined && this.standIns.decides(placed, state) && !this.decidesAgain(node, placed, state)) this.outcome ??= { kind: 'unknown', node, why: `decides by a secret, which was not kept${this.live === null ? `; version ${this.recording.version}, which was live then, is not at hand to show how it decided` : ''}` };
  }

  /** A branch that is as it was goes where it went, whatever the secret was. */
  private decidesAgain(node: string, placed: FlowNode, state: Turn['state']): boolean {
    const before = this.live === null ? undefined : nodeOfKey(this.live, node);
    if (placed.do !== 'branch' || JSON.stringify(before) !== JSON.stringify(placed)) return false;
    const visit = this.way.filter((one) => one === node).length;
    const then = this.recording.way.filter((_, index, way) => way[index - 1] === node)[visit - 1];
    return then !== undefined && this.standIns.leadTo(then.slice(then.indexOf('/') + 1), placed, state);
  }

  /** As long as it was heard then; else as long as such words take, but not beyond the moment at which the caller acts. */
  private soundsMs(utterances: readonly Utterance[], { state, now }: { readonly state: FlowState; readonly now: Millis }): number | null {
    const node = standingAt(state);
    const recorded = this.heard.take(node, state.visits[node] ?? 1, utterances.map(({ promptId }) => promptId));
    if (recorded !== undefined) return recorded;
    const ms = speechMs(utterances);
    const act = this.acts[this.next];
    const { activity } = state;
    const isFixed = act === undefined || activity.phase === 'left' || mustBeHeard(activity.say);
    return isFixed ? ms : Math.min(ms, Math.max(0, this.recording.at + act.at - now));
  }
}

const incidentsOf = ({ incidents }: Recording) => incidents.map(({ languages, ...one }) => ({ ...one, texts: Object.fromEntries(languages.map((language) => [language, '…'])) }));
