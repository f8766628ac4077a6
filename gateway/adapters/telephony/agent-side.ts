import { failed, ok, type Result, type VgErrorCode } from '../../core/errors.js';
import type { LegId } from '../../core/ids.js';
import type { DialRequest, LegHandle } from '../../ports/telephony.js';
import { EarlyMedia, hasLiveAudio } from './early-media.js';
import type { ConnectedLeg } from './leg.js';
import { LegMedia } from './leg-media.js';
import type { Legs, LegsOptions } from './legs.js';
import { killChannel, type Endpoint, type MediaServer, type SipDialog, type SipRequest } from './libraries.js';
import { bothWays, isHold } from './renegotiate.js';
import { routeTo, type OutboundRoute, type OutboundRoutes } from './outbound-route.js';

/** A phone being rung. */
interface RingingLeg {
  isCancelled: boolean;
  invite: SipRequest | null;
  early: EarlyMedia | null;
  readonly endpoint: Promise<Endpoint | null>;
  readonly route: Promise<Result<OutboundRoute>>;
  readonly preparedAt: number;
  /** The leg that this one is to be joined to. */
  readonly beside: LegId | null;
  readonly server: MediaServer;
  readonly serverName: string;
}

/** An Accept may come long after the pop, and the phone may have moved meanwhile: where it is, is asked again. */
const ROUTE_KEPT_MS = 1_000;

/** Rings agents' phones. Owns the 200 that crosses our CANCEL. */
export class AgentSide {
  private readonly ringing = new Map<LegId, RingingLeg>();

  constructor(
    private readonly options: LegsOptions,
    private readonly legs: Legs,
    private readonly routes: OutboundRoutes,
  ) {}

  get size(): number {
    return this.ringing.size;
  }

  /** Has the phone's media endpoint and address ready while the screen gets its pop, so that the INVITE can leave at once. */
  prepare(request: DialRequest): void {
    if (this.ringing.has(request.legId)) return;
    const place = this.mediaServerFor(request);
    if (place === null) return;
    const endpoint = this.options.spares.take({ caller: request.beside, callId: request.callId, server: place.server }).catch((error: unknown) => {
      this.options.log.warn({ legId: request.legId, err: String(error) }, 'no endpoint for the phone');
      return null;
    });
    this.ringing.set(request.legId, {
      isCancelled: false, invite: null, early: null, endpoint, route: this.routeOf(request), preparedAt: this.options.now(), beside: request.beside, server: place.server, serverName: place.name,
    });
  }

  /** uuid_bridge joins channels of one media server only: every leg of a call is made where its first one is. */
  private mediaServerFor({ beside }: DialRequest): { readonly server: MediaServer; readonly name: string } | null {
    if (beside === null) return this.options.mediaServers.choose();
    const leg = this.legs.get(beside);
    return leg === null ? null : { server: leg.server, name: leg.handle.mediaServer };
  }

  async dial(request: DialRequest, onInviteSent: (at: number) => void): Promise<Result<LegHandle>> {
    this.prepare(request);
    const leg = this.ringing.get(request.legId);
    if (leg === undefined) return request.beside === null ? failed('VG_MEDIA', 'no media server is there') : failed('VG_LEG_GONE', 'the other leg is gone');
    const isFresh = this.options.now() - leg.preparedAt < ROUTE_KEPT_MS;
    const [endpoint, route] = await Promise.all([leg.endpoint, isFresh ? leg.route : this.routeOf(request)]);
    const giveUp = async (code: VgErrorCode, detail: string): Promise<Result<never>> => {
      this.ringing.delete(request.legId);
      this.options.spares.expectAgain(leg.beside);
      if (endpoint !== null) await killChannel(leg.server, endpoint.uuid);
      return failed(code, detail);
    };
    if (endpoint === null) return giveUp('VG_MEDIA', 'no endpoint for the phone');
    if (!route.ok) return giveUp(route.error.code, route.error.detail);
    if (leg.isCancelled) return giveUp('VG_FAILED', 'cancelled before the INVITE left');
    const { beside } = request;
    const join = request.hasEarlyMedia && beside !== null ? () => this.join(beside, endpoint) : null;
    const early = new EarlyMedia({ options: this.options, server: leg.server, endpoint, join });
    leg.early = early;
    const answered = await this.invite({ request, leg, endpoint, route: route.value }, { onInviteSent, early });
    await early.end();
    if (!answered.ok) return giveUp(answered.error.code, answered.error.detail);
    if (leg.isCancelled) return this.endCrossedAnswer(answered.value, giveUp);
    return this.connect({ request, leg, endpoint, dialog: answered.value, early });
  }

  /** Stops the ring. Before the INVITE left it never will; after it, CANCEL; a 200 that crosses is ended in `dial`. */
  async cancel(legId: LegId): Promise<void> {
    const leg = this.ringing.get(legId);
    if (leg === undefined || leg.isCancelled) return;
    leg.isCancelled = true;
    if (leg.invite !== null) leg.invite.cancel(() => undefined);
    await leg.early?.end();
    const endpoint = await leg.endpoint;
    // Nobody called dial(): the offer ended while the pop was on its way.
    if (leg.invite === null) this.ringing.delete(legId);
    this.options.spares.expectAgain(leg.beside);
    if (endpoint !== null) await killChannel(leg.server, endpoint.uuid);
  }

  close(): void {
    this.ringing.clear();
  }

  private routeOf(request: DialRequest): Promise<Result<OutboundRoute>> {
    return routeTo(request.aor, this.routes).catch((error: unknown) => failed('VG_STORE', `the registration cannot be looked up: ${String(error)}`));
  }

  private async invite(
    call: { readonly request: DialRequest; readonly leg: RingingLeg; readonly endpoint: Endpoint; readonly route: OutboundRoute },
    progress: { readonly onInviteSent: (at: number) => void; readonly early: EarlyMedia },
  ): Promise<Result<SipDialog>> {
    const { request, leg, endpoint, route } = call;
    const headers: Record<string, string> = {
      From: `<sip:${request.callerNumber ?? 'anonymous'}@localhost>`,
      To: `<${route.to}>`,
      ...request.headers,
      'X-Call-Ref': request.callId,
      // RFC 5373 names the wish; phones in the field look at Call-Info (answer-after) or Alert-Info.
      ...(request.shouldAutoAnswer ? { 'Call-Info': '<sip:vaxel>;answer-after=0', 'Alert-Info': '<http://vaxel>;info=alert-autoanswer;delay=0' } : {}),
    };
    try {
      const inviting = this.options.sip.createUAC(
        route.uri,
        { localSdp: endpoint.local.sdp, ...(route.proxy === null ? {} : { proxy: route.proxy }), headers },
        {
          cbRequest: (error, invite) => {
            if (error !== null && error !== undefined) return;
            leg.invite = invite;
            progress.onInviteSent(this.options.now());
            this.options.spares.mark(endpoint);
            if (leg.isCancelled) invite.cancel(() => undefined);
          },
          cbProvisional: (response) => progress.early.heard(response),
        },
      );
      return ok(await this.options.link.orLost(inviting));
    } catch (error) {
      const { status } = error as { readonly status?: number };
      if (status !== undefined) return failed(codeOf(status), `the phone answered ${status}`);
      return failed(this.options.link.isUp ? 'VG_FAILED' : 'VG_SIP', String(error));
    }
  }

  /** The 200 crossed our CANCEL: srf has acknowledged it, drachtio-server may have sent BYE already; ours makes sure. */
  private endCrossedAnswer(dialog: SipDialog, giveUp: (code: VgErrorCode, detail: string) => Promise<Result<never>>): Promise<Result<never>> {
    dialog.destroy({ headers: { Reason: 'SIP;cause=200;text="offer expired"' } }, () => undefined);
    return giveUp('VG_FAILED', 'answered after the ring was stopped');
  }

  /** Joins the caller to the far end while it rings. */
  private async join(caller: LegId, endpoint: Endpoint): Promise<boolean> {
    const leg = this.legs.get(caller);
    return leg !== null && (await this.legs.join(leg, endpoint.uuid)).ok;
  }

  private async connect(call: AnsweredCall): Promise<Result<LegHandle>> {
    const { request, leg, endpoint, dialog, early } = call;
    const { callId, legId } = request;
    const { role = 'agent', beside } = request;
    const handle: LegHandle = { legId, role, dialogId: dialog.id, mediaServer: leg.serverName, channel: endpoint.uuid };
    const media = new LegMedia(endpoint, leg.server);
    const joined = early.isJoined && beside !== null ? { joinedTo: beside } : {};
    const connected: ConnectedLeg = { callId, legId, handle, dialog, server: leg.server, endpoint, media, isEnding: false, ...joined };
    this.ringing.delete(legId);
    this.legs.add(connected);
    if (early.isJoined && beside !== null) this.legs.willBeBridged(beside, legId);
    const [agreed] = await Promise.all([this.agree(connected, call), media.prepare(role)]);
    if (!agreed.ok) {
      await this.legs.end(legId, 'no media');
      return agreed;
    }
    return ok(handle);
  }

  /** Gives the phone's answer to its channel. It stands in the 200, or stood in a reliable 1xx before. */
  private async agree(connected: ConnectedLeg, { dialog, early }: AnsweredCall): Promise<Result<unknown>> {
    const answer = dialog.remote.sdp || early.sdp;
    // RFC 3264 section 6: an answer with port 0 has refused our only stream. Nobody would hear anybody.
    if (!answer || !hasLiveAudio(answer)) return failed('VG_FAILED', 'the phone answered without audio');
    if (answer === early.agreedSdp) return ok(null);
    if (early.isJoined || !isHold(answer)) return this.legs.renegotiate(connected, answer);
    // A channel that comes into a bridge on hold is taken off hold by FreeSWITCH, and the caller would hear nothing at all.
    connected.heldAnswer = answer;
    return this.legs.renegotiate(connected, bothWays(answer));
  }
}

interface AnsweredCall {
  readonly request: DialRequest;
  readonly leg: RingingLeg;
  readonly endpoint: Endpoint;
  readonly dialog: SipDialog;
  readonly early: EarlyMedia;
}

/** What a phone's final answer means for an offer. */
function codeOf(status: number): VgErrorCode {
  if (status === 486 || status === 600) return 'VG_BUSY';
  if (status === 603 || status === 606 || status === 403) return 'VG_DECLINED';
  if (status === 408 || status === 480) return 'VG_NO_ANSWER';
  return 'VG_FAILED';
}
