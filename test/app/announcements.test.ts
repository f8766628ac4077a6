import { describe, expect, it } from 'vitest';
import { announce, announcementsToWarm } from '../../gateway/app/announcements.js';

const LANGUAGES = ['sv', 'nb', 'en'] as const;
const KEYS = ['queue.welcome', 'queue.returned', 'sorry.tryLater', 'sorry.goodbye'] as const;

describe('what the gateway itself says', () => {
  it.each([
    ['sv', 'Du är nummer tre i kön.'],
    ['nb', 'Du er nummer tre i køen.'],
    ['en', 'You are number three in line.'],
  ] as const)('reads the place in line out in %s', (language, text) => {
    expect(announce({ key: 'queue.position', position: 3 }, language)).toEqual([{ promptId: 'queue.position', language, text }]);
  });

  it.each(KEYS)('has its own words in each language: %s', (key) => {
    const texts = LANGUAGES.map((language) => announce({ key }, language)[0]?.text ?? '');
    expect(new Set(texts).size).toBe(3);
    for (const text of texts) expect(text.length).toBeGreaterThan(10);
  });

  it('is rendered before the first call needs it: all but far places in line', () => {
    const warm = announcementsToWarm();
    expect(warm).toHaveLength(3 * (KEYS.length + 3));
    expect(new Set(warm.map(({ language, text }) => `${language}:${text}`)).size).toBe(warm.length);
    for (const { text } of warm) expect(text).not.toMatch(/\{|undefined|\d/);
  });
});
