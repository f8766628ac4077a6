import type { Language } from '../flow-types.js';
import { english } from './english.js';
import { norwegian } from './norwegian.js';
import type { Reader } from './reader.js';
import { swedish } from './swedish.js';

const READERS: Readonly<Record<Language, Reader>> = { sv: swedish, nb: norwegian, en: english };

/** The reader of a language. */
export const readerFor = (language: Language): Reader => READERS[language];
