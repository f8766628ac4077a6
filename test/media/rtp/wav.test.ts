import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toneShare } from '../../../media/rtp/goertzel.js';
import { resample } from '../../../media/rtp/resample.js';
import { tone } from '../../../media/rtp/tone.js';
import { WavFormatError, formatWav, parseWav, readWav8k, writeWav8k } from '../../../media/rtp/wav.js';

describe('WAV', () => {
  it('reads what it wrote', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'wav-'));
    const pcm = tone([440], 100);
    await writeWav8k(join(folder, 'a.wav'), pcm);
    expect(await readWav8k(join(folder, 'a.wav'))).toEqual(pcm);
    await rm(folder, { recursive: true });
  });

  it.each(['PCMU', 'PCMA'] as const)('reads %s files', (codec) => {
    const pcm = tone([440], 101);
    const back = parseWav(formatWav({ sampleRate: 8000, pcm }, codec)).pcm;
    expect(back.length).toBe(pcm.length);
    expect(toneShare(back, 440)).toBeGreaterThan(0.95);
  });

  it('mixes stereo to mono and skips chunks it does not know', () => {
    const mono = formatWav({ sampleRate: 8000, pcm: Int16Array.of(100, 300, -100, 300) });
    mono.writeUInt16LE(2, 22);
    const list = Buffer.from('LIST\x03\0\0\0abc\0', 'latin1');
    const raw = Buffer.concat([mono.subarray(0, 12), list, mono.subarray(12)]);
    expect([...parseWav(raw).pcm]).toEqual([200, 100]);
  });

  it('plays what there is of a file that was cut off', () => {
    const raw = formatWav({ sampleRate: 8000, pcm: Int16Array.of(1, 2, 3) });
    raw.writeUInt32LE(0xffff_ffff, 40);
    expect([...parseWav(raw.subarray(0, 48)).pcm]).toEqual([1, 2]);
  });

  it.each([
    ['text', Buffer.from('this is no sound at all, only text')],
    ['no data', formatWav({ sampleRate: 8000, pcm: new Int16Array(0) }).subarray(0, 36)],
    ['24 bit', (() => { const raw = formatWav({ sampleRate: 8000, pcm: Int16Array.of(1, 2, 3) }); raw.writeUInt16LE(24, 34); return raw; })()],
    ['no channel', (() => { const raw = formatWav({ sampleRate: 8000, pcm: Int16Array.of(1) }); raw.writeUInt16LE(0, 22); return raw; })()],
  ])('refuses a file with %s', (_what, raw) => {
    expect(() => parseWav(raw)).toThrow(WavFormatError);
  });

  it('keeps tones in pitch and drops those above the new band', () => {
    const at16k = Int16Array.from({ length: 16_000 }, (_, i) => Math.round(8000 * (Math.sin((2 * Math.PI * 700 * i) / 16_000))));
    const down = resample(at16k, 16_000, 8000);
    expect(down.length).toBe(8000);
    expect(toneShare(down, 700)).toBeGreaterThan(0.98);
    expect(toneShare(resample(tone([700], 500), 8000, 8000), 700)).toBeGreaterThan(0.98);
    expect(resample(tone([700], 500), 8000, 16_000).length).toBe(8000);
  });
});
