import { setTimeout as pause } from 'node:timers/promises';
import { speechMs } from '../../core/authoring/speech-length.js';
import { VirtualCall, type Answer, type CallOrder, type VirtualCallOptions } from '../../core/authoring/virtual-call.js';
import { takesNow } from '../../core/flow/asking.js';
import type { Flow } from '../../core/flow/flow-schema.js';
import type { FlowState } from '../../core/flow/flow-state.js';
import type { FlowEffect } from '../../core/flow/flow-types.js';
import type { Json } from '../../core/ids.js';
import { CallSecrets } from './call-secrets.js';
import { HeldFacts } from './held-facts.js';
import type { CallFact, InCall, RunFact } from './run-fact.js';

/** Who answers for the back ends. Null: the author is asked, and time stands still meanwhile. */
export type BackEnd = (order: CallOrder) => Answer | Promise<Answer> | null;

export interface SessionOptions {
  readonly flow: Flow;
  readonly start: VirtualCallOptions;
  readonly backEnd: BackEnd;
  /** Asks the author what the back end answers. */
  ask(order: CallOrder): Promise<Answer>;
  /** Words and silence take no time: the next question comes at once. */
  readonly isFast: boolean;
  /** The next line that the author types; null when there are no more. */
  read(signal: AbortSignal): Promise<string | null>;
  /** Takes each fact as it happens. */
  tell(fact: RunFact): void;
}

export const RUN_KEYS = 'keys 0-9 * #   Enter or wait: on to what happens next   hangup   where: node and values';
const GAP_MS = 150;
/** Even one word is a message. */
const LEAST_SPOKEN_MS = 3_000;

/** One call of an author to a flow. */
export class FlowSession {
  readonly call: VirtualCall;
  hasHungUp = false;
  private readonly pending: CallOrder[] = [];
  private readonly arrived: (() => void)[] = [];
  private wake: () => void = () => undefined;
  private readonly secrets: CallSecrets;
  private readonly facts: HeldFacts;
  private isPressing = false;
  private told = 0;
  private toldSteps = 0;
  /** The no-input timer of the last question that was told of: each time the flow waits it is another. */
  private askedUnder: string | null = null;
  /** Orders without an outcome yet, with what was answered so far. */
  private readonly open: { readonly order: CallOrder; given: Answer | null }[] = [];
  /** Orders that somebody outside is answering. */
  private outside = 0;
  private readonly startedAt: number;
  /** Real time at which the virtual clock stood at its start. */
  private base = performance.now();

  constructor(private readonly options: SessionOptions) {
    this.secrets = new CallSecrets(options.flow);
    this.facts = new HeldFacts({ now: () => this.call.now - this.startedAt, tell: (fact) => options.tell(fact) });
    this.call = new VirtualCall(options.flow, (order, state) => this.order(order, state), { ...options.start, witness: this.facts.witness });
    this.startedAt = options.start.at ?? this.call.now;
  }

  /** Plays until the flow is over or the author hangs up. */
  async run(): Promise<void> {
    while (!this.isOver) {
      this.show();
      await this.askPending();
      if (this.isOver) break;
      if (this.options.isFast && !this.isWaiting) await this.passTime();
      else await this.listen();
    }
    this.show();
  }

  private get isOver(): boolean {
    return this.hasHungUp || this.call.exit !== null;
  }

  /** The flow waits for the author: a question in silence, or a message to be left. */
  private get isWaiting(): boolean {
    const { activity } = this.call.state;
    return this.call.isRecording || activity.phase === 'asking' && activity.say === null && activity.entered === '';
  }

  /** On to what happens next, at once. */
  private async passTime(): Promise<void> {
    if (this.arrived.length > 0) return this.takeArrived();
    if (this.outside > 0) return this.nextArrival();
    this.skip(this.call.nextInMs ?? 0);
  }

  private async nextArrival(): Promise<void> {
    await new Promise<void>((resolve) => (this.wake = resolve));
    this.takeArrived();
  }

  /** Waits for a line; in real time also for what falls due and what back ends answer. */
  private async listen(): Promise<void> {
    const { isFast } = this.options;
    const stop = new AbortController();
    const line = this.options.read(stop.signal);
    const due = isFast ? null : this.call.nextInMs;
    const arrival = new Promise<'arrived'>((resolve) => (this.wake = () => resolve('arrived')));
    const timer = due === null ? [] : [pause(this.realMsUntil(due), 'due' as const, { signal: stop.signal }).catch(() => 'due' as const)];
    const first = await Promise.race([line.then((text) => ({ text })), arrival, ...timer]);
    stop.abort();
    if (!isFast) this.catchUp();
    if (typeof first === 'object') this.obey(first.text);
    else this.takeArrived();
  }

  /** A line that came while no more is typed ends the call: the author has gone. */
  private obey(line: string | null): void {
    const typed = (line ?? 'hangup').trim();
    if (/^hang ?up$/i.test(typed)) this.hangUp();
    else if (typed === '' || typed === 'wait') this.skip(this.call.nextInMs ?? 0);
    else if (typed === 'where') this.facts.add({ event: 'stands', node: this.call.node, vars: this.secrets.inValues(this.call.state, this.call.state.vars) });
    else if (/^[0-9*#]+$/.test(typed)) this.press(typed);
    else if (this.call.isRecording) this.speak(typed);
    else this.facts.add({ event: 'notUnderstood', typed: this.secrets.inLine(typed), expected: RUN_KEYS });
  }

  private hangUp(): void {
    this.call.hangUp();
    this.hasHungUp = true;
  }

  /** What is typed is said after the beep, as long as it takes to say. */
  private speak(words: string): void {
    const before = this.call.now;
    const forMs = Math.max(LEAST_SPOKEN_MS, speechMs([{ promptId: '', language: this.call.state.language, text: words }]));
    this.facts.add({ event: 'spoke', ...this.here, forMs });
    this.call.speak(forMs);
    this.base -= this.call.now - before;
    this.show();
  }

  private press(keys: string): void {
    this.isPressing = true;
    for (const key of keys) {
      const { node } = this.call;
      const { counted } = this.facts;
      this.call.press(key, 0);
      // The key that ends a message is no answer to a question.
      if (this.call.effects.slice(this.told).some(({ type }) => type === 'flow.stopRecording') && counted === this.facts.counted) this.facts.addKey(node, key);
      this.show();
      this.skip(GAP_MS);
      if (this.call.exit !== null) break;
    }
    this.isPressing = false;
    this.facts.release();
  }

  /** Moves the virtual clock ahead of the real one. */
  private skip(ms: number): void {
    this.base -= ms;
    this.pass(ms);
  }

  /** Lets virtual time pass, and prints each thing as it happens. */
  private pass(ms: number): void {
    const until = this.call.now + ms;
    for (let left = ms; left >= 0; left = until - this.call.now) {
      const step = Math.min(left, this.call.nextInMs ?? left);
      this.call.wait(step);
      this.show();
      if (step === left) return;
    }
  }

  private catchUp(): void {
    this.pass(Math.max(0, performance.now() - this.base - (this.call.now - this.startedAt)));
  }

  private realMsUntil(inMs: number): number {
    return Math.max(0, inMs + (this.call.now - this.startedAt) - (performance.now() - this.base));
  }

  private order(order: CallOrder, state: FlowState): Answer {
    this.secrets.ordered(state, order);
    const answer = this.options.backEnd(order);
    this.open.push({ order, given: answer instanceof Promise ? null : answer });
    if (answer === null) this.pending.push(order);
    else if (answer instanceof Promise) void this.await(order, answer);
    else return answer;
    return { exit: 'error', afterMs: 'never' };
  }

  private async await(order: CallOrder, answer: Promise<Answer>): Promise<void> {
    this.outside++;
    const { exit, result = null } = await answer;
    this.arrived.push(() => {
      this.outside--;
      this.deliver(order, exit, result);
    });
    this.wake();
  }

  private takeArrived(): void {
    for (const take of this.arrived.splice(0)) take();
  }

  private async askPending(): Promise<void> {
    for (let order = this.pending.shift(); order !== undefined; order = this.pending.shift()) {
      const { exit, result = null, afterMs = 0 } = await this.options.ask(order);
      this.base = performance.now() - (this.call.now - this.startedAt);
      if (afterMs === 'never') continue;
      this.deliver(order, exit, result);
    }
  }

  private deliver(order: CallOrder, exit: string, result: Json): void {
    for (const one of this.open) if (one.order.requestId === order.requestId) one.given = { exit, result };
    this.call.feed({ type: 'flow.connectorReturned', at: this.call.now, requestId: order.requestId, exit, result });
    this.show();
  }

  private get here(): InCall {
    return { ms: this.call.now - this.startedAt, node: this.call.node };
  }

  /** Tells what was done, said and ordered since the last time, and whether the flow now waits for keys. */
  private show(): void {
    const { path } = this.call.state;
    for (const { at, node, did } of path.slice(this.toldSteps)) if (did !== undefined) this.facts.add({ ...this.factOf(did), ms: at - this.startedAt, node });
    this.toldSteps = path.length;
    for (const effect of this.call.effects.slice(this.told)) this.tellEffect(effect);
    this.told = this.call.effects.length;
    const takes = this.isWaiting ? takesNow(this.options.flow, this.call.state) : null;
    const timer = this.call.state.timers.find((one) => one.startsWith('noInput.')) ?? null;
    if (takes !== null && timer !== this.askedUnder) this.facts.add({ event: 'asked', ...this.here, takes });
    this.askedUnder = timer ?? this.askedUnder;
    if (!this.isPressing) this.facts.release();
  }

  /** A step that the flow noted: the outcome of an order, or something else. */
  private factOf(did: string): Omit<Extract<CallFact, { event: 'did' }>, keyof InCall> | Omit<Extract<CallFact, { event: 'answered' }>, keyof InCall> {
    const index = this.open.findIndex(({ order }) => did.startsWith(`${order.operation} → `));
    const [open] = index < 0 ? [] : this.open.splice(index, 1);
    if (open === undefined) return { event: 'did', did };
    const exit = did.slice(`${open.order.operation} → `.length);
    return { event: 'answered', operation: open.order.operation, exit, result: open.given?.exit === exit ? this.secrets.inAnswer(this.call.state, open.given.result ?? null) : null };
  }

  private tellEffect(effect: FlowEffect): void {
    const tell = (fact: RunFact): void => this.facts.add(fact);
    if (effect.type === 'flow.say') {
      const { utterances } = effect;
      tell({ event: 'said', ...this.here, language: this.call.state.language, prompts: utterances.map(({ promptId }) => promptId), text: utterances.map(({ text, noted = text }) => noted).join(' '), takesMs: speechMs(utterances) });
    } else if (effect.type === 'flow.record') tell({ event: 'beeped', ...this.here });
    else if (effect.type === 'flow.hush') tell({ event: 'cut', ...this.here });
    else if (effect.type === 'flow.message') tell({ event: 'sent', ...this.here, channel: effect.channel, text: effect.text });
    else if (effect.type === 'flow.callConnector') tell({ event: 'called', ...this.here, operation: effect.operation, arguments: this.secrets.inValues(this.call.state, effect.arguments) });
  }
}
