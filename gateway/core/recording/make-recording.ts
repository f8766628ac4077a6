import { leftAs } from '../flow/caller-left.js';
import type { Flow } from '../flow/flow-schema.js';
import type { FlowState } from '../flow/flow-state.js';
import type { FlowEffect, FlowEvent, FlowExit } from '../flow/flow-types.js';
import { hangUpFlow, recordingNow, startFlow, stepFlow, type FlowStart, type FlowStep } from '../flow/interpret.js';
import { secretArguments } from '../flow/secrecy.js';
import { standingAt, type FlowWitness } from '../flow/turn.js';
import { nodeOfKey } from '../flow/variables.js';
import type { Millis } from '../ids.js';
import { maskKeys, Secrets } from './masking.js';
import { MAX_RECORDING_CHARACTERS, RECORDING_VERSION, type RecordedEnd, type RecordedEvent, type Recording } from './recording.js';
import { runningFlow, sightOf, visibleResult } from './visible-result.js';

/** The flow part of a call as the interpreter was fed. */
export interface HeardCall {
  readonly start: FlowStart;
  readonly events: readonly FlowEvent[];
  /** The caller's leg ended while the flow ran. */
  readonly hungUp: { readonly at: Millis; readonly by: 'caller' | 'system' } | null;
  /** The events are not all there. */
  readonly gap?: 'takenOver' | 'tooLarge';
}

/**
 * Makes the record of a call by running its flow once more on what it was fed: only so is it known which key counted where, and which
 * of them were secrets. Nothing secret is in the result.
 */
export function makeRecording(flow: Flow, call: HeardCall): Recording {
  const { start, hungUp } = call;
  const maker = new Maker(flow, start);
  for (const event of call.events) maker.hear(event);
  const recording = maker.finish(hungUp);
  const { end } = recording;
  const unusable = call.gap ?? (end === null ? 'unclear' : JSON.stringify(recording).length > MAX_RECORDING_CHARACTERS ? 'tooLarge' : null);
  if (unusable === null && end !== null) return { ...recording, end };
  return { ...recording, end: end ?? { kind: 'lost' }, vars: {}, incidents: [], events: [], way: [], unusable: unusable ?? 'unclear' };
}

/** How a call's flow part ended whose caller's leg ended first; `spokeMs` after a recording had begun, null when none was made. */
export function leftEnd(flow: Flow, state: FlowState, hungUp: { readonly at: Millis; readonly by: 'caller' | 'system'; readonly spokeMs: number | null }): RecordedEnd {
  const { at, by, spokeMs } = hungUp;
  const recordingId = recordingNow(state);
  const left = recordingId === null || spokeMs === null ? null : { id: recordingId, durationMs: spokeMs };
  const as = leftAs(hangUpFlow(flow, state, { at, left }).state);
  return by === 'system' && as !== 'messageLeft' && as !== 'callbackBooked' ? { kind: 'lost' } : { kind: 'callerLeft', as };
}

/** How a call's flow part ended. */
export function endOf(exit: FlowExit): RecordedEnd {
  switch (exit.kind) {
    case 'queue':
      return { kind: 'queue', queue: exit.queue, needs: exit.needs.map(({ skill, minLevel }) => ({ skill, minLevel })), band: exit.band, reason: exit.reason };
    case 'transfer':
      return { kind: 'transfer', target: exit.target };
    case 'hangup':
      return { kind: 'hangup', outcome: exit.outcome };
    case 'broken':
      return { kind: 'broken' };
  }
}

type Event<D extends RecordedEvent['did']> = Extract<RecordedEvent, { did: D }>;
type Draft<E> = { -readonly [K in keyof E]: E[K] };

class Maker {
  private state: FlowState;
  private now: Millis;
  private readonly events: RecordedEvent[] = [];
  private readonly way: string[] = [];
  private readonly secrets = new Secrets();
  /** Arrivals at nodes since the caller's last act. */
  private readonly arrivals = new Map<string, number>();
  private saying: { readonly sayId: string; readonly at: Millis; readonly node: string; readonly visit: number; readonly prompts: readonly string[] } | null = null;
  private asked: { readonly requestId: string; readonly at: Millis; readonly event: Draft<Event<'asked'>> } | null = null;
  /** The keys of the entry that goes on, in clear, and how they are recorded. */
  private entry: { keys: string; isSecret: boolean; readonly event: Draft<Event<'keyed'>> } | null = null;
  private heard: Millis | null = null;
  private recordingSince: Millis = 0;
  private readonly witness: FlowWitness;

  constructor(
    private readonly flow: Flow,
    private readonly start: FlowStart,
  ) {
    this.now = start.at;
    this.witness = {
      arrived: (node) => {
        this.way.push(node);
        this.arrivals.set(node, (this.arrivals.get(node) ?? 0) + 1);
      },
      keyed: (node, key) => this.keyed(node, key),
      ledOut: () => {
        if (this.entry !== null) this.entry.isSecret = false;
      },
      silent: (node) => this.act({ did: 'silent', at: this.at, node }),
    };
    const begun = startFlow(flow, start, this.witness);
    this.state = begun.state;
    this.secrets.addFrom(flow, begun.state);
    this.follow(begun);
  }

  hear(event: FlowEvent): void {
    const before = this.state;
    this.now = event.at;
    this.note(event, before);
    const step = stepFlow(this.flow, before, event, this.witness);
    this.state = step.state;
    if (step.state.vars !== before.vars) this.secrets.addFrom(this.flow, step.state);
    this.follow(step);
  }

  finish(hungUp: HeardCall['hungUp']): Omit<Recording, 'end'> & { readonly end: RecordedEnd | null } {
    const { start, state, secrets } = this;
    this.closeEntry();
    const { activity } = state;
    const end: RecordedEnd | null = activity.phase === 'left' ? endOf(activity.exit) : hungUp === null ? null : this.leave(hungUp);
    return {
      recording: RECORDING_VERSION,
      callId: start.callId,
      at: start.at,
      flow: this.flow.id,
      version: this.flow.version,
      ani: start.ani,
      dnis: start.dnis,
      language: start.language ?? this.flow.languages[0] ?? 'sv',
      vars: secrets.maskAll(start.vars ?? {}),
      incidents: (start.incidents ?? []).map(({ id, from, until, texts, services, areas, flows }) => ({ id, from, until, languages: (['sv', 'nb', 'en'] as const).filter((one) => texts[one] !== undefined), services: [...services], areas: [...areas], flows: [...flows] })),
      events: this.events.map((event) => (event.did === 'asked' ? { ...event, with: secrets.maskAll(event.with), ...(event.result === undefined ? {} : { result: secrets.mask(event.result) }) } : event)),
      way: this.way,
      end: end === null ? null : secrets.maskEnd(end),
    };
  }

  /** The caller's leg ended: a message that was begun is sent. */
  private leave({ at, by }: NonNullable<HeardCall['hungUp']>): RecordedEnd {
    const { state } = this;
    this.now = at;
    const spokeMs = recordingNow(state) === null ? null : Math.max(0, at - this.recordingSince);
    this.act({ did: 'hungUp', at: this.at, node: standingAt(state), by, ...(spokeMs === null ? {} : { spokeMs }), ...this.visitOf(standingAt(state)) });
    return leftEnd(this.flow, state, { at, by, spokeMs });
  }

  private get at(): number {
    return Math.max(0, this.now - this.start.at);
  }

  /** What an event says that a step does not show afterwards. */
  private note(event: FlowEvent, { activity }: FlowState): void {
    if (event.type === 'flow.said' || event.type === 'flow.sayFailed') this.said(event.sayId, event.type === 'flow.said' ? {} : { ms: null });
    const ofRecording = event.type === 'flow.recorded' || event.type === 'flow.recordFailed' ? event : null;
    if (ofRecording !== null && activity.phase === 'recording' && activity.recordingId === ofRecording.recordingId) {
      const node = standingAt(this.state);
      this.act({ did: 'recorded', at: this.at, node, ms: ofRecording.type === 'flow.recorded' ? ofRecording.durationMs : null, ...this.visitOf(node) });
    }
    if (event.type === 'flow.connectorReturned' && activity.phase === 'connecting' && activity.outcome === null && activity.request.requestId === event.requestId) this.returned(event);
  }

  private said(sayId: string, how: { readonly ms?: null; readonly cut?: true }): void {
    const { saying } = this;
    if (saying?.sayId !== sayId) return;
    this.saying = null;
    const { node, visit, prompts } = saying;
    this.events.push({ did: 'said', at: saying.at - this.start.at, node, visit, prompts: [...prompts], ms: Math.max(0, this.now - saying.at), ...how });
  }

  private returned({ exit, result, at }: Extract<FlowEvent, { type: 'flow.connectorReturned' }>): void {
    if (this.asked === null) return;
    const flow = runningFlow(this.flow, this.state);
    const { activity } = this.state;
    const sight = sightOf(flow, activity.phase === 'left' ? undefined : flow.nodes.get(activity.node));
    const visible = exit === 'error' && sight !== 'nothing' ? null : visibleResult(sight, result);
    Object.assign(this.asked.event, { tookMs: Math.max(0, at - this.asked.at), exit }, visible === undefined ? {} : { result: visible });
    this.asked = null;
  }

  private follow({ effects }: FlowStep): void {
    const node = standingAt(this.state);
    for (const effect of effects) this.order(effect, node);
    const { activity } = this.state;
    const isListening = activity.phase === 'asking' && activity.say === null;
    this.heard = isListening ? (this.heard ?? this.now) : null;
  }

  private order(effect: FlowEffect, node: string): void {
    if (effect.type === 'flow.say') this.saying = { sayId: effect.sayId, at: this.now, node, visit: this.state.visits[node] ?? 1, prompts: effect.utterances.map(({ promptId }) => promptId) };
    if (effect.type === 'flow.record') this.recordingSince = this.now;
    if (effect.type === 'flow.hush') this.said(effect.sayId, { cut: true });
    if (effect.type !== 'flow.callConnector') return;
    const flow = runningFlow(this.flow, this.state);
    const event: Draft<Event<'asked'>> = { did: 'asked', at: this.at, node, call: effect.operation, with: { ...effect.arguments }, tookMs: null, exit: null };
    this.asked = { requestId: effect.requestId, at: this.now, event };
    // What was keyed and sent to nobody cannot turn up elsewhere: a key or two of a code would only hide harmless values.
    for (const name of secretArguments(flow, nodeOfKey(this.flow, node))) this.secrets.add(effect.arguments[name]);
    this.closeEntry();
    this.events.push(event);
  }

  private keyed(node: string, { digit, isFirst, isSecret, out }: Parameters<FlowWitness['keyed']>[1]): void {
    const { at } = this;
    if (!isFirst && this.entry !== null && this.entry.event.node === node) {
      this.entry.keys += digit;
      this.entry.event.times.push(at);
      return;
    }
    const after = this.heard === null ? {} : { after: Math.max(0, this.now - this.heard) };
    const event: Draft<Event<'keyed'>> = { did: 'keyed', at, node, keys: digit, times: [at], ...after, ...(out === null ? {} : { out }), ...this.visitOf(node) };
    this.act(event);
    this.entry = { keys: digit, isSecret, event };
  }

  private visitOf(node: string): { readonly visit?: number } {
    const visit = this.arrivals.get(node) ?? 0;
    return visit === 1 ? {} : { visit };
  }

  private act(event: RecordedEvent): void {
    this.closeEntry();
    this.events.push(event);
    this.arrivals.clear();
    this.heard = null;
  }

  /** The entry is over: a secret one is kept as its count. */
  private closeEntry(): void {
    const { entry } = this;
    if (entry === null) return;
    this.entry = null;
    entry.event.keys = entry.isSecret ? maskKeys(entry.keys) : entry.keys;
  }
}
