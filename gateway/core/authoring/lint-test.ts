import type { Flow } from '../flow/flow-schema.js';
import type { Finding } from '../flow/problem.js';
import { oneOf } from '../meant.js';
import type { DeclaredOperation } from './doubles.js';
import type { Expectations, TestText, Words } from './test-file-schema.js';

type Path = readonly (string | number)[];
interface Around {
  readonly flow: Flow;
  readonly operations: ReadonlyMap<string, DeclaredOperation>;
}

/** A test that speaks of prompts, nodes, reasons or operations that do not exist could pass for the wrong reason. */
export function lintTest(test: TestText, at: Path, { flow, operations }: Around): readonly Finding[] {
  const { then } = test;
  const then_ = [...at, 'then'];
  return [
    ...(Object.keys(then).length === 0 ? [{ path: then_, what: 'the test expects nothing', fix: 'add said, done, recorded, at or ended' }] : []),
    ...lintLanguage(flow, test.caller?.language, [...at, 'caller', 'language']),
    ...afterTheEnd(test, [...at, 'when']),
    ...(test.unplayable ?? []).flatMap((id, index) => prompt(flow, id, [...at, 'unplayable', index])),
    ...(['said', 'saidOnly', 'neverSaid'] as const).flatMap((which) => (then[which] ?? []).flatMap((words, index) => lintWords(flow, words, [...then_, which, index]))),
    ...Object.keys(then.done ?? {}).flatMap((operation) => among(operation, [...operations.keys()], { path: [...then_, 'done', operation], what: `no connector file declares "${operation}"` })),
    ...argumentNames(then, operations, then_),
    ...(then.at === undefined ? [] : among(then.at, withParts(flow).flatMap((one) => [...one.nodes.keys()]), { path: [...then_, 'at'], what: `the flow has no node "${then.at}"` })),
    ...recorded(flow, then, then_),
    ...(then.at !== undefined && then.ended !== undefined ? [{ path: [...then_, 'at'], what: 'a flow that has ended waits nowhere', fix: 'keep one of at and ended' }] : []),
  ];
}

/** The flow and the flows that are parts of it: a call meets them all. */
const withParts = (flow: Flow): readonly Flow[] => [flow, ...flow.subflows.values()];

function afterTheEnd({ when }: TestText, at: Path): readonly Finding[] {
  const ends = when.findIndex((step) => step === 'hangUp' || (typeof step === 'object' && ('hangUp' in step || ('speak' in step && step.end === 'hangUp'))));
  return ends < 0 || ends === when.length - 1 ? [] : [{ path: [...at, ends + 1], what: 'the caller has hung up already', fix: 'let hangUp be the last step' }];
}

function lintWords(flow: Flow, words: Words, path: Path): readonly Finding[] {
  if (typeof words === 'string') return prompt(flow, words, path);
  if (Object.keys(words).length === 0) return [{ path, what: 'it says nothing about the words', fix: 'add prompt, text or language' }];
  return [...(words.prompt === undefined ? [] : prompt(flow, words.prompt, [...path, 'prompt'])), ...lintLanguage(flow, words.language, [...path, 'language'])];
}

const prompt = (flow: Flow, id: string, path: Path): readonly Finding[] => among(id, withParts(flow).flatMap((one) => [...one.prompts.keys()]), { path, what: `there is no prompt "${id}"` });
/** Whether the flow speaks it. */
export const lintLanguage = (flow: Flow, spoken: string | undefined, path: Path): readonly Finding[] => (spoken === undefined ? [] : among(spoken, flow.languages, { path, what: `the flow does not speak "${spoken}"` }));

function argumentNames(then: Expectations, operations: Around['operations'], at: Path): readonly Finding[] {
  return Object.entries(then.done ?? {}).flatMap(([operation, expected]) => {
    const known = operations.get(operation);
    if (known === undefined || typeof expected !== 'object' || expected.with === undefined) return [];
    const calls = Array.isArray(expected.with) ? expected.with : [expected.with];
    const names = new Set(calls.flatMap((one) => Object.keys(one)));
    return [...names].flatMap((argument) => among(argument, known.arguments, { path: [...at, 'done', operation, 'with', argument], what: `${operation} takes no "${argument}"` }));
  });
}

function recorded(flow: Flow, { recorded: expected }: Expectations, at: Path): readonly Finding[] {
  const all = withParts(flow);
  const reasons = all.flatMap((one) => [...one.nodes.values()]).flatMap((node) => ('reason' in node && node.reason !== undefined ? [node.reason] : []));
  const labels = all.flatMap((one) => [...one.vars.values()]).flatMap((variable) => (variable.type === 'record' ? Object.values(variable.fields) : [variable]).flatMap(({ label }) => (label === undefined ? [] : [label])));
  const reason = expected?.reason;
  return [
    ...(typeof reason === 'string' ? among(reason, reasons, { path: [...at, 'recorded', 'reason'], what: `no node states the reason "${reason}"` }) : []),
    ...Object.keys(expected?.shown ?? {}).flatMap((label) => among(label, labels, { path: [...at, 'recorded', 'shown', label], what: `no variable is shown as "${label}"` })),
  ];
}

function among(value: string, known: readonly string[], complaint: { readonly path: Path; readonly what: string }): readonly Finding[] {
  return known.includes(value) ? [] : [{ ...complaint, fix: known.length === 0 ? 'leave it out: there is none' : oneOf(value, known) }];
}
