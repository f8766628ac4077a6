const DEEPEST = 64;
const ODD = /\\u|__proto__/;

export interface JsonFault {
  /** Its beginning, which says where. */
  readonly path: string;
  readonly message: string;
}

/** An object or a list, with the way to it. */
interface Part {
  readonly value: object;
  readonly path: readonly string[];
}

/** What nothing that was sent as JSON may hold, whatever it is for: the first such place, or null. Goes without recursion, as deep as it may be. `text`: as it came. */
export function jsonFault(sent: unknown, text: string): JsonFault | null {
  if (!isNested(sent)) return null;
  // UTF-8 has no half characters and JSON no plain U+0000: they come escaped. A large one is looked through in a tenth of the time without.
  const mayHoldOdd = ODD.test(text);
  const parts: Part[] = [{ value: sent, path: [] }];
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    const { value, path } = part;
    const isList = Array.isArray(value);
    const at = (...way: readonly string[]): string => [...path, ...way].slice(0, 2).join('.');
    if (path.length > DEEPEST) return { path: at(), message: `nested at most ${DEEPEST} deep` };
    for (const [key, inner] of mayHoldOdd ? Object.entries(value) : nestedIn(value)) {
      // Schemas of maps pass it over without a word.
      const ofKey = key === '__proto__' ? 'no key __proto__' : isList ? null : textFault(key);
      if (ofKey !== null) return { path: at(), message: ofKey };
      const ofText = typeof inner === 'string' ? textFault(inner) : null;
      if (ofText !== null) return { path: at(key), message: ofText };
      if (isNested(inner)) parts.push({ value: inner, path: [...path, key] });
    }
  }
  return null;
}

const nestedIn = (value: object): readonly [string, unknown][] => (Array.isArray(value) && !value.some(isNested) ? [] : Object.entries(value));

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Half a surrogate pair becomes another character in UTF-8, so that what is kept would not be what was sent. The database of histories takes no U+0000. */
export function textFault(text: string): string | null {
  if (/\p{Surrogate}/u.test(text)) return 'whole characters: half of one is there';
  return text.includes('\0') ? 'text without the character U+0000' : null;
}
