import { randomUUID } from 'node:crypto';
import { parseUri } from '../../sip/address.js';
import type { IncomingCall } from '../../sip/incoming-call.js';
import type { TimerSettings } from '../../sip/transaction.js';
import { UserAgent } from '../../sip/user-agent.js';
import { NoFreePorts, type PortRange } from '../../rtp/port-pair.js';
import { RtpSession } from '../../rtp/session.js';
import { Channel } from './channel.js';
import { ChannelMedia } from './channel-media.js';
import { runChannel } from './channel-thread.js';
import { reasonHeader } from './hangup-cause.js';
import type { Action } from './inline-dialplan.js';
import { agreeOn, offerSdp } from './sdp-media.js';
import { SipLeg } from './sip-leg.js';
import { noteInvite } from './sip-variables.js';
import type { Switch } from './switch.js';
import { MAX_SESSIONS, VERSION } from './switch.js';

const EXTENSION = 'drachtio';
const NO_MEDIA = [reasonHeader('INCOMPATIBLE_DESTINATION')];
/** The discard service, where nothing is heard. */
const NOBODYS_PORT = 9;

/** The SIP profile drachtio_mrf: takes INVITEs for `drachtio` and makes channels of them. */
export class SipProfile {
  readonly #owner: Switch;
  readonly #portRange: PortRange | undefined;
  #agent: UserAgent | undefined;
  #rtpSessions = 0;
  readonly #running = new Set<Promise<void>>();

  /** Binds the address. Rejects if it is taken. */
  static async open(owner: Switch, opts: { port: number; portRange?: PortRange; timers?: Partial<TimerSettings> }): Promise<SipProfile> {
    const profile = new SipProfile(owner, opts.portRange);
    profile.#agent = await UserAgent.open({
      host: owner.settings.host, port: opts.port, clock: owner.settings.clock, userAgent: `FreeSWITCH-mod_sofia/${VERSION}~64bit`, contactUser: EXTENSION, stack: { trying: 'atOnce' },
      ...(opts.timers === undefined ? {} : { timers: opts.timers }),
      onInvite: (call) => {
        profile.#invited(call).catch((error: unknown) => {
          owner.log.error({ sipCallId: call.sipCallId, error: error instanceof Error ? error.message : String(error) }, 'call could not be taken');
          call.reject(503);
        });
      },
    });
    owner.profile = { host: profile.#agent.host, port: profile.#agent.port };
    return profile;
  }

  private constructor(owner: Switch, portRange: PortRange | undefined) {
    this.#owner = owner;
    this.#portRange = portRange;
  }

  /** RTP streams that are open. */
  get rtpSessions(): number {
    return this.#rtpSessions;
  }

  /** Ends every call and frees the ports. */
  async close(): Promise<void> {
    for (const channel of this.#owner.channels.values()) channel.hangup('MANAGER_REQUEST');
    await Promise.all(this.#running);
    await this.#agent?.close();
  }

  async #invited(call: IncomingCall): Promise<void> {
    if (parseUri(call.invite.uri)?.user !== EXTENSION) return call.reject(404, [reasonHeader('NO_ROUTE_DESTINATION')]);
    if (call.remoteSdp !== undefined && agreeOn(call.remoteSdp) === undefined) return call.reject(488, [reasonHeader('INCOMPATIBLE_DESTINATION')]);
    if (this.#owner.channels.size >= MAX_SESSIONS) return call.reject(503, [reasonHeader('SWITCH_CONGESTION')]);
    const media = await this.#openMedia();
    if (media === null) return this.#refuseMedia(call);
    if (call.state === 'ended') return media.close();
    this.#makeChannel(call, media);
  }

  /** Null when every port is taken. */
  async #openMedia(): Promise<ChannelMedia | null> {
    const { host, pacer } = this.#owner.settings;
    const session = await RtpSession.open({ host, pacer, ...(this.#portRange === undefined ? {} : { portRange: this.#portRange }) }).catch((error: unknown) => {
      if (error instanceof NoFreePorts) return null;
      throw error;
    });
    if (session === null) return null;
    this.#rtpSessions += 1;
    return new ChannelMedia(session, () => {
      this.#rtpSessions -= 1;
    });
  }

  /** Seen on the real server: it binds its port when both descriptions are there, and so our offer is answered first and hung up after the ACK. */
  #refuseMedia(call: IncomingCall): void {
    const { host } = this.#owner.settings;
    const range = this.#portRange;
    this.#owner.log.warn({ sipCallId: call.sipCallId, ...(range === undefined ? {} : { ports: `${range.min}-${range.max}` }) }, range === undefined ? 'no free RTP port' : 'no free RTP port: RTP_PORT_MIN and RTP_PORT_MAX bound them');
    if (call.remoteSdp !== undefined) return call.reject(488, NO_MEDIA);
    call.once('acknowledged', () => call.hangUp(NO_MEDIA));
    call.answer(offerSdp({ host, port: this.#portRange?.min ?? NOBODYS_PORT, sessionId: 1, version: 1 }));
  }

  #makeChannel(call: IncomingCall, media: ChannelMedia): void {
    const owner = this.#owner;
    const leg = new SipLeg({ call, media, host: owner.settings.host });
    const channel = new Channel(randomUUID(), owner, leg, media);
    owner.sessionsSinceStart += 1;
    owner.channels.set(channel.uuid, channel);
    leg.attach(channel);
    noteInvite(channel, call, `sip:mod_sofia@${owner.profile.host}:${owner.profile.port}`);
    owner.log.debug({ uuid: channel.uuid, sipCallId: call.sipCallId }, 'channel created');
    const running = this.#run(channel, leg, call.remoteSdp !== undefined).catch((error: unknown) => {
      owner.log.error({ uuid: channel.uuid, error: error instanceof Error ? error.stack : String(error) }, 'channel failed');
    }).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #run(channel: Channel, leg: SipLeg, hasOffer: boolean): Promise<void> {
    channel.setState('CS_NEW');
    channel.setState('CS_INIT');
    if (!hasOffer) await this.#offerFirst(channel, leg);
    channel.emit('CHANNEL_CREATE');
    if (hasOffer) {
      channel.setState('CS_ROUTING');
      channel.setCallState('RINGING');
    }
    channel.go({ kind: 'dialplan', actions: this.#dialplan(), isTransfer: !hasOffer });
    await runChannel(channel);
  }

  /** An INVITE without description is answered with our offer at once; the dial plan begins when the ACK has brought the answer. */
  async #offerFirst(channel: Channel, leg: SipLeg): Promise<void> {
    const acknowledged = leg.offer();
    channel.answerState = 'answered';
    channel.emit('CHANNEL_ANSWER');
    channel.setCallState('ACTIVE');
    if (!(await acknowledged)) channel.hangup('INCOMPATIBLE_DESTINATION');
  }

  /** What stands behind `socket` keeps a call, for a bounded time, whose application is gone. */
  #dialplan(): readonly Action[] {
    const { mediaTimeoutMs, parkTimeoutS } = this.#owner.settings;
    return [
      { app: 'set', arg: `media_timeout=${mediaTimeoutMs}` },
      { app: 'answer', arg: '' },
      { app: 'socket', arg: '${sip_h_X-esl-outbound} async full' },
      { app: 'set', arg: `park_timeout=${parkTimeoutS}` },
      { app: 'park', arg: '' },
    ];
  }
}
