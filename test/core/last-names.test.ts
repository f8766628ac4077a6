import { describe, expect, it } from 'vitest';
import { LastNames } from '../../gateway/core/last-names.js';

describe('the last names', () => {
  it('are as many as were asked for: the oldest goes first, and a repeat takes no room', () => {
    const names = new LastNames(2);
    for (const name of ['a', 'b', 'b', 'c']) names.add(name);
    expect(['a', 'b', 'c'].filter((name) => names.has(name))).toEqual(['b', 'c']);
  });

  it('are the same however many came before', () => {
    const names = new LastNames(3);
    for (let at = 0; at < 1_000; at += 1) names.add(`n${at}`);
    expect(Array.from({ length: 1_000 }, (_, at) => `n${at}`).filter((name) => names.has(name))).toEqual(['n997', 'n998', 'n999']);
  });
});
