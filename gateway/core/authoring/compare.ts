import type { Flow } from '../flow/flow-schema.js';
import type { FlowState } from '../flow/flow-state.js';
import type { FlowExit } from '../flow/flow-types.js';
import { summarise } from '../flow/summarise.js';
import type { FlowTest } from './load-test-file.js';
import type { Failure, Played } from './played.js';
import type { Expectations, Words } from './test-file-schema.js';
import type { CallOrder, Said } from './virtual-call.js';

type Actual = Played & { readonly flow: Flow };
type Path = readonly (string | number)[];

/** Lengths of messages are written in whole seconds. */
const MESSAGE_TOLERANCE_MS = 500;

/** Everything in which a call differs from what its test expects. */
export function compare({ title, then }: FlowTest, actual: Actual): readonly Failure[] {
  const at = ['tests', title, 'then'];
  return [...compareSaid(then, actual.call.said, at), ...compareDone(then, actual.call.orders, at), ...compareRecorded(then, actual, at), ...compareEnd(then, actual, at)];
}

function compareSaid(then: Expectations, said: readonly Said[], at: Path): readonly Failure[] {
  const failures: Failure[] = [];
  let from = 0;
  for (const [index, words] of (then.said ?? []).entries()) {
    const found = said.findIndex((one, place) => place >= from && matches(one, words));
    if (found < 0) {
      const before = said.slice(0, from).some((one) => matches(one, words));
      failures.push({ path: [...at, 'said', index], expected: `${textOf(words)} is said${index > 0 ? ' then' : ''}`, actual: `${before ? 'it was said earlier; ' : ''}after that was said: ${listOf(said.slice(from))}` });
      break;
    }
    from = found + 1;
  }
  const only = then.saidOnly;
  const isSame = only === undefined || (only.length === said.length && only.every((words, index) => said[index] !== undefined && matches(said[index], words)));
  if (!isSame) failures.push({ path: [...at, 'saidOnly'], expected: `only this is said: ${only.map(textOf).join(', ')}`, actual: listOf(said) });
  for (const [index, words] of (then.neverSaid ?? []).entries()) {
    const heard = said.find((one) => matches(one, words));
    if (heard !== undefined) failures.push({ path: [...at, 'neverSaid', index], expected: `${textOf(words)} is never said`, actual: `${heard.promptId} (${heard.language}): “${heard.text}”` });
  }
  return failures;
}

function matches(said: Said, words: Words): boolean {
  if (typeof words === 'string') return said.promptId === words;
  return (words.prompt === undefined || words.prompt === said.promptId) && (words.text === undefined || said.text.includes(words.text)) && (words.language === undefined || words.language === said.language);
}

function textOf(words: Words): string {
  if (typeof words === 'string') return words;
  return [words.prompt, words.text === undefined ? undefined : `“${words.text}”`, words.language === undefined ? undefined : `in ${words.language}`].filter((part) => part !== undefined).join(' ');
}

const listOf = (said: readonly Said[]): string => said.map(({ promptId, text }) => `${promptId} “${text}”`).join(', ') || 'nothing';

function compareDone(then: Expectations, orders: readonly CallOrder[], at: Path): readonly Failure[] {
  return Object.entries(then.done ?? {}).flatMap(([operation, expected]) => {
    const done = orders.filter((order) => order.operation === operation);
    const path = [...at, 'done', operation];
    const times = timesOf(expected);
    if (done.length !== times) return [{ path, expected: `${operation} is called ${timesText(times)}`, actual: `${timesText(done.length)}${done.length === 0 ? '' : `: ${done.map((order) => JSON.stringify(order.arguments)).join(', ')}`}` }];
    if (typeof expected !== 'object') return [];
    return done.flatMap((order, index) => {
      const wanted = Array.isArray(expected.with) ? expected.with[index] : expected.with;
      const isSame = wanted === undefined || (Object.keys(wanted).length === Object.keys(order.arguments).length && Object.entries(wanted).every(([name, value]) => order.arguments[name] === value));
      return isSame ? [] : [{ path: [...path, 'with'], expected: `${operation} is called with ${JSON.stringify(wanted)}`, actual: JSON.stringify(order.arguments) }];
    });
  });
}

function timesOf(expected: NonNullable<Expectations['done']>[string]): number {
  if (typeof expected === 'number') return expected;
  if (typeof expected === 'string') return { never: 0, once: 1, twice: 2 }[expected];
  return expected.times ?? (Array.isArray(expected.with) ? expected.with.length : 1);
}

const timesText = (times: number): string => ['never', 'once', 'twice'][times] ?? `${times} times`;

function compareRecorded({ recorded }: Expectations, { call, flow }: Actual, at: Path): readonly Failure[] {
  if (recorded === undefined) return [];
  const { statedReason, customer, shown, language, survey, consents } = summarise(flow, call.state);
  const differ = (what: readonly string[], expected: unknown, actual: unknown): readonly Failure[] =>
    expected === undefined || expected === actual ? [] : [{ path: [...at, 'recorded', ...what], expected: `${what.join(' ')} is ${JSON.stringify(expected)}`, actual: JSON.stringify(actual) }];
  const person = recorded.customer;
  return [
    ...differ(['reason'], recorded.reason, statedReason),
    ...differ(['solved'], recorded.solved, call.state.isSolved),
    ...differ(['language'], recorded.language, language),
    ...(person === null ? differ(['customer'], null, customer) : (['id', 'name', 'confidence'] as const).flatMap((field) => differ(['customer', field], person?.[field], customer?.[field] ?? null))),
    ...(recorded.sent ?? []).flatMap((words, index) => (call.messages[index]?.includes(words) === true ? [] : [{ path: [...at, 'recorded', 'sent', index], expected: `a receipt with "${words}"`, actual: call.messages[index] ?? 'none was sent' }])),
    ...compareMessages(recorded.messages, call, at),
    ...Object.entries(recorded.answers ?? {}).flatMap(([question, answer]) => differ(['answers', question], answer, survey.find((one) => one.question === question)?.answer)),
    ...Object.entries(recorded.consents ?? {}).flatMap(([to, isGiven]) => differ(['consents', to], isGiven, consents[to] ?? null)),
    ...Object.entries(recorded.shown ?? {}).flatMap(([label, value]) => differ(['shown', label], value === null ? null : String(value), Object.hasOwn(shown, label) ? shown[label] : null)),
  ];
}

function compareMessages(expected: readonly number[] | undefined, { state }: Played['call'], at: Path): readonly Failure[] {
  const actual = state.messages.map(({ durationMs }) => durationMs);
  const isSame = expected === undefined || (expected.length === actual.length && expected.every((ms, index) => Math.abs(ms - (actual[index] ?? 0)) <= MESSAGE_TOLERANCE_MS));
  const inSeconds = (all: readonly number[]): string => all.map((ms) => `${ms / 1_000} s`).join(', ') || 'none';
  return isSame ? [] : [{ path: [...at, 'recorded', 'messages'], expected: `messages left: ${inSeconds(expected)}`, actual: inSeconds(actual) }];
}

function compareEnd(then: Expectations, { call, hasHungUp }: Actual, at: Path): readonly Failure[] {
  const standsAt = call.exit === null ? `the flow waits at ${call.node}` : exitText(call.exit);
  const stands = hasHungUp && call.exit === null ? `the caller hung up at ${call.node}, ${hungUpHow(call.state)}` : standsAt;
  if (then.at !== undefined && (hasHungUp || call.node !== then.at)) return [{ path: [...at, 'at'], expected: `the flow waits at ${then.at}`, actual: stands }];
  const { ended } = then;
  if (ended === undefined) return [];
  if ('callerHungUp' in ended) {
    const isSame = hasHungUp && call.exit === null && hungUpHow(call.state) === ended.callerHungUp;
    return isSame ? [] : [{ path: [...at, 'ended'], expected: `the caller hung up, ${ended.callerHungUp}`, actual: stands }];
  }
  const isSame = !hasHungUp && call.exit !== null && endsSo(call.exit, ended);
  return isSame ? [] : [{ path: [...at, 'ended'], expected: `ended ${JSON.stringify(ended)}`, actual: stands }];
}

function endsSo(exit: FlowExit, ended: Exclude<NonNullable<Expectations['ended']>, { callerHungUp: unknown }>): boolean {
  if ('broken' in ended) return exit.kind === 'broken';
  if ('hangup' in ended) return exit.kind === 'hangup' && exit.outcome === ended.hangup;
  if ('transfer' in ended) return exit.kind === 'transfer' && exit.target === ended.transfer;
  if (exit.kind !== 'queue' || exit.queue !== ended.queue) return false;
  const needs = Object.fromEntries(exit.needs.map(({ skill, minLevel }) => [skill, minLevel]));
  const wanted = ended.needs;
  const hasNeeds = wanted === undefined || (Object.keys(wanted).length === exit.needs.length && Object.entries(wanted).every(([skill, level]) => needs[skill] === level));
  return hasNeeds && (ended.reason === undefined || ended.reason === exit.reason) && (ended.band === undefined || ended.band === exit.band) && (ended.agent === undefined || ended.agent === agentText(exit));
}

/** Who is waited for first, as a flow writes it. */
const agentText = ({ agent }: Extract<FlowExit, { kind: 'queue' }>): string | null => (agent === undefined ? null : (agent.agentId ?? 'last'));

/** How a caller left who hung up; as the call's record has it. */
export const hungUpHow = ({ isSolved, messages, booked }: FlowState): 'solved' | 'unsolved' | 'messageLeft' | 'callbackBooked' => (booked !== null ? 'callbackBooked' : messages.length > 0 ? 'messageLeft' : isSolved ? 'solved' : 'unsolved');

const OUTCOMES: Readonly<Partial<Record<string, string>>> = { messageLeft: 'a message was left', callbackBooked: 'a callback was asked for' };

/** An end in words. */
export function exitText(exit: FlowExit): string {
  switch (exit.kind) {
    case 'queue':
      return `ended in the queue ${exit.queue} (reason ${exit.reason ?? 'not stated'}${exit.needs.map(({ skill, minLevel }) => `, needs ${skill} ${minLevel}`).join('')}${exit.agent === undefined ? '' : `, agent ${agentText(exit) ?? ''}`})`;
    case 'transfer':
      return `ended by a transfer to ${exit.target}`;
    case 'hangup':
      return `hung up: ${OUTCOMES[exit.outcome] ?? exit.outcome}`;
    case 'broken':
      return 'broke: the last resort of the number takes over';
  }
}
