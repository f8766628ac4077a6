import { describe, expect, it } from 'vitest';
import { announce, announcementsToWarm } from '../../gateway/app/announcements.js';

const LANGUAGES = ['sv', 'nb', 'en'] as const;
const KEYS = ['queue.welcome', 'queue.returned', 'queue.callbackBooked', 'sorry.tryLater', 'sorry.goodbye'] as const;

describe('what the gateway itself says', () => {
  it.each([
    ['sv', 'Du är nummer tre i kön.'],
    ['nb', 'Du er nummer tre i køen.'],
    ['en', 'You are number three in line.'],
  ] as const)('reads the place in line out in %s', (language, text) => {
    expect(announce({ key: 'queue.place', position: 3, wait: null }, language)).toEqual([{ promptId: 'queue.position', language, text }]);
  });

  it('says which key books a callback, as a word', () => {
    for (const language of LANGUAGES) expect(announce({ key: 'queue.callbackOffer', digit: '1' }, language)[0]?.text).toMatch(/tryck ett |trykk en |press one /i);
  });

  it.each(KEYS)('has its own words in each language: %s', (key) => {
    const texts = LANGUAGES.map((language) => announce(key === 'queue.welcome' ? { key, prompt: null } : { key }, language)[0]?.text ?? '');
    expect(new Set(texts).size).toBe(3);
    for (const text of texts) expect(text.length).toBeGreaterThan(10);
  });

  it.each([
    [{ fromMinutes: null, toMinutes: 2 }, ['Väntetiden är mindre än två minuter.', 'Ventetiden er under to minutter.', 'The wait is less than two minutes.']],
    [{ fromMinutes: 5, toMinutes: 10 }, ['Väntetiden är mellan fem och tio minuter.', 'Ventetiden er mellom fem og ti minutter.', 'The wait is between five and ten minutes.']],
    [{ fromMinutes: 60, toMinutes: null }, ['Väntetiden är mer än sextio minuter.', 'Ventetiden er mer enn seksti minutter.', 'The wait is more than sixty minutes.']],
  ] as const)('reads a wait out as a range: %j', (wait, texts) => {
    expect(LANGUAGES.map((language) => announce({ key: 'queue.place', position: null, wait }, language).map(({ text }) => text))).toEqual(texts.map((text) => [text]));
  });

  it('says place and wait one after the other', () => {
    const both = announce({ key: 'queue.place', position: 1, wait: { fromMinutes: null, toMinutes: 2 } }, 'en');
    expect(both.map(({ promptId, text }) => [promptId, text])).toEqual([['queue.position', 'You are number one in line.'], ['queue.wait', 'The wait is less than two minutes.']]);
  });

  it('has the queue’s own words where there are some in the language, else the usual welcome and no comfort', () => {
    const shared = (id: string) => (id === 'own' ? [{ promptId: id, language: 'en' as const, text: 'Our own.' }] : []);
    expect(announce({ key: 'queue.welcome', prompt: 'own' }, 'en', shared).map(({ text }) => text)).toEqual(['Our own.']);
    expect(announce({ key: 'queue.welcome', prompt: 'gone' }, 'en', shared)[0]?.promptId).toBe('queue.welcome');
    expect(announce({ key: 'queue.comfort', prompt: 'own' }, 'en', shared).map(({ text }) => text)).toEqual(['Our own.']);
    expect(announce({ key: 'queue.comfort', prompt: 'gone' }, 'en', shared)).toEqual([]);
  });

  it('is rendered before the first call needs it: all but far places in line', () => {
    const warm = announcementsToWarm();
    expect(warm).toHaveLength(3 * (KEYS.length + 4));
    expect(new Set(warm.map(({ language, text }) => `${language}:${text}`)).size).toBe(warm.length);
    for (const { text } of warm) expect(text).not.toMatch(/\{|undefined|\d/);
  });
});
