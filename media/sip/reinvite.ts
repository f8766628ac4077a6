import type { CallContext } from './call-context.js';
import type { SipRequest } from './message.js';
import { answerDirection, audioOf, withDirection } from './offer-answer.js';
import { makeResponse, type ResponseParts } from './response.js';
import { agreeAsCallee, type SessionInterval } from './session-timer.js';
import { SuccessRepeater } from './success-repeater.js';
import type { ServerTransaction } from './transaction.js';

/** A re-INVITE or UPDATE of the peer that waits for an answer. */
export interface Reinvite {
  /** The peer's new description; undefined when it asks for ours. */
  readonly offer: string | undefined;
  readonly request: SipRequest;
  /** Takes it with this description. */
  accept(sdp: string): void;
  /** Leaves the session as it was. */
  reject(status: number): void;
}

export interface ReinviteOptions {
  transaction: ServerTransaction;
  context: CallContext;
  toTag: string;
  localSdp: string | undefined;
  taken(change: { sdp: string | undefined; offer: string | undefined; interval: SessionInterval | undefined }): void;
  onAck(ack: SipRequest): void;
  onGiveUp(): void;
}

/** The callee side of one re-INVITE or UPDATE (RFC 3261 section 14.2, RFC 3311). */
export class IncomingReinvite implements Reinvite {
  readonly offer: string | undefined;
  private isAnswered = false;
  private repeater: SuccessRepeater | undefined;

  constructor(private readonly opts: ReinviteOptions) {
    this.offer = this.request.body === '' ? undefined : this.request.body;
  }

  get request(): SipRequest {
    return this.opts.transaction.request;
  }

  /** Whether it still needs our answer. */
  get isOpen(): boolean {
    return !this.isAnswered;
  }

  /** Asks the user, or answers when nobody listens. */
  begin(ask: (reinvite: Reinvite) => boolean): void {
    const { transaction } = this.opts;
    transaction.onCancel = (cancel) => {
      cancel.respond(makeResponse(cancel.request, 200, { toTag: this.opts.toTag }));
      this.respond(487);
    };
    const type = this.request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
    if (this.offer !== undefined && type !== 'application/sdp') return this.respond(415, { headers: [['Accept', 'application/sdp']] });
    const timer = agreeAsCallee(this.request.headers);
    if (timer.kind === 'tooSmall') return this.respond(422, { headers: [['Min-SE', String(timer.minSeconds)]] });
    // An UPDATE without description only refreshes the session timer.
    if (this.request.method === 'UPDATE' && this.offer === undefined) return this.accept();
    if (!ask(this)) this.accept(this.mirrored());
  }

  accept(sdp?: string): void {
    if (this.isAnswered) return;
    this.isAnswered = true;
    const { transaction, context, toTag } = this.opts;
    const timer = agreeAsCallee(this.request.headers);
    const agreed = timer.kind === 'agreed' ? timer : undefined;
    const headers = [...context.inviteHeaders(transaction.source.protocol), ...(agreed?.headers ?? [])];
    const response = makeResponse(this.request, 200, { toTag, headers, ...(sdp === undefined ? {} : { body: sdp }) });
    this.opts.taken({ sdp, offer: this.offer, interval: agreed?.interval });
    if (this.request.method === 'UPDATE') return transaction.respond(response);
    this.repeater = new SuccessRepeater({ context, transaction, response, onAck: this.opts.onAck, onGiveUp: this.opts.onGiveUp });
  }

  reject(status: number): void {
    this.respond(status);
  }

  acknowledge(ack: SipRequest): void {
    this.repeater?.acknowledge(ack);
  }

  /** The call is over: an open request gets its final answer, nothing is repeated. */
  stop(): void {
    this.respond(487);
    this.repeater?.stop();
  }

  private respond(status: number, parts: ResponseParts = {}): void {
    if (this.isAnswered) return;
    this.isAnswered = true;
    this.opts.transaction.respond(makeResponse(this.request, status, { toTag: this.opts.toTag, ...parts }));
  }

  private mirrored(): string {
    const own = this.opts.localSdp ?? '';
    if (this.offer === undefined) return withDirection(own, 'sendrecv');
    return withDirection(own, answerDirection(audioOf(this.offer)?.direction ?? 'sendrecv', 'sendrecv'));
  }
}
