import { z } from 'zod';
import type { Finding } from '../flow/problem.js';
import { hasTrunkZero, normaliseNumber } from '../thread/identity.js';
import { slug } from './slug.js';

/** Callers who are not served. Without a word nobody is blocked. */
export const blockedSchema = z.strictObject({
  /** A number, or the beginning of numbers with a star; and why, for whoever reads the file. */
  numbers: z.record(z.string().regex(/^\+?[0-9]{1,20}\*?$/, 'a number such as "+46701234567", or the beginning of numbers such as "+882*" (in quotes)'), z.string().trim().min(1).max(200).nullable()).default({}),
  /** Callers who withhold their number. */
  withheld: z.enum(['serve', 'refuse']).default('serve'),
  /** A shared prompt that they hear before the call is ended. Left out: they are not answered. */
  announce: slug.optional(),
});

export interface BlockedCallers {
  /** Whole numbers and beginnings, each in its one spelling. */
  readonly numbers: ReadonlySet<string>;
  readonly beginnings: readonly string[];
  readonly isWithheldRefused: boolean;
  readonly announce: string | null;
  /** Calling code of the country whose national numbers are meant, or null. */
  readonly country: string | null;
}

/** Why a caller is not served. */
export type BlockedWhy = 'number' | 'withheld';

/** The flow that says `announce`; made of it, unless the folder has one of that name. */
export const BLOCKED_FLOW = 'blocked-callers';

export function toBlockedCallers(file: z.infer<typeof blockedSchema>, country: string | null): BlockedCallers {
  const written = Object.keys(file.numbers);
  return {
    numbers: new Set(written.filter((number) => !number.endsWith('*')).map((number) => normaliseNumber(number, country) ?? number)),
    beginnings: written.filter((number) => number.endsWith('*')).map((number) => beginningOf(number.slice(0, -1), country)),
    isWithheldRefused: file.withheld === 'refuse',
    announce: file.announce ?? null,
    country,
  };
}

/** Why this caller is not served, or null: they are. However the number is spelled. `ani`: null when it is withheld. */
export function blockedWhy(blocked: BlockedCallers, ani: string | null): BlockedWhy | null {
  const number = normaliseNumber(ani, blocked.country);
  if (number === null) return blocked.isWithheldRefused ? 'withheld' : null;
  return blocked.numbers.has(number) || blocked.beginnings.some((beginning) => number.startsWith(beginning)) ? 'number' : null;
}

/** Numbers that block nobody, or nobody more; each with the path below `numbers`. */
export function blockedNumberFaults({ numbers }: z.infer<typeof blockedSchema>, country: string | null): readonly Finding[] {
  const seen = new Map<string, string>();
  return Object.keys(numbers).flatMap((written): Finding[] => {
    const isBeginning = written.endsWith('*');
    const number = isBeginning ? `${beginningOf(written.slice(0, -1), country)}*` : (normaliseNumber(written, country) ?? written);
    const twin = seen.get(number);
    if (twin !== undefined) return [{ path: [written], what: `"${written}" is the same number as "${twin}"`, fix: 'remove one of them' }];
    seen.set(number, written);
    const hasZero = hasTrunkZero(country);
    if (!isBeginning || number.startsWith('+') || (hasZero && number.startsWith('0'))) return [];
    const national = hasZero ? `"0${written}"` : `"+${country ?? ''}${written}"`;
    return [{ path: [written], what: `"${written}" blocks nobody: a caller's number begins with the code of a country, as +46${hasZero ? ', or with the 0 of national ones' : ''}`, fix: `write "+${written}", or of national numbers ${national}` }];
  });
}

function beginningOf(written: string, country: string | null): string {
  const beginning = written.replace(/^00/, '+');
  // Where national numbers begin with a 0 that is left out from abroad.
  return country !== null && hasTrunkZero(country) && beginning.startsWith('0') ? `+${country}${beginning.slice(1)}` : beginning;
}

/** The flow that says the announcement and ends the call, in the languages that it has. */
export const blockedFlowText = (announce: string, languages: readonly string[]): string => `purpose: Callers who are blocked hear why nobody serves them.
owner: contact-centre.yaml
reviewBy: 2099-01-01
expect: they do not call again
languages: [${languages.join(', ')}]
incidents: none
start: tell
error: end
nodes:
  tell: { do: hangup, prompt: ${announce}, outcome: told }
  end: { do: hangup, outcome: told }
`;
