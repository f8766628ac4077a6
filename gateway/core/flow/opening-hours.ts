import { z } from 'zod';
import type { Millis } from '../ids.js';
import type { Finding } from './problem.js';

/** Countries whose public holidays are known. */
export const HOLIDAY_COUNTRIES = ['SE', 'NO', 'DK', 'FI', 'GB'] as const;
export type HolidayCountry = (typeof HOLIDAY_COUNTRIES)[number];
/** The public holidays of a country, as `2026-12-25`. */
export type HolidaysOf = (country: HolidayCountry) => ReadonlySet<string>;

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const MINUTES_A_DAY = 24 * 60;
const span = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'hours such as "08:00-17:00"');
const spans = z.union([span.transform((one) => [one]), z.array(span).min(1).max(6)]);

/** One set of opening hours as written in the contact centre's file. */
export const openingHoursSchema = z.strictObject({
  /** IANA name, such as Europe/Stockholm. */
  timeZone: z.string().min(1).max(60),
  /** Public holidays of this country are closed unless an exception says otherwise. */
  holidays: z.enum(HOLIDAY_COUNTRIES).optional(),
  open: z.record(z.string().regex(/^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$/, 'a day or days, such as mon or mon-fri'), spans),
  exceptions: z.record(z.iso.date('a date such as 2026-12-24'), z.union([z.literal('closed'), spans])).default({}),
});
export type OpeningHoursFile = z.infer<typeof openingHoursSchema>;

/** Open from and to, minutes since midnight; `to` is past the end. */
interface Span {
  readonly from: number;
  readonly to: number;
}

export interface OpeningHours {
  readonly timeZone: string;
  /** Monday first. */
  readonly week: readonly (readonly Span[])[];
  /** Worked out when first asked for: that takes a third of a second, and most commands of the author never ask. */
  readonly holidays: ReadonlySet<string>;
  readonly exceptions: ReadonlyMap<string, readonly Span[]>;
}

/** What holds at a moment, and when it changes, in local date and time. */
export interface HoursNow {
  readonly state: 'open' | 'closed' | 'holiday';
  /** When it opens next (not this opening), or null within the next `LOOK_AHEAD_DAYS`. */
  readonly opensOn: string | null;
  readonly opensAt: string | null;
  /** When this opening ends; null while closed. */
  readonly closesAt: string | null;
}

const LOOK_AHEAD_DAYS = 21;

/** Checks that the schema cannot make. */
export function openingHoursFaults(file: OpeningHoursFile): readonly Finding[] {
  const zone = isTimeZone(file.timeZone) ? [] : [{ path: ['timeZone'], what: `there is no time zone "${file.timeZone}"`, fix: 'write it as Europe/Stockholm, Europe/Oslo, Europe/London …' }];
  const seen = new Map<number, string>();
  const twice = Object.keys(file.open).flatMap((days) =>
    daysIn(days).flatMap((day) => {
      const other = seen.get(day);
      seen.set(day, days);
      return other === undefined ? [] : [{ path: ['open', days], what: `${DAYS[day] ?? ''} is in "${other}" already`, fix: 'name each day once' }];
    }),
  );
  const days = [...Object.entries(file.open).map(([day, list]) => ({ path: ['open', day], list })), ...Object.entries(file.exceptions).map(([day, list]) => ({ path: ['exceptions', day], list: list === 'closed' ? [] : list }))];
  const spans = days.flatMap(({ path, list }): Finding[] => {
    const inTurn = inOrder(list);
    if (inTurn.some(({ from, to }) => from >= to)) return [{ path, what: 'the hours end before they begin', fix: 'split hours that pass midnight: until 24:00, and from 00:00 the next day' }];
    return inTurn.some(({ from }, at) => from < (inTurn[at - 1]?.to ?? 0)) ? [{ path, what: 'these hours overlap', fix: 'write them as one, or let the first end before the second begins' }] : [];
  });
  const never = days.every(({ list }) => list.length === 0) ? [{ path: ['open'], what: 'it is never open', fix: 'say on which days, such as mon-fri: "08:00-17:00"' }] : [];
  return [...zone, ...twice, ...spans, ...never];
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Brings checked hours into the shape that `hoursAt` reads. */
export function toOpeningHours(file: OpeningHoursFile, holidaysOf: HolidaysOf): OpeningHours {
  const week: Span[][] = DAYS.map(() => []);
  for (const [days, list] of Object.entries(file.open)) for (const day of daysIn(days)) week[day] = inOrder(list);
  const country = file.holidays;
  let holidays: ReadonlySet<string> | undefined;
  return {
    timeZone: file.timeZone,
    week,
    get holidays() {
      return (holidays ??= country === undefined ? new Set() : holidaysOf(country));
    },
    exceptions: new Map(Object.entries(file.exceptions).map(([day, list]) => [day, list === 'closed' ? [] : inOrder(list)])),
  };
}

const inOrder = (list: readonly string[]): Span[] => list.map(toSpan).sort((a, b) => a.from - b.from);

function toSpan(written: string): Span {
  const [from = '', to = ''] = written.split('-');
  return { from: minutesOf(from), to: minutesOf(to) };
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
const timeOf = (minutes: number): string => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/** `fri-mon` goes over the week's end. */
function daysIn(written: string): readonly number[] {
  const [first = '', last = first] = written.split('-');
  const [from, to] = [DAYS.findIndex((day) => day === first), DAYS.findIndex((day) => day === last)];
  return Array.from({ length: ((to - from + DAYS.length) % DAYS.length) + 1 }, (_, step) => (from + step) % DAYS.length);
}

/** What was worked out already, by minute: every call that looks at the same hours in a minute finds the same. */
const worked = new WeakMap<OpeningHours, Map<number, HoursNow>>();
const MOST_MINUTES = 100;

/** Whether it is open at a moment (epoch ms). Exceptions win over holidays, holidays over the week. */
export function hoursAt(hours: OpeningHours, at: Millis): HoursNow {
  const minutes = worked.get(hours) ?? new Map<number, HoursNow>();
  worked.set(hours, minutes);
  const minute = Math.floor(at / 60_000);
  const known = minutes.get(minute);
  if (known !== undefined) return known;
  if (minutes.size >= MOST_MINUTES) minutes.clear();
  const now = workOut(hours, at);
  minutes.set(minute, now);
  return now;
}

function workOut(hours: OpeningHours, at: Millis): HoursNow {
  const { date, minutes } = localTime(hours.timeZone, at);
  const open = spansOn(hours, date).find(({ from, to }) => from <= minutes && minutes < to);
  const next = nextOpening(hours, date, minutes);
  const isHoliday = !hours.exceptions.has(date) && hours.holidays.has(date);
  return {
    state: open !== undefined ? 'open' : isHoliday ? 'holiday' : 'closed',
    opensOn: next?.date ?? null,
    opensAt: next === null ? null : timeOf(next.from),
    closesAt: open === undefined ? null : timeOf(open.to % MINUTES_A_DAY),
  };
}

function spansOn(hours: OpeningHours, date: string): readonly Span[] {
  const exception = hours.exceptions.get(date);
  if (exception !== undefined) return exception;
  return hours.holidays.has(date) ? [] : (hours.week[(new Date(`${date}T00:00:00Z`).getUTCDay() + DAYS.length - 1) % DAYS.length] ?? []);
}

function nextOpening(hours: OpeningHours, today: string, minutes: number): { readonly date: string; readonly from: number } | null {
  for (let ahead = 0; ahead <= LOOK_AHEAD_DAYS; ahead++) {
    const date = new Date(Date.parse(`${today}T00:00:00Z`) + ahead * MINUTES_A_DAY * 60_000).toISOString().slice(0, 10);
    const first = spansOn(hours, date).find(({ from }) => ahead > 0 || from > minutes);
    if (first !== undefined) return { date, from: first.from };
  }
  return null;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Date and minutes since midnight on the wall clock of a time zone. */
function localTime(timeZone: string, at: Millis): { readonly date: string; readonly minutes: number } {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' });
    formats.set(timeZone, format);
  }
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return { date: `${part['year'] ?? ''}-${part['month'] ?? ''}-${part['day'] ?? ''}`, minutes: Number(part['hour']) * 60 + Number(part['minute']) };
}
