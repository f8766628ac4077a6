import type { RtpHeader } from './packet.js';
import type { ReceptionReport, SenderInfo } from './rtcp.js';

const UNITS_PER_MS = 8;

/** Counts what one SSRC lost and how it jitters, RFC 3550 appendix A.1, A.3 and A.8. */
export class ReceiveStats {
  readonly ssrc: number;
  #baseSequence: number;
  #highest: number;
  #received = 0;
  #expectedBefore = 0;
  #receivedBefore = 0;
  #transit: number | undefined;
  #jitter = 0;
  #lastSenderReport: { middle: number; atMs: number } | undefined;

  constructor(first: RtpHeader) {
    this.ssrc = first.ssrc;
    this.#baseSequence = first.sequence;
    this.#highest = first.sequence;
  }

  note(packet: RtpHeader, nowMs: number): void {
    this.#received += 1;
    const step = ((packet.sequence - this.#highest) << 16) >> 16;
    if (step > 0) this.#highest += step;
    const transit = nowMs * UNITS_PER_MS - packet.timestamp;
    if (this.#transit !== undefined) {
      const change = Math.abs(transit - this.#transit);
      // A jump of the sender's timestamps (a new talk spurt) is no jitter.
      if (change < 8000) this.#jitter += (change - this.#jitter) / 16;
    }
    this.#transit = transit;
  }

  noteSenderReport(info: SenderInfo, nowMs: number): void {
    // The middle 32 bits of the NTP stamp, to be echoed as LSR.
    this.#lastSenderReport = { middle: Math.floor((info.wallMs / 1000 + 2_208_988_800) * 65_536) >>> 0, atMs: nowMs };
  }

  get received(): number {
    return this.#received;
  }

  get lost(): number {
    return Math.max(0, this.#highest - this.#baseSequence + 1 - this.#received);
  }

  get jitterMs(): number {
    return this.#jitter / UNITS_PER_MS;
  }

  /** The report block for the time since the last call. */
  report(nowMs: number): ReceptionReport {
    const expected = this.#highest - this.#baseSequence + 1;
    const expectedNow = expected - this.#expectedBefore;
    const lostNow = expectedNow - (this.#received - this.#receivedBefore);
    this.#expectedBefore = expected;
    this.#receivedBefore = this.#received;
    const last = this.#lastSenderReport;
    return {
      ssrc: this.ssrc,
      fractionLost: expectedNow <= 0 || lostNow <= 0 ? 0 : Math.min(255, Math.floor((lostNow * 256) / expectedNow)),
      cumulativeLost: expected - this.#received,
      highestSequence: this.#highest,
      jitter: this.#jitter,
      lastReport: last?.middle ?? 0,
      delaySinceLastReport: last === undefined ? 0 : Math.round(((nowMs - last.atMs) * 65_536) / 1000),
    };
  }
}
