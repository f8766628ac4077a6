import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRtp, parseRtp } from '../../../media/rtp/packet.js';

const packet = { payloadType: 8, marker: true, sequence: 65_535, timestamp: 0xffff_fff0, ssrc: 0xdead_beef, payload: Buffer.from([1, 2, 3]) };

describe('RTP packets', () => {
  it('reads what it writes', () => {
    expect(parseRtp(formatRtp(packet))).toEqual(packet);
  });

  it('skips contributing sources, header extension and padding', () => {
    const plain = formatRtp({ ...packet, payload: Buffer.alloc(0) });
    plain[0] = 0x80 | 0x20 | 0x10 | 2;
    const extension = Buffer.from([0xbe, 0xde, 0, 1, 9, 9, 9, 9]);
    const raw = Buffer.concat([plain, Buffer.alloc(8), extension, Buffer.from([7, 7]), Buffer.from([0, 0, 3])]);
    expect([...(parseRtp(raw)?.payload ?? [])]).toEqual([7, 7]);
  });

  it.each([
    ['shorter than the header', Buffer.alloc(11, 0x80)],
    ['of another version', Buffer.alloc(20, 0x40)],
    ['with more padding than bytes', Buffer.concat([Buffer.from([0xa0]), Buffer.alloc(11), Buffer.from([200])])],
    ['with padding of nothing', Buffer.concat([Buffer.from([0xa0]), Buffer.alloc(12)])],
    ['with an extension that runs over the end', Buffer.concat([Buffer.from([0x90]), Buffer.alloc(13), Buffer.from([0, 9])])],
    ['with sources that run over the end', Buffer.concat([Buffer.from([0x8f]), Buffer.alloc(20)])],
    ['that are RTCP', Buffer.concat([Buffer.from([0x80, 200]), Buffer.alloc(20)])],
  ])('refuses datagrams %s', (_what, raw) => {
    expect(parseRtp(raw)).toBeUndefined();
  });

  it('never throws, whatever arrives', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (raw) => {
      const read = parseRtp(Buffer.from(raw));
      return read === undefined || read.payload.length <= raw.length;
    }));
  });
});
