import type { Language, Utterance } from '../../flow/flow-types.js';

/** Milliseconds that a written character takes to say, about, as a speech engine at the gateway's pace says it. */
const MS_A_CHARACTER: Readonly<Record<Language, number>> = { sv: 77, nb: 78, en: 66 };

/** About how long these words sound. */
export const speechMs = (words: readonly Utterance[]): number => words.reduce((sum, { language, text }) => sum + text.length * MS_A_CHARACTER[language], 0);
