/** National numbers of these have so many digits and nothing in front; elsewhere they begin with a 0 that is left out from abroad. */
const DIGITS_WITHOUT_ZERO: ReadonlyMap<string, number> = new Map([['45', 8], ['47', 8], ['354', 7]]);
/** Shorter ones are short numbers of services, such as 112. */
const SHORTEST_NATIONAL = 6;

/**
 * One spelling for a phone number: `+` and digits where the number is international, else the digits as dialled.
 * `00` in front is the international prefix of the Nordic countries. Null for what holds no digit (`anonymous`).
 * @param country calling code (ITU-T E.164) of the country whose national numbers are meant, such as `46`; null = they stay national
 */
export function normaliseNumber(number: string | null | undefined, country: string | null = null): string | null {
  const text = (number ?? '').trim().replace(/^tel:/i, '').replace(/;.*$/, '');
  const digits = text.replace(/\(0\)(?=.*\d)/, (zero) => (text.startsWith('+') || text.startsWith('00') ? '' : zero)).replace(/[\s().\-/]/g, '');
  const written = digits.replace(/^00/, '+');
  if (!/^\+?[0-9*#]{1,39}$/.test(written)) return null;
  return country === null ? written : international(written, country);
}

function international(number: string, country: string): string {
  if (!/^[0-9]+$/.test(number) || number.length < SHORTEST_NATIONAL) return number;
  const digits = DIGITS_WITHOUT_ZERO.get(country);
  if (digits === undefined ? number.startsWith('0') : number.length === digits) return `+${country}${number.replace(/^0/, '')}`;
  // Trunks write international numbers without the plus as well; no national number begins so.
  return number.startsWith(country) && number.length >= country.length + SHORTEST_NATIONAL ? `+${number}` : number;
}

/** Whether national numbers begin with a 0 that is left out from abroad; where nothing is said of the country they do. */
export const hasTrunkZero = (country: string | null): boolean => country === null || !DIGITS_WITHOUT_ZERO.has(country);

const SHOWN_DIGITS = 3;

/** A number of which only the last digits are told: enough for a customer to be found by, not to be called by. */
export function maskedNumber(number: string): string {
  return number.slice(0, -SHOWN_DIGITS).replace(/\d/g, '•') + number.slice(-SHOWN_DIGITS);
}

/** CloudEvents subject: the customer when known, else the number, else the call alone (a caller without identity). */
export function subjectOf(who: { readonly customerId: string | null; readonly number?: string | null; readonly ani?: string | null; readonly callId: string }): string {
  if (who.customerId !== null) return who.customerId;
  const number = normaliseNumber(who.number ?? who.ani);
  return number === null ? `call:${who.callId}` : `tel:${number}`;
}

/** What a subject says about who it was. A subject that names neither a number nor a call is a customer id. */
export function readSubject(subject: string): { readonly customerId: string | null; readonly number: string | null } {
  if (subject.startsWith('tel:')) return { customerId: null, number: normaliseNumber(subject) };
  if (subject.startsWith('call:')) return { customerId: null, number: null };
  return { customerId: subject, number: null };
}
