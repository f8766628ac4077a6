import { randomInt } from 'node:crypto';
import type { DtmfPacket, DtmfSignal, TelephoneEventFormat } from './dtmf.js';
import { DtmfReceiver, DtmfSender } from './dtmf.js';
import type { G711Codec } from './g711.js';
import { FRAME_SAMPLES, G711_PAYLOAD_TYPE, readG711, writeG711 } from './g711.js';
import { JitterBuffer } from './jitter-buffer.js';
import type { Pacer } from './pacer.js';
import { FRAME_MS } from './pacer.js';
import type { RtpDatagram } from './packet.js';
import { RTP_HEADER_BYTES, readRtp, writeRtpHeader } from './packet.js';
import type { PortPair, PortRange } from './port-pair.js';
import { openPortPair } from './port-pair.js';
import { ReceiveStats } from './receive-stats.js';
import { formatRtcp, parseRtcp } from './rtcp.js';
import { rtcpIntervalMs } from './rtcp-interval.js';
import type { RtpAddress } from './source-lock.js';
import { SourceLock } from './source-lock.js';

/** What SDP agreed on. Without `telephoneEvent` no keys are sent or understood. */
export interface RtpFormat {
  readonly codec: G711Codec;
  /** Payload type of the codec if it is not the static one of RFC 3551. */
  readonly payloadType?: number;
  readonly telephoneEvent?: TelephoneEventFormat;
}

export interface RtpDirection {
  readonly sends: boolean;
  readonly receives: boolean;
}

export interface RtpSessionOptions {
  /** IPv4 literal to bind. */
  readonly host: string;
  readonly pacer: Pacer;
  /** Even RTP ports are taken from here; without it an ephemeral pair. */
  readonly portRange?: PortRange;
}

export interface RtpStats {
  readonly sentPackets: number;
  readonly receivedPackets: number;
  readonly lostPackets: number;
  readonly jitterMs: number;
  /** Datagrams that were no RTP, from a stranger, or of an unknown payload type. */
  readonly droppedPackets: number;
  /** Monotonic ms of the pacer's clock; undefined before the first packet. */
  readonly lastReceivedAtMs: number | undefined;
}

const NEVER = -Infinity;
/** A pause longer than this starts a new talk spurt: the timestamp follows the clock and the marker is set (RFC 3551 section 4.1). */
const SPURT_GAP_MS = 60;
const TIMESTAMP_UNITS_PER_MS = 8;
const framesIn = (ms: number): number => Math.round(ms / FRAME_MS);

// Packets of the usual length are made and decoded in one place for all streams: of a thousand streams each would find its own one gone from
// the processor's cache every 20 ms.
let outgoing = Buffer.alloc(RTP_HEADER_BYTES + FRAME_SAMPLES);
const decoded = new Int16Array(FRAME_SAMPLES);

/**
 * One G.711 stream both ways on a socket of its own. Every 20 ms it gives `onFrame` what arrived and asks `source` what to send;
 * without source, and without `sendFrame`, it sends nothing at all. Format and peer can change at any time (re-INVITE).
 */
export class RtpSession {
  readonly host: string;
  readonly port: number;
  readonly ssrc = randomInt(0x1_0000_0000);
  /** 20 ms of what the peer says, at our pace. Not called while nothing arrives. The frame is used again: who keeps it must copy it. */
  onFrame: ((pcm: Int16Array) => void) | undefined;
  onDtmf: ((signal: DtmfSignal) => void) | undefined;
  /** Asked each 20 ms for the next 160 samples; undefined sends nothing. */
  source: (() => Int16Array | undefined) | undefined;

  readonly #pair: PortPair;
  readonly #pacer: Pacer;
  readonly #lock = new SourceLock();
  readonly #jitter = new JitterBuffer();
  readonly #dtmfIn: DtmfReceiver;
  readonly #dtmfOut = new DtmfSender();
  readonly #leavePacer: () => void;
  #format: RtpFormat | undefined;
  #direction: RtpDirection = { sends: true, receives: true };
  #inbound: ReceiveStats | undefined;
  #newSsrc: { ssrc: number; sequence: number } | undefined;
  #sequence = randomInt(0x1_0000);
  #timestamp = randomInt(0x1_0000_0000);
  #lastSentAtMs = NEVER;
  #sentPackets = 0;
  #sentAtLastReport = 0;
  #sentOctets = 0;
  #receivedPackets = 0;
  #droppedPackets = 0;
  #lastReceivedAtMs = NEVER;
  #framesUntilReport = framesIn(rtcpIntervalMs(true));
  #isClosed = false;

  /** Binds the ports and joins the pacer. Throws if no port is free. */
  static async open(opts: RtpSessionOptions): Promise<RtpSession> {
    return new RtpSession(opts, await openPortPair(opts.host, opts.portRange));
  }

  private constructor(opts: RtpSessionOptions, pair: PortPair) {
    this.host = opts.host;
    this.port = pair.port;
    this.#pair = pair;
    this.#pacer = opts.pacer;
    this.#dtmfIn = new DtmfReceiver(8000, (signal) => this.onDtmf?.(signal));
    pair.rtp.on('message', (raw, from) => this.#receive(raw, from));
    pair.rtcp.on('message', (raw) => this.#receiveRtcp(raw));
    // An unreachable peer (ICMP) must not end the program; the media time-out of the caller finds it.
    pair.rtp.on('error', () => { this.#droppedPackets += 1; });
    pair.rtcp.on('error', () => { this.#droppedPackets += 1; });
    this.#leavePacer = opts.pacer.add(() => this.#tick());
  }

  /** The peer's address from SDP; another one than before is learned anew. */
  setRemote(remote: RtpAddress | undefined): void {
    this.#lock.expect(remote);
  }

  setFormat(format: RtpFormat): void {
    this.#format = format;
    if (format.telephoneEvent !== undefined) this.#dtmfIn.setClockRate(format.telephoneEvent.clockRate);
  }

  get format(): RtpFormat | undefined {
    return this.#format;
  }

  /** Where packets go now: learned or from SDP. */
  get remote(): RtpAddress | undefined {
    return this.#lock.target;
  }

  setDirection(direction: RtpDirection): void {
    this.#direction = direction;
    if (!direction.receives) this.#jitter.reset();
  }

  get direction(): RtpDirection {
    return this.#direction;
  }

  /** Queues one key; audio is held back until it is sent. False if the peer did not agree on telephone-event. Throws RangeError if it is no key. */
  sendDtmf(digit: string, durationMs: number): boolean {
    if (this.#format?.telephoneEvent === undefined) return false;
    this.#dtmfOut.add(digit, durationMs);
    return true;
  }

  /** Keys that wait or are being sent. */
  get pendingDigits(): number {
    return this.#dtmfOut.pendingDigits;
  }

  /** Sends 20 ms of sound now. Dropped while a key is being sent, on hold, and before SDP is known. */
  sendFrame(pcm: Int16Array): void {
    if (this.#dtmfOut.isActive || this.#format === undefined) return;
    const { codec, payloadType = G711_PAYLOAD_TYPE[codec] } = this.#format;
    const raw = pcm.length === FRAME_SAMPLES ? outgoing : Buffer.allocUnsafe(RTP_HEADER_BYTES + pcm.length);
    writeG711(codec, pcm, { into: raw, at: RTP_HEADER_BYTES });
    const marker = this.#advance();
    this.#send(raw, { payloadType, marker, timestamp: this.#timestamp });
  }

  stats(): RtpStats {
    return {
      sentPackets: this.#sentPackets,
      receivedPackets: this.#receivedPackets,
      lostPackets: this.#inbound?.lost ?? 0,
      jitterMs: this.#inbound?.jitterMs ?? 0,
      droppedPackets: this.#droppedPackets,
      lastReceivedAtMs: this.#lastReceivedAtMs === NEVER ? undefined : this.#lastReceivedAtMs,
    };
  }

  /** Ends the stream and frees both ports; again is a no-op. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#leavePacer();
    this.#sendRtcp(true);
    await Promise.all([this.#pair.rtp, this.#pair.rtcp].map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))));
  }

  #tick(): void {
    this.#framesUntilReport -= 1;
    if (this.#framesUntilReport === 0) {
      this.#framesUntilReport = framesIn(rtcpIntervalMs(false));
      this.#sendRtcp(false);
    }
    const frame = this.#jitter.pop();
    if (frame !== undefined) this.onFrame?.(frame);
    if (this.#isClosed) return;
    if (this.#dtmfOut.isActive) return this.#sendDtmfPacket();
    const next = this.source?.();
    if (next !== undefined) this.sendFrame(next);
  }

  #sendDtmfPacket(): void {
    const event = this.#format?.telephoneEvent;
    if (event === undefined) return this.#dtmfOut.clear();
    this.#advance();
    const packet: DtmfPacket | undefined = this.#dtmfOut.next(this.#timestamp, event.clockRate);
    if (packet === undefined) return;
    const raw = Buffer.allocUnsafe(RTP_HEADER_BYTES + packet.payload.length);
    packet.payload.copy(raw, RTP_HEADER_BYTES);
    this.#send(raw, { payloadType: event.payloadType, marker: packet.marker, timestamp: packet.timestamp });
  }

  /** Moves the media time to this frame; true if it begins a talk spurt. */
  #advance(): boolean {
    const now = this.#pacer.frameAtMs;
    const pauseMs = now - this.#lastSentAtMs;
    this.#lastSentAtMs = now;
    const isSpurt = pauseMs > SPURT_GAP_MS;
    const frames = isSpurt && Number.isFinite(pauseMs) ? Math.round(pauseMs / FRAME_MS) : 1;
    this.#timestamp = (this.#timestamp + frames * FRAME_MS * TIMESTAMP_UNITS_PER_MS) >>> 0;
    return isSpurt;
  }

  #send(raw: Buffer, head: { payloadType: number; marker: boolean; timestamp: number }): void {
    const to = this.#lock.target;
    if (to === undefined || to.port === 0 || !this.#direction.sends || this.#isClosed) return;
    this.#sequence = (this.#sequence + 1) & 0xffff;
    writeRtpHeader(raw, { payloadType: head.payloadType, marker: head.marker, sequence: this.#sequence, timestamp: head.timestamp, ssrc: this.ssrc });
    this.#sentPackets += 1;
    this.#sentOctets += raw.length - RTP_HEADER_BYTES;
    this.#pair.rtp.send(raw, to.port, to.address);
    // The system has its copy by now, unless the socket's buffer was full: then the packet waits, and this memory is the packet's own.
    if (raw === outgoing && this.#pair.rtp.getSendQueueCount() > 0) outgoing = Buffer.alloc(outgoing.length);
  }

  #receive(raw: Buffer, from: RtpAddress): void {
    const packet = readRtp(raw);
    if (packet === undefined || !this.#lock.accept(from) || !this.#belongs(packet)) {
      this.#droppedPackets += 1;
      return;
    }
    const now = this.#pacer.now();
    this.#receivedPackets += 1;
    this.#lastReceivedAtMs = now;
    this.#inbound?.note(packet, now);
    if (this.#direction.receives) this.#take(packet, raw);
  }

  #take(packet: RtpDatagram, raw: Buffer): void {
    const { payloadType, start, end } = packet;
    if (payloadType === this.#format?.telephoneEvent?.payloadType) return this.#dtmfIn.push({ marker: packet.marker, timestamp: packet.timestamp, payload: raw.subarray(start, end) });
    const codec = this.#codecOf(payloadType);
    if (codec === undefined) {
      this.#droppedPackets += 1;
      return;
    }
    const pcm = end - start === FRAME_SAMPLES ? decoded : new Int16Array(end - start);
    readG711(codec, { from: raw, at: start }, pcm);
    this.#jitter.push(packet.timestamp, pcm);
  }

  /** The sender may use either law that we offered, whatever it used before (RFC 3264 section 7). */
  #codecOf(payloadType: number): G711Codec | undefined {
    if (payloadType === G711_PAYLOAD_TYPE.PCMU) return 'PCMU';
    if (payloadType === G711_PAYLOAD_TYPE.PCMA) return 'PCMA';
    return payloadType === this.#format?.payloadType ? this.#format.codec : undefined;
  }

  /** A new SSRC counts from its second packet in sequence on (RFC 3550 appendix A.1), so a single stray packet cannot reset the stream. */
  #belongs(packet: RtpDatagram): boolean {
    if (this.#inbound?.ssrc === packet.ssrc) return true;
    const isSecond = this.#newSsrc?.ssrc === packet.ssrc && packet.sequence === ((this.#newSsrc.sequence + 1) & 0xffff);
    if (this.#inbound !== undefined && !isSecond) {
      this.#newSsrc = { ssrc: packet.ssrc, sequence: packet.sequence };
      return false;
    }
    this.#newSsrc = undefined;
    this.#inbound = new ReceiveStats(packet);
    this.#jitter.reset();
    this.#dtmfIn.reset();
    return true;
  }

  #receiveRtcp(raw: Buffer): void {
    const report = parseRtcp(raw);
    if (report?.sender !== undefined && report.ssrc === this.#inbound?.ssrc) this.#inbound.noteSenderReport(report.sender, this.#pacer.now());
  }

  #sendRtcp(isBye: boolean): void {
    const to = this.#lock.target;
    // An end point that has neither sent nor received anything is silent in RTCP too.
    if (to === undefined || to.port === 0 || this.#sentPackets + this.#receivedPackets === 0) return;
    const hasSent = this.#sentPackets > this.#sentAtLastReport;
    this.#sentAtLastReport = this.#sentPackets;
    const sender = { wallMs: Date.now(), timestamp: this.#timestamp, packets: this.#sentPackets, octets: this.#sentOctets };
    const reports = this.#inbound === undefined ? [] : [this.#inbound.report(this.#pacer.now())];
    const raw = formatRtcp({ ssrc: this.ssrc, reports, isBye, ...(hasSent ? { sender } : {}) }, `${this.ssrc.toString(16)}@${this.host}`);
    this.#pair.rtcp.send(raw, to.port + 1, to.address);
  }
}
