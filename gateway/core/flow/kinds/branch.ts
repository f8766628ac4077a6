import type { Flow } from '../flow-schema.js';
import type { Condition, NodeOf } from '../node-schema.js';
import type { Finding, Path } from '../problem.js';
import { declaredType, holds } from '../variables.js';
import { way, type Passing, type Use } from './kind.js';

export const COMPARISONS = ['is', 'isNot', 'in', 'startsWith', 'lessThan', 'atMost', 'moreThan', 'atLeast', 'isSet'] as const;

/** Goes where the first comparison that holds says. */
export const branch: Passing<NodeOf<'branch'>> = {
  role: 'passes',
  ways: (node) => [...node.when.map((when, index) => way(when.next, `condition ${index + 1}`, 'when', index, 'next')), way(node.else, 'else', 'else')],
  uses: (node) => node.when.flatMap((condition, index) => usesOf(condition, ['when', index])),
  check: (flow, { node }) => node.when.flatMap((condition, index) => checkCondition(flow, condition, ['when', index])),
  pass: (turn, { node }) => node.when.find((condition) => holds(turn.state, condition))?.next ?? node.else,
};

/** The right sides of a condition, by comparison. */
export function rightSides(condition: Condition): readonly { readonly name: (typeof COMPARISONS)[number]; readonly right: string | number | boolean }[] {
  return COMPARISONS.flatMap((name) => {
    const right = condition[name];
    if (right === undefined || name === 'isSet') return [];
    return (Array.isArray(right) ? right : [right]).map((one) => ({ name, right: one }));
  });
}

const usesOf = (condition: Condition, path: Path): readonly Use[] => [
  { what: 'value', written: condition.value, path: [...path, 'value'] },
  ...rightSides(condition).map(({ name, right }) => ({ what: 'value', written: right, path: [...path, name] }) as const),
];

function checkCondition(flow: Flow, condition: Condition, path: Path): readonly Finding[] {
  const isIdle = COMPARISONS.every((name) => condition[name] === undefined);
  const none = isIdle ? [{ path, what: 'the condition compares with nothing', fix: `add one of ${COMPARISONS.join(', ')}` }] : [];
  return [...none, ...rightSides(condition).flatMap(({ name, right }) => comparable(flow, { left: condition.value, right, path: [...path, name] }))];
}

/** `status: 3` against a text can never hold: say so now, not on a Friday night. */
function comparable(flow: Flow, { left, right, path }: { readonly left: string; readonly right: string | number | boolean; readonly path: Path }): readonly Finding[] {
  const type = declaredType(flow, left.slice(1));
  if (type === null || (typeof right === 'string' && right.startsWith('$'))) return [];
  const wanted = type === 'number' ? 'number' : type === 'boolean' ? 'boolean' : type === 'amount' ? null : type === 'record' ? 'isSet' : 'string';
  if (wanted === null || typeof right === wanted) return [];
  return [{ path, what: `"${left}" is of type ${type} and never compares with ${JSON.stringify(right)}`, fix: wanted === 'string' ? 'put the value in quotes' : `compare with a ${wanted}` }];
}
