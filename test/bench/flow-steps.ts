import { readdirSync, readFileSync } from 'node:fs';
import type { Flow } from '../../gateway/core/flow/flow-schema.js';
import { startFlow, stepFlow, type FlowStart } from '../../gateway/core/flow/interpret.js';
import type { FlowState } from '../../gateway/core/flow/flow-state.js';
import type { FlowEvent } from '../../gateway/core/flow/flow-types.js';
import { loadFlowSet, type SourceFile } from '../../gateway/core/flow/load-flow-set.js';
import { formatProblem } from '../../gateway/core/flow/problem.js';
import type { Json } from '../../gateway/core/ids.js';
import { projectFile } from '../../gateway/project.js';
import type { BenchResult } from './bench-result.js';
import { machineSpeed } from './rig/machine-anchor.js';
import type { RowOptions } from './rows.js';
import { judge } from './verdict.js';

const START: FlowStart = { callId: 'bench', at: 1_700_000_000_000, ani: '+46701234567', dnis: '+46771000100' };
const INVOICE = { invoice: '471100', customer: '1001', amount: 1249.5, currency: 'SEK', dueDate: '2026-12-15', status: 'open', extended: false };
const ANSWERS: Readonly<Record<string, readonly { readonly exit: string; readonly result: Json }[]>> = {
  'billing.findCustomer': [{ exit: 'ok', result: { customer: '1001', name: 'Anna' } }, { exit: 'notFound', result: null }],
  'billing.getInvoice': [{ exit: 'ok', result: INVOICE }, { exit: 'ok', result: { ...INVOICE, extended: true } }, { exit: 'ok', result: { ...INVOICE, status: 'paid' } }, { exit: 'notFound', result: null }],
  'billing.extendInvoice': [{ exit: 'ok', result: { invoice: '471100', dueDate: '2027-01-14' } }, { exit: 'refused', result: null }],
  'billing.sendCopy': [{ exit: 'ok', result: { invoice: '471100' } }],
};

/**
 * `flow-steps`: events a second that the interpreter folds on one core. The events are those of random calls to the sample flow, each call
 * played once beforehand; what is timed is the interpreter alone, as a live call runs it.
 */
export function run({ isQuick }: RowOptions): Promise<BenchResult[]> {
  const { rounds, calls, repeats } = isQuick ? { rounds: 2, calls: 20, repeats: 2 } : { rounds: 7, calls: 300, repeats: 12 };
  const flow = sampleFlow();
  const scripts = Array.from({ length: calls }, (_, seed) => randomCall(flow, seed + 1));
  const events = scripts.reduce((sum, { length }) => sum + length, 0);
  for (let warm = 0; warm < repeats; warm += 1) fold(flow, scripts);
  const anchors: number[] = [];
  const rates: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    anchors.push(machineSpeed());
    const begun = process.cpuUsage();
    for (let repeat = 0; repeat < repeats; repeat += 1) fold(flow, scripts);
    rates.push((events * repeats * 1_000_000) / process.cpuUsage(begun).user);
  }
  return Promise.resolve([
    judge({
      name: 'flow-steps', kind: 'value', unit: 'interpreter steps/s on one core', goal: { atLeast: 100_000 }, rounds: rates, anchors,
      detail: { anchor: 'speed of the machine before each round', clock: 'CPU time', calls, eventsPerCall: Math.round(events / calls) },
    }),
  ]);
}

function fold(flow: Flow, scripts: readonly (readonly FlowEvent[])[]): void {
  for (const script of scripts) {
    let { state } = startFlow(flow, START);
    for (const event of script) ({ state } = stepFlow(flow, state, event));
    if (state.activity.phase !== 'left') throw new Error('a call did not end as it did before');
  }
}

/** The events of one call: keys, silence and answers by lot, until the flow is left. The same seed gives the same call. */
function randomCall(flow: Flow, seed: number): readonly FlowEvent[] {
  const lot = lots(seed);
  const events: FlowEvent[] = [];
  let { state } = startFlow(flow, START);
  for (let at = START.at + 1_000; state.activity.phase !== 'left'; at += 1_000) {
    const event = nextEvent(state, at, lot);
    events.push(event);
    ({ state } = stepFlow(flow, state, event));
  }
  return events;
}

function nextEvent(state: FlowState, at: number, lot: (below: number) => number): FlowEvent {
  const { activity, timers } = state;
  if (activity.phase === 'connecting') {
    const answers = ANSWERS[activity.request.operation] ?? [];
    const { exit, result } = answers[lot(answers.length)] ?? { exit: 'error', result: null };
    return { type: 'flow.connectorReturned', at, requestId: activity.request.requestId, exit, result };
  }
  if (activity.phase !== 'left' && activity.say !== null && lot(3) > 0) return { type: 'flow.said', at, sayId: activity.say.sayId, isWhole: true };
  const timer = timers.find((one) => one.startsWith('noInput.'));
  if (timer !== undefined && lot(8) === 0) return { type: 'flow.timerFired', at, timer };
  const asksEntry = activity.phase === 'asking' && activity.node.startsWith('ask-');
  return { type: 'flow.digit', at, digit: asksEntry ? '471100#'.charAt(activity.entered.length) : (['1', '2', '1', '2', '8', '9', '5'][lot(7)] ?? '1') };
}

/** Whole numbers below a bound, by a linear congruence: the same on every machine. */
function lots(seed: number): (below: number) => number {
  let now = seed;
  return (below) => {
    now = (Math.imul(now, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((now / 2 ** 32) * below);
  };
}

function sampleFlow(): Flow {
  const files = (folder: string): readonly SourceFile[] =>
    readdirSync(projectFile('ivr-flows', folder))
      .filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'))
      .map((name) => ({ name: `${folder}/${name}`, text: readFileSync(projectFile('ivr-flows', folder, name), 'utf8') }));
  const loaded = loadFlowSet({ flows: files('flows'), prompts: files('prompts') });
  const flow = loaded.ok ? loaded.value.get('invoice-extension') : undefined;
  if (flow === undefined) throw new Error(loaded.ok ? 'there is no sample flow' : loaded.problems.map(formatProblem).join('\n'));
  return flow;
}
