/** The fixed header of RTP, RFC 3550 section 5.1. Sequence is 16 bit, timestamp and SSRC are unsigned 32 bit. */
export interface RtpHeader {
  readonly payloadType: number;
  readonly marker: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
}

export interface RtpPacket extends RtpHeader {
  readonly payload: Buffer;
}

/** A header and where in the datagram the payload lies: nothing is made for a payload that is read where it is. */
export interface RtpDatagram extends RtpHeader {
  readonly start: number;
  readonly end: number;
}

export const RTP_HEADER_BYTES = 12;

/** No telephone packet is bigger: 200 ms of G.711 with header extensions stays far below. */
const MAX_PACKET_BYTES = 4096;

/**
 * Reads a datagram as RTP; undefined if it is anything else or its lengths contradict each other.
 * Payload types 72-76 are refused, as they are RTCP multiplexed on the port (RFC 5761 section 4).
 */
export function readRtp(raw: Buffer): RtpDatagram | undefined {
  if (raw.length < RTP_HEADER_BYTES || raw.length > MAX_PACKET_BYTES) return undefined;
  const first = raw.readUInt8(0);
  if (first >> 6 !== 2) return undefined;
  const second = raw.readUInt8(1);
  const payloadType = second & 0x7f;
  if (payloadType >= 72 && payloadType <= 76) return undefined;
  const start = payloadStart(raw, first);
  if (start === undefined) return undefined;
  const padding = first & 0x20 ? raw.readUInt8(raw.length - 1) : 0;
  if ((first & 0x20 && padding === 0) || start + padding > raw.length) return undefined;
  return {
    payloadType,
    marker: (second & 0x80) !== 0,
    sequence: raw.readUInt16BE(2),
    timestamp: raw.readUInt32BE(4),
    ssrc: raw.readUInt32BE(8),
    start,
    end: raw.length - padding,
  };
}

/** As `readRtp`, with the payload cut out. */
export function parseRtp(raw: Buffer): RtpPacket | undefined {
  const datagram = readRtp(raw);
  if (datagram === undefined) return undefined;
  const { start, end, ...header } = datagram;
  return { ...header, payload: raw.subarray(start, end) };
}

function payloadStart(raw: Buffer, first: number): number | undefined {
  let start = RTP_HEADER_BYTES + (first & 0x0f) * 4;
  if (first & 0x10) {
    if (start + 4 > raw.length) return undefined;
    start += 4 + raw.readUInt16BE(start + 2) * 4;
  }
  return start <= raw.length ? start : undefined;
}

/** Writes the twelve header bytes, without extension or contributing sources; the payload goes behind them. */
export function writeRtpHeader(into: Buffer, packet: RtpHeader): void {
  into[0] = 0x80;
  into[1] = (packet.marker ? 0x80 : 0) | (packet.payloadType & 0x7f);
  into.writeUInt16BE(packet.sequence & 0xffff, 2);
  into.writeUInt32BE(packet.timestamp >>> 0, 4);
  into.writeUInt32BE(packet.ssrc >>> 0, 8);
}

/** The whole datagram of one packet. */
export function formatRtp(packet: RtpPacket): Buffer {
  const raw = Buffer.allocUnsafe(RTP_HEADER_BYTES + packet.payload.length);
  writeRtpHeader(raw, packet);
  packet.payload.copy(raw, RTP_HEADER_BYTES);
  return raw;
}
