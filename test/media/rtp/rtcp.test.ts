import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReceiveStats } from '../../../media/rtp/receive-stats.js';
import { formatRtcp, parseRtcp } from '../../../media/rtp/rtcp.js';

const report = { ssrc: 9, fractionLost: 12, cumulativeLost: -3, highestSequence: 70_000, jitter: 44, lastReport: 0xffff_0000, delaySinceLastReport: 77 };
const packet = (sequence: number) => ({ payloadType: 0, marker: false, sequence, timestamp: sequence * 160, ssrc: 5, payload: Buffer.alloc(160) });

describe('RTCP', () => {
  it('reads the sender and receiver reports it writes', () => {
    const sender = { wallMs: 1_700_000_000_250, timestamp: 4_000_000_000, packets: 10, octets: 1600 };
    const raw = formatRtcp({ ssrc: 7, sender, reports: [report], isBye: true }, 'x@127.0.0.1');
    const read = parseRtcp(raw);
    expect(raw.length % 4).toBe(0);
    expect(read).toMatchObject({ ssrc: 7, reports: [report], isBye: true, sender: { timestamp: 4_000_000_000, packets: 10, octets: 1600 } });
    expect(Math.abs((read?.sender?.wallMs ?? 0) - sender.wallMs)).toBeLessThan(1);
    expect(parseRtcp(formatRtcp({ ssrc: 7, reports: [], isBye: false }, 'a'))).toEqual({ ssrc: 7, reports: [], isBye: false });
  });

  it('never throws, whatever arrives', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 120 }), (raw) => {
      parseRtcp(Buffer.from([0x81, 200, ...raw]));
      return true;
    }));
  });

  it('counts losses over the wrap of the sequence number', () => {
    const stats = new ReceiveStats(packet(65_534));
    for (const sequence of [65_534, 65_535, 0, 2, 1, 4]) stats.note(packet(sequence), 0);
    expect(stats.lost).toBe(1);
    expect(stats.report(0)).toMatchObject({ ssrc: 5, cumulativeLost: 1, fractionLost: Math.floor(256 / 7), highestSequence: 65_536 + 4 });
    expect(stats.report(0).fractionLost).toBe(0);
  });
});
