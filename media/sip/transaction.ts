import { tagOf } from './address.js';
import type { Clock } from './clock.js';
import type { SipHeaders } from './headers.js';
import { parseCSeq, type SipMessage, type SipRequest, type SipResponse } from './message.js';
import type { Source } from './transport.js';
import { MAGIC_COOKIE, topVia } from './via.js';

/** The base timers of RFC 3261 section 17.1.1.1, in milliseconds. */
export interface TimerSettings {
  /** Round-trip estimate; first retransmission. */
  t1Ms: number;
  /** Longest pause between retransmissions of non-INVITE requests and INVITE answers. */
  t2Ms: number;
  /** Longest time a message stays in the network. */
  t4Ms: number;
  /** First retransmission of a request, where the stack in use waits longer than `t1Ms` with that one (timers A and E). */
  clientFirstRetryMs?: number;
}

export const DEFAULT_TIMERS: TimerSettings = { t1Ms: 500, t2Ms: 4000, t4Ms: 5000 };

/** What a transaction needs from the stack. */
export interface TransactionContext {
  readonly clock: Clock;
  readonly timers: TimerSettings;
  send(message: SipMessage, to: Source): Promise<void>;
}

/** A transaction the stack serves to its user. */
export interface ServerTransaction {
  /** Unique in this process. */
  readonly id: string;
  readonly request: SipRequest;
  /** The request as it came. */
  readonly raw: string;
  readonly source: Source;
  readonly state: string;
  /** Sends an answer. Provisional ones and one final; a 2xx to INVITE may be repeated. Anything after the final is ignored. */
  respond(response: SipResponse): void;
  /** A CANCEL for this INVITE, in any state before termination; the user answers both. Without it the stack does: 200, and 487 when unanswered. */
  onCancel?: (cancel: ServerTransaction) => void;
  /** ACK for a final that is not 2xx, once. */
  onAck?: (ack: SipRequest) => void;
  /** No ACK came for it (timer H). */
  onTimeout?: () => void;
  /** An answer could not be sent; the transaction is over. */
  onTransportError?: (error: Error) => void;
  /** The transaction is over, whatever the cause. */
  onTerminated?: () => void;
}

/** A request of ours. */
export interface ClientTransaction {
  readonly id: string;
  /** As sent, with our Via. */
  readonly request: SipRequest;
  readonly state: string;
  /** Cancels an INVITE; held back until the first 1xx, nothing after a final (RFC 3261 section 9.1). `headers` are added to the CANCEL. */
  cancel(headers?: SipHeaders): void;
  /** Ends it; nothing is told from now on. */
  stop(): void;
}

/** What the user of a client transaction hears. Exactly one of: a final answer, `onTimeout`, `onTransportError`. */
export interface ClientHandlers {
  onResponse(response: SipResponse, source: Source): void;
  onTimeout(): void;
  onTransportError(error: Error): void;
  /** No answer came yet and the request left once more; how often by now. */
  onResend?(times: number): void;
}

/** The key of a client transaction (RFC 3261 section 17.1.3). */
export function clientKey(headers: SipHeaders): string | undefined {
  const branch = topVia(headers)?.params.get('branch');
  const method = parseCSeq(headers)?.method;
  return branch && method ? `${branch}|${method}` : undefined;
}

/** The key of the server transaction that a request belongs to as `method` (RFC 3261 section 17.2.3): ACK and CANCEL look up INVITE. */
export function serverKey(request: SipRequest, method: string): string {
  const { headers } = request;
  const via = topVia(headers);
  const branch = via?.params.get('branch') ?? '';
  if (via && branch.startsWith(MAGIC_COOKIE)) return `${branch}|${via.host.toLowerCase()}:${via.port ?? 5060}|${method}`;
  // An RFC 2543 peer: no unique branch, so everything that a retransmission repeats.
  const cseq = parseCSeq(headers)?.number;
  return ['2543', request.uri, tagOf(headers.get('from')), headers.get('call-id'), cseq, via?.host, via?.port, branch, method].join('|');
}
