import { describe, expect, it } from 'vitest';
import { findAllPrompts, findPrompt, isHeard } from '../../../media/rtp/align.js';
import { decodeG711, encodeG711 } from '../../../media/rtp/g711.js';
import { joinSounds, silence } from '../../../media/rtp/tone.js';

/** Speech-like noise that is the same in every run. */
function babble(samples: number, seed: number): Int16Array {
  let state = seed;
  let smooth = 0;
  return Int16Array.from({ length: samples }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    smooth += 0.3 * ((state >> 16) / 4 - smooth);
    return Math.round(smooth);
  });
}

describe('prompt alignment', () => {
  const prompt = babble(24_000, 7);

  it('finds a prompt to the sample, companded and at another level', () => {
    const quiet = prompt.map((sample) => sample >> 1);
    const recording = decodeG711('PCMU', encodeG711('PCMU', joinSounds([babble(5123, 3), quiet, silence(500)])));
    const found = findPrompt(recording, prompt);
    expect(found?.offsetSamples).toBe(5123);
    expect(found?.coefficient).toBeGreaterThan(0.98);
  });

  it('does not find a prompt that was not played', () => {
    expect(isHeard(joinSounds([babble(60_000, 3), silence(500)]), prompt)).toBe(false);
    expect(isHeard(silence(10_000), prompt)).toBe(false);
    expect(findPrompt(silence(10), prompt)).toBeUndefined();
  });

  it('finds every repetition', () => {
    const recording = joinSounds([silence(100), prompt, silence(1000), prompt, babble(8000, 5), prompt]);
    expect(findAllPrompts(recording, prompt).map((at) => at.offsetSamples)).toEqual([800, 32_800, 64_800]);
  });

  it('finds a prompt at the end of three minutes', () => {
    const recording = joinSounds([babble(8000 * 170, 3), prompt, silence(7000)]);
    expect(findPrompt(recording, prompt)?.offsetSamples).toBe(8000 * 170);
  });
});
