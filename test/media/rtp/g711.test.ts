import { describe, expect, it } from 'vitest';
import { decodeG711, encodeG711 } from '../../../media/rtp/g711.js';

describe('G.711', () => {
  it('codes silence as the idle code of each law', () => {
    expect([...encodeG711('PCMU', new Int16Array(2))]).toEqual([0xff, 0xff]);
    expect([...encodeG711('PCMA', new Int16Array(2))]).toEqual([0xd5, 0xd5]);
  });

  it.each(['PCMU', 'PCMA'] as const)('keeps each code of %s over decode and encode', (codec) => {
    const codes = Uint8Array.from({ length: 256 }, (_, i) => i);
    const again = decodeG711(codec, encodeG711(codec, decodeG711(codec, codes)));
    expect([...again]).toEqual([...decodeG711(codec, codes)]);
  });

  it.each(['PCMU', 'PCMA'] as const)('keeps the level of %s within the step of the law', (codec) => {
    const pcm = Int16Array.from({ length: 400 }, (_, i) => Math.round(20_000 * Math.sin(i / 7)));
    const back = decodeG711(codec, encodeG711(codec, pcm));
    for (let i = 0; i < pcm.length; i++) expect(Math.abs((back[i] ?? 0) - (pcm[i] ?? 0))).toBeLessThanOrEqual(Math.max(16, Math.abs(pcm[i] ?? 0) / 16));
  });

  it('survives the loudest samples', () => {
    for (const codec of ['PCMU', 'PCMA'] as const) {
      const back = decodeG711(codec, encodeG711(codec, Int16Array.of(-32_768, 32_767)));
      expect(back[0]).toBeLessThan(-31_000);
      expect(back[1]).toBeGreaterThan(31_000);
    }
  });
});
