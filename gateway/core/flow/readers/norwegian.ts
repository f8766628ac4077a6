import { composeAmount, groupDigits, spelledCurrency, type CurrencyWords, type Gender, type Reader, weekdayOf } from './reader.js';

const SMALL = ['null', 'en', 'to', 'tre', 'fire', 'fem', 'seks', 'sju', 'åtte', 'ni', 'ti', 'elleve', 'tolv', 'tretten', 'fjorten', 'femten', 'seksten', 'sytten', 'atten', 'nitten'];
const TENS = ['', '', 'tjue', 'tretti', 'førti', 'femti', 'seksti', 'sytti', 'åtti', 'nitti'];
const WEEKDAYS = ['søndag', 'mandag', 'tirsdag', 'onsdag', 'torsdag', 'fredag', 'lørdag'];
const MONTHS = ['januar', 'februar', 'mars', 'april', 'mai', 'juni', 'juli', 'august', 'september', 'oktober', 'november', 'desember'];
const ORDINALS = [
  '', 'første', 'andre', 'tredje', 'fjerde', 'femte', 'sjette', 'sjuende', 'åttende', 'niende', 'tiende', 'ellevte', 'tolvte', 'trettende', 'fjortende', 'femtende',
  'sekstende', 'syttende', 'attende', 'nittende', 'tjuende', 'tjueførste', 'tjueandre', 'tjuetredje', 'tjuefjerde', 'tjuefemte', 'tjuesjette', 'tjuesjuende',
  'tjueåttende', 'tjueniende', 'trettiende', 'trettiførste',
];
const SCALES = [
  { size: 1_000_000_000, one: 'milliard', many: 'milliarder' },
  { size: 1_000_000, one: 'million', many: 'millioner' },
];
const KRONER = { one: 'krone', many: 'kroner', gender: 'common', minorOne: 'øre', minorMany: 'øre', minorGender: 'neuter' } as const;
const CURRENCIES: Readonly<Record<string, CurrencyWords>> = {
  NOK: KRONER,
  SEK: { ...KRONER, one: 'svensk krone', many: 'svenske kroner' },
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
  const hundreds = `${underHundred(Math.floor(value / 100), 'neuter')} hundre`;
  return value % 100 === 0 ? hundreds : `${hundreds} og ${underHundred(value % 100, gender)}`;
}

function cardinal(value: number, gender: Gender = 'common'): string {
  if (value < 0) return `minus ${cardinal(-value, gender)}`;
  if (value === 0) return 'null';
  const parts: string[] = [];
  let rest = value;
  for (const { size, one, many } of SCALES) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(`${underThousand(count, 'common')} ${count === 1 ? one : many}`);
    rest %= size;
  }
  if (rest >= 1_000) parts.push(`${underThousand(Math.floor(rest / 1_000), 'neuter')} tusen`);
  const last = rest % 1_000;
  // `ett tusen og fem`: what stays below a hundred is joined with `og`.
  if (last > 0) parts.push(parts.length > 0 && last < 100 ? `og ${underHundred(last, gender)}` : underThousand(last, gender));
  return parts.join(' ');
}

/** `tjue tjueseks`; the first years of the century are `to tusen og fem`, the last century goes by hundreds. */
function year(value: number): string {
  const [century, rest] = [Math.floor(value / 100), value % 100];
  if (century === 20 && rest < 10) return cardinal(value);
  if (century >= 20) return `${underHundred(century, 'common')} ${rest === 0 ? 'hundre' : underHundred(rest, 'common')}`;
  return `${underHundred(century, 'common')} ${rest === 0 ? 'hundre' : `hundre og ${underHundred(rest, 'common')}`}`;
}

function wait(minutes: number): string {
  if (minutes < 1) return 'mindre enn ett minutt';
  const [hours, left] = [Math.floor(minutes / 60), minutes % 60];
  const parts: string[] = [];
  if (hours > 0) parts.push(`${cardinal(hours, 'common')} ${hours === 1 ? 'time' : 'timer'}`);
  if (left > 0) parts.push(`${cardinal(left, 'neuter')} ${left === 1 ? 'minutt' : 'minutter'}`);
  return parts.join(' og ');
}

const time = (hour: number, minute: number): string => `klokka ${cardinal(hour)}${minute === 0 ? '' : minute < 10 ? ` null ${cardinal(minute)}` : ` ${cardinal(minute)}`}`;

export const norwegian: Reader = {
  cardinal,
  digits: (text) => groupDigits([...text].flatMap((digit) => (/\d/.test(digit) ? [SMALL[Number(digit)] ?? ''] : []))),
  amount: (minor, currency) => composeAmount(minor, CURRENCIES[currency] ?? spelledCurrency(currency), { reader: { cardinal }, and: 'og', minus: 'minus' }),
  date: ({ year: inYear, month, day }, withYear) => `den ${ORDINALS[day] ?? ''} ${MONTHS[month - 1] ?? ''}${withYear ? ` ${year(inYear)}` : ''}`,
  weekday: (day) => WEEKDAYS[weekdayOf(day)] ?? '',
  time,
  wait,
};
