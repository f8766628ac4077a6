import { expect, it } from 'vitest';
import { newOfferToken } from '../../../gateway/adapters/redis/offer-token.js';
import { requestKey } from '../../../gateway/adapters/redis/request-key.js';
import { brand } from '../../../gateway/core/ids.js';

it('keeps a request id as eleven characters that differ between ids', () => {
  const keys = new Set<string>();
  for (let i = 0; i < 100_000; i += 1) {
    const key = requestKey(brand(`call-${i}:release:${i % 7}`));
    if (key.length === 11) keys.add(key);
  }
  expect(keys.size).toBe(100_000);
  expect(requestKey(brand('a'))).toBe(requestKey(brand('a')));
});

it('makes offer tokens of twenty characters that sort by time and do not repeat', () => {
  const tokens = Array.from({ length: 10_000 }, (_, i) => newOfferToken(1_800_000_000_000 + i));
  expect(new Set(tokens).size).toBe(10_000);
  expect(tokens.every((token) => /^[0-9A-Z]{20}$/.test(token))).toBe(true);
  expect([...tokens].sort()).toEqual(tokens);
});
