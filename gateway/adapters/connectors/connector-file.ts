import { z } from 'zod';
import { breakerSchema, headerName, missingNames, serviceHeaders, serviceUrl } from '../../core/flow/header-value.js';
import type { Finding, Problem } from '../../core/flow/problem.js';
import { loadYaml, type Loaded } from '../../core/flow/load.js';
import { parseTemplate } from '../../core/flow/template.js';

/** The flow engine gives up on an answer after 30 s; a connector must be through with all its attempts before. */
const MAX_TOTAL_MS = 25_000;

const argumentType = z.enum(['text', 'digits', 'number', 'amount', 'date', 'time', 'boolean']);
const fieldSchema = z.union([argumentType.transform((type) => ({ type, optional: false })), z.strictObject({ type: argumentType, optional: z.boolean().default(false) })]);
const name = z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/, 'letters and digits, beginning with a lower case letter');

const operationSchema = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  /** Below the base URL; `{{argument}}` is escaped for a URL. */
  path: z.string().min(1).max(500).regex(/^\//, 'a path that begins with /'),
  arguments: z.record(name, argumentType).default({}),
  headers: serviceHeaders,
  /** Sent as JSON. `$argument` is the argument's value. */
  body: z.record(z.string().min(1).max(60), z.union([z.string().max(500), z.number(), z.boolean()])).optional(),
  idempotencyKeyHeader: headerName.optional(),
  /** For one attempt. */
  timeoutMs: z.int().min(100).max(20_000),
  /** After a lost connection, a time-out, 408, 429 or a 5xx without an exit; the pause doubles each time. */
  retries: z.strictObject({ times: z.int().min(0).max(5), backOffMs: z.int().min(10).max(5_000) }).default({ times: 0, backOffMs: 200 }),
  /** What the body must hold when the exit is `ok`. Nothing else of it reaches the flow. */
  response: z.record(name, fieldSchema).default({}),
  /** Exit by status. Any other status is `error`. */
  exits: z.record(z.string().regex(/^[2-5]\d\d$/, 'a status such as 200'), name),
});

export const connectorFileSchema = z.strictObject({
  baseUrl: serviceUrl,
  headers: serviceHeaders,
  /** After this many calls failed in a row the back end is left alone for a while; then one call tries it. */
  breaker: breakerSchema.default({ failures: 5, openMs: 10_000 }),
  operations: z.record(name, operationSchema),
});

export type ConnectorFile = z.infer<typeof connectorFileSchema>;
export type Operation = z.infer<typeof operationSchema>;

/** Reads a connector file; its name without ending is the first half of `billing.extendInvoice`. All problems come with their place. */
export function loadConnectorFile(text: string, fileName: string): Loaded<ConnectorFile> {
  const loaded = loadYaml(text, fileName, connectorFileSchema);
  if (!loaded.ok) return loaded;
  const { value, problemsOf } = loaded.value;
  const problems: readonly Problem[] = problemsOf(Object.entries(value.operations).flatMap(([id, operation]) => lint(id, operation)));
  return problems.length === 0 ? { ok: true, value } : { ok: false, problems };
}

function lint(id: string, operation: Operation): readonly Finding[] {
  const at = (...path: string[]): string[] => ['operations', id, ...path];
  const findings: Finding[] = [];
  const { parts, bad } = parseTemplate(operation.path);
  for (const piece of bad) findings.push({ path: at('path'), what: `the path holds "${piece}", which is no slot`, fix: 'write {{argument}}' });
  for (const part of parts) {
    if (typeof part === 'string') continue;
    if (!Object.hasOwn(operation.arguments, part.path)) findings.push({ path: at('path'), what: `the path speaks of "${part.path}", which is no argument`, fix: 'declare it under arguments' });
    if (part.filter !== 'text') findings.push({ path: at('path'), what: 'filters are for speech', fix: 'write {{argument}} alone' });
  }
  for (const [key, value] of Object.entries(operation.body ?? {})) {
    const isUnknown = typeof value === 'string' && value.startsWith('$') && !value.startsWith('$$') && !Object.hasOwn(operation.arguments, value.slice(1));
    if (isUnknown) findings.push({ path: at('body', key), what: `"${String(value)}" is no argument`, fix: 'declare it under arguments, or write $$ for a dollar sign' });
  }
  if (operation.method === 'GET' && operation.body !== undefined) findings.push({ path: at('body'), what: 'a GET carries no body', fix: 'put the arguments into the path' });
  if (!Object.values(operation.exits).includes('ok')) findings.push({ path: at('exits'), what: 'no status leads to "ok"', fix: 'add one, such as `200: ok`' });
  if (operation.method !== 'GET' && operation.retries.times > 0 && operation.idempotencyKeyHeader === undefined) {
    findings.push({ path: at('retries'), what: `a repeated ${operation.method} could act twice`, fix: 'add idempotencyKeyHeader, or set times to 0' });
  }
  if (longestMs(operation) > MAX_TOTAL_MS) findings.push({ path: at('timeoutMs'), what: `all attempts together can take ${longestMs(operation)} ms`, fix: `stay below ${MAX_TOTAL_MS} ms: a shorter time limit or fewer retries` });
  return findings;
}

/** Pause before attempt n (1 = the first repeat). */
export const backOffMs = (operation: Operation, repeat: number): number => operation.retries.backOffMs * 2 ** (repeat - 1);

function longestMs(operation: Operation): number {
  let total = operation.timeoutMs;
  for (let repeat = 1; repeat <= operation.retries.times; repeat++) total += backOffMs(operation, repeat) + operation.timeoutMs;
  return total;
}

/** What a flow may call, for the checks at load: `billing.extendInvoice` → its exits, arguments and the fields of its answer. */
export function operationsOf(files: ReadonlyMap<string, ConnectorFile>): ReadonlyMap<string, { readonly exits: readonly string[]; readonly arguments: readonly string[]; readonly fields: readonly string[] }> {
  const operations = new Map<string, { exits: readonly string[]; arguments: readonly string[]; fields: readonly string[] }>();
  for (const [file, { operations: declared }] of files) {
    for (const [id, operation] of Object.entries(declared)) {
      operations.set(`${file}.${id}`, { exits: [...new Set([...Object.values(operation.exits), 'error'])], arguments: Object.keys(operation.arguments), fields: Object.keys(operation.response) });
    }
  }
  return operations;
}

/** Environment variables that the files want and that are not set, each once with the files: `BILLING_URL (billing, knowledge)`. */
export function missingEnvironment(files: ReadonlyMap<string, ConnectorFile>, environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  const wantedBy = new Map<string, Set<string>>();
  for (const [file, connector] of files) {
    const values = [connector.baseUrl, ...Object.values(connector.headers), ...Object.values(connector.operations).flatMap((operation) => Object.values(operation.headers))];
    for (const name of missingNames(values, environment)) wantedBy.set(name, (wantedBy.get(name) ?? new Set()).add(file));
  }
  return [...wantedBy].map(([name, by]) => `${name} (${[...by].join(', ')})`);
}
