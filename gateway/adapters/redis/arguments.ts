/** An id or reason that cannot be written: it may come from an agent's screen. */
export class BadText extends Error {}

/** Ids become parts of keys, records and events: bounded, not empty, without what separates fields there. */
export function checked(id: string): string {
  if (!/^[^\s|\x00-\x1f\x7f]{1,200}$/.test(id)) throw new BadText('an id is empty, too long or holds spaces, bars or control characters');
  return id;
}

export function checkedReason(reason: string): string {
  if (!/^[^|\x00-\x1f\x7f]{1,200}$/.test(reason)) throw new BadText('a reason is empty, too long or holds bars or control characters');
  return reason;
}

/** Arguments in one, as the scripts take them beside a request id: each ended by NUL, which no id holds. One costs Redis less than many. */
export function inOne(args: readonly string[]): string {
  return `${args.join('\0')}\0`;
}
