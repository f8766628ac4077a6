import type { Json } from '../ids.js';
import type { ScalarType } from './flow-schema.js';
import type { Language } from './flow-types.js';
import { MASK } from './repeated-secret.js';
import { readerFor } from './readers/reader-for.js';
import type { CalendarDay } from './readers/reader.js';

/** Where the finished text goes; decides how values are made harmless. The author's own text is never changed. */
export type TemplateContext = 'speech' | 'plain' | 'urlPart' | 'message';

/** `{{path|filter:argument}}` */
export interface Slot {
  readonly path: string;
  readonly filter: string;
  /** A currency code in capitals, or the path of the variable that holds one. */
  readonly argument: string | null;
}
export type TemplatePart = string | Slot;

export interface Rendering {
  readonly language: Language;
  readonly context: TemplateContext;
  lookUp(path: string): Json | undefined;
  /** Values in whose place dots stand. */
  hides?(value: Json): boolean;
}

export type Rendered = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly missing: string };

const SLOT = /^\s*([a-z][A-Za-z0-9]*(?:\.[A-Za-z0-9-]+)*)\s*(?:\|\s*([a-zA-Z]+)\s*(?::\s*([A-Za-z][A-Za-z0-9.]*)\s*)?)?$/;
const IS_CURRENCY = /^[A-Z]{3}$/;
const MAX_SPOKEN = 300;

interface Filter {
  /** Types of variables that it reads. */
  readonly reads: readonly (ScalarType | 'record')[];
  apply(value: Json, using: { readonly language: Language; readonly argument: string | null }): string | null;
}

const numberOf = (value: Json): number | null => {
  const number = typeof value === 'number' ? value : typeof value === 'string' && /^-?\d{1,12}(\.\d{1,4})?$/.test(value) ? Number(value) : Number.NaN;
  return Number.isFinite(number) && Math.abs(number) < 1e12 ? number : null;
};

function ofDay(value: Json, read: (day: CalendarDay) => string): string | null {
  const match = typeof value === 'string' ? /^(\d{4})-(\d{2})-(\d{2})$/.exec(value) : null;
  return match === null ? null : read({ year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) });
}

function ofTime(value: Json, read: (hour: number, minute: number) => string): string | null {
  const match = typeof value === 'string' ? /^([01]\d|2[0-3]):([0-5]\d)$/.exec(value) : null;
  return match === null ? null : read(Number(match[1]), Number(match[2]));
}

const whole = (value: Json, read: (whole: number) => string): string | null => {
  const number = numberOf(value);
  return number === null ? null : read(Math.round(number));
};

const FILTERS: ReadonlyMap<string, Filter> = new Map<string, Filter>([
  ['text', { reads: ['text', 'digits', 'number', 'amount', 'date', 'time', 'boolean'], apply: (value) => (typeof value === 'object' ? null : String(value)) }],
  ['digits', { reads: ['digits', 'text', 'number'], apply: (value, { language }) => readerFor(language).digits(String(value)) || null }],
  ['number', { reads: ['number', 'digits', 'amount'], apply: (value, { language }) => whole(value, (number) => readerFor(language).cardinal(number)) }],
  ['wait', { reads: ['number'], apply: (value, { language }) => whole(value, (minutes) => readerFor(language).wait(minutes)) }],
  ['date', { reads: ['date'], apply: (value, { language }) => ofDay(value, (day) => readerFor(language).date(day, false)) }],
  ['dateWithYear', { reads: ['date'], apply: (value, { language }) => ofDay(value, (day) => readerFor(language).date(day, true)) }],
  ['weekday', { reads: ['date'], apply: (value, { language }) => ofDay(value, (day) => readerFor(language).weekday(day)) }],
  ['time', { reads: ['time'], apply: (value, { language }) => ofTime(value, (hour, minute) => readerFor(language).time(hour, minute)) }],
  [
    'amount',
    {
      reads: ['amount', 'number'],
      apply: (value, { language, argument }) => {
        const number = numberOf(value);
        return number === null ? null : readerFor(language).amount(Math.round(number * 100), argument ?? 'SEK');
      },
    },
  ],
]);

const LOCALES: Readonly<Record<Language, string>> = { sv: 'sv-SE', nb: 'nb-NO', en: 'en-GB' };

/** Spaces that break lines in the wrong place are for typesetters; in a text message they only look odd. */
const inLocale = (format: { format(value: number): string }, value: number): string => format.format(value).replace(/[\u00a0\u202f]/g, ' ');

const writtenDay = (value: Json, language: Language, withYear: boolean): string | null =>
  ofDay(value, ({ year, month, day }) => inLocale(new Intl.DateTimeFormat(LOCALES[language], { timeZone: 'UTC', day: 'numeric', month: 'long', ...(withYear ? { year: 'numeric' } : {}) }), Date.UTC(year, month - 1, day)));

/** Where a text is read instead of heard: `15 december` and `1 249,50 kr` instead of words. */
const WRITTEN: ReadonlyMap<string, Pick<Filter, 'apply'>> = new Map<string, Pick<Filter, 'apply'>>([
  ['digits', { apply: (value) => String(value).replace(/\D/g, '') || null }],
  ['number', { apply: (value, { language }) => whole(value, (number) => inLocale(new Intl.NumberFormat(LOCALES[language]), number)) }],
  ['date', { apply: (value, { language }) => writtenDay(value, language, false) }],
  ['dateWithYear', { apply: (value, { language }) => writtenDay(value, language, true) }],
  ['time', { apply: (value) => ofTime(value, (hour, minute) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`) }],
  [
    'amount',
    {
      apply: (value, { language, argument }) => {
        const number = numberOf(value);
        return number === null ? null : inLocale(new Intl.NumberFormat(LOCALES[language], { style: 'currency', currency: argument ?? 'SEK' }), number);
      },
    },
  ],
]);

/** The filters by name, and the types of variables that each can read. */
export const filterReads = (name: string): readonly (ScalarType | 'record')[] | null => FILTERS.get(name)?.reads ?? null;
export const FILTER_NAMES: readonly string[] = [...FILTERS.keys()];

/** Splits a text into fixed parts and slots. A malformed slot comes back as `bad`. */
export function parseTemplate(text: string): { readonly parts: readonly TemplatePart[]; readonly bad: readonly string[] } {
  const parts: TemplatePart[] = [];
  const bad: string[] = [];
  text.split(/(\{\{[^{}]*\}\})/).forEach((piece) => {
    if (piece === '') return;
    if (!piece.startsWith('{{') || !piece.endsWith('}}')) {
      if (/\{\{|\}\}/.test(piece)) bad.push(piece.trim().slice(0, 60));
      // One brace too few: the caller would hear the variable's name.
      else bad.push(...(piece.match(/\{[^{}]*\}/g) ?? []));
      parts.push(piece);
      return;
    }
    const match = SLOT.exec(piece.slice(2, -2));
    if (match === null) bad.push(piece);
    else parts.push({ path: match[1] ?? '', filter: match[2] ?? 'text', argument: match[3] ?? null });
  });
  return { parts, bad };
}

/** Templates taken apart already. They come from files, so there are few; more than these are those of files that changed. */
const takenApart = new Map<string, readonly TemplatePart[]>();
const MOST_TAKEN_APART = 5_000;

function partsOf(text: string): readonly TemplatePart[] {
  const known = takenApart.get(text);
  if (known !== undefined) return known;
  if (takenApart.size >= MOST_TAKEN_APART) takenApart.clear();
  const { parts } = parseTemplate(text);
  takenApart.set(text, parts);
  return parts;
}

/** The path that a slot's argument refers to; null when it is a currency code or absent. */
export const argumentPath = (slot: Slot): string | null => (slot.argument === null || IS_CURRENCY.test(slot.argument) ? null : slot.argument);

/** Fills a template. A value that is not set, or that its filter cannot read, makes the whole text `missing`: half a sentence is never said. */
export function renderTemplate(text: string, rendering: Rendering): Rendered {
  if (!text.includes('{{')) return { ok: true, text };
  let done = '';
  for (const part of partsOf(text)) {
    if (typeof part === 'string') {
      done += part;
      continue;
    }
    const filled = fill(part, rendering);
    const harmless = filled === null ? null : makeHarmless(filled, rendering.context);
    if (harmless === null) return { ok: false, missing: part.path };
    done += harmless;
  }
  return { ok: true, text: done };
}

function fill(slot: Slot, { language, context, lookUp, hides }: Rendering): string | null {
  const value = lookUp(slot.path);
  if (value === undefined || value === null) return null;
  if (hides?.(value) === true) return MASK;
  const from = argumentPath(slot);
  const argument = from === null ? slot.argument : lookUp(from);
  if (argument !== null && (typeof argument !== 'string' || !IS_CURRENCY.test(argument))) return null;
  const filter = (context === 'message' ? WRITTEN.get(slot.filter) : undefined) ?? FILTERS.get(slot.filter);
  return filter?.apply(value, { language, argument }) ?? null;
}

// Speech engines read markup and their own codes ([[phonemes]], SSML tags); a name from a back end must not be able to use them.
function makeHarmless(value: string, context: TemplateContext): string | null {
  switch (context) {
    case 'speech':
      return value.replace(/[\p{C}<>[\]{}&|\\`]+/gu, ' ').replace(/\s+/g, ' ').trim().slice(0, MAX_SPOKEN);
    case 'plain':
    case 'message':
      return value.replace(/[\p{C}]+/gu, ' ').trim();
    case 'urlPart':
      // `..` (also as %2E%2E) would climb out of the path; no escape keeps a URL parser from it.
      return value === '' || /^\.+$/.test(value) ? null : encodeURIComponent(value.replace(/[\uD800-\uDFFF]/gu, '\uFFFD'));
  }
}
