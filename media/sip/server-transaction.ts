import { randomUUID } from 'node:crypto';
import { NamedTimers } from './clock.js';
import type { SipRequest, SipResponse } from './message.js';
import { makeResponse } from './response.js';
import type { ServerTransaction, TransactionContext } from './transaction.js';
import type { Source } from './transport.js';
import { responseTarget, topVia } from './via.js';

/** What a server transaction tells the stack. */
export interface ServerOwner extends TransactionContext {
  /** It is over and can be forgotten. */
  ended(transaction: BaseServerTransaction): void;
}

export interface ServerParts { owner: ServerOwner; request: SipRequest; raw: string; source: Source }

/** The part both server machines share. */
export abstract class BaseServerTransaction implements ServerTransaction {
  readonly id = randomUUID();
  readonly timers: NamedTimers;
  abstract readonly state: string;
  onCancel?: (cancel: ServerTransaction) => void;
  onAck?: (ack: SipRequest) => void;
  onTimeout?: () => void;
  onTransportError?: (error: Error) => void;
  onTerminated?: () => void;
  private readonly target: Source;

  constructor(private readonly parts: ServerParts) {
    this.timers = new NamedTimers(parts.owner.clock);
    this.target = responseTarget(parts.request.headers, parts.source);
  }

  get request(): SipRequest {
    return this.parts.request;
  }

  get raw(): string {
    return this.parts.raw;
  }

  get source(): Source {
    return this.parts.source;
  }

  abstract respond(response: SipResponse): void;
  /** The request came again. */
  abstract retransmitted(): void;
  /** An ACK that matches this transaction. */
  abstract acknowledged(ack: SipRequest): void;
  /** Ends at once. */
  abstract stop(): void;

  protected get owner(): ServerOwner {
    return this.parts.owner;
  }

  protected get isReliable(): boolean {
    return this.parts.source.protocol === 'tcp';
  }

  protected transmit(response: SipResponse): void {
    this.owner.send(response, this.target).catch((error: unknown) => this.sendElsewhere(response, error)).catch((error: unknown) => {
      const isOver = this.state === 'terminated';
      this.stop();
      if (!isOver) this.onTransportError?.(error instanceof Error ? error : new Error(String(error)));
    });
  }

  /** RFC 3261 section 18.2.2: when the connection of the request is gone, a new one to where its Via says. */
  private sendElsewhere(response: SipResponse, error: unknown): Promise<void> {
    const port = topVia(this.request.headers)?.port ?? 5060;
    if (!this.isReliable || port === this.target.port) return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    return this.owner.send(response, { ...this.target, port });
  }

  protected forget(): void {
    this.timers.clearAll();
    this.owner.ended(this);
    this.onTerminated?.();
  }
}

type InviteState = 'proceeding' | 'accepted' | 'completed' | 'confirmed' | 'terminated';

/** How the stack sends 100 Trying to an INVITE: after 200 ms without an answer (RFC 3261 section 17.2.1), at once, or not at all. */
export type TryingMode = 'after200ms' | 'atOnce' | 'never';

/**
 * INVITE server: RFC 3261 section 17.2.1 with the Accepted state of RFC 6026.
 *
 *   proceeding --2xx--> accepted --L--> terminated
 *       `--300-699--> completed --ACK--> confirmed --I--> terminated
 *                         `--H (no ACK)--------------------^
 */
export class InviteServerTransaction extends BaseServerTransaction {
  state: InviteState = 'proceeding';
  private last: SipResponse | undefined;

  /** Sends or schedules the 100 Trying. */
  begin(trying: TryingMode): void {
    const send = (): void => this.transmit((this.last = makeResponse(this.request, 100)));
    if (trying === 'atOnce') send();
    else if (trying === 'after200ms') this.timers.set('trying', 200, send);
  }

  respond(response: SipResponse): void {
    const isSuccess = response.status >= 200 && response.status < 300;
    // RFC 6026 section 7.1: the user retransmits its 2xx through the Accepted transaction.
    if (this.state === 'accepted' && isSuccess) return this.transmit(response);
    if (this.state !== 'proceeding') return;
    this.last = response;
    this.timers.clear('trying');
    if (isSuccess) this.accept();
    else if (response.status >= 300) this.complete(response);
    this.transmit(response);
  }

  retransmitted(): void {
    if (this.last && (this.state === 'proceeding' || this.state === 'completed')) this.transmit(this.last);
  }

  acknowledged(ack: SipRequest): void {
    if (this.state !== 'completed') return;
    this.state = 'confirmed';
    this.timers.clearAll();
    if (!this.isReliable) this.timers.set('I', this.owner.timers.t4Ms, () => this.stop());
    this.onAck?.(ack);
    if (this.isReliable) this.stop();
  }

  stop(): void {
    if (this.state === 'terminated') return;
    this.state = 'terminated';
    this.forget();
  }

  private accept(): void {
    this.state = 'accepted';
    this.timers.set('L', 64 * this.owner.timers.t1Ms, () => this.stop());
  }

  private complete(response: SipResponse): void {
    const { t1Ms } = this.owner.timers;
    this.state = 'completed';
    this.timers.set('H', 64 * t1Ms, () => {
      this.stop();
      this.onTimeout?.();
    });
    if (!this.isReliable) this.armRetry(response, t1Ms);
  }

  private armRetry(response: SipResponse, ms: number): void {
    this.timers.set('G', ms, () => {
      this.transmit(response);
      this.armRetry(response, Math.min(ms * 2, this.owner.timers.t2Ms));
    });
  }
}

type OtherState = 'trying' | 'proceeding' | 'completed' | 'terminated';

/**
 * Non-INVITE server: RFC 3261 section 17.2.2.
 *
 *   trying --1xx--> proceeding --200-699--> completed --J--> terminated
 *      `--200-699----------------------------^
 */
export class OtherServerTransaction extends BaseServerTransaction {
  state: OtherState = 'trying';
  private last: SipResponse | undefined;

  respond(response: SipResponse): void {
    if (this.state !== 'trying' && this.state !== 'proceeding') return;
    this.last = response;
    if (response.status < 200) {
      this.state = 'proceeding';
      return this.transmit(response);
    }
    this.state = 'completed';
    this.transmit(response);
    if (this.isReliable) this.stop();
    else this.timers.set('J', 64 * this.owner.timers.t1Ms, () => this.stop());
  }

  retransmitted(): void {
    if (this.last) this.transmit(this.last);
  }

  acknowledged(): void {
    // Only an INVITE is acknowledged.
  }

  stop(): void {
    if (this.state === 'terminated') return;
    this.state = 'terminated';
    this.forget();
  }
}
