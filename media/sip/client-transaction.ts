import { randomUUID } from 'node:crypto';
import { NamedTimers } from './clock.js';
import { SipHeaders } from './headers.js';
import type { SipRequest, SipResponse } from './message.js';
import { parseCSeq } from './message.js';
import type { ClientHandlers, ClientTransaction, TransactionContext } from './transaction.js';
import type { Source } from './transport.js';

/** What a client transaction tells the stack. */
export interface ClientOwner extends TransactionContext {
  /** It is over and can be forgotten. */
  ended(transaction: BaseClientTransaction): void;
  /** A 2xx to INVITE after the first one: a retransmission, or another fork (RFC 6026 section 8.4). */
  strayAnswer(response: SipResponse, source: Source): void;
  /** Starts the transaction of a CANCEL, whose request has its Via already. */
  startCancel(request: SipRequest, to: Source): void;
}

export interface ClientParts { owner: ClientOwner; request: SipRequest; to: Source; handlers: ClientHandlers }

/** The part both client machines share. */
export abstract class BaseClientTransaction implements ClientTransaction {
  readonly id = randomUUID();
  readonly timers: NamedTimers;
  abstract readonly state: string;
  private isReported = false;

  constructor(protected readonly parts: ClientParts) {
    this.timers = new NamedTimers(parts.owner.clock);
  }

  get request(): SipRequest {
    return this.parts.request;
  }

  abstract start(): void;
  abstract receive(response: SipResponse, source: Source): void;
  abstract cancel(headers?: SipHeaders): void;
  protected abstract end(): void;

  /** Ends without telling the user. */
  stop(): void {
    this.isReported = true;
    this.end();
  }

  protected get isReliable(): boolean {
    return this.parts.to.protocol === 'tcp';
  }

  protected transmit(message: SipRequest = this.request): void {
    this.parts.owner.send(message, this.parts.to).catch((error: unknown) => {
      if (message !== this.request) return; // a lost ACK or CANCEL is repaired by the peer's retransmission
      this.end();
      this.report(() => this.parts.handlers.onTransportError(error instanceof Error ? error : new Error(String(error))));
    });
  }

  protected timeOut(): void {
    this.end();
    this.report(() => this.parts.handlers.onTimeout());
  }

  /** Passes one answer up; after a final nothing more is passed. */
  protected pass(response: SipResponse, source: Source): void {
    if (response.status < 200) {
      if (!this.isReported) this.parts.handlers.onResponse(response, source);
    } else this.report(() => this.parts.handlers.onResponse(response, source));
  }

  protected forget(): void {
    this.timers.clearAll();
    this.parts.owner.ended(this);
  }

  private report(tell: () => void): void {
    if (this.isReported) return;
    this.isReported = true;
    tell();
  }
}

const MIN_TIMER_D_MS = 32_000;

type InviteState = 'calling' | 'proceeding' | 'accepted' | 'completed' | 'terminated';

/**
 * INVITE client: RFC 3261 section 17.1.1 with the Accepted state of RFC 6026.
 *
 *   calling --1xx--> proceeding --2xx--> accepted --M--> terminated
 *      |  `--2xx--------------------------^                 ^
 *      |--B, transport error--------------------------------|
 *      `--300-699 (also from proceeding)--> completed --D---'
 */
export class InviteClientTransaction extends BaseClientTransaction {
  state: InviteState = 'calling';
  private cancelHeaders: SipHeaders | undefined;
  private isCancelSent = false;
  private ack: SipRequest | undefined;

  start(): void {
    const { t1Ms, clientFirstRetryMs } = this.parts.owner.timers;
    this.timers.set('B', 64 * t1Ms, () => this.timeOut());
    if (!this.isReliable) this.armRetry(clientFirstRetryMs ?? t1Ms);
    this.transmit();
  }

  receive(response: SipResponse, source: Source): void {
    if (response.status < 200) this.provisional(response, source);
    else if (response.status < 300) this.success(response, source);
    else this.failure(response, source);
  }

  cancel(headers = SipHeaders.of([])): void {
    if (this.state !== 'calling' && this.state !== 'proceeding') return;
    this.cancelHeaders ??= headers;
    if (this.state === 'proceeding') this.sendCancel();
  }

  private armRetry(ms: number, times = 2): void {
    this.timers.set('A', ms, () => {
      this.transmit();
      this.parts.handlers.onResend?.(times);
      this.armRetry(ms * 2, times + 1);
    });
  }

  private provisional(response: SipResponse, source: Source): void {
    if (this.state !== 'calling' && this.state !== 'proceeding') return;
    if (this.state === 'calling') {
      this.state = 'proceeding';
      this.timers.clear('A');
      this.timers.clear('B');
    }
    if (this.cancelHeaders) this.sendCancel();
    this.pass(response, source);
  }

  private success(response: SipResponse, source: Source): void {
    if (this.state === 'accepted') return this.parts.owner.strayAnswer(response, source);
    if (this.state !== 'calling' && this.state !== 'proceeding') return;
    this.state = 'accepted';
    this.timers.clearAll();
    this.timers.set('M', 64 * this.parts.owner.timers.t1Ms, () => this.end());
    this.pass(response, source);
  }

  private failure(response: SipResponse, source: Source): void {
    if (this.state === 'completed' && this.ack) return this.transmit(this.ack);
    if (this.state !== 'calling' && this.state !== 'proceeding') return;
    this.state = 'completed';
    this.timers.clearAll();
    this.ack = ackForFailure(this.request, response);
    this.transmit(this.ack);
    // RFC 3261 section 17.1.1.2: as long as the server's timer H, whose T1 is not known here, so never under 32 s.
    if (!this.isReliable) this.timers.set('D', Math.max(MIN_TIMER_D_MS, 64 * this.parts.owner.timers.t1Ms), () => this.end());
    this.pass(response, source);
    if (this.isReliable) this.end();
  }

  private sendCancel(): void {
    if (this.isCancelSent) return;
    this.isCancelSent = true;
    this.parts.owner.startCancel(cancelFor(this.request, this.cancelHeaders ?? SipHeaders.of([])), this.parts.to);
    // RFC 3261 section 9.1: without a final 64*T1 after the CANCEL the INVITE counts as cancelled.
    this.timers.set('cancelled', 64 * this.parts.owner.timers.t1Ms, () => this.timeOut());
  }

  protected end(): void {
    if (this.state === 'terminated') return;
    this.state = 'terminated';
    this.forget();
  }
}

type OtherState = 'trying' | 'proceeding' | 'completed' | 'terminated';

/**
 * Non-INVITE client: RFC 3261 section 17.1.2.
 *
 *   trying --1xx--> proceeding --200-699--> completed --K--> terminated
 *     |  `--200-699--------------------------^                 ^
 *     `--F, transport error (also from proceeding)-------------'
 */
export class OtherClientTransaction extends BaseClientTransaction {
  state: OtherState = 'trying';

  start(): void {
    const { t1Ms, clientFirstRetryMs } = this.parts.owner.timers;
    this.timers.set('F', 64 * t1Ms, () => this.timeOut());
    if (!this.isReliable) this.armRetry(clientFirstRetryMs ?? t1Ms);
    this.transmit();
  }

  receive(response: SipResponse, source: Source): void {
    if (this.state !== 'trying' && this.state !== 'proceeding') return;
    if (response.status < 200) {
      this.state = 'proceeding';
      return this.pass(response, source);
    }
    this.state = 'completed';
    this.timers.clearAll();
    if (!this.isReliable) this.timers.set('K', this.parts.owner.timers.t4Ms, () => this.end());
    this.pass(response, source);
    if (this.isReliable) this.end();
  }

  cancel(): void {
    // RFC 3261 section 9.1: only an INVITE is worth cancelling.
  }

  private armRetry(ms: number): void {
    const { t2Ms } = this.parts.owner.timers;
    this.timers.set('E', ms, () => {
      this.transmit();
      this.armRetry(this.state === 'proceeding' ? t2Ms : Math.min(ms * 2, t2Ms));
    });
  }

  protected end(): void {
    if (this.state === 'terminated') return;
    this.state = 'terminated';
    this.forget();
  }
}

const cseqNumber = (request: SipRequest): number => parseCSeq(request.headers)?.number ?? 0;

function sameHop(request: SipRequest, method: string, to: string): SipRequest {
  const { headers } = request;
  const routes = headers.all('route').map((value) => ['Route', value] as const);
  const via = headers.entries().find(([name]) => name.toLowerCase() === 'via' || name.toLowerCase() === 'v')?.[1] ?? '';
  return {
    kind: 'request', method, uri: request.uri, body: '',
    headers: SipHeaders.of([
      ['Via', via], ['Max-Forwards', '70'], ['From', headers.get('from') ?? ''], ['To', to],
      ['Call-ID', headers.get('call-id') ?? ''], ['CSeq', `${cseqNumber(request)} ${method}`], ...routes,
    ]),
  };
}

/** RFC 3261 section 17.1.1.3: Via, URI, Route of the INVITE, To of the answer. */
function ackForFailure(invite: SipRequest, response: SipResponse): SipRequest {
  return sameHop(invite, 'ACK', response.headers.get('to') ?? invite.headers.get('to') ?? '');
}

/** RFC 3261 section 9.1: like the INVITE, To without tag unless it had one. */
function cancelFor(invite: SipRequest, extra: SipHeaders): SipRequest {
  const cancel = sameHop(invite, 'CANCEL', invite.headers.get('to') ?? '');
  for (const [name, value] of extra.entries()) cancel.headers.append(name, value);
  return cancel;
}
