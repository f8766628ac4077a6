import type { NodeOf } from '../node-schema.js';
import { fail, identified } from '../turn.js';
import { admit, lookUp, resolve } from '../variables.js';
import { way, type Passing } from './kind.js';

/** Sets variables, and tells the rest of the call who is calling. */
export const set: Passing<NodeOf<'set'>> = {
  role: 'passes',
  ways: (node) => [way(node.next, 'it', 'next')],
  uses: (node) => [
    ...Object.entries(node.values).flatMap(([name, written]) => [{ what: 'target', name, types: null, path: ['values', name] } as const, { what: 'value', written, path: ['values', name] } as const]),
    ...(node.customer === undefined ? [] : (['id', 'name'] as const).map((field) => ({ what: 'value', written: node.customer?.[field] ?? '', path: ['customer', field], shownAs: `the customer's ${field}` }) as const)),
  ],
  check: (flow, { node }) =>
    Object.entries(node.values).flatMap(([name, value]) => {
      const variable = flow.vars.get(name);
      const isConstant = typeof value !== 'string' || !value.startsWith('$') || value.startsWith('$$');
      const isUnfit = variable !== undefined && isConstant && admit(variable, value) === undefined;
      return isUnfit ? [{ path: ['values', name], what: `the value is not of type ${variable.type}`, fix: `give "${name}" a value of its type (quote digits: "0071")` }] : [];
    }),
  pass: (turn, { id, node }) => {
    const { state, flow } = turn;
    const values = { ...state.vars };
    for (const [name, written] of Object.entries(node.values)) {
      const variable = flow.vars.get(name);
      const value = variable === undefined ? undefined : admit(variable, resolve(state, written));
      if (value === undefined) return fail(turn, `value of ${name} is missing or of the wrong type`, id);
      values[name] = value;
    }
    state.vars = values;
    if (node.customer !== undefined) {
      const [customerId, name] = [lookUp(state, node.customer.id.slice(1)), lookUp(state, node.customer.name.slice(1))];
      if (typeof customerId === 'string' && typeof name === 'string') identified(turn, { id: customerId, name, confidence: node.customer.confidence });
    }
    return node.next;
  },
};
