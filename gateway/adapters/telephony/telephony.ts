import { failed, ok, type Result } from '../../core/errors.js';
import type { CallId, LegId, NodeId } from '../../core/ids.js';
import type { Registration } from '../../ports/call-store.js';
import type { Log } from '../../ports/log.js';
import type { DialRequest, FoundLeg, LegHandle, RecordingOrder, Telephony, TelephonyFact } from '../../ports/telephony.js';
import { adoptLeg, fetchMedia } from './adopt.js';
import { AgentSide } from './agent-side.js';
import { CallerSide } from './caller-side.js';
import { causeOfBye } from './channel-end.js';
import { dialogIdsOf } from './dialog-id.js';
import type { LegMedia } from './leg-media.js';
import { Legs, type LegsOptions } from './legs.js';
import { connectAgainAfter, connectAgainWithin, newSipServer, type SipMessage, type SipServer } from './libraries.js';
import { MediaServers, type MediaServerAddress } from './media-servers.js';
import type { PeerWord } from './peer-words.js';
import { refusalWaitMs } from './refusal-wait.js';
import { Registrar } from './registrar.js';
import { SipLink } from './sip-link.js';
import { SpareEndpoints } from './spare-endpoints.js';
import { TakenRequests } from './taken-requests.js';
import { logUnreadableMessages } from './unreadable-messages.js';

export interface TelephonyOptions {
  readonly drachtio: { readonly host: string; readonly port: number; readonly secret: string };
  readonly mediaServers: readonly MediaServerAddress[];
  /** Where media servers reach this process. */
  readonly listenAddress: string;
  readonly domain: string;
  /** Whether this source address may send calls without registration. */
  readonly isTrunk: (address: string) => boolean;
  readonly maxCalls: number;
  /** `host:port` of the trunk that takes numbers we dial; null = no numbers can be dialled. */
  readonly outboundTrunk: string | null;
  readonly registrations: {
    save(registration: Registration): Promise<void>;
    find(aor: string): Promise<Registration | null>;
    remove(aor: string): Promise<void>;
  };
  readonly passwordOf: (user: string) => string | null;
  /** Signs what phones are challenged with; the same for all gateways at this SIP server. */
  readonly nonceSecret: string;
  readonly now: () => number;
  readonly log: Log;
}

/** SIP and media on drachtio-server and FreeSWITCH, through drachtio-srf and drachtio-fsmrf. See ports/telephony.ts. */
export function createTelephony(options: TelephonyOptions): Telephony {
  return new DrachtioTelephony(options);
}

/** Without a limit srf asks ever more rarely, in the end minutes apart. */
const RETRY_WITHIN_MS = 1_000;

class DrachtioTelephony implements Telephony {
  private readonly sip: SipServer = newSipServer();
  private readonly taken = new TakenRequests(this.sip);
  private readonly mediaServers: MediaServers;
  private readonly spares: SpareEndpoints;
  private readonly shared: LegsOptions;
  private readonly legs: Legs;
  private readonly callers: CallerSide;
  private readonly agents: AgentSide;
  private listener: (fact: TelephonyFact) => void = () => undefined;
  private readonly link = new SipLink();
  /** Why the SIP server does not let us in, as operators have been told. */
  private toldAway: string | null = null;
  /** In a row. */
  private refusals = 0;
  private restoreConsole: () => void = () => undefined;

  constructor(private readonly options: TelephonyOptions) {
    const { log, now } = options;
    this.mediaServers = new MediaServers(this.sip, { addresses: options.mediaServers, listenAddress: options.listenAddress, onLost: (name) => void this.legs.mediaServerLost(name), onWord: (word) => this.heard(word), log });
    this.spares = new SpareEndpoints({ link: this.link, log });
    this.shared = { sip: this.sip, link: this.link, mediaServers: this.mediaServers, spares: this.spares, report: (fact) => this.listener(fact), now, log };
    this.legs = new Legs(this.shared);
    this.callers = new CallerSide(this.shared, this.legs, {
      isTrunk: options.isTrunk,
      maxCalls: options.maxCalls,
      callsNow: () => this.legs.size + this.callers.size,
      isUp: () => this.mediaServers.isUp(),
      isDraining: () => this.taken.isDraining,
    });
    this.agents = new AgentSide(this.shared, this.legs, { domain: options.domain, trunk: options.outboundTrunk, registrationOf: (aor) => options.registrations.find(aor) });
  }

  onFact(listener: (fact: TelephonyFact) => void): void {
    this.listener = listener;
  }

  /** Media first, SIP last: a caller who gets through finds everything ready. Both reconnect by themselves from then on. */
  async start(): Promise<void> {
    this.restoreConsole = logUnreadableMessages(this.options.log);
    await this.connectSip();
    await this.mediaServers.start();
    this.route();
  }

  isUp(): boolean {
    return this.link.isUp && this.mediaServers.isUp();
  }

  answer(legId: LegId): Promise<Result<LegHandle>> {
    return this.callers.answer(legId);
  }

  reject(legId: LegId, status: number, reason: string, headers: Readonly<Record<string, string>> = {}): Promise<void> {
    this.callers.refuse(legId, { status, reason, headers });
    return Promise.resolve();
  }

  async play(legId: LegId, files: readonly string[]): Promise<Result<{ readonly isWhole: boolean }>> {
    const media = await this.mediaOf(legId);
    return media ? media.play(files) : failed('VG_LEG_GONE', 'no such leg');
  }

  async hush(legId: LegId): Promise<void> {
    await this.legs.get(legId)?.media?.hush();
  }

  async record(legId: LegId, what: RecordingOrder): Promise<Result<null>> {
    const media = await this.mediaOf(legId);
    return media ? media.record(what) : failed('VG_LEG_GONE', 'no such leg');
  }

  async stopRecording(legId: LegId): Promise<void> {
    await this.legs.get(legId)?.media?.stopRecording();
  }

  async startMusic(legId: LegId, files: readonly string[]): Promise<Result<null>> {
    const media = await this.mediaOf(legId);
    return media ? media.startMusic(files) : failed('VG_LEG_GONE', 'no such leg');
  }

  async stopMusic(legId: LegId): Promise<void> {
    await this.legs.get(legId)?.media?.stopMusic();
  }

  expectDial(beside: LegId): void {
    const caller = this.legs.get(beside);
    if (caller !== null) this.spares.expect(beside, caller.server);
  }

  prepareDial(request: DialRequest): Promise<void> {
    this.agents.prepare(request);
    return Promise.resolve();
  }

  dial(request: DialRequest, onInviteSent: (at: number) => void): Promise<Result<LegHandle>> {
    return this.agents.dial(request, onInviteSent);
  }

  cancelDial(legId: LegId): Promise<void> {
    return this.agents.cancel(legId);
  }

  async bridge(caller: LegId, agent: LegId): Promise<Result<null>> {
    const [a, b] = [this.legs.get(caller), this.legs.get(agent)];
    if (a === null || b === null) return failed('VG_LEG_GONE', 'a leg ended before the bridge');
    if (b.joinedTo === caller) return ok(null);
    b.media?.willBeBridged();
    this.legs.willBeBridged(caller, agent);
    const joined = await this.legs.join(a, b.handle.channel);
    if (joined.ok) await this.legs.holdAsAnswered(b, a);
    return joined;
  }

  async hangUp(legId: LegId, cause: string): Promise<void> {
    await this.legs.end(legId, cause);
  }

  tellTaken(callId: CallId, node: NodeId): Promise<void> {
    return this.mediaServers.tellPeers({ type: 'call.taken', callId, by: node });
  }

  adopt(callId: CallId, handle: LegHandle, isTalking: boolean): Promise<FoundLeg> {
    return adoptLeg({ options: this.shared, legs: this.legs }, { callId, handle, isTalking });
  }

  adoptArrival(callId: CallId, legId: LegId, arrival: string): Promise<boolean> {
    return this.callers.takeOver(callId, legId, arrival);
  }

  letGo(legId: LegId): void {
    this.legs.letGo(legId);
  }

  counts(): Readonly<Record<string, number>> {
    return { legs: this.legs.size, arriving: this.callers.size, ringing: this.agents.size, spareEndpoints: this.spares.size };
  }

  drain(): void {
    this.taken.drain();
  }

  resume(): void {
    this.taken.resume();
  }

  async close(): Promise<void> {
    this.taken.drain();
    this.agents.close();
    this.legs.close();
    await this.spares.close();
    this.mediaServers.close();
    this.disconnect();
    this.restoreConsole();
  }

  /** drachtio-srf 5.0.29 throws where there is no connection any more; the rest is closed all the same. */
  private disconnect(): void {
    try {
      this.sip.disconnect();
    } catch (error) {
      this.options.log.info({ err: String(error) }, 'SIP server was gone already');
    }
  }

  /** A talking leg that was taken over gets its socket back when something is to be heard on it again. */
  private mediaOf(legId: LegId): Promise<LegMedia | null> {
    const leg = this.legs.get(legId);
    if (leg === null || leg.media !== null) return Promise.resolve(leg?.media ?? null);
    leg.fetching ??= fetchMedia(this.legs, leg);
    return leg.fetching;
  }

  private connectSip(): Promise<void> {
    const { drachtio, log } = this.options;
    return new Promise((resolve) => {
      this.sip.on('connect', (error: Error | null, hostPort?: string) => {
        if (error) this.sipRefused(error);
        else this.sipConnected(hostPort);
        resolve();
      });
      this.sip.on('error', (error: Error) => {
        // A write that meets the closed connection tells of the loss before `close` does.
        if (this.link.isUp) log.warn({ err: error.message }, 'SIP server lost');
        else this.sipAway('warn', error, 'SIP server not reachable, trying again');
        this.link.lost();
      });
      this.sip.on('close', () => {
        if (this.link.isUp) log.warn({}, 'SIP server lost');
        this.link.lost();
      });
      this.sip.connect({ ...drachtio, reconnect: { retryMaxDelay: RETRY_WITHIN_MS } });
    });
  }

  private sipConnected(hostPort: string | undefined): void {
    const { log } = this.options;
    this.link.connected();
    this.toldAway = null;
    this.refusals = 0;
    connectAgainWithin(this.sip, RETRY_WITHIN_MS);
    this.spares.renew();
    log.info({ sip: hostPort }, 'SIP server connected');
    this.legs.sipReturned().catch((error: unknown) => log.warn({ err: String(error) }, 'legs not probed'));
  }

  private sipRefused(error: Error): void {
    this.sipAway('error', error, 'SIP server refused the sign-in, trying again: is DRACHTIO_SECRET right?');
    this.refusals += 1;
    connectAgainAfter(this.sip, refusalWaitMs(this.refusals));
  }

  /** It is tried again all the time: the same reason is told once, until it has been there again. */
  private sipAway(level: 'warn' | 'error', { message }: Error, told: string): void {
    if (this.toldAway === told) return;
    this.toldAway = told;
    this.options.log[level]({ err: message }, told);
  }

  private route(): void {
    const { domain, nonceSecret, passwordOf, registrations, now, log } = this.options;
    const registrar = new Registrar({ domain, nonceSecret, passwordOf, save: (r) => registrations.save(r), remove: (aor) => registrations.remove(aor), now, log });
    this.sip.invite((request, response) => this.callers.invited(request, response));
    this.sip.register((request, response) => registrar.handle(request, response));
    this.sip.options((_request, response) => {
      const headers = { Allow: 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, REGISTER', Accept: 'application/sdp' };
      response.send(this.isUp() ? 200 : 503, undefined, { headers });
    });
    this.sip.on('cdr:stop', (_source: string, _time: string, _reason: string, message: SipMessage) => {
      const [dialogIds, cause] = [dialogIdsOf(message), causeOfBye(message)];
      if (dialogIds.some((dialogId) => this.legs.dialogStopped(dialogId, cause))) return;
      void this.mediaServers.tellPeers({ type: 'dialog.stopped', dialogIds, ...(cause === undefined ? {} : { cause }) });
    });
    this.taken.begin();
  }

  private heard(word: PeerWord): void {
    if (word.type === 'call.taken') this.listener(word);
    else for (const dialogId of word.dialogIds) this.legs.dialogStopped(dialogId, word.cause);
  }
}
