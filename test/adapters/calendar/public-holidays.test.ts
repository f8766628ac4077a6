import { describe, expect, it } from 'vitest';
import { publicHolidays } from '../../../gateway/adapters/calendar/public-holidays.js';

describe('public holidays', () => {
  it.each([
    ['SE', '2026-06-06', true], // national day
    ['SE', '2026-06-20', true], // midsummer, moves
    ['SE', '2026-05-17', false],
    ['NO', '2026-05-17', true], // constitution day
    ['NO', '2026-04-02', true], // Maundy Thursday
    ['DK', '2024-04-26', false], // the general prayer day, abolished from 2024 on
    ['FI', '2026-12-06', true], // independence day
    ['GB', '2026-12-28', true], // Boxing Day falls on a Saturday: the Monday stands in
    ['GB', '2026-06-06', false],
  ] as const)('of %s: %s is one: %s', (country, day, isHoliday) => {
    expect(publicHolidays(country, 2026).has(day)).toBe(isHoliday);
  });

  it('reach years back for replays and years ahead for a gateway that runs long', () => {
    const days = publicHolidays('SE', 2026);
    expect(days.has('2023-12-25')).toBe(true);
    expect(days.has('2031-12-25')).toBe(true);
  });
});
