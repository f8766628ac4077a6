import type { Json } from '../ids.js';
import type { Flow, ScalarType } from './flow-schema.js';
import type { FlowState } from './flow-state.js';
import type { FlowSummary } from './flow-types.js';
import { lookUp } from './variables.js';

const MASK = '••••';

/** What the rest of the call may know: stated reason, shown values (secrets masked) and the caller's way. */
export function summarise(flow: Flow, state: FlowState): FlowSummary {
  const shown: Record<string, string> = {};
  const show = (path: string, as: { readonly type: ScalarType; readonly label?: string | undefined; readonly secret: boolean }): void => {
    const value = lookUp(state, path);
    if (as.label === undefined || value === undefined || value === null) return;
    shown[as.label] = as.secret ? MASK : plainValue(value, as.type);
  };
  for (const [name, variable] of flow.vars) {
    if (variable.type !== 'record') show(name, variable);
    else for (const [field, as] of Object.entries(variable.fields)) show(`${name}.${field}`, as);
  }
  const { flowId, version, language, statedReason, customer, path } = state;
  return { flowId, version, language, statedReason, shown, customer, path };
}

function plainValue(value: Json, type: ScalarType): string {
  if (type === 'amount') return Number(value).toFixed(2);
  return typeof value === 'object' ? '' : String(value);
}
