import type { Json } from '../../ids.js';
import { oneOf } from '../../meant.js';
import type { WrittenValue } from '../fields.js';
import type { Flow } from '../flow-schema.js';
import { visitsOf, type PendingRequest } from '../flow-state.js';
import type { FlowLibrary } from '../library.js';
import type { Finding } from '../problem.js';
import { fail, notePath, type Next, type Turn } from '../turn.js';
import { admit, resolve, visitKey } from '../variables.js';
import type { Use } from './kind.js';

/** The fields of a node that say what is asked of the back end. */
export interface BackEndCall {
  readonly call: string;
  readonly with: Readonly<Record<string, WrittenValue>>;
  readonly into?: string | undefined;
  readonly filler?: readonly string[] | undefined;
  readonly exits: Readonly<Record<string, string>>;
}

export const usesOfCall = (node: Pick<BackEndCall, 'with' | 'into'>): readonly Use[] => [
  ...(node.into === undefined ? [] : [{ what: 'target', name: node.into, types: null, path: ['into'] } as const]),
  ...Object.entries(node.with).map(([name, written]) => ({ what: 'value', written, path: ['with', name] }) as const),
];

/** The request, under a key that a repeat of this visit shares; what an earlier answer left is forgotten. */
export function orderCall(turn: Turn, { id, node }: { readonly id: string; readonly node: BackEndCall }): PendingRequest | { readonly lacks: string } {
  const { state } = turn;
  const values: Record<string, Json> = {};
  for (const [name, written] of Object.entries(node.with)) {
    const value = resolve(state, written);
    if (value === undefined) return { lacks: `${node.call} lacks ${name}` };
    values[name] = value;
  }
  if (node.into !== undefined) state.vars = without(state.vars, node.into);
  const key = `${state.callId}:${turn.flow.id}.${id}:${visitsOf(state, visitKey(state, id)) || 1}`;
  return { requestId: key, operation: node.call, arguments: values, idempotencyKey: key };
}

function without(vars: Readonly<Record<string, Json>>, name: string): Readonly<Record<string, Json>> {
  const { [name]: _dropped, ...rest } = vars;
  return rest;
}

/** Keeps the result, notes what was done, and takes the exit that the back end came with. */
export function conclude(turn: Turn, answered: { readonly id: string; readonly call: BackEndCall; readonly outcome: { readonly exit: string; readonly result: Json } }): Next {
  const { id, call, outcome } = answered;
  const exit = keepResult(turn, call.into, outcome);
  notePath(turn, { node: id, did: `${call.call} → ${exit}` });
  const target = Object.hasOwn(call.exits, exit) ? call.exits[exit] : call.exits['error'];
  return target ?? fail(turn, `${call.call} has no exit ${exit}`);
}

/** Stores the result where it fits its variable. An `ok` whose body does not fit is an error: the flow must not speak of what it does not know. */
export function keepResult(turn: Turn, into: string | undefined, { exit, result }: { readonly exit: string; readonly result: Json }): string {
  const variable = into === undefined ? undefined : turn.flow.vars.get(into);
  if (into === undefined || variable === undefined || exit === 'error') return exit;
  const value = admit(variable, result);
  if (value === undefined) return exit === 'ok' ? 'error' : exit;
  turn.state.vars = { ...turn.state.vars, [into]: value };
  return exit;
}

/** Exits and arguments against what the connector file declares. */
export function checkCall(flow: Flow, node: BackEndCall, library: FlowLibrary): readonly Finding[] {
  const findings: Finding[] = [];
  if (!Object.hasOwn(node.exits, 'error')) findings.push({ path: ['exits'], what: 'the exit "error" is missing', fix: 'add `error:`, leading to a person' });
  if (!Object.hasOwn(node.exits, 'ok')) findings.push({ path: ['exits'], what: 'the exit "ok" is missing', fix: 'add `ok:`' });
  if (node.filler === undefined && flow.filler.length === 0) findings.push({ path: [], what: 'a slow back end would be silent', fix: 'add `filler:` here or for the whole flow' });
  const { operations } = library;
  if (operations === undefined) return findings;
  const operation = operations.get(node.call);
  if (operation === undefined) return [...findings, { path: ['call'], what: `no connector file declares "${node.call}"`, fix: oneOf(node.call, operations.keys()) }];
  return [...findings, ...checkExits(node, operation.exits), ...checkArguments(node, operation.arguments)];
}

function checkExits(node: BackEndCall, known: readonly string[]): readonly Finding[] {
  const missing = known
    .filter((exit) => !Object.hasOwn(node.exits, exit) && exit !== 'error' && exit !== 'ok')
    .map((exit) => ({ path: ['exits'], what: `${node.call} can come back with "${exit}", which leads nowhere`, fix: `add \`${exit}:\`` }));
  const idle = Object.keys(node.exits)
    .filter((exit) => exit !== 'error' && !known.includes(exit))
    .map((exit) => ({ path: ['exits', exit], what: `${node.call} never comes back with "${exit}"`, fix: `use ${[...new Set([...known, 'error'])].join(', ')}` }));
  return [...missing, ...idle];
}

function checkArguments(node: BackEndCall, known: readonly string[]): readonly Finding[] {
  const missing = known.filter((name) => !Object.hasOwn(node.with, name)).map((name) => ({ path: ['with'], what: `${node.call} needs "${name}"`, fix: `add \`${name}:\` under with` }));
  const idle = Object.keys(node.with)
    .filter((name) => !known.includes(name))
    .map((name) => ({ path: ['with', name], what: `${node.call} takes no "${name}"`, fix: known.length === 0 ? 'remove it' : `use ${known.join(', ')}` }));
  return [...missing, ...idle];
}
