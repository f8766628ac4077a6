import type { Json } from '../ids.js';
import type { FlowState } from './flow-state.js';
import { contentHash } from './hash.js';

/** What stands for a secret where people read: says nothing of its length. */
export const MASK = '••••';

/** A secret that is shorter may stand in any text or number by chance. */
export const SHORTEST_WITHIN = 4;
/** Keys of the longest PIN or code that a number may have lost zeros of. */
const LONGEST_NUMBER = 12;

/** Nothing else can be keyed. */
const IS_KEYED = /^[\d*#]+$/;
const IS_DAY = /^\d{4}-\d{2}-\d{2}$/;
const BETWEEN_WORDS = /[^\p{L}\p{N}]+/u;

/**
 * Whether a value is a secret, or contains one of four characters or more as a whole word (`code 2580`, not `12580`, and not the year of a
 * day): then whoever gave it repeats what the caller keyed. A number may have lost zeros in front.
 */
export function repeatsSecret(value: Json | undefined, isSecret: (text: string) => boolean): boolean {
  if (typeof value !== 'string' && typeof value !== 'number') return false;
  const text = String(value);
  if (isSecret(text)) return true;
  if (typeof value === 'number') return paddings(text).some(isSecret);
  return text.length > SHORTEST_WITHIN && !IS_DAY.test(text) && text.split(BETWEEN_WORDS).some((word) => word.length >= SHORTEST_WITHIN && isSecret(word));
}

const paddings = (digits: string): readonly string[] =>
  digits.length < SHORTEST_WITHIN - 1 ? [] : Array.from({ length: Math.max(0, LONGEST_NUMBER - digits.length) }, (_, more) => digits.padStart(digits.length + more + 1, '0'));

type Keyed = Pick<FlowState, 'callId' | 'keyedSecrets'>;

/** Whether a value repeats what was keyed as a secret in this call. */
export function repeatsKeyed(state: Keyed, value: Json | undefined): boolean {
  // A snapshot of an older release has none.
  const marks = state.keyedSecrets ?? [];
  return marks.length > 0 && repeatsSecret(value, (text) => IS_KEYED.test(text) && marks.includes(markOf(state, text)));
}

/** Takes note of what was keyed as a secret. */
export function withKeyed(state: Keyed, secret: string): readonly string[] {
  const mark = markOf(state, secret);
  return state.keyedSecrets.includes(mark) ? state.keyedSecrets : [...state.keyedSecrets, mark];
}

/** By which a secret is known again, but not read, in the state of a call. Who has that state may find out a short one by trying: it ends with the call and gets into no record. */
const markOf = ({ callId }: Keyed, secret: string): string => contentHash(`${callId} ${secret}`);
