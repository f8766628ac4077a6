import { composeAmount, groupDigits, spelledCurrency, type CurrencyWords, type Reader, weekdayOf } from './reader.js';

const SMALL = [
  'zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve', 'thirteen', 'fourteen', 'fifteen', 'sixteen',
  'seventeen', 'eighteen', 'nineteen',
];
const TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const ORDINALS = [
  '', 'first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth', 'eleventh', 'twelfth', 'thirteenth', 'fourteenth', 'fifteenth',
  'sixteenth', 'seventeenth', 'eighteenth', 'nineteenth', 'twentieth', 'twenty-first', 'twenty-second', 'twenty-third', 'twenty-fourth', 'twenty-fifth',
  'twenty-sixth', 'twenty-seventh', 'twenty-eighth', 'twenty-ninth', 'thirtieth', 'thirty-first',
];
const SCALES = [
  { size: 1_000_000_000, word: 'billion' },
  { size: 1_000_000, word: 'million' },
  { size: 1_000, word: 'thousand' },
];
const CURRENCIES: Readonly<Record<string, CurrencyWords>> = {
  SEK: { one: 'Swedish krona', many: 'Swedish kronor', gender: 'common', minorOne: 'öre', minorMany: 'öre', minorGender: 'common' },
  NOK: { one: 'Norwegian krone', many: 'Norwegian kroner', gender: 'common', minorOne: 'øre', minorMany: 'øre', minorGender: 'common' },
  EUR: { one: 'euro', many: 'euros', gender: 'common', minorOne: 'cent', minorMany: 'cents', minorGender: 'common' },
  GBP: { one: 'pound', many: 'pounds', gender: 'common', minorOne: 'penny', minorMany: 'pence', minorGender: 'common' },
};

function underHundred(value: number): string {
  if (value < 20) return SMALL[value] ?? '';
  const tens = TENS[Math.floor(value / 10)] ?? '';
  return value % 10 === 0 ? tens : `${tens}-${SMALL[value % 10] ?? ''}`;
}

function underThousand(value: number): string {
  if (value < 100) return underHundred(value);
  const hundreds = `${SMALL[Math.floor(value / 100)] ?? ''} hundred`;
  return value % 100 === 0 ? hundreds : `${hundreds} and ${underHundred(value % 100)}`;
}

function cardinal(value: number): string {
  if (value < 0) return `minus ${cardinal(-value)}`;
  if (value === 0) return 'zero';
  const parts: string[] = [];
  let rest = value;
  for (const { size, word } of SCALES) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(`${underThousand(count)} ${word}`);
    rest %= size;
  }
  if (rest > 0) parts.push(parts.length > 0 && rest < 100 ? `and ${underHundred(rest)}` : underThousand(rest));
  return parts.join(' ');
}

/** `twenty twenty-six`, `two thousand and five`, `nineteen eighty-four`. */
function year(value: number): string {
  const [century, rest] = [Math.floor(value / 100), value % 100];
  if (century % 10 === 0 && rest < 10) return cardinal(value);
  return `${underHundred(century)} ${rest === 0 ? 'hundred' : rest < 10 ? `oh ${underHundred(rest)}` : underHundred(rest)}`;
}

function wait(minutes: number): string {
  if (minutes < 1) return 'less than a minute';
  const [hours, left] = [Math.floor(minutes / 60), minutes % 60];
  const parts: string[] = [];
  if (hours > 0) parts.push(`${cardinal(hours)} ${hours === 1 ? 'hour' : 'hours'}`);
  if (left > 0) parts.push(`${cardinal(left)} ${left === 1 ? 'minute' : 'minutes'}`);
  return parts.join(' and ');
}

/** On the twelve-hour clock, as people say it on the phone. */
function time(hour: number, minute: number): string {
  if (minute === 0 && hour % 12 === 0) return hour === 0 ? 'midnight' : 'noon';
  const minutes = minute === 0 ? '' : minute < 10 ? ` oh ${cardinal(minute)}` : ` ${cardinal(minute)}`;
  return `${cardinal(hour % 12 === 0 ? 12 : hour % 12)}${minutes} ${hour < 12 ? 'a.m.' : 'p.m.'}`;
}

export const english: Reader = {
  cardinal,
  digits: (text) => groupDigits([...text].flatMap((digit) => (/\d/.test(digit) ? [SMALL[Number(digit)] ?? ''] : []))),
  amount: (minor, currency) => composeAmount(minor, CURRENCIES[currency] ?? spelledCurrency(currency), { reader: { cardinal }, and: 'and', minus: 'minus' }),
  date: ({ year: inYear, month, day }, withYear) => `the ${ORDINALS[day] ?? ''} of ${MONTHS[month - 1] ?? ''}${withYear ? ` ${year(inYear)}` : ''}`,
  weekday: (day) => WEEKDAYS[weekdayOf(day)] ?? '',
  time,
  wait,
};
