import { randomUUID } from 'node:crypto';
import { failed, ok, type Result } from '../../core/errors.js';
import { brand, type CallId, type LegId } from '../../core/ids.js';
import type { LegHandle } from '../../ports/telephony.js';
import { admit, type Admission } from './admission.js';
import { dialogIdsOf } from './dialog-id.js';
import { reasonOf, requestInDialog } from './in-dialog.js';
import { keepInvite, readInvite } from './kept-invite.js';
import { CALL_HEADER } from './media-servers.js';
import type { ConnectedLeg } from './leg.js';
import { LegMedia } from './leg-media.js';
import type { Legs, LegsOptions } from './legs.js';
import { newEndpoint } from './new-endpoint.js';
import { sessionTimer } from './session-timer.js';
import { killChannel, type Endpoint, type SipDialog, type SipRequest, type SipResponder } from './libraries.js';

interface ArrivingLeg {
  readonly callId: CallId;
  readonly request: SipRequest;
  readonly response: SipResponder;
  isCancelled: boolean;
}

/** Callers' INVITEs until they are answered or refused. Owns the CANCEL that crosses our answer. */
export class CallerSide {
  private readonly arriving = new Map<LegId, ArrivingLeg>();

  constructor(
    private readonly options: LegsOptions,
    private readonly legs: Legs,
    private readonly admission: Admission,
  ) {}

  get size(): number {
    return this.arriving.size;
  }

  /** A new INVITE: refused here when no call could come of it, else reported as `caller.arrived`. */
  invited(request: SipRequest, response: SipResponder): void {
    const refusal = admit(request, this.admission);
    if (refusal !== null) {
      this.options.log.info({ source: request.source_address, status: refusal.status, why: refusal.why }, 'INVITE refused');
      response.send(refusal.status, refusal.reason, { headers: refusal.headers });
      return;
    }
    const callId = brand<CallId>(randomUUID());
    const legId = brand<LegId>(`${callId}-c`);
    this.track({ callId, legId, request, response });
    const { ani, dnis } = numbersOf(request);
    const at = this.options.now();
    const caller = { callId, legId, sipCallId: request.get('Call-ID') ?? '', ani, dnis, source: request.source_address, at, arrival: keepInvite(request) };
    this.options.report({ type: 'caller.arrived', caller });
  }

  /** See ports/telephony.ts, `adoptArrival`. A CANCEL does not come here: drachtio-server answers it, and our answer finds no transaction. */
  async takeOver(callId: CallId, legId: LegId, kept: string): Promise<boolean> {
    const { sip } = this.options;
    const invite = readInvite(sip, kept);
    if (invite === null) return false;
    const { request, response } = invite;
    const [dialogId = ''] = dialogIdsOf(request);
    const [bye] = await Promise.all([
      requestInDialog(sip, { method: 'BYE', dialogId, headers: reasonOf('gateway-lost') }),
      this.options.mediaServers.endChannelsFor(callId),
    ]);
    if (bye.ok || bye.error.code !== 'VG_LEG_GONE') return false;
    this.track({ callId, legId, request, response });
    return true;
  }

  refuse(legId: LegId, how: { readonly status: number; readonly reason: string; readonly headers: Readonly<Record<string, string>> }): void {
    const leg = this.arriving.get(legId);
    if (leg === undefined) return;
    this.arriving.delete(legId);
    leg.response.send(how.status, how.reason, { headers: how.headers });
  }

  /**
   * Media first, then 200, never fsmrf's connectCaller: it drops the endpoint when createUAS fails.
   * @returns VG_LEG_GONE when the caller cancelled meanwhile, VG_MEDIA when no endpoint could be made (503 is sent)
   */
  async answer(legId: LegId): Promise<Result<LegHandle>> {
    const leg = this.arriving.get(legId);
    if (leg === undefined) return failed('VG_LEG_GONE', 'no such arriving leg');
    const chosen = this.options.mediaServers.choose();
    if (chosen === null) return this.failAnswer(legId, 'no media server is connected');
    const { request, callId } = leg;
    let endpoint: Endpoint;
    try {
      const headers = { [CALL_HEADER]: callId };
      endpoint = await this.options.link.orLost(newEndpoint(chosen.server, request.body ? { remoteSdp: request.body, headers } : { headers }));
    } catch (error) {
      return this.failAnswer(legId, `createEndpoint: ${String(error)}`);
    }
    const media = new LegMedia(endpoint, chosen.server);
    const prepared = media.prepare('caller');
    const dialog = leg.isCancelled ? null : await this.send200({ leg, endpoint, legId });
    if (dialog === null) {
      media.ended();
      await killChannel(chosen.server, endpoint.uuid);
      return failed('VG_LEG_GONE', 'the caller left during the answer');
    }
    const handle: LegHandle = { legId, role: 'caller', dialogId: dialog.id, mediaServer: chosen.name, channel: endpoint.uuid };
    const connected: ConnectedLeg = { callId, legId, handle, dialog, server: chosen.server, endpoint, media, isEnding: false };
    this.legs.add(connected);
    // The ACK may come before the channel has its variables: it is listened for first.
    await Promise.all([request.body ? null : this.takeLateAnswer(connected, dialog), prepared]);
    if (endpoint.dtmfType !== 'rfc2833') await endpoint.execute('start_dtmf');
    return ok(handle);
  }

  private track({ legId, ...what }: Omit<ArrivingLeg, 'isCancelled'> & { readonly legId: LegId }): void {
    const leg: ArrivingLeg = { ...what, isCancelled: false };
    this.arriving.set(legId, leg);
    leg.request.on('cancel', () => {
      if (leg.isCancelled || !this.arriving.delete(legId)) return;
      leg.isCancelled = true;
      this.options.report({ type: 'leg.hungUp', callId: leg.callId, legId, by: 'peer', cause: 'cancelled', at: this.options.now() });
    });
  }

  private async send200(answer: { readonly leg: ArrivingLeg; readonly endpoint: Endpoint; readonly legId: LegId }): Promise<SipDialog | null> {
    const { leg, endpoint, legId } = answer;
    try {
      const headers = sessionTimer(leg.request);
      const dialog = await this.options.link.orLost(this.options.sip.createUAS(leg.request, leg.response, { localSdp: endpoint.local.sdp, headers }));
      this.arriving.delete(legId);
      return dialog;
    } catch (error) {
      this.arriving.delete(legId);
      this.options.log.info({ legId, err: String(error) }, 'answer came too late');
      return null;
    }
  }

  /** RFC 3261 section 13.2.1: an INVITE without an offer gets ours in the 200; the answer comes with the ACK, before the first prompt. */
  private takeLateAnswer(leg: ConnectedLeg, dialog: SipDialog): Promise<void> {
    return new Promise((resolve) => {
      dialog.once('destroy', () => resolve());
      dialog.once('ack', (ack: SipRequest) => {
        if (!ack.body) return resolve();
        void this.legs.renegotiate(leg, ack.body).then(() => resolve());
      });
    });
  }

  private failAnswer(legId: LegId, detail: string): Result<never> {
    this.refuse(legId, { status: 503, reason: 'Service Unavailable', headers: { 'Retry-After': '5' } });
    return failed('VG_MEDIA', detail);
  }
}

/** Calling and dialled number; P-Asserted-Identity wins over From (RFC 3325), `anonymous` and the like are no number. */
function numbersOf(request: SipRequest): { readonly ani: string | null; readonly dnis: string } {
  const user = (text: string | undefined): string => /(?:sips?|tel):([^@;>\s]*)/i.exec(text ?? '')?.[1] ?? '';
  const ani = isPrivate(request.get('Privacy')) ? '' : decode(user(request.get('P-Asserted-Identity')) || user(request.get('From')));
  return { ani: /^\+?[0-9]{3,20}$/.test(ani) ? ani : null, dnis: decode(user(request.uri)) };
}

/**
 * Whether the caller asks that nobody is told who they are, whatever identity the network adds for itself: `id` (RFC 3325 section 9.3), `user`
 * (RFC 3323 section 4.2).
 */
const isPrivate = (privacy: string | undefined): boolean => /(^|[;,\s])(id|user)($|[;,\s])/i.test(privacy ?? '');

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
