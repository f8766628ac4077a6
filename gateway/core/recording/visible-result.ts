import type { Flow } from '../flow/flow-schema.js';
import type { FlowState } from '../flow/flow-state.js';
import type { FlowNode } from '../flow/node-schema.js';
import type { Json } from '../ids.js';

/** What a node that asks a back end keeps of an answer: the fields of its variable, the whole of a plain one, or nothing. */
export type Sight = { readonly fields: readonly string[] } | 'whole' | 'nothing';

/** The flow that runs. */
export const runningFlow = (root: Flow, { inFlow }: Pick<FlowState, 'inFlow'>): Flow => (inFlow === null ? root : (root.subflows.get(inFlow) ?? root));

export function sightOf(flow: Flow, node: FlowNode | undefined): Sight {
  const into = node !== undefined && (node.do === 'connector' || node.do === 'identify') ? node.into : undefined;
  const variable = into === undefined ? undefined : flow.vars.get(into);
  if (variable === undefined) return 'nothing';
  return variable.type === 'record' ? { fields: Object.keys(variable.fields) } : 'whole';
}

/** The part of an answer that the flow could see. A field that the answer lacked is there as null; undefined when the flow looked at nothing. */
export function visibleResult(sight: Sight, result: Json): Json | undefined {
  if (sight === 'nothing') return undefined;
  if (sight === 'whole' || typeof result !== 'object' || result === null || Array.isArray(result)) return typeof result === 'object' ? null : result;
  const whole = result as Readonly<Record<string, Json>>;
  return Object.fromEntries(sight.fields.map((field) => [field, scalarOf(Object.hasOwn(whole, field) ? whole[field] : null)]));
}

/** Variables hold no more than scalars: anything deeper would not fit. */
const scalarOf = (value: Json | undefined): Json => (value === undefined || typeof value === 'object' ? null : value);
