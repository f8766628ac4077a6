import type { Json } from '../core/ids.js';

export interface ConnectorRequest {
  /** `billing.extendInvoice`: connector file and operation. */
  readonly operation: string;
  readonly arguments: Readonly<Record<string, Json>>;
  /** Sent to the back end so that a repeat (also by another process, after a crash) is done once. */
  readonly idempotencyKey: string;
}

/** `exit` is one of the exits that the connector file declares for the operation (`ok`, `notFound`, `refused` …) or `error`. */
export interface ConnectorOutcome {
  readonly exit: string;
  /** The answer's body, checked against the declared response schema; null for `error`. */
  readonly result: Json;
  readonly tookMs: number;
  /** Of a failure, for operators; nothing that was sent or answered is in it. */
  readonly why?: string;
}

/** The customer's own systems, by connector files. Never throws: what fails comes back as `error`. */
export interface Connectors {
  call(request: ConnectorRequest, signal: AbortSignal): Promise<ConnectorOutcome>;
}
