import { VirtualCall, type Answer, type CallOrder, type VirtualCallOptions } from '../../gateway/core/authoring/virtual-call.js';
import type { Flow } from '../../gateway/core/flow/flow-schema.js';
import type { FlowEvent } from '../../gateway/core/flow/flow-types.js';
import type { Json } from '../../gateway/core/ids.js';
import { makeRecording, type HeardCall } from '../../gateway/core/recording/make-recording.js';
import type { Recording } from '../../gateway/core/recording/recording.js';

/** What a caller does next. `gapMs`: between the keys. */
export type CallerMove =
  | { readonly do: 'press'; readonly keys: string; readonly gapMs: number }
  /** Listens until the flow waits for a key in silence. */
  | { readonly do: 'listen' }
  | { readonly do: 'wait'; readonly ms: number }
  /** Speaks into a recording, if one is made. */
  | { readonly do: 'speak'; readonly ms: number };

/** A call of the virtual player that keeps all that its flow was fed. */
export class TapedCall extends VirtualCall {
  readonly events: FlowEvent[] = [];

  override feed(event: FlowEvent): this {
    this.events.push(event);
    return super.feed(event);
  }

  play(move: CallerMove): void {
    if (move.do === 'press') this.press(move.keys, move.gapMs);
    else if (move.do === 'listen') this.listen();
    else if (move.do === 'speak') this.speak(move.ms);
    else this.wait(move.ms);
  }
}

export interface TapedOptions extends VirtualCallOptions {
  readonly callId: string;
  readonly at: number;
}

/** Plays a call until the flow is left, or the caller hangs up when nothing is left to do. @returns its recording and what it was made of */
export function tapeCall(flow: Flow, moves: readonly CallerMove[], options: TapedOptions & { readonly answer: (order: CallOrder) => Answer }): { readonly recording: Recording; readonly heard: HeardCall; readonly call: TapedCall } {
  const { answer, ...rest } = options;
  const call = new TapedCall(flow, answer, rest);
  for (const move of moves) if (call.exit === null) call.play(move);
  const { callId, at, ani = null, dnis = '100', language, incidents, vars } = rest;
  const heard: HeardCall = {
    start: { callId, at, ani, dnis, ...(language === undefined ? {} : { language }), ...(incidents === undefined ? {} : { incidents }), ...(vars === undefined ? {} : { vars }) },
    events: call.events,
    hungUp: call.exit === null ? { at: call.now, by: 'caller' } : null,
  };
  return { recording: makeRecording(flow, heard), heard, call };
}

/** Whole numbers below a bound, by a linear congruence: the same on every machine. */
export function lots(seed: number): (below: number) => number {
  let now = (seed + 1) * 2_654_435_761;
  return (below) => {
    now = (Math.imul(now, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((now / 2 ** 32) * below);
  };
}

const INVOICE = { invoice: '471100', customer: '1001', amount: 1249.5, currency: 'SEK', dueDate: '2026-12-15', status: 'open', extended: false };
const BALANCE = { customer: '1001', open: 2, total: 1638.5, currency: 'SEK', nextDue: '2026-12-15' };
const ANNA = { customer: '1001', name: 'Anna Lindqvist' };
type Given = readonly [exit: string, result?: Json];

/** What the sample billing service could answer, the usual first. */
const ANSWERS: Readonly<Record<string, readonly Given[]>> = {
  'billing.findCustomer': [['ok', ANNA], ['notFound'], ['error']],
  'billing.getInvoice': [['ok', INVOICE], ['ok', { ...INVOICE, extended: true }], ['ok', { ...INVOICE, status: 'paid' }], ['ok', { ...INVOICE, customer: '1002' }], ['ok', { ...INVOICE, status: 'onPlan' }], ['ok', { ...INVOICE, currency: 'crowns' }], ['notFound'], ['ok', [1]], ['error']],
  'billing.extendInvoice': [['ok', { invoice: '471100', dueDate: '2027-01-14' }], ['refused'], ['alreadyExtended'], ['error']],
  'billing.sendCopy': [['ok', { invoice: '471100' }], ['refused'], ['error']],
  'billing.getBalance': [['ok', BALANCE], ['ok', { ...BALANCE, open: 1 }], ['ok', { customer: '1001', open: 0, total: 0, currency: 'SEK' }], ['notFound'], ['error']],
  'billing.checkPin': [['ok', ANNA], ['wrong'], ['wrong'], ['notFound'], ['error']],
};

/** A billing service whose answers and delays are drawn by lot; some answers never come. */
export const billingByLot = (lot: (below: number) => number) => (order: CallOrder): Answer => {
  const given = ANSWERS[order.operation] ?? [['error']];
  const [exit, result] = given[lot(2) === 0 ? 0 : lot(given.length)] ?? ['error'];
  const afterMs = lot(20) === 0 ? 'never' : [40, 300, 1_190, 1_210, 4_000][lot(5)];
  return { exit, ...(result === undefined ? {} : { result }), ...(afterMs === undefined ? {} : { afterMs }) };
};
