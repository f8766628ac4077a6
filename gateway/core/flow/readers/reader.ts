/** Grammatical gender of what is counted: `en krona` but `ett öre`. English has none and ignores it. */
export type Gender = 'common' | 'neuter';

/** Says numbers, amounts, dates and waits in one language. Pure; the words are what a person at a counter would say. */
export interface Reader {
  /** A whole number from 0 to 999,999,999,999 (negative with a word for minus). */
  cardinal(value: number, gender?: Gender): string;
  /** Each digit by itself, in small groups, as people read out invoice numbers. Other characters are left out. */
  digits(text: string): string;
  /** Money; `minor` is the whole amount in hundredths, `currency` an ISO 4217 code. */
  amount(minor: number, currency: string): string;
  /** Day and month, with the year where asked. */
  date(day: CalendarDay, withYear: boolean): string;
  /** The day of the week by itself. */
  weekday(day: CalendarDay): string;
  /** A time of day, from hours 0-23 and minutes. */
  time(hour: number, minute: number): string;
  /** How long to wait, from whole minutes; 0 is less than a minute. */
  wait(minutes: number): string;
}

export interface CalendarDay {
  readonly year: number;
  /** 1-12 */
  readonly month: number;
  /** 1-31 */
  readonly day: number;
}

/** 0 = Sunday, as calendars count. */
export const weekdayOf = ({ year, month, day }: CalendarDay): number => new Date(Date.UTC(year, month - 1, day)).getUTCDay();

/** A currency's words: one and several, of the whole and of its hundredth. */
export interface CurrencyWords {
  readonly one: string;
  readonly many: string;
  readonly gender: Gender;
  readonly minorOne: string;
  readonly minorMany: string;
  readonly minorGender: Gender;
}

const GROUP = 3;

/** Joins digit words in groups of three, a comma (a short breath) between groups. Never leaves a single digit alone at the end. */
export function groupDigits(words: readonly string[]): string {
  const groups: string[][] = [];
  let from = 0;
  while (from < words.length) {
    const left = words.length - from;
    const size = left === GROUP + 1 ? 2 : Math.min(GROUP, left);
    groups.push(words.slice(from, from + size));
    from += size;
  }
  return groups.map((group) => group.join(' ')).join(', ');
}

/** Puts an amount together: the whole, then the hundredths when there are any; only the hundredths below one. */
export function composeAmount(
  minor: number,
  words: CurrencyWords,
  language: { readonly reader: Pick<Reader, 'cardinal'>; readonly and: string; readonly minus: string },
): string {
  const size = Math.abs(Math.round(minor));
  const [whole, cents] = [Math.floor(size / 100), size % 100];
  const { reader, and, minus } = language;
  const parts: string[] = [];
  if (whole > 0 || cents === 0) parts.push(`${reader.cardinal(whole, words.gender)} ${whole === 1 ? words.one : words.many}`);
  if (cents > 0) parts.push(`${reader.cardinal(cents, words.minorGender)} ${cents === 1 ? words.minorOne : words.minorMany}`);
  return `${minor < 0 ? `${minus} ` : ''}${parts.join(` ${and} `)}`;
}

/** A currency without words of its own: its code, letter by letter. */
export function spelledCurrency(code: string): CurrencyWords {
  const spelled = [...code].join(' ');
  return { one: spelled, many: spelled, gender: 'common', minorOne: '/100', minorMany: '/100', minorGender: 'common' };
}
