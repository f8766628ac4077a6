import type { Condition, Flow, FlowNode, NodeOf } from './flow-schema.js';
import { lintText } from './lint-prompts.js';
import type { Finding } from './problem.js';
import { admit, BUILT_IN, declaredType } from './variables.js';

type Path = readonly (string | number)[];

/** Variables: declared before use, of a type that fits, and not under a name that the interpreter gives itself. */
export function lintValues(flow: Flow): readonly Finding[] {
  const declared = [...flow.vars].flatMap(([name, variable]): Finding[] => {
    if (BUILT_IN.includes(name)) return [{ path: ['vars', name], what: `"${name}" is set by the interpreter`, fix: 'choose another name' }];
    const isUnfit = variable.type !== 'record' && variable.initial !== undefined && admit(variable, variable.initial) === undefined;
    return isUnfit ? [{ path: ['vars', name, 'initial'], what: `the first value of "${name}" is not of type ${variable.type}`, fix: 'correct the value or the type (quote digits: "0071")' }] : [];
  });
  return [...declared, ...[...flow.nodes].flatMap(([id, node]) => lintNode(flow, { at: ['nodes', id], node }))];
}

function lintNode(flow: Flow, { at, node }: { readonly at: Path; readonly node: FlowNode }): readonly Finding[] {
  switch (node.do) {
    case 'collect':
      return into(flow, { path: [...at, 'into'], name: node.into, types: ['digits', 'text'] });
    case 'connector':
      return [...(node.into === undefined ? [] : into(flow, { path: [...at, 'into'], name: node.into, types: null })), ...Object.entries(node.with).flatMap(([name, value]) => reference(flow, value, [...at, 'with', name]))];
    case 'branch':
      return node.when.flatMap((condition, index) => lintCondition(flow, condition, [...at, 'when', index]));
    case 'set':
      return lintSet(flow, { at, node });
    case 'queue':
      return node.needs.flatMap(({ skill }, index) => lintText(flow, skill, { at: [...at, 'needs', index, 'skill'], of: 'the skill' }));
    case 'transfer':
      return lintText(flow, node.to, { at: [...at, 'to'], of: 'the target' });
    default:
      return [];
  }
}

function lintSet(flow: Flow, { at, node }: { readonly at: Path; readonly node: NodeOf<'set'> }): readonly Finding[] {
  const values = Object.entries(node.values).flatMap(([name, value]) => {
    const path = [...at, 'values', name];
    const variable = flow.vars.get(name);
    const isConstant = typeof value !== 'string' || !value.startsWith('$') || value.startsWith('$$');
    const isUnfit = variable !== undefined && isConstant && admit(variable, value) === undefined;
    const unfit = isUnfit ? [{ path, what: `the value is not of type ${variable.type}`, fix: `give "${name}" a value of its type (quote digits: "0071")` }] : [];
    return [...into(flow, { path, name, types: null }), ...reference(flow, value, path), ...unfit];
  });
  const customer = node.customer === undefined ? [] : [...reference(flow, node.customer.id, [...at, 'customer', 'id']), ...reference(flow, node.customer.name, [...at, 'customer', 'name'])];
  return [...values, ...customer];
}

const COMPARISONS = ['is', 'isNot', 'in', 'startsWith', 'lessThan', 'atMost', 'moreThan', 'atLeast', 'isSet'] as const;

function lintCondition(flow: Flow, condition: Condition, at: Path): readonly Finding[] {
  const used = COMPARISONS.filter((name) => condition[name] !== undefined);
  const none = used.length === 0 ? [{ path: at, what: 'the condition compares with nothing', fix: `add one of ${COMPARISONS.join(', ')}` }] : [];
  const sides = used.flatMap((name) => {
    const right = condition[name];
    if (right === undefined || name === 'isSet') return [];
    return (Array.isArray(right) ? right : [right]).flatMap((one) => [...reference(flow, one, [...at, name]), ...comparable(flow, { condition, name, right: one, at })]);
  });
  return [...none, ...reference(flow, condition.value, [...at, 'value']), ...sides];
}

/** `status: 3` against a text can never hold: say so now, not on a Friday night. */
function comparable(flow: Flow, compare: { readonly condition: Condition; readonly name: (typeof COMPARISONS)[number]; readonly right: string | number | boolean; readonly at: Path }): readonly Finding[] {
  const { condition, name, right, at } = compare;
  const type = declaredType(flow, condition.value.slice(1));
  if (type === null || (typeof right === 'string' && right.startsWith('$'))) return [];
  const wanted = type === 'number' ? 'number' : type === 'boolean' ? 'boolean' : type === 'amount' ? null : type === 'record' ? 'isSet' : 'string';
  if (wanted === null || typeof right === wanted) return [];
  return [{ path: [...at, name], what: `"${condition.value}" is of type ${type} and never compares with ${JSON.stringify(right)}`, fix: wanted === 'string' ? 'put the value in quotes' : `compare with a ${wanted}` }];
}

function into(flow: Flow, target: { readonly path: Path; readonly name: string; readonly types: readonly string[] | null }): readonly Finding[] {
  const variable = flow.vars.get(target.name);
  if (variable === undefined) return [{ path: target.path, what: `the variable "${target.name}" is not declared`, fix: 'declare it under vars' }];
  if (target.types === null || target.types.includes(variable.type)) return [];
  return [{ path: target.path, what: `"${target.name}" is of type ${variable.type} and cannot hold what is keyed`, fix: `declare it as ${target.types.join(' or ')}` }];
}

function reference(flow: Flow, value: string | number | boolean, path: Path): readonly Finding[] {
  if (typeof value !== 'string' || !value.startsWith('$') || value.startsWith('$$')) return [];
  if (declaredType(flow, value.slice(1)) !== null) return [];
  return [{ path, what: `"${value}" is not declared`, fix: 'declare it under vars, correct the name, or write $$ for a dollar sign' }];
}
