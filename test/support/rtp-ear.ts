import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { decodeG711 } from '../../media/rtp/g711.js';

interface Packet {
  readonly arrivedAtMs: number;
  readonly timestamp: number;
  readonly payload: Buffer;
}

const SAMPLES_PER_MS = 8;
const PACKET_SAMPLES = 160;
const PCMA = 8;
const TELEPHONE_EVENT = 96;
/** Packets over which a delay must last to be the sender's and not our own late reading. */
const WINDOW = 12;
/** So often this process notes that it runs. */
const BEAT_MS = 10;

/**
 * A far end for sound without our media stack: a bare UDP socket that keeps RTP packets as they come and sends RFC 4733 keys.
 * What was heard is put together by RTP timestamps, so a late event loop here does not look like a gap there.
 */
export class RtpEar {
  private readonly packets: Packet[] = [];
  private from: { readonly address: string; readonly port: number } | null = null;
  private sequence = 1;
  private timestamp = 1_000;
  private readonly beats: number[] = [];
  private readonly pulse = setInterval(() => this.beats.push(performance.now()), BEAT_MS);

  private constructor(private readonly socket: Socket) {
    socket.on('message', (raw, source) => {
      this.from = source;
      if (((raw[1] ?? 0) & 0x7f) !== PCMA) return;
      this.packets.push({ arrivedAtMs: performance.now(), timestamp: raw.readUInt32BE(4), payload: raw.subarray(12) });
    });
  }

  static async open(): Promise<RtpEar> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new RtpEar(socket);
  }

  get port(): number {
    return this.socket.address().port;
  }

  /** Resolves when something was heard after this call and then nothing for so long. */
  async quiet(forMs: number): Promise<void> {
    const before = this.packets.length;
    for (;;) {
      const last = this.packets.at(-1);
      const leftMs = last === undefined || this.packets.length === before ? forMs : last.arrivedAtMs + forMs - performance.now();
      if (leftMs <= 0) return;
      await new Promise((resolve) => setTimeout(resolve, leftMs));
    }
  }

  /** Presses keys one after the other, 100 ms each. */
  async press(keys: string): Promise<void> {
    for (const key of keys) {
      const event = '0123456789*#'.indexOf(key);
      for (let n = 1; n <= 8; n++) {
        this.sendEvent({ event, durationMs: Math.min(n, 5) * 20, isFirst: n === 1, isEnd: n > 5 });
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      this.timestamp += 400 * SAMPLES_PER_MS;
    }
  }

  /** What was heard, without the pauses between two sounds: where timestamps go on there is no gap. */
  recording(): Int16Array {
    const all = new Int16Array(this.packets.reduce((sum, packet) => sum + packet.payload.length, 0));
    let at = 0;
    for (const { payload } of this.packets) {
      all.set(decodeG711('PCMA', payload), at);
      at += payload.length;
    }
    return all;
  }

  /** The longest time in which nothing came between these two places of the recording, in ms beyond the length of the packets. */
  longestPauseMs(fromSample: number, toSample: number): number {
    const delays = this.packetsBetween(fromSample, toSample + WINDOW * PACKET_SAMPLES).map(({ packet, at }) => packet.arrivedAtMs - at / SAMPLES_PER_MS);
    const inside = this.packetsBetween(fromSample, toSample).length;
    let longest = 0;
    for (let i = 1; i < inside; i++) longest = Math.max(longest, least(delays.slice(i, i + WINDOW)) - least(delays.slice(Math.max(0, i - WINDOW), i)));
    return longest;
  }

  /** The longest time for which this process stood still between these two places of the recording: it sends the sound as well, unless a server does. */
  ownStallMs(fromSample: number, toSample: number): number {
    const [from, to] = [this.heardAtMs(fromSample) - 1_000, this.heardAtMs(toSample - 1)];
    const beats = this.beats.filter((at) => at >= from && at <= to);
    return Math.max(0, ...beats.slice(1).map((at, index) => at - (beats[index] ?? at) - BEAT_MS));
  }

  /** When that place of the recording was heard, by the clock of `performance.now()`. */
  heardAtMs(sample: number): number {
    return this.packetsBetween(sample, sample + 1)[0]?.packet.arrivedAtMs ?? Infinity;
  }

  async close(): Promise<void> {
    clearInterval(this.pulse);
    this.socket.close();
    await once(this.socket, 'close');
  }

  private packetsBetween(fromSample: number, toSample: number): readonly { readonly packet: Packet; readonly at: number }[] {
    let at = 0;
    return this.packets
      .map((packet) => {
        const place = { packet, at };
        at += packet.payload.length;
        return place;
      })
      .filter((place) => place.at + place.packet.payload.length > fromSample && place.at < toSample);
  }

  private sendEvent(what: { readonly event: number; readonly durationMs: number; readonly isFirst: boolean; readonly isEnd: boolean }): void {
    const raw = Buffer.alloc(16);
    raw[0] = 0x80;
    raw[1] = TELEPHONE_EVENT | (what.isFirst ? 0x80 : 0);
    raw.writeUInt16BE(this.sequence++ & 0xffff, 2);
    raw.writeUInt32BE(this.timestamp, 4);
    raw.writeUInt32BE(0x0ea20001, 8);
    raw[12] = what.event;
    raw[13] = (what.isEnd ? 0x80 : 0) | 10;
    raw.writeUInt16BE(what.durationMs * SAMPLES_PER_MS, 14);
    if (this.from !== null) this.socket.send(raw, this.from.port, this.from.address);
  }
}

const least = (values: readonly number[]): number => Math.min(...values);
