import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frame, FrameReader, MAX_FRAME_BYTES } from '../../../../media/softswitch/drachtio/frames.js';

describe('frames', () => {
  it('come out as they went in, however the stream is cut', () => {
    fc.assert(fc.property(fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { maxLength: 5 }), fc.infiniteStream(fc.integer({ min: 1, max: 7 })), (payloads, sizes) => {
      const bytes = Buffer.from(payloads.map(frame).join(''));
      const reader = new FrameReader();
      const read: string[] = [];
      let at = 0;
      for (const size of sizes) {
        if (at >= bytes.length) break;
        read.push(...reader.push(bytes.subarray(at, at + size)).payloads);
        at += size;
      }
      expect(read).toEqual(payloads);
    }));
  });

  it('count bytes, not characters', () => {
    expect(frame('å')).toBe('2#å');
  });

  it('may hold # in the payload', () => {
    expect(new FrameReader().push(Buffer.from(frame('a#b') + frame('c'))).payloads).toEqual(['a#b', 'c']);
  });

  it.each(['a#x', ' 1#x', '123456', '0#', '#x', '-1#x'])('with the length %j break the stream for good', (text) => {
    const reader = new FrameReader();
    expect(reader.push(Buffer.from(text)).broken).toBe('length is not a number');
    expect(reader.push(Buffer.from(frame('ok')))).toEqual({ payloads: [], broken: 'length is not a number' });
  });

  it('up to the bound are read and one byte more breaks the stream before it is buffered', () => {
    const full = 'x'.repeat(MAX_FRAME_BYTES);
    expect(new FrameReader().push(Buffer.from(frame(full))).payloads).toEqual([full]);
    expect(new FrameReader().push(Buffer.from(`${MAX_FRAME_BYTES + 1}#`)).broken).toMatch(/the limit is/);
  });

  it('before a broken one are still delivered', () => {
    expect(new FrameReader().push(Buffer.from(`${frame('one')}x`))).toEqual({ payloads: ['one'], broken: 'length is not a number' });
  });
});
