import { setTimeout as pause } from 'node:timers/promises';
import { speechMs } from '../../core/authoring/speech-length.js';
import { VirtualCall, type Answer, type CallOrder, type VirtualCallOptions } from '../../core/authoring/virtual-call.js';
import type { Flow } from '../../core/flow/flow-schema.js';
import type { Json } from '../../core/ids.js';
import { clock } from './call-story.js';
import type { Terminal } from './terminal.js';

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
  readonly terminal: Terminal;
}

const HELP = 'keys 0-9 * #   Enter or wait: on to what happens next   hangup   where: node and values';
const GAP_MS = 150;
/** Even one word is a message. */
const LEAST_SPOKEN_MS = 3_000;
const MARGIN = 7;

/** One call of an author to a flow, in text. */
export class FlowSession {
  readonly call: VirtualCall;
  hasHungUp = false;
  private readonly pending: CallOrder[] = [];
  private readonly arrived: (() => void)[] = [];
  private wake: () => void = () => undefined;
  private shown = 0;
  private shownSteps = 0;
  /** Orders that somebody outside is answering. */
  private outside = 0;
  private readonly startedAt: number;
  /** Real time at which the virtual clock stood at its start. */
  private base = performance.now();

  constructor(private readonly options: SessionOptions) {
    this.call = new VirtualCall(options.flow, (order) => this.order(order), options.start);
    this.startedAt = options.start.at ?? this.call.now;
  }

  /** Plays until the flow is over or the author hangs up. */
  async run(): Promise<void> {
    const { terminal } = this.options;
    terminal.print(terminal.colour('dim', HELP));
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
    const { terminal, isFast } = this.options;
    const stop = new AbortController();
    const line = terminal.read(terminal.colour('cyan', 'keys> '), stop.signal);
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
    const { terminal } = this.options;
    if (/^hang ?up$/i.test(typed)) this.hangUp();
    else if (typed === '' || typed === 'wait') this.skip(this.call.nextInMs ?? 0);
    else if (typed === 'where') terminal.print(terminal.colour('dim', `at ${this.call.node}: ${JSON.stringify(this.call.state.vars)}`));
    else if (/^[0-9*#]+$/.test(typed)) this.press(typed);
    else if (this.call.isRecording) this.speak(typed);
    else terminal.print(terminal.colour('red', `"${typed}"? ${HELP}`));
  }

  private hangUp(): void {
    this.call.hangUp();
    this.hasHungUp = true;
  }

  /** What is typed is said after the beep, as long as it takes to say. */
  private speak(words: string): void {
    const before = this.call.now;
    const ms = speechMs([{ promptId: '', language: this.call.state.language, text: words }]);
    this.call.speak(Math.max(LEAST_SPOKEN_MS, ms));
    this.base -= this.call.now - before;
    this.show();
  }

  private press(keys: string): void {
    for (const key of keys) {
      this.call.press(key, 0);
      this.show();
      this.skip(GAP_MS);
      if (this.call.exit !== null) return;
    }
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

  private order(order: CallOrder): Answer {
    const answer = this.options.backEnd(order);
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
    this.call.feed({ type: 'flow.connectorReturned', at: this.call.now, requestId: order.requestId, exit, result });
    this.show();
  }

  /** Prints what was answered, said and ordered since the last time. */
  private show(): void {
    const { terminal, isFast } = this.options;
    const at = `${terminal.colour('dim', clock(this.call.now - this.startedAt))}  `;
    const { path } = this.call.state;
    for (const { did } of path.slice(this.shownSteps)) if (did !== undefined) terminal.print(`${at}${terminal.colour('yellow', did)}`);
    this.shownSteps = path.length;
    for (; this.shown < this.call.effects.length; this.shown++) {
      const effect = this.call.effects[this.shown];
      if (effect?.type === 'flow.say') {
        const words = terminal.wrap(effect.utterances.map(({ text }) => text).join(' '), MARGIN);
        const takes = isFast ? '' : `  ${Math.ceil(speechMs(effect.utterances) / 1_000)} s`;
        terminal.print(`${at}${terminal.colour('dim', `${this.call.node}${takes}`)}\n${' '.repeat(MARGIN)}${terminal.colour('bold', words)}`);
      } else if (effect?.type === 'flow.record') terminal.print(`${at}${terminal.colour('dim', this.call.node)}\n${' '.repeat(MARGIN)}${terminal.colour('bold', 'beep')}${terminal.colour('dim', '  type what the caller says; Enter or the closing key ends it')}`);
      else if (effect?.type === 'flow.hush' && !isFast) terminal.print(terminal.colour('dim', `${' '.repeat(MARGIN)}– cut short`));
      else if (effect?.type === 'flow.callConnector') terminal.print(`${at}${terminal.colour('yellow', `${effect.operation} ${valuesText(effect.arguments)}`)}`);
    }
  }
}

/** `invoice=471100 days=30` */
export const valuesText = (values: Readonly<Record<string, Json>>): string => Object.entries(values).map(([name, value]) => `${name}=${String(value)}`).join(' ');
