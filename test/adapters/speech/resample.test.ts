import { describe, expect, it } from 'vitest';
import { resample, trimSilence } from '../../../gateway/adapters/speech/resample.js';
import { durationOfSize, readWav, writeWav, type Pcm } from '../../../gateway/core/wav.js';

const tone = (hertz: number, rate: number, seconds = 0.5): Pcm => ({ rate, samples: Int16Array.from({ length: rate * seconds }, (_, i) => Math.round(10_000 * Math.sin((2 * Math.PI * hertz * i) / rate))) });
const level = ({ samples }: Pcm): number => {
  const middle = samples.subarray(400, samples.length - 400);
  return Math.sqrt(middle.reduce((sum, sample) => sum + sample * sample, 0) / middle.length);
};
const decibel = (out: Pcm, from: Pcm): number => 20 * Math.log10(Math.max(level(out), 1e-3) / level(from));

describe('from 22,050 to 8,000 samples a second', () => {
  it.each([200, 1_000, 2_500, 3_200])('%d Hz passes unchanged', (hertz) => {
    const from = tone(hertz, 22_050);
    expect(Math.abs(decibel(resample(from, 8_000), from))).toBeLessThan(0.5);
  });

  it.each([4_000, 4_500, 6_000, 9_000])('%d Hz, which would fold back, is gone', (hertz) => {
    const from = tone(hertz, 22_050);
    expect(decibel(resample(from, 8_000), from)).toBeLessThan(-55);
  });

  it('keeps pitch and length', () => {
    const out = resample(tone(1_000, 22_050), 8_000);
    expect(out.samples.length).toBe(4_000);
    const same = tone(1_000, 8_000);
    for (let i = 400; i < 3_600; i++) expect(Math.abs((out.samples[i] ?? 0) - (same.samples[i] ?? 0))).toBeLessThan(200);
  });

  it('loud input does not wrap around', () => {
    const square: Pcm = { rate: 22_050, samples: Int16Array.from({ length: 5_000 }, (_, i) => (i % 100 < 50 ? 32_767 : -32_768)) };
    const { samples } = resample(square, 8_000);
    for (let i = 1; i < samples.length; i++) expect(Math.abs((samples[i] ?? 0) - (samples[i - 1] ?? 0))).toBeLessThan(60_000);
  });
});

describe('trimSilence', () => {
  const quiet = (ms: number): number[] => Array.from({ length: ms * 8 }, () => 5);
  it('cuts both ends down to what is asked', () => {
    const sound: Pcm = { rate: 8_000, samples: Int16Array.from([...quiet(300), ...Array.from({ length: 800 }, () => 5_000), ...quiet(500)]) };
    expect(trimSilence(sound, 40).samples.length).toBe(320 + 800 + 320);
  });

  it('keeps shorter silence as it is, and silence alone becomes nothing', () => {
    const sound: Pcm = { rate: 8_000, samples: Int16Array.from([...quiet(10), 5_000, ...quiet(10)]) };
    expect(trimSilence(sound, 40).samples.length).toBe(161);
    expect(trimSilence({ rate: 8_000, samples: Int16Array.from(quiet(100)) }, 40).samples.length).toBe(0);
  });
});

describe('WAV', () => {
  it('is read as it was written', () => {
    const sound = tone(440, 8_000, 0.1);
    const file = writeWav(sound);
    expect(readWav(file)).toEqual(sound);
    expect(durationOfSize(file.length, 8_000)).toBe(100);
  });

  it('of a stream, whose header promises more than there is, is read to its end', () => {
    const file = writeWav(tone(440, 8_000, 0.1));
    file.writeUInt32LE(0x7ffff000, 40);
    expect(readWav(file)?.samples.length).toBe(800);
  });

  it.each([
    ['empty', Buffer.alloc(0)],
    ['no RIFF', Buffer.alloc(100)],
    ['stereo', Buffer.from(writeWav(tone(440, 8_000, 0.01))).fill(2, 22, 23)],
    ['without data', writeWav(tone(440, 8_000, 0.01)).subarray(0, 36)],
    ['cut off in its format', writeWav(tone(440, 8_000, 0.01)).subarray(0, 24)],
  ])('%s is refused', (_title, file) => {
    expect(readWav(file)).toBeNull();
  });
});
