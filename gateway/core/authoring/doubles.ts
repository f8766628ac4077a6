import type { ScalarType } from '../flow/flow-schema.js';
import type { Finding } from '../flow/problem.js';
import { isOfType } from '../flow/variables.js';
import { oneOf } from '../meant.js';
import type { AnswerRef, Given, NamedAnswer } from './test-file-schema.js';
import type { Answer, CallOrder } from './virtual-call.js';

/** An operation as its connector file declares it. */
export interface DeclaredOperation {
  readonly exits: readonly string[];
  readonly arguments: readonly string[];
  readonly response: Readonly<Record<string, { readonly type: ScalarType; readonly optional: boolean }>>;
}

/** What stands in for an operation: one answer for every call, or a list that is used in order. */
export interface Double {
  readonly answers: readonly Answer[];
  readonly isList: boolean;
}
export type Doubles = ReadonlyMap<string, Double>;

interface Known {
  readonly named: Readonly<Record<string, NamedAnswer>>;
  readonly operations: ReadonlyMap<string, DeclaredOperation>;
}

type Path = readonly (string | number)[];

/** Doubles from what a file gives; with what is wrong in it. An answer that the real back end could not give is refused. */
export function readDoubles(given: Given, at: Path, known: Known): { readonly doubles: Doubles; readonly findings: readonly Finding[] } {
  const doubles = new Map<string, Double>();
  const findings: Finding[] = [];
  for (const [operation, written] of Object.entries(given)) {
    const declared = known.operations.get(operation);
    if (declared === undefined) {
      findings.push({ path: [...at, operation], what: `no connector file declares "${operation}"`, fix: oneOf(operation, known.operations.keys()) });
      continue;
    }
    const isList = Array.isArray(written);
    const refs: readonly AnswerRef[] = isList ? written : [written];
    const read = refs.map((ref, index) => readAnswer(ref, { operation, declared, known, path: isList ? [...at, operation, index] : [...at, operation] }));
    findings.push(...read.flatMap((one) => one.findings));
    doubles.set(operation, { isList, answers: read.map((one) => one.answer) });
  }
  return { doubles, findings };
}

/** What is wrong with the named answers themselves. */
export function lintNamed(named: Readonly<Record<string, NamedAnswer>>): readonly Finding[] {
  return Object.entries(named).flatMap(([id, { like }]) => {
    if (like === undefined) return [];
    if (!Object.hasOwn(named, like)) return [{ path: ['answers', id, 'like'], what: `there is no answer "${like}"`, fix: oneOf(like, Object.keys(named)) }];
    return chainOf(named, id) === null ? [{ path: ['answers', id, 'like'], what: `"${id}" is like itself in the end`, fix: 'let one of them stand alone' }] : [];
  });
}

/** The answer and those it is like, the first one first; null when that goes in a circle. */
function chainOf(named: Readonly<Record<string, NamedAnswer>>, id: string): readonly NamedAnswer[] | null {
  const chain: NamedAnswer[] = [];
  const seen = new Set<string>();
  for (let at: string | undefined = id; at !== undefined && Object.hasOwn(named, at); at = named[at]?.like) {
    const answer: NamedAnswer | undefined = named[at];
    if (answer === undefined || seen.has(at)) return null;
    seen.add(at);
    chain.unshift(answer);
  }
  return chain;
}

/** A named answer with all that it is like. */
export function namedAnswer(named: Readonly<Record<string, NamedAnswer>>, id: string): NamedAnswer | null {
  if (!Object.hasOwn(named, id)) return null;
  return (chainOf(named, id) ?? []).reduce<NamedAnswer>((whole, one) => ({ ...whole, ...one, ...(whole.result === undefined ? {} : { result: { ...whole.result, ...one.result } }) }), {});
}

interface Place {
  readonly operation: string;
  readonly declared: DeclaredOperation;
  readonly known: Known;
  readonly path: Path;
}

function readAnswer(ref: AnswerRef, place: Place): { readonly answer: Answer; readonly findings: readonly Finding[] } {
  const written = typeof ref === 'string' ? (namedAnswer(place.known.named, ref) ?? { exit: ref }) : ref;
  return { answer: toAnswer(written), findings: lintAnswer(written, typeof ref === 'string' ? ref : null, place) };
}

/** The answer as the virtual player takes it. */
export function toAnswer({ exit = 'error', result, after, lost }: NamedAnswer): Answer {
  return { exit, ...(result === undefined ? {} : { result }), ...(lost === true ? { afterMs: 'never' } : after === undefined ? {} : { afterMs: after }) };
}

function lintAnswer(written: NamedAnswer, id: string | null, { operation, declared, path }: Place): readonly Finding[] {
  const { exit, result, lost } = written;
  const of = id === null ? 'the answer' : `"${id}"`;
  if (lost === true) return exit === undefined && result === undefined ? [] : [{ path, what: `${of} is lost and says what comes back`, fix: 'keep lost alone, or remove it' }];
  if (exit === undefined) return [{ path, what: `${of} has no exit`, fix: `add exit: one of ${declared.exits.join(', ')}` }];
  if (!declared.exits.includes(exit)) {
    const what = id === exit ? `"${id}" is neither an answer of this file nor an exit of ${operation}` : `${operation} never comes back with "${exit}"`;
    return [{ path, what, fix: oneOf(exit, declared.exits) }];
  }
  return exit === 'error' && result !== undefined ? [{ path, what: 'nothing comes with the exit error', fix: 'remove result' }] : lintResult(written, of, { operation, declared, path });
}

/** Only declared fields reach a flow, and an `ok` without what is declared becomes `error`: a double must not be better than that. */
function lintResult({ exit, result = {} }: NamedAnswer, of: string, { operation, declared, path }: Omit<Place, 'known'>): readonly Finding[] {
  const unknown = Object.keys(result)
    .filter((field) => !Object.hasOwn(declared.response, field))
    .map((field) => ({ path, what: `${operation} never answers with "${field}"`, fix: `use ${Object.keys(declared.response).join(', ') || 'no result'}` }));
  const wrong = Object.entries(declared.response).flatMap(([field, { type, optional }]) => {
    const value = Object.hasOwn(result, field) ? result[field] : undefined;
    if (value === undefined || value === null) return exit !== 'ok' || optional ? [] : [{ path, what: `${of} lacks "${field}", which an ok of ${operation} always has`, fix: `add ${field} (${type}) under result` }];
    if (isOfType(type, value)) return [];
    return [{ path, what: `"${field}" of ${of} is no ${type}: ${JSON.stringify(value)}`, fix: typeof value === 'number' ? 'put it in quotes' : `give a ${type}` }];
  });
  return [...unknown, ...wrong];
}

/** The back end of one call. */
export class DoubledBackEnd {
  private readonly used = new Map<string, number>();
  /** The first order that no double answers, with how many calls came before it. */
  unanswered: { readonly order: CallOrder; readonly before: number; readonly given: Double | null } | null = null;

  constructor(private readonly doubles: Doubles) {}

  readonly answer = (order: CallOrder): Answer => {
    const before = this.used.get(order.operation) ?? 0;
    this.used.set(order.operation, before + 1);
    const given = this.doubles.get(order.operation) ?? null;
    const answer = given?.answers[given.isList ? before : 0];
    if (answer !== undefined) return answer;
    this.unanswered ??= { order, before, given };
    return { exit: 'error', afterMs: 'never' };
  };
}
