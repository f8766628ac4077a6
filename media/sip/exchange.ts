import { answerChallenge, chooseChallenge, type Credentials } from './digest.js';
import type { SipHeaders } from './headers.js';
import type { SipRequest, SipResponse } from './message.js';
import { locate } from './next-hop.js';
import { makeResponse } from './response.js';
import type { ClientTransaction, SipStack } from './stack.js';
import type { Protocol, Source } from './transport.js';

/** Where an answer came from: the peer, or made up here because none came (RFC 3261 section 8.1.3.1). */
export type AnswerCause = 'response' | 'timeout' | 'transport';

/** Where a request goes: a known address, or whatever the URI says. */
export type Hop = { to: Source } | { uri: string; protocol: Protocol };

export interface ExchangeOptions {
  stack: SipStack;
  request: SipRequest;
  hop: Hop;
  credentials?: Credentials | undefined;
  /** A new CSeq number for the repeat with credentials. */
  nextCseq(): number;
  /** Every provisional answer and one final. No answer at all comes as 408, no way to the peer as 503. */
  onResponse(response: SipResponse, cause: AnswerCause): void;
  /** No answer came yet: the request left once more, how often by now. */
  onResend?(times: number): void;
}

/** A wrong password is asked for again and again; more than this is pointless. */
const MAX_ATTEMPTS = 4;

/** One request and its answers, repeated with credentials when it is challenged (RFC 3261 section 22). */
export class Exchange {
  /** The request as sent last. */
  request: SipRequest;
  private transaction: ClientTransaction | undefined;
  private cancelHeaders: { headers: SipHeaders | undefined } | undefined;
  private readonly refusedNonces = new Map<string, string>();
  private attempts = 0;

  constructor(private readonly opts: ExchangeOptions) {
    this.request = opts.request;
    this.send();
  }

  /** Cancels an INVITE; harmless when it has its final answer. */
  cancel(headers?: SipHeaders): void {
    this.cancelHeaders ??= { headers };
    this.transaction?.cancel(headers);
  }

  /** Forgets the request: no answer is told from now on. */
  abandon(): void {
    this.cancelHeaders ??= { headers: undefined };
    this.transaction?.stop();
  }

  private send(): void {
    this.attempts++;
    const { hop } = this.opts;
    if ('to' in hop) return this.transmit(hop.to);
    locate(hop.uri, hop.protocol, (to) => {
      if (to) this.transmit(to);
      else queueMicrotask(() => this.fail(503, 'transport', 'Host Unknown')); // never before the constructor returned
    });
  }

  private transmit(to: Source): void {
    if (this.cancelHeaders) return this.fail(487, 'response');
    const transaction = this.opts.stack.request(this.request, {
      to,
      onResponse: (response) => this.receive(response),
      onResend: (times) => this.opts.onResend?.(times),
      onTimeout: () => this.fail(408, 'timeout'),
      onTransportError: () => this.fail(503, 'transport'),
    });
    this.transaction = transaction;
    this.request = transaction.request;
  }

  private fail(status: number, cause: AnswerCause, reason?: string): void {
    this.opts.onResponse(makeResponse(this.request, status, reason === undefined ? {} : { reason }), cause);
  }

  private receive(response: SipResponse): void {
    const repeat = response.status === 401 || response.status === 407 ? this.withCredentials(response) : undefined;
    if (!repeat || this.cancelHeaders) return this.opts.onResponse(response, 'response');
    this.request = repeat;
    this.send();
  }

  private withCredentials(response: SipResponse): SipRequest | undefined {
    const { credentials } = this.opts;
    const [asks, gives] = response.status === 401 ? ['www-authenticate', 'Authorization'] as const : ['proxy-authenticate', 'Proxy-Authorization'] as const;
    const challenge = chooseChallenge(response.headers.all(asks));
    if (!credentials || !challenge || this.attempts >= MAX_ATTEMPTS) return undefined;
    // Asked again for the same realm without a stale nonce: the password is wrong.
    if (this.refusedNonces.has(`${gives}|${challenge.realm}`) && !challenge.isStale) return undefined;
    this.refusedNonces.set(`${gives}|${challenge.realm}`, challenge.nonce);
    const { method, uri } = this.request;
    const headers = this.opts.request.headers.clone();
    const other = gives === 'Authorization' ? 'Proxy-Authorization' : 'Authorization';
    const kept = this.request.headers.get(other);
    if (kept !== undefined) headers.set(other, kept);
    headers.set(gives, answerChallenge(challenge, credentials, { method, uri })).set('CSeq', `${this.opts.nextCseq()} ${method}`);
    return { ...this.opts.request, headers };
  }
}
