import type { Millis } from '../ids.js';
import { DoubledBackEnd } from './doubles.js';
import { compare } from './compare.js';
import type { FlowTest } from './load-test-file.js';
import type { Failure, Played } from './played.js';
import type { ProbedFlow } from './probed-flow.js';
import { VirtualCall } from './virtual-call.js';
import type { TestStep } from './test-file-schema.js';

export interface TestOutcome {
  readonly title: string;
  readonly failures: readonly Failure[];
  readonly call: VirtualCall;
  readonly startedAt: Millis;
  /** How often each way was taken. */
  readonly taken: ReadonlyMap<string, number>;
}

/** A caller thinks before the first key, and is no machine between keys. */
const THINKS_MS = 700;
const GAP_MS = 250;

/** Plays one test on the live interpreter and compares. */
export function runTest(probed: ProbedFlow, test: FlowTest): TestOutcome {
  const backEnd = new DoubledBackEnd(test.doubles);
  const { number, dialled, language } = test.caller;
  const call = new VirtualCall(probed.flow, backEnd.answer, { at: test.at, ani: number, dnis: dialled, unplayable: test.unplayable, unrecordable: test.unrecordable, incidents: test.incidents, vars: test.vars, ...(language === null ? {} : { language }) });
  const played = play(call, test, () => backEnd.unanswered !== null);
  const failures = 'failure' in played ? [played.failure] : backEnd.unanswered === null ? compare(test, { ...played, flow: probed.flow }) : [unanswered(backEnd.unanswered, test.title)];
  return { title: test.title, failures, call, startedAt: test.at, taken: probed.taken(call.state) };
}

function play(call: VirtualCall, test: FlowTest, isStuck: () => boolean): Played | { readonly failure: Failure } {
  for (const [index, step] of test.when.entries()) {
    if (!isEarly(step)) call.listen();
    if (isStuck()) return { call, hasHungUp: false };
    const isOver = call.exit !== null;
    if (isOver) return { failure: { path: ['tests', test.title, 'when', index], expected: `the caller can go on: ${wordsOf(step)}`, actual: 'the flow had ended' } };
    if (act(call, step)) return { call, hasHungUp: true };
  }
  call.listen();
  return { call, hasHungUp: false };
}

/** Does one step of a test in a call that goes on, as tests do. */
export function takeStep(call: VirtualCall, step: TestStep): void {
  if (!isEarly(step)) call.listen();
  act(call, step);
}

const isEarly = (step: TestStep): boolean => typeof step === 'object' && !('wait' in step) && !('speak' in step);

/** @returns whether the caller hung up */
function act(call: VirtualCall, step: TestStep): boolean {
  if (step === 'hangUp') return hangUp(call);
  if (typeof step === 'string' || typeof step === 'number') call.wait(THINKS_MS).press(String(step), GAP_MS);
  else if ('wait' in step) call.wait(step.wait);
  else if ('speak' in step) return speak(call, step);
  else if ('early' in step) call.wait(step.after ?? 0).press(step.early, GAP_MS);
  else {
    call.wait(step.hangUp);
    return call.exit === null && hangUp(call);
  }
  return false;
}

function hangUp(call: VirtualCall): true {
  call.hangUp();
  return true;
}

function speak(call: VirtualCall, { speak: ms, end }: Extract<TestStep, { speak: number }>): boolean {
  call.speak(ms);
  if (end === 'hangUp') return hangUp(call);
  if (end !== undefined) call.press(end, GAP_MS);
  else if (call.isRecording) call.wait(call.nextInMs ?? 0);
  return false;
}

function wordsOf(step: TestStep): string {
  if (typeof step !== 'object') return step === 'hangUp' ? 'hangs up' : `presses ${step}`;
  if ('speak' in step) return `speaks for ${step.speak / 1_000} s`;
  if ('wait' in step) return `waits ${step.wait / 1_000} s`;
  return 'early' in step ? `presses ${step.early}` : 'hangs up';
}

function unanswered({ order, before, given }: NonNullable<DoubledBackEnd['unanswered']>, title: string): Failure {
  const has = given === null ? 'the test gives no answer' : `the test gives ${given.answers.length} answer${given.answers.length === 1 ? '' : 's'}`;
  return { path: ['tests', title], expected: `an answer to ${order.operation} under given`, actual: `it was called with ${JSON.stringify(order.arguments)}${before > 0 ? `, the ${before + 1}. time` : ''}, and ${has}` };
}
