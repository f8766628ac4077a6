import type { WrittenValue } from './fields.js';
import type { Flow, RecordField, Variable } from './flow-schema.js';
import type { FlowNode } from './node-schema.js';

type Vars = ReadonlyMap<string, Variable>;

/** Whether what stands under a path such as `pin` or `customer.code` is a secret; of a whole record, whether a part of it is. */
export function isSecret({ vars }: Pick<Flow, 'vars'>, path: string): boolean {
  const source = sourceAt(vars, path);
  return source !== undefined && ('fields' in source ? Object.values(source.fields).some(({ secret }) => secret) : source.secret);
}

/** The same of a value as written in a flow: `$pin`. */
export const isSecretValue = (flow: Pick<Flow, 'vars'>, written: WrittenValue): boolean => {
  const path = pathOf(written);
  return path !== null && isSecret(flow, path);
};

/** The arguments of a request that hold secrets: what was keyed as a PIN or a code, and secret variables. */
export function secretArguments(flow: Pick<Flow, 'vars'>, node: FlowNode | undefined): readonly string[] {
  if (node?.do !== 'connector' && node?.do !== 'identify') return [];
  const isKeyedSecret = node.do === 'identify' && takesSecret(flow, node);
  return Object.entries(node.with).flatMap(([name, written]) => (isSecretValue(flow, written) || (isKeyedSecret && written === ENTERED) ? [name] : []));
}

/** What was keyed at an identify node; known only in its `with`, and never kept. */
export const ENTERED = '$entered';

/** Whether a question takes an entry that is masked. */
export function takesSecret(flow: Pick<Flow, 'vars'>, node: FlowNode | undefined): boolean {
  if (node?.do === 'identify') return node.by === 'pin' || node.by === 'code';
  return node?.do === 'collect' && isSecret(flow, node.into);
}

/**
 * The variables of a flow, those marked as secret that take over a secret from another one or from a part: a copy of a secret is one too.
 * What goes into a part is not looked at: its own file says what is secret there.
 */
export function withCopiedSecrets(declared: Vars, nodes: ReadonlyMap<string, FlowNode>, parts: ReadonlyMap<string, Flow>): Vars {
  const vars = new Map(declared);
  for (let isDone = false; !isDone; ) {
    isDone = true;
    for (const { name, source } of copiesIn(vars, nodes, parts)) {
      const target = vars.get(name);
      const marked = target === undefined ? undefined : takingOver(target, source);
      if (marked === undefined || marked === target) continue;
      vars.set(name, marked);
      isDone = false;
    }
  }
  return vars;
}

/** Whether a value as written would bring a secret into a variable that is none. */
export function wouldLeak(flow: Pick<Flow, 'vars'>, written: WrittenValue, target: Variable): boolean {
  const path = pathOf(written);
  return path !== null && takingOver(target, sourceAt(flow.vars, path)) !== target;
}

type Source = Variable | RecordField | undefined;

function copiesIn(vars: Vars, nodes: ReadonlyMap<string, FlowNode>, parts: ReadonlyMap<string, Flow>): readonly { readonly name: string; readonly source: Source }[] {
  return [...nodes.values()].flatMap((node) => {
    if (node.do === 'set') return Object.entries(node.values).map(([name, written]) => ({ name, source: sourceAt(vars, pathOf(written) ?? '') }));
    return node.do === 'subflow' ? Object.entries(node.into).map(([name, theirs]) => ({ name, source: parts.get(node.flow)?.vars.get(theirs) })) : [];
  });
}

/** The variable as it is once it holds that: the same where nothing secret comes in. Records are taken over field by field. */
function takingOver(target: Variable, source: Source): Variable {
  if (source === undefined) return target;
  if (!('fields' in source) || target.type !== 'record') return 'fields' in source || !source.secret || target.type === 'record' || target.secret ? target : { ...target, secret: true };
  const fields = Object.entries(target.fields).map(([name, field]): [string, RecordField] => [name, source.fields[name]?.secret === true && !field.secret ? { ...field, secret: true } : field]);
  return fields.every(([name, field]) => field === target.fields[name]) ? target : { ...target, fields: Object.fromEntries(fields) };
}

const pathOf = (written: WrittenValue): string | null => (typeof written === 'string' && written.startsWith('$') && !written.startsWith('$$') ? written.slice(1) : null);

function sourceAt(vars: Vars, path: string): Source {
  const [head = '', field] = path.split('.');
  const variable = vars.get(head);
  if (variable?.type !== 'record' || field === undefined) return field === undefined ? variable : undefined;
  return Object.hasOwn(variable.fields, field) ? variable.fields[field] : undefined;
}
