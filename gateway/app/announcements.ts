import type { Announcement } from '../core/call/call-rules.js';
import type { Language, Utterance } from '../core/flow/flow-types.js';
import { readerFor } from '../core/flow/readers/reader-for.js';

type Wording = Readonly<Record<Language, (position: string) => string>>;

/** What the gateway itself says to callers, outside any flow. */
const WORDS: Readonly<Record<Announcement['key'], Wording>> = {
  'queue.welcome': {
    sv: () => 'Tack. Vi kopplar dig till en kollega. Vänta kvar.',
    nb: () => 'Takk. Vi setter deg over til en kollega. Vennligst vent.',
    en: () => 'Thank you. We are connecting you to a colleague. Please hold on.',
  },
  'queue.position': {
    sv: (position) => `Du är nummer ${position} i kön.`,
    nb: (position) => `Du er nummer ${position} i køen.`,
    en: (position) => `You are number ${position} in line.`,
  },
  'queue.returned': {
    sv: () => 'Förlåt, samtalet bröts hos oss. Du står först i kön.',
    nb: () => 'Beklager, samtalet ble brutt hos oss. Du står først i køen.',
    en: () => 'Sorry, the call was cut off on our side. You are first in line.',
  },
  'sorry.tryLater': {
    sv: () => 'Vi har tyvärr ett tekniskt fel och kan inte koppla dig vidare just nu. Ring gärna igen om en stund.',
    nb: () => 'Vi har dessverre en teknisk feil og kan ikke sette deg over akkurat nå. Ring gjerne igjen om litt.',
    en: () => 'We are sorry, we have a technical fault and cannot put you through right now. Please call again in a little while.',
  },
  'sorry.goodbye': {
    sv: () => 'Förlåt, något är fel hos oss. Ring gärna igen senare. Hej då.',
    nb: () => 'Beklager, noe er galt hos oss. Ring gjerne igjen senere. Ha det.',
    en: () => 'Sorry, something is wrong on our side. Please call again later. Goodbye.',
  },
};

/** The wording of an announcement in the caller's language. */
export function announce(what: Announcement, language: Language): readonly Utterance[] {
  const position = what.key === 'queue.position' ? readerFor(language).cardinal(what.position) : '';
  return [{ promptId: what.key, language, text: WORDS[what.key][language](position) }];
}

/** What can be rendered before the first call needs it: everything without numbers, and the first places in line. */
export function announcementsToWarm(): readonly { readonly language: Language; readonly text: string }[] {
  const languages: readonly Language[] = ['sv', 'nb', 'en'];
  const places = [1, 2, 3].map((position): Announcement => ({ key: 'queue.position', position }));
  const all: readonly Announcement[] = [{ key: 'queue.welcome' }, { key: 'queue.returned' }, { key: 'sorry.tryLater' }, { key: 'sorry.goodbye' }, ...places];
  return languages.flatMap((language) => all.flatMap((what) => announce(what, language).map(({ text }) => ({ language, text }))));
}
