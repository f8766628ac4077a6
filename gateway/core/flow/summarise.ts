import type { Json } from '../ids.js';
import { own } from '../own.js';
import type { Flow, ScalarType } from './flow-schema.js';
import type { FlowState } from './flow-state.js';
import type { FlowSummary } from './flow-types.js';
import { MASK, repeatsKeyed } from './repeated-secret.js';

/** What the rest of the call may know: stated reason, shown values (secrets, and what repeats one, masked) and the caller's way. */
export function summarise(flow: Flow, state: FlowState): FlowSummary {
  const shown: Record<string, string> = {};
  const show = (value: Json | undefined, as: { readonly type: ScalarType; readonly label?: string | undefined; readonly secret: boolean }): void => {
    if (as.label === undefined || value === undefined || value === null) return;
    shown[as.label] = as.secret || repeatsKeyed(state, value) ? MASK : plainValue(value, as.type);
  };
  for (const { of, vars } of layers(flow, state)) {
    for (const [name, variable] of of.vars) {
      if (variable.type !== 'record') show(own(vars, name), variable);
      else for (const [field, as] of Object.entries(variable.fields)) show(fieldOf(own(vars, name), field), as);
    }
  }
  const { flowId, version, language, statedReason, customer, path } = state;
  const consents = Object.fromEntries(Object.entries(state.consents ?? {}).map(([to, { isGiven }]) => [to, isGiven]));
  return { flowId, version, language, statedReason, shown, customer, path, survey: state.answers ?? [], consents, incidents: state.toldIncidents ?? [], informedOf: state.informedOf ?? null };
}

/** The summary of a call whose flow has not begun. */
export const summaryBefore = (of: Pick<FlowSummary, 'flowId' | 'version' | 'language'>): FlowSummary => ({
  ...of, statedReason: null, shown: {}, customer: null, path: [], survey: [], consents: {}, incidents: [], informedOf: null,
});

/** The flows that run inside one another, outermost first, with their variables. */
function layers(root: Flow, { frames = [], inFlow = null, vars }: FlowState): readonly { readonly of: Flow; readonly vars: FlowState['vars'] }[] {
  const flowOf = (id: string | null): Flow => (id === null || id === root.id ? root : (root.subflows.get(id) ?? root));
  return [...frames.map((frame) => ({ of: flowOf(frame.flow), vars: frame.vars })), { of: flowOf(inFlow), vars }];
}

const fieldOf = (value: Json | undefined, field: string): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, field) ? (value as { readonly [key: string]: Json })[field] : undefined;

function plainValue(value: Json, type: ScalarType): string {
  if (type === 'amount') return Number(value).toFixed(2);
  return typeof value === 'object' ? '' : String(value);
}
