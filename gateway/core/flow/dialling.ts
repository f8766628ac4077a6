import { z } from 'zod';

const prefix = z.string().regex(/^\+?[0-9]{1,15}$/, 'the beginning of a number such as "+46" or "08" (in quotes)');

/** National numbers, and the countries whose public holidays are known here. None begins with 1: those are short numbers of services. */
const AT_HOME = [...'023456789', '+44', '+45', '+46', '+47', '+358'];
/** Ranges at a premium by the national numbering plans: SE 0900, 0939, 0944; NO 820, 829; DK 90; FI 0600, 0700; GB 087, 09. National ones only where they are no subscriber's elsewhere. */
const AT_A_PREMIUM = ['0900', '0939', '0944', '820', '829', '+46900', '+46939', '+46944', '+47820', '+47829', '+4590', '+358600', '+358700', '+4487', '+449'];

/**
 * Beginnings of the numbers that callers may have us dial: a callback to a number that was keyed must cost no more than a call at home. What an
 * author writes out as a target is not held against it.
 */
export const diallingSchema = z.strictObject({
  /** Calling code of the country whose national numbers callers have and key, such as 46: 0701234567 and +46701234567 are then one number. */
  country: z.int().min(1).max(999).transform(String).optional(),
  allow: z.array(prefix).min(1).max(200).default(AT_HOME),
  refuse: z.array(prefix).max(200).default(AT_A_PREMIUM),
});

export type Dialling = z.infer<typeof diallingSchema>;

export const DIALLING_DEFAULTS: Dialling = diallingSchema.parse({});

/** Whether that number may be dialled: the longest beginning that fits decides, none fits = no. `00` is written as `+`. Not a number (a SIP address) = yes. */
export function mayDial({ allow, refuse }: Dialling, target: string): boolean {
  if (!/^\+?[0-9]+$/.test(target)) return true;
  const number = target.replace(/^00/, '+');
  const longest = (prefixes: readonly string[]): number => Math.max(0, ...prefixes.filter((one) => number.startsWith(one)).map(({ length }) => length));
  return longest(allow) > longest(refuse);
}

const SAMPLE_LENGTH = 10;

/** A number that a keypad can enter and that may be dialled; for whoever plays a caller. */
export function dialableNumber(dialling: Dialling): string {
  const padded = dialling.allow.map((prefix) => prefix.replace('+', '00').padEnd(SAMPLE_LENGTH, '8'));
  return padded.find((number) => mayDial(dialling, number)) ?? '0'.padEnd(SAMPLE_LENGTH, '8');
}
