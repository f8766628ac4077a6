import { en, type Texts } from './texts-en.js';
import { nb } from './texts-nb.js';
import { sv } from './texts-sv.js';

export const LOCALES = ['en', 'sv', 'nb'] as const;
export type Locale = (typeof LOCALES)[number];

const TABLES: Readonly<Record<Locale, Texts>> = { en, sv, nb };
const STORED = 'vaxel.locale';

export function textsOf(locale: Locale): Texts {
  return TABLES[locale];
}

/** The texts for an agent: one who takes no calls reads nothing of them. */
export function textsFor(locale: Locale, takesCalls: boolean): Texts {
  const texts = textsOf(locale);
  if (takesCalls) return texts;
  const { link, state, waiting, items } = texts.withoutPhone;
  return {
    ...texts,
    link: { ...texts.link, ...link },
    state: { ...texts.state, ...state },
    waiting: { ...texts.waiting, ...waiting },
    items: { ...texts.items, ...items },
  };
}

/** The agent's choice, else the browser's language, else English. */
export function chosenLocale(): Locale {
  const wanted = [localStorage.getItem(STORED), ...navigator.languages.map((language) => language.slice(0, 2).replace('no', 'nb'))];
  return LOCALES.find((locale) => wanted.find((candidate) => LOCALES.some((known) => known === candidate)) === locale) ?? 'en';
}

export function storeLocale(locale: Locale): void {
  localStorage.setItem(STORED, locale);
}
