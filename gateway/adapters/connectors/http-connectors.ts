import { setTimeout as pause } from 'node:timers/promises';
import { CircuitBreaker } from '../../core/circuit-breaker.js';
import { headerText, urlText } from '../../core/flow/header-value.js';
import type { Json } from '../../core/ids.js';
import { renderTemplate } from '../../core/flow/template.js';
import { admit, isOfType } from '../../core/flow/variables.js';
import type { ConnectorOutcome, ConnectorRequest, Connectors } from '../../ports/connectors.js';
import { failureName, readBounded, withinLimit } from '../../outgoing-http.js';
import type { Log } from '../../ports/log.js';
import { backOffMs, type ConnectorFile, type Operation } from './connector-file.js';

export interface HttpConnectorsOptions {
  /** Connector files by name, as they are now: files that were read anew take effect with the next call. */
  readonly files: () => ReadonlyMap<string, ConnectorFile>;
  /** Where addresses and secrets come from; check it with `missingEnvironment` first. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  /** A steady clock, ms. */
  readonly now?: () => number;
}

/** How one attempt ended. */
type Attempt =
  | { readonly kind: 'answered'; readonly exit: string; readonly result: Json }
  /** The answer is final but none that the file knows. */
  | { readonly kind: 'unusable'; readonly why: string }
  | { readonly kind: 'retry'; readonly why: string };

const ACCEPT = 'application/json';
/** No answer to a phone call is longer. */
const MAX_BYTES = 256 * 1024;

/** Calls the customer's systems over HTTP as the connector files say. Never throws: what fails comes back as `error`. */
export class HttpConnectors implements Connectors {
  /** One a file; a file that is read anew starts with a closed one. */
  private readonly breakers = new WeakMap<ConnectorFile, CircuitBreaker>();
  private readonly now: () => number;

  constructor(private readonly options: HttpConnectorsOptions) {
    this.now = options.now ?? (() => performance.now());
  }

  async call(request: ConnectorRequest, signal: AbortSignal): Promise<ConnectorOutcome> {
    const startedAt = this.now();
    const outcome = await this.attemptAll(request, signal).catch((error: unknown) => failed(`unexpected: ${failureName(error)}`));
    return { ...outcome, tookMs: Math.round(this.now() - startedAt) };
  }

  private async attemptAll(request: ConnectorRequest, signal: AbortSignal): Promise<Omit<ConnectorOutcome, 'tookMs'>> {
    const [name = '', id = ''] = request.operation.split('.');
    const file = this.options.files().get(name);
    const operation = file !== undefined && Object.hasOwn(file.operations, id) ? file.operations[id] : undefined;
    if (file === undefined || operation === undefined) return failed('no such operation');
    const prepared = this.prepare(file, operation, request);
    if (typeof prepared === 'string') return failed(prepared);
    const breaker = this.breakerOf(file);
    if (!breaker.admits()) return failed('left alone after failures in a row');
    let went: 'well' | 'badly' | 'unknown' = 'unknown';
    try {
      const last = await this.repeat(prepared, { request, operation, signal });
      went = signal.aborted ? 'unknown' : last.kind === 'retry' ? 'badly' : 'well';
      return last.kind === 'answered' ? { exit: last.exit, result: last.result } : failed(last.why);
    } finally {
      breaker.report(went);
    }
  }

  private breakerOf(file: ConnectorFile): CircuitBreaker {
    const breaker = this.breakers.get(file) ?? new CircuitBreaker(file.breaker, this.now);
    this.breakers.set(file, breaker);
    return breaker;
  }

  private async repeat(prepared: Prepared, using: { readonly request: ConnectorRequest; readonly operation: Operation; readonly signal: AbortSignal }): Promise<Attempt> {
    const { request, operation, signal } = using;
    for (let attempt = 0; ; attempt++) {
      const result = await once(prepared, operation, signal);
      if (result.kind !== 'retry' || attempt >= operation.retries.times || signal.aborted) return result;
      this.options.log.debug({ operation: request.operation, attempt: attempt + 1, why: result.why }, 'connector attempt failed');
      // Up to a quarter more, so that many calls that failed together do not come back together.
      const spread = 1 + Math.random() / 4;
      try {
        await pause(backOffMs(operation, attempt + 1) * spread, undefined, { signal });
      } catch (error) {
        return { kind: 'retry', why: `called off: ${failureName(error)}` };
      }
    }
  }

  /** The HTTP request, or what is wrong with the arguments. */
  private prepare(file: ConnectorFile, operation: Operation, request: ConnectorRequest): Prepared | string {
    for (const [name, type] of Object.entries(operation.arguments)) {
      if (!isOfType(type, request.arguments[name])) return `argument ${name} is missing or of the wrong type`;
    }
    const given = (name: string): Json | undefined => (Object.hasOwn(operation.arguments, name) ? request.arguments[name] : undefined);
    const path = renderTemplate(operation.path, { language: 'en', context: 'urlPart', lookUp: given });
    if (!path.ok) return `argument ${path.missing} does not fit into the path`;
    const base = urlText(file.baseUrl, this.options.environment);
    if (base === '') return 'the base URL is not set';
    const headers: Record<string, string> = { accept: ACCEPT };
    for (const [name, value] of [...Object.entries(file.headers), ...Object.entries(operation.headers)]) headers[name] = headerText(value, this.options.environment);
    if (operation.idempotencyKeyHeader !== undefined) headers[operation.idempotencyKeyHeader] = request.idempotencyKey;
    const prepared = { url: base.replace(/\/+$/, '') + path.text, method: operation.method, headers };
    if (operation.body === undefined) return prepared;
    const body = Object.entries(operation.body).map(([key, value]) => [key, bodyValue(value, given)] as const);
    return { ...prepared, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(Object.fromEntries(body)) };
  }
}

/** Arguments and bodies may hold what the caller keyed: they are never told. */
const failed = (why: string): Omit<ConnectorOutcome, 'tookMs'> => ({ exit: 'error', result: null, why });

interface Prepared {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

function bodyValue(value: string | number | boolean, given: (name: string) => Json | undefined): Json {
  if (typeof value !== 'string' || !value.startsWith('$')) return value;
  return value.startsWith('$$') ? value.slice(1) : (given(value.slice(1)) ?? null);
}

async function once(prepared: Prepared, operation: Operation, signal: AbortSignal): Promise<Attempt> {
  try {
    return await withinLimit(operation.timeoutMs, signal, (limited) => exchange(prepared, operation, limited));
  } catch (error) {
    return { kind: 'retry', why: failureName(error) };
  }
}

async function exchange(prepared: Prepared, operation: Operation, signal: AbortSignal): Promise<Attempt> {
  const { url, ...init } = prepared;
  // A redirect could carry the secret headers to another host.
  const response = await fetch(url, { ...init, redirect: 'manual', signal });
  const exit = operation.exits[String(response.status)];
  const text = (await readBounded(response, MAX_BYTES)).toString('utf8');
  if (exit !== undefined) return judge(exit, operation, text);
  const why = `status ${response.status}`;
  return response.status >= 500 || response.status === 408 || response.status === 429 ? { kind: 'retry', why } : { kind: 'unusable', why };
}

/** An `ok` must hold what the file declares; the body of another exit is taken where it fits. */
function judge(exit: string, operation: Operation, text: string): Attempt {
  const fields = Object.fromEntries(Object.entries(operation.response).map(([name, field]) => [name, { ...field, secret: false, label: undefined }]));
  const result = admit({ type: 'record', fields }, parse(text));
  if (result !== undefined) return { kind: 'answered', exit, result };
  return exit === 'ok' ? { kind: 'unusable', why: 'the answer does not fit its schema' } : { kind: 'answered', exit, result: null };
}

function parse(text: string): Json | undefined {
  try {
    return text === '' ? {} : (JSON.parse(text) as Json);
  } catch {
    // Not JSON: the schema check refuses it.
    return undefined;
  }
}
