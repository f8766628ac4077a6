import { describe, expect, it } from 'vitest';
import { oneOf, orOneOf } from '../../gateway/core/meant.js';

describe('a name that is none', () => {
  it.each([
    ['one letter more', 'menuu', 'menu'],
    ['one letter less', 'main-men', 'main-menu'],
    ['another letter', 'meny', 'menu'],
    ['two neighbours that changed places', 'mneu', 'menu'],
    ['other case', 'findcustomer', 'findCustomer'],
  ])('is answered with the one that is meant: %s', (_title, written, meant) => {
    expect(oneOf(written, ['other', meant])).toBe(`did you mean "${meant}"?`);
    expect(orOneOf(written, ['other', meant], 'write it')).toBe(`did you mean "${meant}"?`);
  });

  it('is answered with all that there are where none is near, each once, also when they can be read once only', () => {
    expect(oneOf('sales', ['menu', 'person', 'menu'].values())).toBe('use one of menu, person');
    expect(orOneOf('sales', ['menu', 'person'].values(), 'write it')).toBe('write it, or use one of menu, person');
    expect(orOneOf('sales', [], 'write it')).toBe('write it');
  });

  it('is not taken for another very short one', () => {
    expect(oneOf('no', ['nb', 'sv'])).toBe('use one of nb, sv');
  });
});
