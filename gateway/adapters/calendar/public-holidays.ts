import type DateHolidays from 'date-holidays';
import { createRequire } from 'node:module';
import type { HolidayCountry } from '../../core/flow/opening-hours.js';

/** A flow set lives on until the next reload, a recorded call is replayed years later. */
const YEARS_BACK = 3;
const YEARS_AHEAD = 5;

const known = new Map<string, ReadonlySet<string>>();

/** The public holidays of a country around a year, as `2026-12-25`. Substitute days count, days that are only observed do not. */
export function publicHolidays(country: HolidayCountry, aroundYear: number): ReadonlySet<string> {
  const key = `${country}:${aroundYear}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  // Loaded only where somebody uses holidays: reading the data of all countries takes a third of a second.
  const Holidays = createRequire(import.meta.url)('date-holidays') as typeof DateHolidays;
  const calendar = new Holidays(country);
  const days = new Set<string>();
  for (let year = aroundYear - YEARS_BACK; year <= aroundYear + YEARS_AHEAD; year++) {
    for (const holiday of calendar.getHolidays(year)) if (holiday.type === 'public') days.add(holiday.date.slice(0, 10));
  }
  known.set(key, days);
  return days;
}
