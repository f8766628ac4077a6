/** What a sender report says of our own sending, RFC 3550 section 6.4.1. */
export interface SenderInfo {
  readonly wallMs: number;
  readonly timestamp: number;
  readonly packets: number;
  readonly octets: number;
}

/** One reception report block, RFC 3550 section 6.4.1. `jitter` in timestamp units, `delaySinceLastReport` in 1/65536 s. */
export interface ReceptionReport {
  readonly ssrc: number;
  readonly fractionLost: number;
  readonly cumulativeLost: number;
  readonly highestSequence: number;
  readonly jitter: number;
  readonly lastReport: number;
  readonly delaySinceLastReport: number;
}

export interface RtcpReport {
  readonly ssrc: number;
  readonly sender?: SenderInfo;
  readonly reports: readonly ReceptionReport[];
  readonly isBye: boolean;
}

const SR = 200;
const RR = 201;
const SDES = 202;
const BYE = 203;
const REPORT_BYTES = 24;
const NTP_EPOCH_OFFSET_S = 2_208_988_800;
const MAX_BYTES = 1500;

function header(type: number, count: number, bytes: number): Buffer {
  const part = Buffer.alloc(bytes);
  part[0] = 0x80 | count;
  part[1] = type;
  part.writeUInt16BE(bytes / 4 - 1, 2);
  return part;
}

function writeReport(part: Buffer, at: number, report: ReceptionReport): void {
  part.writeUInt32BE(report.ssrc, at);
  part[at + 4] = report.fractionLost;
  part.writeIntBE(Math.max(-0x800000, Math.min(0x7fffff, report.cumulativeLost)), at + 5, 3);
  part.writeUInt32BE(report.highestSequence >>> 0, at + 8);
  part.writeUInt32BE(Math.round(report.jitter) >>> 0, at + 12);
  part.writeUInt32BE(report.lastReport >>> 0, at + 16);
  part.writeUInt32BE(report.delaySinceLastReport >>> 0, at + 20);
}

function reportPart(message: RtcpReport): Buffer {
  const { sender, reports } = message;
  const fixed = sender === undefined ? 8 : 28;
  const part = header(sender === undefined ? RR : SR, reports.length, fixed + reports.length * REPORT_BYTES);
  part.writeUInt32BE(message.ssrc, 4);
  if (sender !== undefined) {
    const seconds = sender.wallMs / 1000 + NTP_EPOCH_OFFSET_S;
    part.writeUInt32BE(Math.floor(seconds) >>> 0, 8);
    part.writeUInt32BE(Math.floor((seconds % 1) * 0x1_0000_0000) >>> 0, 12);
    part.writeUInt32BE(sender.timestamp >>> 0, 16);
    part.writeUInt32BE(sender.packets >>> 0, 20);
    part.writeUInt32BE(sender.octets >>> 0, 24);
  }
  reports.forEach((report, i) => writeReport(part, fixed + i * REPORT_BYTES, report));
  return part;
}

/** A compound packet: report, source description with CNAME (both obligatory, RFC 3550 section 6.1), BYE if asked. */
export function formatRtcp(message: RtcpReport, cname: string): Buffer {
  const name = Buffer.from(cname, 'utf8').subarray(0, 255);
  const sdes = header(SDES, 1, 8 + Math.ceil((2 + name.length + 1) / 4) * 4);
  sdes.writeUInt32BE(message.ssrc, 4);
  sdes[8] = 1;
  sdes[9] = name.length;
  name.copy(sdes, 10);
  const parts = [reportPart(message), sdes];
  if (message.isBye) {
    const bye = header(BYE, 1, 8);
    bye.writeUInt32BE(message.ssrc, 4);
    parts.push(bye);
  }
  return Buffer.concat(parts);
}

/** Reads the report of a compound packet; undefined for anything malformed. */
export function parseRtcp(raw: Buffer): RtcpReport | undefined {
  if (raw.length < 8 || raw.length > MAX_BYTES) return undefined;
  let found: RtcpReport | undefined;
  let isBye = false;
  for (let at = 0; at + 4 <= raw.length; ) {
    const bytes = (raw.readUInt16BE(at + 2) + 1) * 4;
    if (raw.readUInt8(at) >> 6 !== 2 || at + bytes > raw.length) return undefined;
    const part = raw.subarray(at, at + bytes);
    const type = part.readUInt8(1);
    if (type === SR || type === RR) found ??= parseReport(part, type === SR);
    if (type === BYE) isBye = true;
    at += bytes;
  }
  return found === undefined ? undefined : { ...found, isBye };
}

function parseReport(part: Buffer, isSender: boolean): RtcpReport | undefined {
  const count = part.readUInt8(0) & 0x1f;
  const fixed = isSender ? 28 : 8;
  if (part.length < fixed + count * REPORT_BYTES) return undefined;
  const reports = Array.from({ length: count }, (_, i) => readReport(part, fixed + i * REPORT_BYTES));
  const ssrc = part.readUInt32BE(4);
  if (!isSender) return { ssrc, reports, isBye: false };
  const wallMs = (part.readUInt32BE(8) - NTP_EPOCH_OFFSET_S + part.readUInt32BE(12) / 0x1_0000_0000) * 1000;
  const sender = { wallMs, timestamp: part.readUInt32BE(16), packets: part.readUInt32BE(20), octets: part.readUInt32BE(24) };
  return { ssrc, sender, reports, isBye: false };
}

function readReport(part: Buffer, at: number): ReceptionReport {
  return {
    ssrc: part.readUInt32BE(at),
    fractionLost: part.readUInt8(at + 4),
    cumulativeLost: part.readIntBE(at + 5, 3),
    highestSequence: part.readUInt32BE(at + 8),
    jitter: part.readUInt32BE(at + 12),
    lastReport: part.readUInt32BE(at + 16),
    delaySinceLastReport: part.readUInt32BE(at + 20),
  };
}
