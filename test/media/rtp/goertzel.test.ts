import { describe, expect, it } from 'vitest';
import { InbandDtmfDetector, toneShare } from '../../../media/rtp/goertzel.js';
import { DTMF_FREQUENCIES, joinSounds, silence, tone } from '../../../media/rtp/tone.js';

function detect(sound: Int16Array): [string, number][] {
  const found: [string, number][] = [];
  const detector = new InbandDtmfDetector((digit, ms) => found.push([digit, ms]));
  for (let at = 0; at < sound.length; at += 160) detector.push(sound.subarray(at, at + 160));
  detector.flush();
  return found;
}

describe('tones', () => {
  it('have their power at their own frequency', () => {
    expect(toneShare(tone([425], 200), 425)).toBeGreaterThan(0.98);
    expect(toneShare(tone([425], 200), 900)).toBeLessThan(0.02);
    expect(toneShare(silence(100), 425)).toBe(0);
  });

  it('of every key are told apart, each press once', () => {
    const keys = Object.entries(DTMF_FREQUENCIES);
    const sound = joinSounds(keys.flatMap(([, pair]) => [tone(pair, 100), silence(60)]));
    expect(detect(sound)).toEqual(keys.map(([digit]) => [digit, 100]));
  });

  it('too short or single are no key', () => {
    expect(detect(joinSounds([tone([697, 1209], 20), silence(100), tone([697], 200), tone([1209], 200)]))).toEqual([]);
  });
});
