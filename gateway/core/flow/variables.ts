import type { Json } from '../ids.js';
import type { WrittenValue } from './fields.js';
import type { Flow, RecordField, ScalarType, Variable } from './flow-schema.js';
import { visitsOf, type FlowState } from './flow-state.js';
import type { Condition, FlowNode } from './node-schema.js';

/** Names that the interpreter gives itself; no flow may declare them. */
export const BUILT_IN: readonly string[] = ['call', 'language', 'visits', 'hours', 'incidents'];
/** Of the opening hours that were looked at last. */
const HOURS_FIELDS: ReadonlyMap<string, ScalarType> = new Map([['state', 'text'], ['opensOn', 'date'], ['opensAt', 'time'], ['closesAt', 'time']]);
const TIME_OF_DAY = /^([01]\d|2[0-3]):[0-5]\d$/;
const ISO_DATE = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

/** Whether a value is of the declared type. Amounts are numbers, or decimal text as accounting systems send it. */
export function isOfType(type: ScalarType, value: Json | undefined): value is string | number | boolean {
  switch (type) {
    case 'text':
      return typeof value === 'string' && value.length <= 2_000;
    case 'digits':
      return typeof value === 'string' && /^\d{1,40}$/.test(value);
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'amount':
      return (typeof value === 'number' && Number.isFinite(value)) || (typeof value === 'string' && /^-?\d{1,12}(\.\d{1,4})?$/.test(value));
    case 'date':
      return typeof value === 'string' && ISO_DATE.test(value);
    case 'time':
      return typeof value === 'string' && TIME_OF_DAY.test(value);
    case 'boolean':
      return typeof value === 'boolean';
  }
}

const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Takes over what the variable declares and drops the rest; undefined when the value does not fit. */
export function admit(variable: Variable, value: Json | undefined): Json | undefined {
  if (variable.type !== 'record') return isOfType(variable.type, value) ? value : undefined;
  if (!isObject(value)) return undefined;
  const taken: Record<string, Json> = {};
  for (const [name, field] of Object.entries(variable.fields)) {
    const part = Object.hasOwn(value, name) ? value[name] : undefined;
    if (isOfType(field.type, part)) taken[name] = part;
    else if (!field.optional || (part !== undefined && part !== null)) return undefined;
  }
  return taken;
}

/** The first values of a flow's variables: those given where they fit, else the initial ones. */
export function firstValues(flow: Pick<Flow, 'vars'>, given: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> {
  const values: Record<string, Json> = {};
  for (const [name, variable] of flow.vars) {
    const first = Object.hasOwn(given, name) ? given[name] : variable.type === 'record' ? undefined : variable.initial;
    const value = admit(variable, first);
    if (value !== undefined) values[name] = value;
  }
  return values;
}

/** Under which visits of a node are counted: a flow that is a part of another has its own. */
export const visitKey = ({ inFlow, flowId }: Pick<FlowState, 'inFlow' | 'flowId'>, node: string): string => (inFlow === null || inFlow === flowId ? node : `${inFlow}/${node}`);

/** The node of such a key; undefined when the flow and its parts have none of that name. */
export function nodeOfKey(root: Flow, key: string): FlowNode | undefined {
  const slash = key.indexOf('/');
  const flow = slash < 0 ? root : root.subflows.get(key.slice(0, slash));
  return flow?.nodes.get(key.slice(slash + 1));
}

/** The value behind a path such as `invoice.amount`; undefined while it is not set. */
export function lookUp(state: FlowState, path: string): Json | undefined {
  const dot = path.indexOf('.');
  const head = dot < 0 ? path : path.slice(0, dot);
  const rest = dot < 0 ? '' : path.slice(dot + 1);
  switch (head) {
    case 'language':
      return rest === '' ? state.language : undefined;
    case 'visits':
      return visitsOf(state, visitKey(state, rest));
    case 'call':
      return callField(state, rest);
    case 'hours':
      return hoursField(state, rest);
    case 'incidents':
      return rest === 'told' ? state.toldIncidents.length : undefined;
    default: {
      const value = Object.hasOwn(state.vars, head) ? state.vars[head] : undefined;
      return rest === '' ? value : fieldAt(value, rest);
    }
  }
}

function fieldAt(value: Json | undefined, path: string): Json | undefined {
  // Most have one name only.
  if (!path.includes('.')) return isObject(value) && Object.hasOwn(value, path) ? value[path] : undefined;
  return valueAt(value, path.split('.'));
}

/** What stands under these names, one within the other; undefined where nothing does. */
export function valueAt(value: Json | undefined, way: readonly string[]): Json | undefined {
  let found = value;
  for (const name of way) found = isObject(found) && Object.hasOwn(found, name) ? found[name] : undefined;
  return found;
}

function callField(state: FlowState, name: string): Json | undefined {
  if (name === 'id') return state.callId;
  if (name === 'dnis') return state.dnis;
  return name === 'ani' ? (state.ani ?? undefined) : undefined;
}

function hoursField({ hours }: FlowState, name: string): Json | undefined {
  if (hours === null || !HOURS_FIELDS.has(name)) return undefined;
  return hours[name as keyof typeof hours] ?? undefined;
}

/** A value as written in a flow: `$path` is looked up, `$$text` is the text `$text`. */
export function resolve(state: FlowState, written: WrittenValue): Json | undefined {
  if (typeof written !== 'string' || !written.startsWith('$')) return written;
  return written.startsWith('$$') ? written.slice(1) : lookUp(state, written.slice(1));
}

/** What is declared under a path: its type, or null when there is no such variable. `record` for a whole record. */
export function declaredType(flow: Pick<Flow, 'vars' | 'nodes'>, path: string): ScalarType | 'record' | null {
  const [head = '', ...rest] = path.split('.');
  const tail = rest.join('.');
  if (head === 'language') return tail === '' ? 'text' : null;
  if (head === 'call') return ['id', 'ani', 'dnis'].includes(tail) ? 'text' : null;
  if (head === 'hours') return HOURS_FIELDS.get(tail) ?? null;
  if (head === 'incidents') return tail === 'told' ? 'number' : null;
  if (head === 'visits') return flow.nodes.has(tail) ? 'number' : null;
  const variable = flow.vars.get(head);
  if (variable === undefined) return null;
  if (variable.type !== 'record') return tail === '' ? variable.type : null;
  if (tail === '') return 'record';
  return fieldOf(variable.fields, tail)?.type ?? null;
}

function fieldOf(fields: Readonly<Record<string, RecordField>>, name: string): RecordField | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** Whether every comparison of a condition holds. A value that is not set satisfies only `isSet: false` and `isNot`. */
export function holds(state: FlowState, condition: Condition): boolean {
  const left = resolve(state, condition.value);
  const against = (written: WrittenValue | undefined, test: (right: Json) => boolean): boolean => {
    if (written === undefined) return true;
    const right = resolve(state, written);
    return right !== undefined && test(right);
  };
  return (
    (condition.isSet === undefined || condition.isSet === (left !== undefined && left !== null)) &&
    (condition.isNot === undefined || left !== resolve(state, condition.isNot)) &&
    (condition.in === undefined || condition.in.some((one) => left !== undefined && left === resolve(state, one))) &&
    against(condition.is, (right) => left === right) &&
    against(condition.startsWith, (right) => typeof left === 'string' && left.startsWith(String(right))) &&
    against(condition.lessThan, (right) => order(left, right) < 0) &&
    against(condition.atMost, (right) => order(left, right) <= 0) &&
    against(condition.moreThan, (right) => order(left, right) > 0) &&
    against(condition.atLeast, (right) => order(left, right) >= 0)
  );
}

/** Numbers by size, dates by day; NaN (so that no comparison holds) for anything else. */
function order(left: Json | undefined, right: Json): number {
  if (typeof left === 'string' && typeof right === 'string' && ISO_DATE.test(left) && ISO_DATE.test(right)) return left < right ? -1 : Number(left > right);
  const [a, b] = [toNumber(left), toNumber(right)];
  return a - b;
}

function toNumber(value: Json | undefined): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
}
