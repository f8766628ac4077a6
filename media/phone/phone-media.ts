import { randomInt } from 'node:crypto';
import { FRAME_SAMPLES } from '../rtp/g711.js';
import { Pacer } from '../rtp/pacer.js';
import { RtpSession, type RtpStats } from '../rtp/session.js';
import { DTMF_FREQUENCIES, tone } from '../rtp/tone.js';
import { type AudioLocal, audioOf, makeAnswer, makeOffer, PCMA, PCMU, TELEPHONE_EVENT } from '../sip/offer-answer.js';
import type { Direction, SdpCodec } from '../sip/sdp.js';
import { HeardAudio, type ToneMeasure } from './heard-audio.js';
import { type Saying, SoundSource } from './sound-source.js';

export interface PhoneMediaOptions {
  host: string;
  /** Shared by the phones of one process; without it one of its own. */
  pacer?: Pacer;
  /** Codecs offered and taken, the preferred first (default PCMA, PCMU, telephone-event). */
  codecs?: readonly SdpCodec[];
  /** How much of what is heard is kept (default 10 minutes; 0 keeps none). */
  keepMs?: number;
}

export const PHONE_CODECS: readonly SdpCodec[] = [PCMA, PCMU, TELEPHONE_EVENT];
const DEFAULT_KEEP_MS = 600_000;

/** How a key reached the peer: as RFC 4733 event, as tones in the audio, or not at all. */
export type KeyPath = 'event' | 'tones' | 'none';

/** The audio of one call: descriptions, a stream, what is said and what is heard. */
export class PhoneMedia {
  readonly heard: HeardAudio;
  onFirstPacket: (() => void) | undefined;
  /** Sound began after silence, or ended (400 ms without). */
  onSound: ((isSound: boolean) => void) | undefined;
  onKey: ((key: string, durationMs: number) => void) | undefined;
  /** Every 20 ms. */
  onTick: ((nowMs: number) => void) | undefined;
  private readonly voice = new SoundSource();
  private toneFrames: Int16Array[] = [];
  private version = 0;
  private readonly sessionId = String(randomInt(1, 2 ** 31));
  private hasHeardPacket = false;
  private isSounding = false;
  private readonly leavePacer: () => void;
  private wanted: Direction = 'sendrecv';
  private offered: Direction = 'sendrecv';

  private constructor(private readonly opts: PhoneMediaOptions, private readonly pacer: Pacer, private readonly session: RtpSession) {
    this.heard = new HeardAudio({ startedAtMs: pacer.now(), keepMs: opts.keepMs ?? DEFAULT_KEEP_MS });
    session.onFrame = (frame) => this.hear(frame);
    session.onDtmf = (signal) => {
      if (signal.kind !== 'start') this.onKey?.(signal.digit, signal.durationMs);
    };
    session.source = () => this.toneFrames.shift() ?? this.voice.next();
    this.leavePacer = pacer.add(() => this.tick());
  }

  /** Opens the RTP ports. Rejects when none is free. */
  static async open(opts: PhoneMediaOptions): Promise<PhoneMedia> {
    const pacer = opts.pacer ?? new Pacer();
    return new PhoneMedia(opts, pacer, await RtpSession.open({ host: opts.host, pacer }));
  }

  /** Monotonic ms of the media clock. */
  now(): number {
    return this.pacer.now();
  }

  get stats(): RtpStats {
    return this.session.stats();
  }

  /** Codec in use; undefined before the peer's description is known. */
  get codec(): string | undefined {
    return this.session.format?.codec;
  }

  /** Our description for an INVITE, a re-INVITE or a late offer. `direction` counts from the moment the peer takes it. */
  offer(direction: Direction = this.wanted): string {
    this.offered = direction;
    return makeOffer(this.local(direction));
  }

  /** Our answer to the peer's offer, which is in use from now on. Undefined: nothing in common (488). */
  answer(offer: string): string | undefined {
    const answer = makeAnswer(offer, this.local(this.wanted));
    if (answer === undefined) return undefined;
    this.use(offer);
    const own = audioOf(answer)?.direction ?? 'sendrecv';
    this.setDirection(own);
    return answer;
  }

  /** Takes the peer's answer to our offer. False when it has no audio we can use. */
  take(answer: string): boolean {
    const remote = audioOf(answer);
    if (!remote || !this.use(answer)) return false;
    this.wanted = this.offered;
    this.setDirection(mirror(remote.direction, this.wanted));
    return true;
  }

  /** What is said from now on. */
  say(saying: Saying): void {
    this.voice.say(saying);
  }

  /** Presses a key for so long. */
  press(key: string, durationMs: number, by: 'auto' | 'tones' = 'auto'): KeyPath {
    if (by === 'auto' && this.session.sendDtmf(key, durationMs)) return 'event';
    const pair = DTMF_FREQUENCIES[key];
    if (!pair || this.session.format === undefined) return 'none';
    const sound = tone(pair, Math.ceil(durationMs / 20) * 20);
    for (let at = 0; at < sound.length; at += FRAME_SAMPLES) this.toneFrames.push(sound.subarray(at, at + FRAME_SAMPLES));
    return 'tones';
  }

  /** How much of the last 200 ms is this tone. */
  tone(hz: number): ToneMeasure {
    return this.heard.tone(hz, this.now());
  }

  /** Everything heard so far, wall-aligned, 8 kHz. */
  recording(): Int16Array {
    return this.heard.samples(this.now());
  }

  async close(): Promise<void> {
    this.leavePacer();
    await this.session.close();
  }

  private local(direction: Direction): AudioLocal {
    return {
      address: this.opts.host, port: this.session.port, codecs: this.opts.codecs ?? PHONE_CODECS, direction,
      session: { id: this.sessionId, version: ++this.version },
    };
  }

  private use(description: string): boolean {
    const remote = audioOf(description);
    const own = this.opts.codecs ?? PHONE_CODECS;
    const codec = remote?.codecs.find((theirs) => own.some((ours) => ours.name === theirs.name.toUpperCase()));
    const name = codec?.name.toUpperCase();
    if (!remote || !codec || (name !== 'PCMA' && name !== 'PCMU')) return false;
    const event = remote.dtmfPayload !== undefined && own.includes(TELEPHONE_EVENT) ? { telephoneEvent: { payloadType: remote.dtmfPayload, clockRate: 8000 } } : {};
    this.session.setFormat({ codec: name, payloadType: codec.payload, ...event });
    this.session.setRemote({ address: remote.address, port: remote.port });
    return true;
  }

  private setDirection(direction: Direction): void {
    this.session.setDirection({ sends: direction === 'sendrecv' || direction === 'sendonly', receives: direction === 'sendrecv' || direction === 'recvonly' });
  }

  private hear(frame: Int16Array): void {
    if (!this.hasHeardPacket) {
      this.hasHeardPacket = true;
      this.onFirstPacket?.();
    }
    this.heard.push(frame, this.pacer.frameAtMs);
  }

  private tick(): void {
    const now = this.pacer.frameAtMs;
    const { lastSoundAtMs } = this.heard;
    const isSounding = lastSoundAtMs !== undefined && now - lastSoundAtMs < 400;
    if (isSounding !== this.isSounding) {
      this.isSounding = isSounding;
      this.onSound?.(isSounding);
    }
    this.onTick?.(now);
  }
}

/** Our side's direction after the peer answered with its own. */
function mirror(theirs: Direction, wanted: Direction): Direction {
  const sends = theirs !== 'sendonly' && theirs !== 'inactive' && (wanted === 'sendrecv' || wanted === 'sendonly');
  const receives = theirs !== 'recvonly' && theirs !== 'inactive' && (wanted === 'sendrecv' || wanted === 'recvonly');
  return sends ? (receives ? 'sendrecv' : 'sendonly') : receives ? 'recvonly' : 'inactive';
}
