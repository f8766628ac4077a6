/**
 * One spelling for a phone number: `+` and digits where the number is international, else the digits as dialled.
 * `00` in front is the international prefix of the Nordic countries. Null for what holds no digit (`anonymous`).
 */
export function normaliseNumber(number: string | null | undefined): string | null {
  const text = (number ?? '').trim().replace(/^tel:/i, '').replace(/;.*$/, '');
  const digits = text.replace(/[\s().\-/]/g, '');
  const written = digits.replace(/^00/, '+');
  return /^\+?[0-9*#]{1,39}$/.test(written) ? written : null;
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
