import type { Json } from '../../ids.js';
import { orOneOf } from '../../meant.js';
import { own } from '../../own.js';
import type { Flow } from '../flow-schema.js';
import type { NodeOf } from '../node-schema.js';
import type { Finding } from '../problem.js';
import { fail, leave, notePath, plainOutcome, type Next, type Turn } from '../turn.js';
import { wouldLeak } from '../secrecy.js';
import { admit, firstValues, resolve } from '../variables.js';
import { way, type Passing, type Use } from './kind.js';

/** Runs another flow as a part of this one. It has its own variables, keys and error node, and comes back by its `return` nodes. */
export const subflow: Passing<NodeOf<'subflow'>> = {
  role: 'passes',
  isDeep: true,
  isEnd: (node) => Object.keys(node.exits).length === 0,
  ways: (node) => Object.entries(node.exits).map(([exit, to]) => way(to, `exit ${exit}`, 'exits', exit)),
  uses: (node) => [
    ...Object.entries(node.with).map(([name, written]): Use => ({ what: 'value', written, path: ['with', name] })),
    ...Object.keys(node.into).map((name): Use => ({ what: 'target', name, types: null, path: ['into', name] })),
  ],
  check: (flow, { node }, { flows, faulty }) => {
    const other = flow.subflows.get(node.flow);
    if (other === undefined) return flows === undefined || faulty?.has(node.flow) === true ? [] : [{ path: ['flow'], what: `there is no flow "${node.flow}"`, fix: orOneOf(node.flow, flows.keys(), `write flows/${node.flow}.yaml`) }];
    return [...checkExits(node, other), ...checkValues(node, other), ...checkSecrets(flow, node, other), ...checkLanguages(flow, other)];
  },
  pass: (turn, { id, node }) => {
    const { state } = turn;
    const other = turn.root.subflows.get(node.flow);
    if (other === undefined) return fail(turn, `flow ${node.flow} is gone`, id);
    const values: Record<string, Json> = {};
    for (const [name, written] of Object.entries(node.with)) {
      const value = resolve(state, written);
      if (value !== undefined) values[name] = value;
    }
    state.frames = [...state.frames, { flow: turn.flow.id, node: id, vars: state.vars }];
    state.inFlow = other.id;
    state.vars = firstValues(other, values);
    turn.flow = other;
    return other.first;
  },
};

/** Comes back to the flow that this one is a part of; a flow that was called by a number ends. */
export const comeBack: Passing<NodeOf<'return'>> = {
  role: 'passes',
  isEnd: () => true,
  ways: () => [],
  uses: () => [],
  pass: (turn, { node }) => back(turn, node.exit),
};

function back(turn: Turn, exit: string): Next {
  const { state, root } = turn;
  const frame = state.frames.at(-1);
  if (frame === undefined) return leave(turn, state.errorWay === 'unheard' ? { kind: 'broken' } : { kind: 'hangup', outcome: plainOutcome(turn) });
  const above = frame.flow === root.id ? root : root.subflows.get(frame.flow);
  const caller = above?.nodes.get(frame.node);
  if (above === undefined || caller?.do !== 'subflow') return fail(turn, `flow ${frame.flow} is gone`);
  // What the part did not set is not set afterwards either: an agent must not see the invoice of the question before.
  const vars: Record<string, Json> = { ...frame.vars };
  for (const [mine, theirs] of Object.entries(caller.into)) {
    const variable = above.vars.get(mine);
    const value = variable === undefined ? undefined : admit(variable, own(state.vars, theirs));
    if (value === undefined) delete vars[mine];
    else vars[mine] = value;
  }
  state.frames = state.frames.slice(0, -1);
  state.inFlow = frame.flow;
  state.vars = vars;
  turn.flow = above;
  notePath(turn, { node: frame.node, did: `${caller.flow} → ${exit}` });
  return caller.exits[exit] ?? fail(turn, `${caller.flow} has no exit ${exit}`, frame.node);
}

/** The exits that a flow can come back with. */
export const exitsOf = (flow: Flow): readonly string[] => [...new Set([...flow.nodes.values()].flatMap((node) => (node.do === 'return' ? [node.exit] : [])))];

function checkExits(node: NodeOf<'subflow'>, other: Flow): readonly Finding[] {
  const known = exitsOf(other);
  const missing = known.filter((exit) => !Object.hasOwn(node.exits, exit)).map((exit) => ({ path: ['exits'], what: `"${node.flow}" can come back with "${exit}", which leads nowhere`, fix: `add \`${exit}:\`` }));
  const idle = Object.keys(node.exits).filter((exit) => !known.includes(exit)).map((exit) => ({ path: ['exits', exit], what: `"${node.flow}" never comes back with "${exit}"`, fix: known.length === 0 ? 'it never comes back at all: leave exits empty' : `use ${known.join(', ')}` }));
  return [...missing, ...idle];
}

function checkValues(node: NodeOf<'subflow'>, other: Flow): readonly Finding[] {
  const names = [...other.vars.keys()].join(', ') || 'none';
  const unknown = (name: string, path: string[]): Finding[] => (other.vars.has(name) ? [] : [{ path, what: `"${node.flow}" has no variable "${name}"`, fix: `it has ${names}` }]);
  return [...Object.keys(node.with).flatMap((name) => unknown(name, ['with', name])), ...Object.entries(node.into).flatMap(([own, theirs]) => unknown(theirs, ['into', own]))];
}

const checkSecrets = (flow: Flow, node: NodeOf<'subflow'>, other: Flow): readonly Finding[] =>
  Object.entries(node.with).flatMap(([name, written]) => {
    const variable = other.vars.get(name);
    return variable !== undefined && wouldLeak(flow, written, variable) ? [{ path: ['with', name], what: `the secret "${String(written)}" would be no secret in "${node.flow}"`, fix: `declare "${name}" there with secret: true` }] : [];
  });

const checkLanguages = (flow: Flow, other: Flow): readonly Finding[] =>
  flow.languages.filter((language) => !other.languages.includes(language)).map((language) => ({ path: ['flow'], what: `"${other.id}" does not speak "${language}"`, fix: `add the language to "${other.id}"` }));
