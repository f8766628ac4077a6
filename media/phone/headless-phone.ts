import type { Pacer } from '../rtp/pacer.js';
import { type Clock, systemClock } from '../sip/clock.js';
import type { OutgoingCall } from '../sip/outgoing-call.js';
import type { SdpCodec } from '../sip/sdp.js';
import type { Protocol, Source } from '../sip/transport.js';
import { UserAgent } from '../sip/user-agent.js';
import { KeyPlayer } from './key-player.js';
import type { KeyStep } from './key-script.js';
import { PhoneCall } from './phone-call.js';
import { PhoneMedia } from './phone-media.js';
import type { Saying } from './sound-source.js';

export interface HeadlessPhoneOptions {
  /** IPv4 address for SIP and RTP. */
  host: string;
  /** SIP port (default 0: the system picks). */
  port?: number;
  protocols?: Protocol[];
  clock?: Clock;
  /** Shared by many phones of one process. */
  pacer?: Pacer;
  userAgent?: string;
}

/** How keys are sent: as RFC 4733 events (tones when the peer takes none), as SIP INFO, or as tones. */
export type KeyMode = 'auto' | 'info' | 'tones';

export interface PlaceCallOptions {
  /** Caller's number or URI. */
  from: string;
  /** Target URI. */
  to: string;
  /** Next hop, when it is not what the target URI says. */
  via?: Source;
  protocol?: Protocol;
  headers?: readonly (readonly [string, string])[];
  credentials?: { username: string; password: string };
  /** Played once the call is up. */
  keys?: readonly KeyStep[];
  keyMode?: KeyMode;
  keyMs?: number;
  gapMs?: number;
  promptTimeoutMs?: number;
  /** What is said from the answer on (default silence). */
  say?: Saying;
  codecs?: readonly SdpCodec[];
  /** Sends no offer in the INVITE and answers the callee's in the ACK. */
  isLateOffer?: boolean;
  /** Gives up ringing after this (default 60,000 ms). */
  ringTimeoutMs?: number;
  /** Hangs up this long after the answer. */
  maxTalkMs?: number;
  /** Hangs up this long after the last key. */
  hangUpAfterKeysMs?: number;
  /** How much of what is heard is kept. */
  keepMs?: number;
}

/** A caller without a person: places calls, presses keys by script, keeps what it hears. */
export class HeadlessPhone {
  private readonly calls = new Set<CallerCall>();

  private constructor(private readonly opts: HeadlessPhoneOptions, readonly agent: UserAgent, private readonly clock: Clock) {}

  /** Opens the SIP port. Rejects when it is taken. */
  static async open(opts: HeadlessPhoneOptions): Promise<HeadlessPhone> {
    const clock = opts.clock ?? systemClock;
    const agent = await UserAgent.open({
      host: opts.host, port: opts.port ?? 0, clock, userAgent: opts.userAgent ?? 'Vaxel-Phone', contactUser: 'phone',
      ...(opts.protocols ? { protocols: opts.protocols } : {}),
    });
    return new HeadlessPhone(opts, agent, clock);
  }

  /** Places a call. Resolves as soon as the INVITE is on its way; `finished` of the result tells the outcome. */
  async call(options: PlaceCallOptions): Promise<CallerCall> {
    const { host, pacer } = this.opts;
    const { codecs, keepMs } = options;
    const media = await PhoneMedia.open({ host, ...(pacer ? { pacer } : {}), ...(codecs ? { codecs } : {}), ...(keepMs === undefined ? {} : { keepMs }) });
    const call = new CallerCall(this.agent, media, { ...options, from: asUri(options.from, host), clock: this.clock });
    this.calls.add(call);
    void call.finished.then(() => this.calls.delete(call));
    return call;
  }

  /** Hangs up what is left and closes. */
  async close(): Promise<void> {
    const left = [...this.calls].map((call) => call.finished);
    await this.agent.close();
    await Promise.all(left);
  }
}

const asUri = (from: string, host: string): string => (/^[+0-9A-Za-z*#._-]+$/.test(from) ? `sip:${from}@${host}` : from);

/** One call of a headless phone. */
export class CallerCall extends PhoneCall {
  declare readonly call: OutgoingCall;
  private readonly keys: KeyPlayer | undefined;
  private keysSent = 0;
  private stopTimer: (() => void) | undefined;

  constructor(agent: UserAgent, media: PhoneMedia, private readonly options: PlaceCallOptions & { clock: Clock }) {
    const { to, from, via, protocol, headers, credentials, isLateOffer } = options;
    const call = agent.invite({
      uri: to, from, ...(via ? { via } : {}), ...(protocol ? { protocol } : {}), ...(headers ? { headers } : {}), ...(credentials ? { credentials } : {}),
      ...(isLateOffer ? { lateAnswer: (offer: string) => media.answer(offer) } : { body: media.offer() }),
    });
    super(call, media, options.clock);
    this.note({ event: 'inviteSent' });
    this.keys = options.keys ? this.player(options.keys) : undefined;
    media.say({ kind: 'nothing' });
    media.onTick = (now) => {
      if (call.state === 'up') this.keys?.tick(now);
    };
    this.follow(call);
  }

  private follow(call: OutgoingCall): void {
    const { clock, ringTimeoutMs } = this.options;
    this.stopTimer = clock.setTimer(ringTimeoutMs ?? 60_000, () => this.hangUp());
    call.on('ringing', ({ status, sdp }) => {
      if (sdp !== undefined) this.media.take(sdp);
      this.note({ event: 'provisional', status, hasMedia: sdp !== undefined });
    });
    call.on('answered', ({ sdp }) => this.cameUp(sdp));
    void this.finished.then(() => this.stopTimer?.());
  }

  private cameUp(sdp: string | undefined): void {
    const { isLateOffer, maxTalkMs, say, clock } = this.options;
    this.stopTimer?.();
    if (!isLateOffer && (sdp === undefined || !this.media.take(sdp))) return this.hangUp();
    this.answered();
    this.media.say(say ?? { kind: 'silence' });
    this.keys?.start(this.media.now());
    if (maxTalkMs !== undefined) this.stopTimer = clock.setTimer(maxTalkMs, () => this.hangUp());
  }

  private player(steps: readonly KeyStep[]): KeyPlayer {
    const { keyMs, gapMs, promptTimeoutMs, hangUpAfterKeysMs, clock } = this.options;
    return new KeyPlayer({
      steps, heard: this.media.heard,
      ...(keyMs === undefined ? {} : { keyMs }), ...(gapMs === undefined ? {} : { gapMs }), ...(promptTimeoutMs === undefined ? {} : { promptTimeoutMs }),
      press: (key, durationMs) => this.press(key, durationMs),
      hangUp: () => this.hangUp(),
      onPromptTimeout: (step) => this.note({ event: 'promptTimeout', step }),
      onDone: () => {
        this.note({ event: 'keysDone' });
        if (hangUpAfterKeysMs === undefined) return;
        this.stopTimer?.();
        this.stopTimer = clock.setTimer(hangUpAfterKeysMs, () => this.hangUp());
      },
    });
  }

  /** Presses one key now. */
  press(key: string, durationMs = 120): void {
    const { keyMode } = this.options;
    const number = ++this.keysSent;
    if (keyMode === 'info') {
      this.call.request('INFO', { contentType: 'application/dtmf-relay', body: `Signal=${key}\r\nDuration=${durationMs}\r\n` }).catch(() => undefined); // the call is over
      return this.note({ event: 'keySent', number, path: 'info' });
    }
    this.note({ event: 'keySent', number, path: this.media.press(key, durationMs, keyMode === 'tones' ? 'tones' : 'auto') });
  }
}
