import { failed, ok, type Result } from '../../core/errors.js';
import type { LegId } from '../../core/ids.js';
import { LastNames } from '../../core/last-names.js';
import type { Log } from '../../ports/log.js';
import type { TelephonyFact } from '../../ports/telephony.js';
import { bridged } from './bridged.js';
import { onChannelEnd } from './channel-end.js';
import { DigitSource, pathOf, type DigitPath } from './digit-source.js';
import { dtmfOfInfo } from './dtmf-info.js';
import { reasonOf, requestInDialog } from './in-dialog.js';
import type { ConnectedLeg } from './leg.js';
import { killChannel, type SipDialog, type SipMessage, type SipRequest, type SipResponder, type SipServer } from './libraries.js';
import type { MediaServers } from './media-servers.js';
import { asFreshOffer, isHold, renegotiate } from './renegotiate.js';
import type { SipLink } from './sip-link.js';
import type { SpareEndpoints } from './spare-endpoints.js';
import { sessionTimer } from './session-timer.js';

/** drachtio notes the end of a dialog right after it; for longer nobody needs to know. */
const REMEMBERED_DIALOGS = 2_000;

export interface LegsOptions {
  readonly sip: SipServer;
  readonly link: SipLink;
  readonly mediaServers: MediaServers;
  readonly spares: SpareEndpoints;
  readonly report: (fact: TelephonyFact) => void;
  readonly now: () => number;
  readonly log: Log;
}

/**
 * The connected legs of this process: hears their dialogs and channels, and ends both together.
 * A leg's end is reported at most once, and never when we ended it ourselves.
 */
export class Legs {
  private readonly legs = new Map<LegId, ConnectedLeg>();
  private readonly byDialog = new Map<string, ConnectedLeg>();
  /** The caller that an agent's leg was bridged to. */
  private readonly callerOf = new Map<LegId, LegId>();
  /** Dialogs of legs that are over. */
  private readonly ended = new LastNames(REMEMBERED_DIALOGS);
  /** Dialogs that could not be told of their end while the SIP server was away, with the cause. */
  private readonly owedByes = new Map<string, string>();

  constructor(private readonly options: LegsOptions) {}

  get size(): number {
    return this.legs.size;
  }

  get(legId: LegId): ConnectedLeg | null {
    return this.legs.get(legId) ?? null;
  }

  add(leg: ConnectedLeg): void {
    this.legs.set(leg.legId, leg);
    this.byDialog.set(leg.handle.dialogId, leg);
    if (leg.channelDialogId !== undefined) this.byDialog.set(leg.channelDialogId, leg);
    this.options.mediaServers.took(leg.handle.mediaServer);
    if (leg.dialog !== null) this.hearDialog(leg, leg.dialog);
    this.hearEndpoint(leg);
  }

  /** Digits and the end of the channel; called again when the channel's socket was fetched back. */
  hearEndpoint(leg: ConnectedLeg): void {
    const { endpoint } = leg;
    if (endpoint === null) return;
    leg.digits = new DigitSource(endpoint.dtmfType);
    endpoint.on('dtmf', (event: { readonly dtmf?: string; readonly source?: string }) => {
      const digit = event.dtmf ?? '';
      if (/^[0-9*#A-D]$/.test(digit)) this.digitPressed(leg, digit, pathOf(event.source));
    });
    onChannelEnd(endpoint, (cause) => this.channelEnded(leg, cause), () => leg.media?.ended());
  }

  /** Joins a caller to a channel. Caller first: a later end of that channel leaves the caller parked; killing the first would hang up the second. */
  async join(caller: ConnectedLeg, channel: string): Promise<Result<null>> {
    caller.media?.willBeBridged();
    const body = await caller.server.api(`uuid_bridge ${caller.handle.channel} ${channel}`);
    return body.startsWith('+OK') ? ok(null) : failed('VG_MEDIA', `uuid_bridge: ${body.trim()}`);
  }

  /** A phone that answered on hold is held once it is bridged: only then FreeSWITCH plays music to the caller meanwhile. */
  async holdAsAnswered(leg: ConnectedLeg, caller: ConnectedLeg): Promise<void> {
    if (!leg.heldAnswer) return;
    await bridged(leg.server, { channel: leg.handle.channel, to: caller.handle.channel });
    // The phone may have taken the call back meanwhile.
    const { heldAnswer } = leg;
    leg.heldAnswer = null;
    if (!heldAnswer || leg.isEnding) return;
    const held = await this.renegotiate(leg, heldAnswer);
    if (held.ok) this.reportHold(leg, heldAnswer);
  }

  /** These two are, or are about to be, in one bridge. */
  willBeBridged(caller: LegId, agent: LegId): void {
    this.callerOf.set(agent, caller);
  }

  /** Ends the dialog by BYE and the channel by uuid_kill. Idempotent. */
  async end(legId: LegId, cause: string): Promise<void> {
    const leg = this.legs.get(legId);
    if (leg === undefined || leg.isEnding) return;
    this.remove(leg);
    await Promise.all([this.bye(leg, cause), this.kill(leg)]);
  }

  /** Forgets a leg that another process owns now; its dialog and channel live on. */
  letGo(legId: LegId): void {
    const leg = this.legs.get(legId);
    if (leg === undefined) return;
    this.forget(leg);
    if (leg.dialog !== null) this.options.sip.removeDialog(leg.dialog);
  }

  /**
   * drachtio's note that a dialog ended, which also reaches a process that took the call over.
   * @returns whether it is a dialog of a leg of this process, or was until the leg's end
   */
  dialogStopped(dialogId: string, cause: string | undefined): boolean {
    const leg = this.byDialog.get(dialogId);
    if (leg === undefined) return this.ended.has(dialogId);
    if (dialogId === leg.channelDialogId) this.channelEnded(leg, cause);
    else this.peerEnded(leg, 'normal');
    return true;
  }

  /** Sends the far end's new offer to that leg's channel. @returns the channel's answer */
  async renegotiate(leg: ConnectedLeg, sdp: string): Promise<Result<string>> {
    return leg.endpoint === null ? failed('VG_LEG_GONE', 'the channel has no socket') : renegotiate(this.options.sip, leg.endpoint, sdp);
  }

  /**
   * The SIP server is connected again. After a restart it has no dialogs, so the far ends have lost theirs without knowing: those legs
   * end with a cause. After a mere break of the connection they live, and those that ended meanwhile are told now.
   */
  async sipReturned(): Promise<void> {
    const { sip } = this.options;
    const owed = [...this.owedByes];
    this.owedByes.clear();
    const tellings = owed.map(([dialogId, cause]) => requestInDialog(sip, { method: 'BYE', dialogId, headers: reasonOf(cause) }));
    const probes = [...this.legs.values()].map(async (leg) => {
      const probe = await requestInDialog(sip, { method: 'OPTIONS', dialogId: leg.handle.dialogId });
      if (!probe.ok && probe.error.code === 'VG_LEG_GONE') this.lost(leg, 'sip-server-lost');
    });
    await Promise.all([...tellings, ...probes]);
  }

  /** A media server was lost: a leg that was taken over has no socket here that would have told. */
  async mediaServerLost(name: string): Promise<void> {
    for (const leg of [...this.legs.values()]) {
      if (leg.handle.mediaServer !== name || leg.endpoint !== null) continue;
      const isThere = leg.server.connected() && (await leg.server.api(`uuid_exists ${leg.handle.channel}`)).trim() === 'true';
      if (!isThere) this.channelEnded(leg, undefined);
    }
  }

  close(): void {
    for (const leg of [...this.legs.values()]) this.remove(leg);
  }

  private hearDialog(leg: ConnectedLeg, dialog: SipDialog): void {
    dialog.on('destroy', (bye?: SipMessage) => this.peerEnded(leg, bye?.get('Reason') ?? 'normal'));
    dialog.on('modify', (request: SipRequest, response: SipResponder) => void this.reinvited(leg, { request, response }));
    // No listener for 'refresh': srf would answer a session refresh by itself and leave Session-Expires out, which ends the timer (RFC 4028 section 9).
    dialog.on('update', (request: SipRequest, response: SipResponder) => this.updated(leg, { request, response }));
    dialog.on('info', (request: SipRequest, response: SipResponder) => {
      response.send(200);
      const digit = dtmfOfInfo(request);
      if (digit !== null) this.digitPressed(leg, digit, 'info');
    });
  }

  private digitPressed(leg: ConnectedLeg, digit: string, path: DigitPath): void {
    const { callId, legId } = leg;
    if (leg.digits?.takes(path) === true) this.options.report({ type: 'leg.digit', callId, legId, digit, at: this.options.now() });
  }

  /** RFC 3311; without a description it is a session refresh. We do not say that we take an offer this way, so one is refused. */
  private updated(leg: ConnectedLeg, message: { readonly request: SipRequest; readonly response: SipResponder }): void {
    const { request, response } = message;
    if (leg.isEnding) return response.send(481);
    response.send(request.body ? 488 : 200, undefined, { headers: request.body ? {} : sessionTimer(request) });
  }

  private async reinvited(leg: ConnectedLeg, message: { readonly request: SipRequest; readonly response: SipResponder }): Promise<void> {
    const { request, response } = message;
    if (leg.isEnding) return response.send(481);
    const headers = sessionTimer(request);
    leg.heldAnswer = null;
    if (!request.body) return this.offerOurs(leg, { response, headers });
    const answer = await this.renegotiate(leg, request.body);
    if (!answer.ok) {
      this.options.log.warn({ legId: leg.legId, code: answer.error.code }, 're-INVITE refused');
      return response.send(488);
    }
    response.send(200, undefined, { body: answer.value, headers });
    this.reportHold(leg, request.body);
  }

  /**
   * RFC 3261 section 14.2: a re-INVITE without an offer gets ours in the 200, the answer comes with the ACK. It offers both directions
   * whoever holds at the moment, else nobody could ever take a held call back this way (RFC 3264 section 8.4).
   */
  private offerOurs(leg: ConnectedLeg, how: { readonly response: SipResponder; readonly headers: Readonly<Record<string, string>> }): void {
    leg.dialog?.once('ack', (ack: SipRequest) => {
      if (!ack.body) return;
      void this.renegotiate(leg, ack.body).then((agreed) => (agreed.ok ? this.reportHold(leg, ack.body) : undefined));
    });
    const offer = asFreshOffer(leg.endpoint?.local.sdp ?? '');
    if (leg.endpoint !== null) leg.endpoint.local.sdp = offer;
    how.response.send(200, undefined, { body: offer, headers: how.headers });
  }

  private reportHold(leg: ConnectedLeg, theirs: string): void {
    if (leg.isEnding) return;
    const { callId, legId } = leg;
    this.options.report({ type: 'leg.held', callId, legId, isHeld: isHold(theirs), at: this.options.now() });
  }

  /** BYE from the far end (srf answers it), a session that ran out, or drachtio's note about either. */
  private peerEnded(leg: ConnectedLeg, reason: string): void {
    if (leg.isEnding) return;
    const isLost = /ACK timeout|Session timer expired/i.test(reason);
    this.remove(leg);
    void this.kill(leg);
    this.reportEnd(leg, { by: isLost ? 'system' : 'peer', cause: isLost ? 'session-lost' : 'normal' });
  }

  /** The channel ended first: no RTP for too long, killed by an operator, or the media server went away. */
  private channelEnded(leg: ConnectedLeg, reason: string | undefined): void {
    if (leg.isEnding) return;
    // The end of the caller's channel takes the agent's with it: that leg is about to be hung up, and its channel was not lost.
    const caller = this.callerOf.get(leg.legId);
    if (caller !== undefined && !this.legs.has(caller)) return;
    const cause = reason === 'MEDIA_TIMEOUT' ? 'media-timeout' : 'media-lost';
    this.remove(leg);
    void this.bye(leg, cause);
    this.reportEnd(leg, { by: 'system', cause });
  }

  private lost(leg: ConnectedLeg, cause: string): void {
    if (leg.isEnding) return;
    this.remove(leg);
    void this.kill(leg);
    this.reportEnd(leg, { by: 'system', cause });
  }

  private reportEnd(leg: ConnectedLeg, how: { readonly by: 'peer' | 'system'; readonly cause: string }): void {
    const { callId, legId } = leg;
    this.options.report({ type: 'leg.hungUp', callId, legId, by: how.by, cause: how.cause, at: this.options.now() });
  }

  private remove(leg: ConnectedLeg): void {
    for (const dialogId of dialogsOf(leg)) this.ended.add(dialogId);
    this.forget(leg);
  }

  private forget(leg: ConnectedLeg): void {
    leg.isEnding = true;
    leg.media?.ended();
    this.legs.delete(leg.legId);
    this.callerOf.delete(leg.legId);
    for (const dialogId of dialogsOf(leg)) this.byDialog.delete(dialogId);
    this.options.mediaServers.gaveBack(leg.handle.mediaServer);
    this.options.spares.forget(leg.legId);
  }

  private async bye(leg: ConnectedLeg, cause: string): Promise<void> {
    const { dialogId } = leg.handle;
    const result = await requestInDialog(this.options.sip, { method: 'BYE', dialogId, headers: reasonOf(cause) });
    if (leg.dialog !== null) this.options.sip.removeDialog(leg.dialog);
    if (result.ok || result.error.code === 'VG_LEG_GONE') return;
    this.owedByes.set(dialogId, cause);
    this.options.log.warn({ legId: leg.legId, detail: result.error.detail }, 'BYE failed');
  }

  private async kill(leg: ConnectedLeg): Promise<void> {
    await killChannel(leg.server, leg.handle.channel);
  }
}

/** That of the far end, and that between drachtio and the media server. */
const dialogsOf = ({ handle, channelDialogId, endpoint }: ConnectedLeg): readonly string[] =>
  [handle.dialogId, channelDialogId ?? endpoint?.dialog.id].filter((dialogId) => dialogId !== undefined);
