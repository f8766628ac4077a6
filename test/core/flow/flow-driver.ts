import { startFlow, stepFlow, resumeFlow, type FlowStart, type FlowStep } from '../../../gateway/core/flow/interpret.js';
import type { Flow } from '../../../gateway/core/flow/flow-schema.js';
import type { FlowState } from '../../../gateway/core/flow/flow-state.js';
import type { FlowEffect, FlowEvent, FlowExit } from '../../../gateway/core/flow/flow-types.js';
import type { Json } from '../../../gateway/core/ids.js';

export type CallOrder = Extract<FlowEffect, { type: 'flow.callConnector' }>;
export interface Answer {
  readonly exit: string;
  readonly result?: Json;
  /** Virtual milliseconds until the answer; `never` = lost. */
  readonly afterMs?: number | 'never';
}

interface Due {
  readonly at: number;
  readonly order: number;
  readonly event: (at: number) => FlowEvent;
  readonly key: string;
}

/** Plays media, timers and back end for a flow on a virtual clock, so that a test reads like a call. */
export class FlowDriver {
  state: FlowState;
  now = 1_700_000_000_000;
  /** Everything ordered so far. */
  readonly effects: FlowEffect[] = [];
  /** Wording of every say, in order. */
  readonly heard: string[] = [];
  readonly orders: CallOrder[] = [];
  exit: FlowExit | null = null;
  private due: Due[] = [];
  private serial = 0;

  constructor(
    readonly flow: Flow,
    private readonly answer: (order: CallOrder) => Answer = () => ({ exit: 'error' }),
    start: Partial<FlowStart> = {},
  ) {
    this.state = this.follow(startFlow(flow, { callId: 'call-1', at: this.now, ani: null, dnis: '100', ...start }));
  }

  /** Presses keys, `gapMs` apart. */
  press(keys: string, gapMs = 100): this {
    for (const digit of keys) {
      this.feed({ type: 'flow.digit', at: this.now, digit });
      this.wait(gapMs);
    }
    return this;
  }

  /** Lets virtual time pass; what falls due happens in order. */
  wait(ms: number): this {
    const until = this.now + ms;
    for (let next = this.nextDue(until); next !== undefined; next = this.nextDue(until)) {
      const event = next;
      this.due = this.due.filter((one) => one !== event);
      this.now = Math.max(this.now, event.at);
      this.feed(event.event(this.now));
    }
    this.now = until;
    return this;
  }

  /** Lets time pass until the flow waits for a key in silence, or is left. */
  settle(): this {
    for (let step = 0; step < 200; step++) {
      const { activity } = this.state;
      if (activity.phase === 'left' || (activity.phase === 'asking' && activity.say === null)) return this;
      const next = this.nextDue(Number.POSITIVE_INFINITY);
      if (next === undefined) return this;
      this.wait(Math.max(0, next.at - this.now));
    }
    throw new Error(`does not settle at ${this.node}`);
  }

  /** The process dies and another takes up the snapshot. Answers under way are lost, unless they already arrived. */
  crash(): this {
    this.due = [];
    this.state = JSON.parse(JSON.stringify(this.state)) as FlowState;
    this.state = this.follow(resumeFlow(this.flow, this.state, this.now));
    return this;
  }

  feed(event: FlowEvent): this {
    this.state = this.follow(stepFlow(this.flow, this.state, event));
    return this;
  }

  get node(): string {
    return this.state.activity.phase === 'left' ? 'left' : this.state.activity.node;
  }
  get timers(): readonly string[] {
    return this.state.timers.map((timer) => timer.slice(0, timer.indexOf('.')));
  }
  get lastHeard(): string {
    return this.heard.at(-1) ?? '';
  }

  private nextDue(until: number): Due | undefined {
    return this.due.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at || a.order - b.order)[0];
  }

  private plan(inMs: number, key: string, event: (at: number) => FlowEvent): void {
    this.due.push({ at: this.now + inMs, order: this.serial++, key, event });
  }

  private follow(step: FlowStep): FlowState {
    for (const effect of step.effects) this.carryOut(effect);
    this.effects.push(...step.effects);
    return step.state;
  }

  private carryOut(effect: FlowEffect): void {
    switch (effect.type) {
      case 'flow.say': {
        const text = effect.utterances.map((utterance) => utterance.text).join(' ');
        this.heard.push(text);
        this.plan(text.length * 60, effect.sayId, (at) => ({ type: 'flow.said', at, sayId: effect.sayId, isWhole: true }));
        return;
      }
      case 'flow.hush':
        this.due = this.due.filter(({ key }) => key !== effect.sayId);
        return;
      case 'flow.setTimer':
        this.plan(effect.inMs, effect.timer, (at) => ({ type: 'flow.timerFired', at, timer: effect.timer }));
        return;
      case 'flow.cancelTimer':
        this.due = this.due.filter(({ key }) => key !== effect.timer);
        return;
      case 'flow.callConnector': {
        this.orders.push(effect);
        const { exit, result = null, afterMs = 50 } = this.answer(effect);
        if (afterMs !== 'never') this.plan(afterMs, effect.requestId, (at) => ({ type: 'flow.connectorReturned', at, requestId: effect.requestId, exit, result }));
        return;
      }
      case 'flow.left':
        if (this.exit !== null) throw new Error('left twice');
        this.exit = effect.exit;
    }
  }
}
