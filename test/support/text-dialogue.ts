import { startFlow, stepFlow, type FlowStart, type FlowStep } from '../../gateway/core/flow/interpret.js';
import type { Flow } from '../../gateway/core/flow/flow-schema.js';
import type { FlowState } from '../../gateway/core/flow/flow-state.js';
import type { FlowEffect, FlowEvent, FlowExit } from '../../gateway/core/flow/flow-types.js';
import type { Json } from '../../gateway/core/ids.js';

type Order = Extract<FlowEffect, { type: 'flow.callConnector' }>;

/**
 * A flow as a chat would serve it: words out as text, keys in, nothing in between. No speech, no calls and no clock: words are read the moment
 * they are written, and whoever thinks longer is not hurried.
 */
export class TextDialogue {
  /** What was written to the customer, a line a prompt. */
  readonly lines: string[] = [];
  exit: FlowExit | null = null;
  private state: FlowState;
  private at: number;
  private readonly facts: FlowEvent[] = [];

  constructor(
    private readonly flow: Flow,
    start: Omit<FlowStart, 'callId' | 'dnis'>,
    private readonly answer: (order: Order) => { readonly exit: string; readonly result: Json },
  ) {
    this.at = start.at;
    this.state = this.take(startFlow(flow, { callId: 'chat-1', dnis: 'chat', ...start }));
    this.settle();
  }

  /** Keys of one answer. */
  key(keys: string): this {
    for (const digit of keys) this.fold({ type: 'flow.digit', at: this.later(), digit });
    return this;
  }

  /** Whether an answer is waited for. */
  get isAsking(): boolean {
    return this.state.activity.phase === 'asking';
  }

  private fold(fact: FlowEvent): void {
    this.state = this.take(stepFlow(this.flow, this.state, fact));
    this.settle();
  }

  private settle(): void {
    for (let fact = this.facts.shift(); fact !== undefined; fact = this.facts.shift()) this.state = this.take(stepFlow(this.flow, this.state, fact));
  }

  /** Between two keys, so that none is taken for a bounce of the one before. */
  private later(): number {
    this.at += 2_000;
    return this.at;
  }

  private take({ state, effects }: FlowStep): FlowState {
    for (const effect of effects) {
      if (effect.type === 'flow.say') {
        this.lines.push(...effect.utterances.map(({ text }) => text));
        this.facts.push({ type: 'flow.said', at: this.at, sayId: effect.sayId, isWhole: true });
      } else if (effect.type === 'flow.callConnector') {
        this.facts.push({ type: 'flow.connectorReturned', at: this.at, requestId: effect.requestId, ...this.answer(effect) });
      } else if (effect.type === 'flow.message') this.lines.push(effect.text);
      else if (effect.type === 'flow.left') this.exit = effect.exit;
    }
    return state;
  }
}
