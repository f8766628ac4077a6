import { parseNameAddr, tagOf, withTag } from './address.js';
import { Call } from './call.js';
import type { CallContext } from './call-context.js';
import { Dialog, type InDialogParts } from './dialog.js';
import { parseCSeq, type SipRequest, type SipResponse } from './message.js';
import { makeResponse, reasonPhrase } from './response.js';
import { agreeAsCallee } from './session-timer.js';
import { SuccessRepeater } from './success-repeater.js';
import type { ServerTransaction } from './transaction.js';
import { newTag } from './via.js';

type HeaderPairs = readonly (readonly [string, string])[];

/** A call that reached us. */
export class IncomingCall extends Call {
  readonly sipCallId: string;
  readonly localTag = newTag();
  /** When the INVITE arrived, by the user agent's clock. */
  readonly arrivedAtMs: number;
  protected readonly ownsCallId = false;

  constructor(context: CallContext, private readonly transaction: ServerTransaction) {
    super(context, 'arriving');
    const { request } = transaction;
    this.arrivedAtMs = context.clock.now();
    this.sipCallId = request.headers.get('call-id') ?? '';
    this.dialog = Dialog.asCallee(request, withTag(request.headers.get('to') ?? '', this.localTag), transaction.source.protocol);
    this.remoteSdp = request.body === '' ? undefined : request.body;
    transaction.onCancel = (cancel) => this.receiveCancel(cancel);
    transaction.onTransportError = () => this.lost();
    context.remember(this);
  }

  /** The INVITE. */
  get invite(): SipRequest {
    return this.transaction.request;
  }

  /** What a copy of the INVITE that came another way has in common with it. */
  get identity(): string {
    const { headers } = this.invite;
    return [headers.get('call-id'), tagOf(headers.get('from')), parseCSeq(headers)?.number].join('|');
  }

  /** The caller's URI, as From gives it. */
  get callerUri(): string {
    return parseNameAddr(this.invite.headers.get('from') ?? '')?.uri ?? '';
  }

  /** Sends a provisional answer (default 180); with a description it announces early media. */
  ring(status = 180, parts: { sdp?: string; headers?: HeaderPairs } = {}): void {
    if (this.state !== 'arriving' && this.state !== 'ringing') return;
    this.state = 'ringing';
    const headers = [...this.contactOnly(), ...(parts.headers ?? [])];
    this.reply(this.transaction, status, { headers, ...(parts.sdp === undefined ? {} : { body: parts.sdp }) });
  }

  /** Answers with 200. `sdp` is our answer, or our offer when the INVITE had none. False when the call is over or up already. */
  answer(sdp: string, headers: HeaderPairs = []): boolean {
    if (this.state !== 'arriving' && this.state !== 'ringing') return false;
    const timer = agreeAsCallee(this.invite.headers);
    const agreed = timer.kind === 'agreed' ? timer : undefined;
    const response = makeResponse(this.invite, 200, {
      toTag: this.localTag, body: sdp,
      headers: [...this.context.inviteHeaders(this.transaction.source.protocol), ...(agreed?.headers ?? []), ...headers],
    });
    this.state = 'up';
    this.localSdp = sdp;
    this.repeater = new SuccessRepeater({
      context: this.context, transaction: this.transaction, response,
      onAck: (ack) => this.acknowledged(ack), onGiveUp: () => this.terminate('noAck'),
    });
    this.session.start(agreed && { seconds: agreed.interval.seconds, isOurs: agreed.interval.refresher === 'uas' });
    this.emit('answered', { sdp: this.remoteSdp, response });
    return true;
  }

  /** Refuses with 300 to 699. Nothing happens when the call is over or up. */
  reject(status: number, headers: HeaderPairs = []): void {
    if (this.state !== 'arriving' && this.state !== 'ringing') return;
    this.reply(this.transaction, status, { headers });
    this.end();
    this.emit('failed', { status, reason: reasonPhrase(status), cause: 'rejected' });
  }

  hangUp(headers: InDialogParts['headers'] = []): void {
    if (this.state === 'up') void this.bye(headers);
    else this.reject(603, headers);
  }

  protected isOurs(_response: SipResponse): boolean {
    return true; // answers to our re-INVITEs: there is only one dialog on this side
  }

  protected endedEarly(bye: ServerTransaction): void {
    this.reply(bye, 200);
    this.takenBack(bye.request);
  }

  private contactOnly(): HeaderPairs {
    return this.context.inviteHeaders(this.transaction.source.protocol).filter(([name]) => name === 'Contact');
  }

  private acknowledged(ack: SipRequest): void {
    const sdp = ack.body === '' ? undefined : ack.body;
    if (sdp !== undefined) this.remoteSdp = sdp;
    this.emit('acknowledged', { sdp });
    if (sdp !== undefined) this.emit('media', { sdp });
  }

  private receiveCancel(cancel: ServerTransaction): void {
    this.reply(cancel, 200);
    // RFC 3261 section 9.2: after our final answer a CANCEL changes nothing; the caller will send BYE.
    if (this.state === 'arriving' || this.state === 'ringing') this.takenBack(cancel.request);
  }

  private takenBack(message: SipRequest): void {
    this.reply(this.transaction, 487);
    this.end();
    this.emit('failed', { status: 487, reason: reasonPhrase(487), cause: 'cancelled', message });
  }

  private lost(): void {
    if (this.state === 'ended') return;
    const wasUp = this.state === 'up';
    this.end();
    if (wasUp) this.emit('ended', { by: 'local', reason: 'peerGone' });
    else this.emit('failed', { status: 503, reason: reasonPhrase(503), cause: 'transport' });
  }
}
