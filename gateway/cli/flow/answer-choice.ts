import { namedAnswer, toAnswer, type DeclaredOperation } from '../../core/authoring/doubles.js';
import type { NamedAnswer } from '../../core/authoring/test-file-schema.js';
import type { Answer } from '../../core/authoring/virtual-call.js';
import type { ScalarType } from '../../core/flow/flow-schema.js';
import { isOfType } from '../../core/flow/variables.js';
import type { Json } from '../../core/ids.js';

/** One answer that a back end could give, offered by its name. */
export interface Choice {
  readonly name: string;
  readonly answer: Answer;
}

type Named = Readonly<Record<string, NamedAnswer>>;

/** What an operation could answer: named answers that fit it, then its exits (`ok` with made-up values), then no answer at all. */
export function choicesFor(operation: DeclaredOperation, named: Named, today: string): readonly Choice[] {
  const fitting = Object.keys(named).flatMap((name) => {
    const answer = namedAnswer(named, name);
    return answer !== null && fits(answer, operation) ? [{ name, answer: toAnswer(answer) }] : [];
  });
  const exits = operation.exits.map((exit) => ({ name: exit, answer: exit === 'ok' ? { exit, result: madeUp(operation, today) } : { exit } }));
  return [...fitting, ...exits, { name: 'lost', answer: { exit: 'error', afterMs: 'never' } }];
}

function fits({ exit, result = {}, lost }: NamedAnswer, operation: DeclaredOperation): boolean {
  if (lost === true || exit === undefined || !operation.exits.includes(exit)) return false;
  const isWhole = exit !== 'ok' || Object.entries(operation.response).every(([field, { optional }]) => optional || Object.hasOwn(result, field));
  return isWhole && Object.entries(result).every(([field, value]) => Object.hasOwn(operation.response, field) && isOfType(operation.response[field]?.type ?? 'text', value));
}

function madeUp({ response }: DeclaredOperation, today: string): Readonly<Record<string, Json>> {
  const samples: Readonly<Record<ScalarType, Json>> = { text: 'text', digits: '1001', number: 1, amount: '100.00', date: today, time: '08:00', boolean: false };
  return Object.fromEntries(Object.entries(response).map(([field, { type }]) => [field, samples[type]]));
}

/**
 * Reads what the author typed: a choice by name or number, with values to change (`open status=paid`).
 * @returns the answer, or what is wrong
 */
export function readChoice(typed: string, choices: readonly Choice[], { response }: DeclaredOperation): Answer | string {
  const [picked = '', ...changes] = typed.trim().split(/\s+/);
  const choice = choices.find(({ name }) => name === picked) ?? choices[Number(picked) - 1];
  if (choice === undefined) return 'choose by name or number';
  const result: Record<string, Json> = { ...(choice.answer.result as Readonly<Record<string, Json>> | undefined) };
  for (const change of changes) {
    const [field = '', ...rest] = change.split('=');
    const declared = Object.hasOwn(response, field) ? response[field] : undefined;
    if (declared === undefined) return `"${field}" is no field of it; there are ${Object.keys(response).join(', ')}`;
    const value = valueOf(declared.type, rest.join('='));
    if (!isOfType(declared.type, value)) return `"${rest.join('=')}" is no ${declared.type}`;
    result[field] = value;
  }
  return { ...choice.answer, ...(Object.keys(result).length === 0 ? {} : { result }) };
}

function valueOf(type: ScalarType, text: string): Json {
  if (type === 'number') return Number(text);
  return type === 'boolean' && /^(true|false)$/.test(text) ? text === 'true' : text;
}
