import { randomUUID } from 'node:crypto';
import { parseNameAddr, tagOf } from './address.js';
import { Call } from './call.js';
import type { CallContext } from './call-context.js';
import type { Failure } from './call-events.js';
import { Dialog, type InDialogParts } from './dialog.js';
import { type AnswerCause, Exchange, type Hop } from './exchange.js';
import { SipHeaders } from './headers.js';
import { parseCSeq, type SipRequest, type SipResponse } from './message.js';
import { agreeAsCaller } from './session-timer.js';
import type { ServerTransaction } from './transaction.js';
import type { Protocol, Source } from './transport.js';
import { newTag } from './via.js';

export interface InviteOptions {
  /** Request URI. */
  uri: string;
  /** From value without tag: a URI or a name-addr. */
  from: string;
  /** To value (default the request URI). */
  to?: string;
  /** Where to send it (default: what the URI says). */
  via?: Source;
  /** Further headers; they replace ours of the same name. */
  headers?: readonly (readonly [string, string])[];
  /** Our offer. Without it the callee offers, and `lateAnswer` answers. */
  body?: string;
  /** Answers the offer of a 2xx in the ACK. Undefined, or left out: the call ends. */
  lateAnswer?(offer: string): string | undefined;
  credentials?: { username: string; password: string };
  /** Protocol when neither `via` nor the URI says (default udp). */
  protocol?: Protocol;
}

const bracket = (value: string): string => (parseNameAddr(value) && !value.includes('<') ? `<${value}>` : value);

/** A call we place. */
export class OutgoingCall extends Call {
  readonly sipCallId = randomUUID();
  readonly localTag = newTag();
  protected readonly ownsCallId = true;
  private readonly protocol: Protocol;
  private readonly invite: Exchange;
  private cseq = 1;
  private isCancelled = false;
  private hasAnswer = false;

  /** Sends the INVITE at once; its answers come as events, never before the next turn of the event loop. */
  constructor(context: CallContext, private readonly opts: InviteOptions) {
    super({ ...context, credentials: opts.credentials ?? context.credentials }, 'calling');
    this.protocol = opts.via?.protocol ?? (/;transport=tcp/i.test(opts.uri) ? 'tcp' : (opts.protocol ?? 'udp'));
    this.localSdp = opts.body;
    context.remember(this);
    const hop: Hop = opts.via ? { to: opts.via } : { uri: opts.uri, protocol: this.protocol };
    this.invite = new Exchange({
      stack: context.stack, request: this.makeInvite(), hop, credentials: this.context.credentials,
      nextCseq: () => ++this.cseq, onResponse: (response, cause) => this.receiveAnswer(response, cause),
      onResend: (times) => this.emit('resent', times),
    });
  }

  /** The INVITE as sent last. */
  get inviteRequest(): SipRequest {
    return this.invite.request;
  }

  /** Takes the call back before it is answered. An answer that crosses is acknowledged and ended. */
  cancel(headers: readonly (readonly [string, string])[] = []): void {
    if (this.state !== 'calling' && this.state !== 'ringing') return;
    this.isCancelled = true;
    this.invite.cancel(SipHeaders.of(headers));
  }

  /** Ends a call of which nobody has said anything yet, at once: RFC 3261 section 9.1 lets no CANCEL leave then. One that was answered is hung up. */
  giveUp(failure: Pick<Failure, 'status' | 'reason' | 'cause'>): void {
    if (this.state !== 'calling' || this.hasAnswer) return this.hangUp();
    this.invite.abandon();
    this.end();
    this.emit('failed', failure);
  }

  hangUp(headers: InDialogParts['headers'] = []): void {
    if (this.state === 'up') void this.bye(headers);
    else this.cancel(headers);
  }

  override receiveStray(response: SipResponse): boolean {
    if (super.receiveStray(response)) return true;
    if (!this.dialog || parseCSeq(response.headers)?.method !== 'INVITE') return false;
    // RFC 3261 section 13.2.2.4: another fork answered too; we keep the first and end this one.
    this.endFork(response);
    return true;
  }

  protected isOurs(response: SipResponse): boolean {
    return this.dialog?.remoteTag === (tagOf(response.headers.get('to')) ?? '');
  }

  protected endedEarly(bye: ServerTransaction): void {
    // RFC 3261 section 15: a callee refuses its INVITE instead. Ours goes on until it does.
    this.reply(bye, 481);
  }

  private makeInvite(): SipRequest {
    const { opts } = this;
    const headers = SipHeaders.of([
      ['Max-Forwards', '70'], ['From', `${bracket(opts.from)};tag=${this.localTag}`], ['To', bracket(opts.to ?? opts.uri)],
      ['Call-ID', this.sipCallId], ['CSeq', `${this.cseq} INVITE`], ...this.context.inviteHeaders(this.protocol),
      ...(opts.body === undefined ? [] : [['Content-Type', 'application/sdp'] as const]),
    ]);
    const replaced = new Set<string>();
    for (const [name, value] of opts.headers ?? []) {
      if (replaced.has(name.toLowerCase())) headers.append(name, value);
      else headers.set(name, value);
      replaced.add(name.toLowerCase());
    }
    return { kind: 'request', method: 'INVITE', uri: opts.uri, headers, body: opts.body ?? '' };
  }

  private receiveAnswer(response: SipResponse, cause: AnswerCause): void {
    if (this.state === 'ended') return;
    this.hasAnswer = true;
    if (response.status < 200) this.progress(response);
    else if (response.status < 300) this.success(response);
    else this.fail(response, cause);
  }

  private progress(response: SipResponse): void {
    if (response.status === 100) return void this.emit('trying');
    // RFC 3261 section 12.1.2: a provisional answer with a tag makes an early dialog; the last one heard is the one we are in.
    if (tagOf(response.headers.get('to')) !== undefined) this.dialog = Dialog.asCaller(this.invite.request, response, this.protocol);
    if (this.isCancelled) return;
    this.state = 'ringing';
    if (response.body !== '') this.remoteSdp = response.body;
    const early = response.body === '' ? {} : { sdp: response.body };
    this.emit('ringing', { status: response.status, reason: response.reason, response, ...early });
  }

  private success(response: SipResponse): void {
    const dialog = Dialog.asCaller(this.invite.request, response, this.protocol);
    this.dialog = dialog;
    this.state = 'up';
    const isOffer = this.opts.body === undefined && response.body !== '';
    const answer = isOffer ? this.opts.lateAnswer?.(response.body) : undefined;
    this.sendAck(dialog, response, answer);
    if (this.isCancelled) return this.giveBack({ status: 487, reason: 'Request Terminated', cause: 'cancelled', message: response });
    if (isOffer && answer === undefined) return this.giveBack({ status: 488, reason: 'Not Acceptable Here', cause: 'noAnswerToOffer', message: response });
    if (isOffer) this.localSdp = answer;
    if (response.body !== '') this.remoteSdp = response.body;
    const interval = agreeAsCaller(response.headers);
    this.session.start(interval && { seconds: interval.seconds, isOurs: interval.refresher === 'uac' });
    this.emit('answered', { sdp: response.body || this.remoteSdp, response });
  }

  /** Ends a call that the peer answered but that never was one for our user. */
  private giveBack(failure: Failure): void {
    const { dialog } = this;
    if (dialog) void this.transmitBye(dialog);
    this.end();
    this.emit('failed', failure);
  }

  private fail(response: SipResponse, cause: AnswerCause): void {
    this.end();
    const why = this.isCancelled && cause !== 'transport' ? 'cancelled' : cause;
    this.emit('failed', { status: response.status, reason: response.reason, cause: why, message: response });
  }

  private endFork(response: SipResponse): void {
    const fork = Dialog.asCaller(this.invite.request, response, this.protocol);
    this.transmitAck(fork.ack(fork.localCseq));
    void this.transmitBye(fork);
  }
}
