import { EventEmitter } from 'node:events';
import type { CallContext } from './call-context.js';
import type { CallEvents, CallState, InviteResult } from './call-events.js';
import type { Dialog, InDialogParts } from './dialog.js';
import { Exchange } from './exchange.js';
import { parseCSeq, type SipRequest, type SipResponse } from './message.js';
import { locate } from './next-hop.js';
import { audioOf, withDirection } from './offer-answer.js';
import { IncomingReinvite } from './reinvite.js';
import { makeResponse, type ResponseParts } from './response.js';
import type { Direction } from './sdp.js';
import { SessionChanges } from './session-changes.js';
import { agreeAsCaller, SessionTimer } from './session-timer.js';
import type { SuccessRepeater } from './success-repeater.js';
import type { ServerTransaction } from './transaction.js';

/**
 * One INVITE dialog of an endpoint, from the first message to the last. What differs between the two sides is in OutgoingCall and IncomingCall.
 *
 *   calling | arriving --18x--> ringing --2xx--> up --BYE, time-out--> ended
 *        `--failure, CANCEL (also from ringing)-------------------------^
 */
export abstract class Call extends EventEmitter<CallEvents> {
  state: CallState;
  /** The last description we sent and the peer took. */
  localSdp: string | undefined;
  /** The last description of the peer. */
  remoteSdp: string | undefined;
  protected dialog: Dialog | undefined;
  protected repeater: SuccessRepeater | undefined;
  protected readonly session: SessionTimer;
  private lastAck: { cseq: number; send: () => void } | undefined;
  private reinviteIn: IncomingReinvite | undefined;
  private readonly changes: SessionChanges;
  private isHangingUp = false;

  constructor(protected readonly context: CallContext, initial: CallState) {
    super();
    this.state = initial;
    this.changes = new SessionChanges({
      clock: context.clock, random: () => context.random(), ownsCallId: () => this.ownsCallId,
      isPossible: () => this.state === 'up' && !this.isHangingUp, isPeerChanging: () => this.reinviteIn?.isOpen ?? false,
      transmit: (sdp, done) => this.dialog && this.sendChange(this.dialog, sdp, done),
    });
    this.session = new SessionTimer(context.clock, { refresh: () => void this.reinvite(this.localSdp ?? ''), expired: () => this.terminate('sessionExpired') });
  }

  abstract readonly sipCallId: string;
  /** The tag that tells this call from others with the same Call-ID. */
  abstract readonly localTag: string;

  /** Whether the peer has put us on hold: it does not want to hear us. */
  get isHeldByPeer(): boolean {
    const direction = this.remoteSdp === undefined ? undefined : audioOf(this.remoteSdp)?.direction;
    return direction === 'sendonly' || direction === 'inactive';
  }

  /** Ends the call in whatever state it is: CANCEL, refusal or BYE. A second call does nothing. */
  abstract hangUp(headers?: InDialogParts['headers']): void;

  /** Ends a call that is up with BYE. Resolves with the status of its answer, 408 and 503 when there was none. */
  bye(headers?: InDialogParts['headers']): Promise<number> {
    if (this.state !== 'up' || this.isHangingUp) return Promise.resolve(481);
    this.isHangingUp = true;
    // RFC 3261 section 15: the callee sends no BYE before the ACK came or was given up on.
    if (!this.repeater?.isWaiting) return this.sendBye(headers);
    return this.acknowledgement().then((isAcknowledged) => (isAcknowledged ? this.sendBye(headers) : 408));
  }

  /** Changes the session. A 491 is tried again (RFC 3261 section 14.1); 408 and 481 end the call. */
  async reinvite(sdp: string): Promise<InviteResult> {
    // RFC 3261 section 14.1: no new INVITE before the last one has run its course.
    if (this.repeater?.isWaiting) await this.acknowledgement();
    return this.changes.send(sdp);
  }

  /** Stops wanting to hear the peer (`sendonly`), or with `inactive` to be heard as well. */
  hold(direction: Direction = 'sendonly'): Promise<InviteResult> {
    return this.reinvite(withDirection(this.localSdp ?? '', direction));
  }

  /** Ends a hold of ours. */
  resume(): Promise<InviteResult> {
    return this.reinvite(withDirection(this.localSdp ?? '', 'sendrecv'));
  }

  /** Sends a request inside the dialog, for example INFO. Resolves with its final answer. */
  request(method: string, parts: InDialogParts = {}): Promise<SipResponse> {
    return new Promise((resolve, reject) => {
      if (!this.dialog || this.state === 'ended') return reject(new Error('no dialog'));
      const headers = [...this.context.commonHeaders(), ...(parts.headers ?? [])];
      this.exchange(this.dialog.request(method, { ...parts, headers }), (response) => {
        if (response.status >= 200) resolve(response);
      });
    });
  }

  /** Waits for the ACK of our 2xx; false when the call ended without it. */
  private acknowledgement(): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (isAcknowledged: boolean): void => {
        this.off('acknowledged', onAck);
        this.off('ended', onEnd);
        resolve(isAcknowledged);
      };
      const onAck = (): void => settle(true);
      const onEnd = (): void => settle(false);
      this.on('acknowledged', onAck);
      this.on('ended', onEnd);
    });
  }

  // --- what the user agent hands in -------------------------------------------------------------------------------

  /** A request of the peer inside this dialog. */
  receive(transaction: ServerTransaction): void {
    const { request } = transaction;
    const { dialog } = this;
    if (!dialog || this.state === 'ended') return this.reply(transaction, 481);
    if (!dialog.takeRemoteCseq(request)) return this.reply(transaction, 500, { headers: [['Retry-After', '1']] });
    switch (request.method) {
      case 'BYE':
        if (this.state !== 'up') return this.endedEarly(transaction);
        this.reply(transaction, 200);
        return this.endByPeer(request);
      case 'INVITE':
      case 'UPDATE':
        return this.receiveOffer(transaction, dialog);
      case 'INFO':
        this.reply(transaction, 200);
        this.emit('info', { contentType: request.headers.get('content-type') ?? '', body: request.body, request });
        return;
      case 'OPTIONS':
        return this.reply(transaction, 200, { headers: this.context.optionsHeaders() });
      default:
        return this.context.fallback(transaction);
    }
  }

  /** An ACK for a 2xx of ours. */
  receiveAck(ack: SipRequest): void {
    if (!this.repeater?.acknowledge(ack)) this.reinviteIn?.acknowledge(ack);
  }

  /** A 2xx of the peer after the first one; false when it belongs to another dialog. */
  receiveStray(response: SipResponse): boolean {
    if (!this.dialog || response.headers.get('to') === undefined || !this.isOurs(response)) return false;
    if (parseCSeq(response.headers)?.number === this.lastAck?.cseq) this.lastAck?.send();
    return true;
  }

  /** Whether this tag is the peer's in the dialog. */
  hasRemoteTag(tag: string | undefined): boolean {
    return this.dialog !== undefined && (this.dialog.remoteTag === (tag ?? ''));
  }

  protected abstract isOurs(response: SipResponse): boolean;

  /** A BYE of the peer before the call is up. */
  protected abstract endedEarly(bye: ServerTransaction): void;

  // --- for the two sides ------------------------------------------------------------------------------------------

  protected reply(transaction: ServerTransaction, status: number, parts: ResponseParts = {}): void {
    transaction.respond(makeResponse(transaction.request, status, { toTag: this.localTag, ...parts }));
  }

  protected exchange(made: ReturnType<Dialog['request']>, onResponse: (response: SipResponse) => void): Exchange {
    const { dialog } = this;
    return new Exchange({
      ...made, stack: this.context.stack, credentials: this.context.credentials, onResponse,
      nextCseq: () => (dialog ? ++dialog.localCseq : 1),
    });
  }

  /** Sends the ACK for a 2xx and keeps it for its repeats. */
  protected sendAck(dialog: Dialog, response: SipResponse, body?: string): void {
    const cseq = parseCSeq(response.headers)?.number ?? 0;
    const ack = dialog.ack(cseq, { body });
    this.lastAck = { cseq, send: () => this.transmitAck(ack) };
    this.transmitAck(ack);
  }

  protected transmitAck({ request, hop }: ReturnType<Dialog['ack']>): void {
    if ('to' in hop) this.context.stack.sendStateless(request, hop.to);
    else locate(hop.uri, hop.protocol, (to) => to && this.context.stack.sendStateless(request, to));
  }

  /** Sends BYE and ends at once; resolves with the status of the answer. */
  protected sendBye(headers: InDialogParts['headers'] = [], reason: 'bye' | 'noAck' | 'sessionExpired' | 'peerGone' = 'bye'): Promise<number> {
    const { dialog } = this;
    if (!dialog || this.state === 'ended') return Promise.resolve(481);
    const answered = this.transmitBye(dialog, headers);
    this.end();
    this.emit('ended', { by: 'local', reason });
    return answered;
  }

  /** Sends a BYE and no more; resolves with the status of its answer. */
  protected transmitBye(dialog: Dialog, headers: InDialogParts['headers'] = []): Promise<number> {
    const answered = new Promise<number>((resolve) => {
      this.exchange(dialog.request('BYE', { headers: [...this.context.commonHeaders(), ...headers] }), (response) => {
        if (response.status >= 200) resolve(response.status);
      });
    });
    this.context.await(answered);
    return answered;
  }

  /** Ends a call that cannot go on. */
  protected terminate(reason: 'noAck' | 'sessionExpired' | 'peerGone'): void {
    const text = reason === 'noAck' ? 'ACK timeout' : reason === 'sessionExpired' ? 'Session timer expired' : 'Peer gone';
    if (this.state === 'up') void this.sendBye([['Reason', `SIP;cause=408;text="${text}"`]], reason);
  }

  /** Frees everything; events are the caller's business. */
  protected end(): void {
    this.state = 'ended';
    this.session.stop();
    this.repeater?.stop();
    this.reinviteIn?.stop();
    this.changes.stop();
    this.context.forget(this);
  }

  private endByPeer(request: SipRequest): void {
    this.end();
    this.emit('ended', { by: 'remote', reason: 'bye', request });
  }

  private receiveOffer(transaction: ServerTransaction, dialog: Dialog): void {
    // RFC 3261 section 14.2: ours is under way, or theirs still is. Before the answer the first INVITE is the one under way.
    if (this.changes.isUnderWay || this.state === 'calling') return this.reply(transaction, 491);
    const hasNoSession = this.state !== 'up' || (this.remoteSdp === undefined && this.repeater?.isWaiting);
    if (this.reinviteIn?.isOpen || hasNoSession) return this.reply(transaction, 500, { headers: [['Retry-After', '1']] });
    this.reinviteIn?.stop();
    this.reinviteIn = new IncomingReinvite({
      transaction, context: this.context, toTag: this.localTag, localSdp: this.localSdp,
      taken: ({ sdp, offer, interval }) => {
        dialog.refreshTarget(transaction.request.headers);
        this.localSdp = sdp ?? this.localSdp;
        this.session.start(interval && { seconds: interval.seconds, isOurs: interval.refresher === 'uas' });
        if (offer !== undefined) this.takeRemote(offer);
      },
      onAck: (ack) => {
        if (ack.body !== '') this.takeRemote(ack.body);
      },
      onGiveUp: () => this.terminate('noAck'),
    });
    this.reinviteIn.begin((reinvite) => this.emit('reinvite', reinvite));
  }

  private takeRemote(sdp: string): void {
    this.remoteSdp = sdp;
    this.emit('media', { sdp });
  }

  private sendChange(dialog: Dialog, sdp: string, done: (response: SipResponse) => void): void {
    const made = dialog.request('INVITE', { headers: this.context.inviteHeaders(dialog.protocol), body: sdp });
    this.exchange(made, (response) => {
      if (response.status < 200) return;
      if (response.status < 300) this.changed(dialog, response, sdp);
      // RFC 3261 section 12.2.1.2: the peer no longer knows the dialog, or is gone.
      else if (response.status === 481 || response.status === 408) this.terminate('peerGone');
      done(response);
    });
  }

  private changed(dialog: Dialog, response: SipResponse, sdp: string): void {
    dialog.refreshTarget(response.headers);
    this.sendAck(dialog, response);
    if (this.state !== 'up') return;
    const interval = agreeAsCaller(response.headers);
    this.session.start(interval && { seconds: interval.seconds, isOurs: interval.refresher === 'uac' });
    this.localSdp = sdp;
    if (response.body !== '') this.takeRemote(response.body);
  }

  protected abstract readonly ownsCallId: boolean;
}
