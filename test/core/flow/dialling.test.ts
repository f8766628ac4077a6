import { describe, expect, it } from 'vitest';
import { dialableNumber, DIALLING_DEFAULTS, mayDial } from '../../../gateway/core/flow/dialling.js';

describe('a number that a caller gives', () => {
  it.each([
    ['0701234567', true, 'national'],
    ['92345678', true, 'Norwegian, without a zero'],
    ['+4792345678', true, 'Norwegian'],
    ['004792345678', true, '00 is written for +'],
    ['09001234567', false, 'at a premium'],
    ['+46944123456', false, 'at a premium, written from abroad'],
    ['118118', false, 'a service'],
    ['+12025550123', false, 'abroad'],
    ['0012025550123', false, 'abroad'],
    ['sip:desk@example.org', true, 'no number'],
  ])('%s may be dialled: %s (%s)', (number, may) => {
    expect(mayDial(DIALLING_DEFAULTS, number)).toBe(may);
  });

  it('is judged by the longest beginning that fits', () => {
    const rules = { allow: ['0', '0900123'], refuse: ['0900'] };
    expect(['0900123', '0900124', '081', '1'].map((number) => mayDial(rules, number))).toEqual([true, false, true, false]);
  });

  it('can be made up, for whoever plays a caller', () => {
    expect(mayDial(DIALLING_DEFAULTS, dialableNumber(DIALLING_DEFAULTS))).toBe(true);
    expect(dialableNumber({ allow: ['+47'], refuse: [] })).toMatch(/^0047\d+$/);
  });
});
