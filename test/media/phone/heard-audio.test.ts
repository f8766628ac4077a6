import { describe, expect, it } from 'vitest';
import { HeardAudio } from '../../../media/phone/heard-audio.js';
import { SoundSource } from '../../../media/phone/sound-source.js';

const frame = (value: number): Int16Array => new Int16Array(160).fill(value);

/** Feeds frames of a constant value at these times. */
function heardAt(times: readonly number[], opts: { keepMs?: number } = {}): HeardAudio {
  const heard = new HeardAudio({ startedAtMs: 1000, keepMs: opts.keepMs ?? 10_000 });
  for (const at of times) heard.push(frame(at), at);
  return heard;
}

describe('what was heard', () => {
  it('is on the wall clock: silence stands where nothing arrived', () => {
    const samples = heardAt([1500, 1520, 1540, 2000]).samples(2100);
    expect(samples.length).toBe(8800);
    expect([samples[3999], samples[4000], samples[4160], samples[4320]]).toEqual([0, 1500, 1520, 1540]);
    expect([samples[4480], samples[7999], samples[8000], samples[8160]]).toEqual([0, 0, 2000, 0]);
  });

  it('joins frames that come a little early or late', () => {
    const samples = heardAt([1000, 1018, 1045, 1060]).samples(1080);
    expect([...new Set(samples)]).toEqual([1000, 1018, 1045, 1060]);
    expect(samples.length).toBe(640);
  });

  it('is kept although the frame is used again', () => {
    const heard = new HeardAudio({ startedAtMs: 0, keepMs: 1_000 });
    const used = frame(0);
    for (const at of [0, 20]) heard.push(used.fill(at + 1), at);
    expect([...new Set(heard.samples(40))]).toEqual([1, 21]);
  });

  it('keeps no more than it was told', () => {
    expect(heardAt([1000, 1500, 2000], { keepMs: 510 }).samples(9000).length).toBe(4080);
    expect(heardAt([1000, 1500], { keepMs: 0 }).samples(9000).length).toBe(0);
  });

  it('tells sound from silence', () => {
    const heard = new HeardAudio({ startedAtMs: 0, keepMs: 0 });
    heard.push(frame(5), 20);
    expect(heard.lastSoundAtMs).toBeUndefined();
    heard.push(frame(3000), 40);
    heard.push(frame(3000), 60);
    heard.push(frame(5), 80);
    expect([heard.firstSoundAtMs, heard.lastSoundAtMs]).toEqual([40, 60]);
  });

  it('measures a tone, and nothing once the stream stops', () => {
    const source = new SoundSource();
    source.say({ kind: 'tone', hz: 850 });
    const heard = new HeardAudio({ startedAtMs: 0, keepMs: 0 });
    for (let at = 20; at <= 400; at += 20) heard.push(source.next() ?? frame(0), at);
    expect(heard.tone(850, 400).share).toBeGreaterThan(0.99);
    expect(heard.tone(1000, 400).share).toBeLessThan(0.01);
    expect(heard.tone(850, 600)).toEqual({ share: 0, loudness: 0 });
  });
});

describe('what is said', () => {
  it('is a recording to its end, then silence; or again from the start', () => {
    const source = new SoundSource();
    source.say({ kind: 'sound', pcm: new Int16Array(200).fill(7) });
    expect(source.next()?.[159]).toBe(7);
    const second = source.next();
    expect([second?.[39], second?.[40], second?.length]).toEqual([7, 0, 160]);
    expect(source.isFinished).toBe(true);
    expect(source.next()?.every((sample) => sample === 0)).toBe(true);
    source.say({ kind: 'sound', pcm: new Int16Array(160).fill(7), isLooped: true });
    expect([source.next()?.[0], source.next()?.[0]]).toEqual([7, 7]);
  });

  it('is nothing at all, when nothing is to be sent', () => {
    const source = new SoundSource();
    source.say({ kind: 'nothing' });
    expect(source.next()).toBeUndefined();
  });
});
