import type { Language, Utterance } from '../flow/flow-types.js';

/**
 * Milliseconds that a written character takes to speak. Measured with espeak-ng at the gateway's 155 words a minute over the sample
 * prompts (23 texts a language): 77, 78 and 66. A recorded voice differs; what an author tests by it (barge-in, type-ahead, silence) does not.
 */
const MS_A_CHARACTER: Readonly<Record<Language, number>> = { sv: 77, nb: 78, en: 66 };

/** About how long these words sound, ms. */
export function speechMs(utterances: readonly Utterance[]): number {
  return utterances.reduce((sum, { language, text }) => sum + text.length * MS_A_CHARACTER[language], 0);
}
