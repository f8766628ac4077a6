import { composeAmount, groupDigits, spelledCurrency, type CurrencyWords, type Gender, type Reader, weekdayOf } from './reader.js';

const SMALL = ['noll', 'ett', 'två', 'tre', 'fyra', 'fem', 'sex', 'sju', 'åtta', 'nio', 'tio', 'elva', 'tolv', 'tretton', 'fjorton', 'femton', 'sexton', 'sjutton', 'arton', 'nitton'];
const TENS = ['', '', 'tjugo', 'trettio', 'fyrtio', 'femtio', 'sextio', 'sjuttio', 'åttio', 'nittio'];
const WEEKDAYS = ['söndag', 'måndag', 'tisdag', 'onsdag', 'torsdag', 'fredag', 'lördag'];
const MONTHS = ['januari', 'februari', 'mars', 'april', 'maj', 'juni', 'juli', 'augusti', 'september', 'oktober', 'november', 'december'];
const ORDINALS = [
  '', 'första', 'andra', 'tredje', 'fjärde', 'femte', 'sjätte', 'sjunde', 'åttonde', 'nionde', 'tionde', 'elfte', 'tolfte', 'trettonde', 'fjortonde', 'femtonde',
  'sextonde', 'sjuttonde', 'artonde', 'nittonde', 'tjugonde', 'tjugoförsta', 'tjugoandra', 'tjugotredje', 'tjugofjärde', 'tjugofemte', 'tjugosjätte',
  'tjugosjunde', 'tjugoåttonde', 'tjugonionde', 'trettionde', 'trettioförsta',
];
const SCALES = [
  { size: 1_000_000_000, one: 'miljard', many: 'miljarder' },
  { size: 1_000_000, one: 'miljon', many: 'miljoner' },
];
const KRONOR = { one: 'krona', many: 'kronor', gender: 'common', minorOne: 'öre', minorMany: 'öre', minorGender: 'neuter' } as const;
const CURRENCIES: Readonly<Record<string, CurrencyWords>> = {
  SEK: KRONOR,
  NOK: { ...KRONOR, one: 'norsk krona', many: 'norska kronor' },
  EUR: { one: 'euro', many: 'euro', gender: 'common', minorOne: 'cent', minorMany: 'cent', minorGender: 'common' },
  GBP: { one: 'pund', many: 'pund', gender: 'neuter', minorOne: 'penny', minorMany: 'pence', minorGender: 'common' },
};

function underHundred(value: number, gender: Gender): string {
  if (value === 1) return gender === 'common' ? 'en' : 'ett';
  if (value < 20) return SMALL[value] ?? '';
  const tens = TENS[Math.floor(value / 10)] ?? '';
  return value % 10 === 0 ? tens : tens + underHundred(value % 10, gender);
}

function underThousand(value: number, gender: Gender): string {
  if (value < 100) return underHundred(value, gender);
  const hundreds = `${SMALL[Math.floor(value / 100)] ?? ''}hundra`;
  return value % 100 === 0 ? hundreds : hundreds + underHundred(value % 100, gender);
}

/** `ett` + `tusen` is written `ettusen`: never three of the same consonant in a row. */
const thousands = (value: number): string => `${underThousand(value, 'neuter')}tusen`.replace('ttt', 'tt');

function cardinal(value: number, gender: Gender = 'neuter'): string {
  if (value < 0) return `minus ${cardinal(-value, gender)}`;
  if (value === 0) return 'noll';
  const parts: string[] = [];
  let rest = value;
  for (const { size, one, many } of SCALES) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(`${underThousand(count, 'common')} ${count === 1 ? one : many}`);
    rest %= size;
  }
  if (rest >= 1_000) parts.push(thousands(Math.floor(rest / 1_000)));
  if (rest % 1_000 > 0) parts.push(underThousand(rest % 1_000, gender));
  return parts.join(' ');
}

/** Years go by hundreds: `tjugohundratjugosex`, but `tvåtusenfem`. */
function year(value: number): string {
  const century = Math.floor(value / 100);
  if (century === 20 && value % 100 < 10) return cardinal(value).replace(' ', '');
  return `${underHundred(century, 'neuter')}hundra${value % 100 === 0 ? '' : underHundred(value % 100, 'neuter')}`;
}

function wait(minutes: number): string {
  if (minutes < 1) return 'mindre än en minut';
  const [hours, left] = [Math.floor(minutes / 60), minutes % 60];
  const parts: string[] = [];
  if (hours > 0) parts.push(`${cardinal(hours, 'common')} ${hours === 1 ? 'timme' : 'timmar'}`);
  if (left > 0) parts.push(`${cardinal(left, 'common')} ${left === 1 ? 'minut' : 'minuter'}`);
  return parts.join(' och ');
}

const time = (hour: number, minute: number): string => `klockan ${cardinal(hour)}${minute === 0 ? '' : minute < 10 ? ` noll ${cardinal(minute)}` : ` och ${cardinal(minute)}`}`;

export const swedish: Reader = {
  cardinal,
  digits: (text) => groupDigits([...text].flatMap((digit) => (/\d/.test(digit) ? [SMALL[Number(digit)] ?? ''] : []))),
  amount: (minor, currency) => composeAmount(minor, CURRENCIES[currency] ?? spelledCurrency(currency), { reader: { cardinal }, and: 'och', minus: 'minus' }),
  date: ({ year: inYear, month, day }, withYear) => `den ${ORDINALS[day] ?? ''} ${MONTHS[month - 1] ?? ''}${withYear ? ` ${year(inYear)}` : ''}`,
  weekday: (day) => WEEKDAYS[weekdayOf(day)] ?? '',
  time,
  wait,
};
