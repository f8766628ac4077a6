import type { Announcement } from '../core/call/call-rules.js';
import type { Language, Utterance } from '../core/flow/flow-types.js';
import { readerFor } from '../core/flow/readers/reader-for.js';

type Wording = Readonly<Record<Language, string>>;
type Plain = 'queue.welcome' | 'queue.returned' | 'queue.callbackBooked' | 'sorry.tryLater' | 'sorry.goodbye';

/** What the gateway itself says to callers, outside any flow. */
const WORDS: Readonly<Record<Plain, Wording>> = {
  'queue.welcome': {
    sv: 'Tack. Vi kopplar dig till en kollega. Vänta kvar.',
    nb: 'Takk. Vi setter deg over til en kollega. Vennligst vent.',
    en: 'Thank you. We are connecting you to a colleague. Please hold on.',
  },
  'queue.returned': {
    sv: 'Förlåt, samtalet bröts hos oss. Du står först i kön.',
    nb: 'Beklager, samtalet ble brutt hos oss. Du står først i køen.',
    en: 'Sorry, the call was cut off on our side. You are first in line.',
  },
  'queue.callbackBooked': {
    sv: 'Tack. Vi ringer upp dig när det är din tur. Hej då.',
    nb: 'Takk. Vi ringer deg når det er din tur. Ha det.',
    en: 'Thank you. We will call you when it is your turn. Goodbye.',
  },
  'sorry.tryLater': {
    sv: 'Vi har tyvärr ett tekniskt fel och kan inte koppla dig vidare just nu. Ring gärna igen om en stund.',
    nb: 'Vi har dessverre en teknisk feil og kan ikke sette deg over akkurat nå. Ring gjerne igjen om litt.',
    en: 'We are sorry, we have a technical fault and cannot put you through right now. Please call again in a little while.',
  },
  'sorry.goodbye': {
    sv: 'Förlåt, något är fel hos oss. Ring gärna igen senare. Hej då.',
    nb: 'Beklager, noe er galt hos oss. Ring gjerne igjen senere. Ha det.',
    en: 'Sorry, something is wrong on our side. Please call again later. Goodbye.',
  },
};

type Numbered<T> = Readonly<Record<Language, (value: T) => string>>;

const PLACE: Numbered<string> = {
  sv: (position) => `Du är nummer ${position} i kön.`,
  nb: (position) => `Du er nummer ${position} i køen.`,
  en: (position) => `You are number ${position} in line.`,
};

const CALLBACK_OFFER: Numbered<string> = {
  sv: (key) => `Om du vill kan vi ringa upp dig på numret du ringer från, och du behåller din plats i kön. Tryck ${key} för det, eller vänta kvar.`,
  nb: (key) => `Hvis du vil, kan vi ringe deg opp på nummeret du ringer fra, og du beholder plassen din i køen. Trykk ${key} for det, eller vent.`,
  en: (key) => `If you like, we can call you back on the number you are calling from, and you keep your place in line. Press ${key} for that, or stay on the line.`,
};

/** Ends of the range as words; '' = open. */
interface Range {
  readonly from: string;
  readonly to: string;
}

const WAIT: Numbered<Range> = {
  sv: ({ from, to }) => (to === '' ? `Väntetiden är mer än ${from} minuter.` : from === '' ? `Väntetiden är mindre än ${to} minuter.` : `Väntetiden är mellan ${from} och ${to} minuter.`),
  nb: ({ from, to }) => (to === '' ? `Ventetiden er mer enn ${from} minutter.` : from === '' ? `Ventetiden er under ${to} minutter.` : `Ventetiden er mellom ${from} og ${to} minutter.`),
  en: ({ from, to }) => (to === '' ? `The wait is more than ${from} minutes.` : from === '' ? `The wait is less than ${to} minutes.` : `The wait is between ${from} and ${to} minutes.`),
};

/**
 * The wording of an announcement in the caller's language. `shared`: a shared prompt by its id, in that language; where it has no words
 * the usual ones are said, or nothing.
 */
export function announce(what: Announcement, language: Language, shared: (id: string) => readonly Utterance[] = () => []): readonly Utterance[] {
  const word = (value: number | null): string => (value === null ? '' : readerFor(language).cardinal(value));
  const saying = (promptId: string, text: string): Utterance => ({ promptId, language, text });
  if (what.key === 'queue.place') {
    const place = what.position === null ? [] : [saying('queue.position', PLACE[language](word(what.position)))];
    const wait = what.wait === null ? [] : [saying('queue.wait', WAIT[language]({ from: word(what.wait.fromMinutes), to: word(what.wait.toMinutes) }))];
    return [...place, ...wait];
  }
  if (what.key === 'queue.comfort') return shared(what.prompt);
  if (what.key === 'queue.callbackOffer') return [saying(what.key, CALLBACK_OFFER[language](word(Number(what.digit))))];
  const own = what.key === 'queue.welcome' && what.prompt !== null ? shared(what.prompt) : [];
  return own.length > 0 ? own : [saying(what.key, WORDS[what.key][language])];
}

/** What can be rendered before the first call needs it: everything without numbers, and the first places in line. */
export function announcementsToWarm(): readonly { readonly language: Language; readonly text: string }[] {
  const languages: readonly Language[] = ['sv', 'nb', 'en'];
  const places = [1, 2, 3].map((position): Announcement => ({ key: 'queue.place', position, wait: null }));
  const all: readonly Announcement[] = [{ key: 'queue.welcome', prompt: null }, { key: 'queue.returned' }, { key: 'queue.callbackOffer', digit: '1' }, { key: 'queue.callbackBooked' }, { key: 'sorry.tryLater' }, { key: 'sorry.goodbye' }, ...places];
  return languages.flatMap((language) => all.flatMap((what) => announce(what, language).map(({ text }) => ({ language, text }))));
}
