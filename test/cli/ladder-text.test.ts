import { describe as suite, expect, it } from 'vitest';
import { describe } from '../../gateway/cli/ladder-text.js';

suite('the ladder of a call, in words', () => {
  it.each([
    [1, '1st'], [2, '2nd'], [3, '3rd'], [4, '4th'], [10, '10th'], [11, '11th'], [12, '12th'], [13, '13th'], [21, '21st'], [112, '112th'],
  ])('names key press %i by its place, so that nobody reads it as a digit', (number, words) => {
    expect(describe({ event: 'keySent', number, path: 'event', atMs: 1_910 })).toBe(`   1.91 s  → ${words} key`);
  });

  it('says when keys leave otherwise than as events', () => {
    expect(describe({ event: 'keySent', number: 2, path: 'tones', atMs: 0 })).toBe('   0.00 s  → 2nd key (as tones)');
  });
});
