/** The compact header names of RFC 3261 section 7.3.3 and its extensions, with the long name each stands for (lower case). */
const LONG_NAMES: Readonly<Record<string, string>> = {
  a: 'accept-contact', b: 'referred-by', c: 'content-type', d: 'request-disposition', e: 'content-encoding', f: 'from',
  i: 'call-id', j: 'reject-contact', k: 'supported', l: 'content-length', m: 'contact', n: 'identity-info', o: 'event',
  r: 'refer-to', s: 'subject', t: 'to', u: 'allow-events', v: 'via', x: 'session-expires', y: 'identity',
};

interface Line { readonly name: string; readonly key: string; readonly value: string }

/** The name under which a header is found: lower case, compact form replaced by the long one. */
export function headerKey(name: string): string {
  const lower = name.toLowerCase();
  return lower.length === 1 ? (LONG_NAMES[lower] ?? lower) : lower;
}

const line = (name: string, value: string): Line => ({ name, key: headerKey(name), value });

/** The headers of one message: in order, found in any letter case and by compact form, written out with the name they came with. */
export class SipHeaders {
  private lines: Line[] = [];

  /** Headers from name and value pairs, in this order. */
  static of(list: readonly (readonly [string, string])[]): SipHeaders {
    const headers = new SipHeaders();
    headers.lines = list.map(([name, value]) => line(name, value));
    return headers;
  }

  /** The value of the first line with this name. */
  get(name: string): string | undefined {
    const key = headerKey(name);
    return this.lines.find((entry) => entry.key === key)?.value;
  }

  /** The values of all lines with this name, one each line, in order. Lists inside a line stay together: see `splitList`. */
  all(name: string): string[] {
    const key = headerKey(name);
    return this.lines.filter((entry) => entry.key === key).map((entry) => entry.value);
  }

  /** Whether at least one line has this name. */
  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  /** Makes this the only line of that name, at the place of the first one, else at the end. */
  set(name: string, value: string): this {
    const key = headerKey(name);
    const at = this.lines.findIndex((entry) => entry.key === key);
    if (at < 0) return this.append(name, value);
    this.lines = this.lines.filter((entry, index) => index <= at || entry.key !== key);
    this.lines[at] = line(name, value);
    return this;
  }

  /** Adds a line at the end. */
  append(name: string, value: string): this {
    this.lines.push(line(name, value));
    return this;
  }

  /** Adds a line at the top, where Via and Record-Route are added (RFC 3261 sections 8.1.1.7 and 16.6). */
  prepend(name: string, value: string): this {
    this.lines.unshift(line(name, value));
    return this;
  }

  /** Removes every line of that name. */
  delete(name: string): this {
    const key = headerKey(name);
    this.lines = this.lines.filter((entry) => entry.key !== key);
    return this;
  }

  /** All lines as name and value, in order. */
  entries(): readonly (readonly [string, string])[] {
    return this.lines.map(({ name, value }) => [name, value] as const);
  }

  /** A copy that can be changed without changing this one. */
  clone(): SipHeaders {
    const copy = new SipHeaders();
    copy.lines = [...this.lines];
    return copy;
  }
}
