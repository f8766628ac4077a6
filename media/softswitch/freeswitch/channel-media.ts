import type { DtmfSignal } from '../../rtp/dtmf.js';
import { InbandDtmfDetector } from '../../rtp/goertzel.js';
import { FRAME_SAMPLES } from '../../rtp/g711.js';
import type { RtpSession, RtpStats } from '../../rtp/session.js';
import type { Agreement } from './sdp-media.js';

/** Where the RTP of a channel goes to and comes from. */
export interface MediaUser {
  /** Each 20 ms: what to send, undefined for nothing. */
  frame(): Int16Array | undefined;
  heard(pcm: Int16Array): void;
  digit(digit: string, durationMs: number, source: 'RTP' | 'INBAND_AUDIO'): void;
}

const SILENT_FRAME = new Int16Array(FRAME_SAMPLES);
const UNITS_PER_MS = 8;
const DEFAULT_DTMF_UNITS = 2000;

/** The RTP side of one channel: format and direction from SDP, muting, keys both ways. */
export class ChannelMedia {
  readonly #session: RtpSession;
  readonly #onClosed: () => void;
  #inband: InbandDtmfDetector | undefined;
  #user: MediaUser | undefined;
  isReadMuted = false;

  /** `onClosed` is called when the ports are free again. */
  constructor(session: RtpSession, onClosed: () => void = () => undefined) {
    this.#onClosed = onClosed;
    this.#session = session;
    session.source = () => this.#user?.frame();
    session.onFrame = (pcm) => this.#hear(pcm);
    // A key counts when it comes up; one whose ends were all lost is never reported (as the real server).
    session.onDtmf = (signal: DtmfSignal) => {
      if (signal.kind === 'end') this.#user?.digit(signal.digit, signal.durationMs, 'RTP');
    };
  }

  get port(): number {
    return this.#session.port;
  }

  get ssrc(): number {
    return this.#session.ssrc;
  }

  attach(user: MediaUser): void {
    this.#user = user;
  }

  /** Takes what an offer and answer agreed on. */
  apply(agreement: Agreement): void {
    const { remote, direction } = agreement;
    this.#session.setFormat({
      codec: agreement.codec.name, payloadType: agreement.codec.payload,
      ...(agreement.dtmfPayload === undefined ? {} : { telephoneEvent: { payloadType: agreement.dtmfPayload, clockRate: 8000 } }),
    });
    this.#session.setRemote(remote);
    this.#session.setDirection({ sends: direction === 'sendrecv' || direction === 'sendonly', receives: direction === 'sendrecv' || direction === 'recvonly' });
  }

  send(pcm: Int16Array): void {
    this.#session.sendFrame(pcm);
  }

  /** Keys as `12@200` (ms each, default 2000 samples). False if the peer takes no telephone-event. */
  sendDigits(spec: string): boolean {
    const [digits = '', ms] = spec.split('@');
    const durationMs = ms === undefined ? DEFAULT_DTMF_UNITS / UNITS_PER_MS : Number(ms) || DEFAULT_DTMF_UNITS / UNITS_PER_MS;
    let isSent = true;
    for (const digit of digits.replace(/[^0-9A-Da-d*#]/g, '')) isSent = this.#session.sendDtmf(digit, durationMs) && isSent;
    return isSent;
  }

  /** Looks for keys in the sound from now on, or no longer. */
  detectInband(isOn: boolean): void {
    this.#inband = isOn ? new InbandDtmfDetector((digit, ms) => this.#user?.digit(digit, ms, 'INBAND_AUDIO')) : undefined;
  }

  stats(): RtpStats {
    return this.#session.stats();
  }

  async close(): Promise<void> {
    await this.#session.close();
    this.#onClosed();
  }

  #hear(pcm: Int16Array): void {
    this.#inband?.push(pcm);
    this.#user?.heard(this.isReadMuted ? SILENT_FRAME : pcm);
  }
}
