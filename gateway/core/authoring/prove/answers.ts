import type { Flow, ScalarType } from '../../flow/flow-schema.js';
import type { BackEndCall } from '../../flow/kinds/back-end-call.js';
import type { Json } from '../../ids.js';
import type { Live } from './live.js';
import type { Move } from './moves.js';
import type { Pools } from './pools.js';

/** An operation as its connector file declares it. */
export interface ProvedOperation {
  readonly exits: readonly string[];
  /** The fields of an `ok`; left out: whatever the flow wants. */
  readonly response?: Readonly<Record<string, { readonly type: ScalarType; readonly optional: boolean }>>;
}

interface Around {
  readonly pools: Pools;
  readonly live: Live;
  readonly operations: ReadonlyMap<string, ProvedOperation> | undefined;
}

interface Field {
  readonly name: string;
  /** Undefined: the field is not there. */
  readonly values: readonly (Json | undefined)[];
}

/** More combinations of values are not tried for one call; each value occurs then, not each with each. */
const MOST_COMBINATIONS = 192;

/** Everything that a back end can answer: its exits, what `ok` can bring, and nothing at all. */
export function answersOf(flow: Flow, call: BackEndCall, around: Around): { readonly moves: readonly Move[]; readonly isWhole: boolean } {
  const operation = around.operations?.get(call.call);
  const exits = operation?.exits ?? [...new Set([...Object.keys(call.exits), 'error'])];
  const each = exits.map((exit) => ({ exit, ...resultsAt(flow, call, { ...around, response: operation?.response, exit }) }));
  const moves = each.flatMap(({ exit, results }) => results.map((result): Move => ({ kind: 'answer', operation: call.call, exit, result })));
  return { moves: [...moves, { kind: 'noAnswer', operation: call.call }], isWhole: each.every((one) => one.isWhole) };
}

interface AtExit extends Around {
  readonly response: ProvedOperation['response'];
  readonly exit: string;
}

/** An `ok` brings what is declared; another exit may (`409` with the invoice as it stands) or may not; an error brings nothing. */
function resultsAt(flow: Flow, call: BackEndCall, around: AtExit): { readonly results: readonly Json[]; readonly isWhole: boolean } {
  const { exit } = around;
  if (exit === 'ok') return resultsOf(flow, call, around);
  const [to, into] = [call.exits[exit], call.into];
  const isRead = to !== undefined && into !== undefined && [...around.live.at(flow.id, to)].some((path) => path === into || path.startsWith(`${into}.`));
  if (exit === 'error' || !isRead) return { results: [null], isWhole: true };
  const { results, isWhole } = resultsOf(flow, call, around);
  return { results: [null, ...results], isWhole };
}

function resultsOf(flow: Flow, call: BackEndCall, around: AtExit): { readonly results: readonly Json[]; readonly isWhole: boolean } {
  const variable = call.into === undefined ? undefined : flow.vars.get(call.into);
  if (call.into === undefined || variable === undefined) return { results: [{}], isWhole: true };
  const to = call.exits[around.exit];
  const read = to === undefined ? new Set<string>() : around.live.at(flow.id, to);
  if (variable.type !== 'record') return { results: around.pools.valuesOf(flow.id, call.into, variable.type), isWhole: true };
  const fields = Object.entries(variable.fields).map(([name, field]): Field => {
    const path = `${call.into ?? ''}.${name}`;
    const sent = around.response === undefined ? { type: field.type, optional: field.optional } : around.response[name];
    if (sent === undefined) return { name, values: [undefined] };
    const isRead = read.has(path) || read.has(call.into ?? '');
    const values = around.pools.valuesOf(flow.id, path, sent.type);
    // What nobody reads only has to be there; an answer without it is another case when the flow wants it.
    return { name, values: [...(isRead ? values : values.slice(0, 1)), ...(sent.optional && (isRead || !field.optional) ? [undefined] : [])] };
  });
  return combined(fields);
}

function combined(fields: readonly Field[]): { readonly results: readonly Json[]; readonly isWhole: boolean } {
  const count = fields.reduce((product, { values }) => product * values.length, 1);
  if (count > MOST_COMBINATIONS) {
    const longest = Math.max(...fields.map(({ values }) => values.length));
    return { results: Array.from({ length: longest }, (_, row) => record(fields.map(({ name, values }) => [name, values[row % values.length]] as const))), isWhole: false };
  }
  const rows = fields.reduce<readonly (readonly (readonly [string, Json | undefined])[])[]>((done, { name, values }) => done.flatMap((row) => values.map((value) => [...row, [name, value] as const])), [[]]);
  return { results: rows.map(record), isWhole: true };
}

const record = (row: readonly (readonly [string, Json | undefined])[]): Json => Object.fromEntries(row.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
