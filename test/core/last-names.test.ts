import { describe, expect, it } from 'vitest';
import { LastNames } from '../../gateway/core/last-names.js';

describe('the last names', () => {
  it('are as many as were asked for: the oldest goes first, and a repeat takes no room', () => {
    const names = new LastNames(2);
    for (const name of ['a', 'b', 'b', 'c']) names.add(name);
    expect(['a', 'b', 'c'].filter((name) => names.has(name))).toEqual(['b', 'c']);
  });
});
