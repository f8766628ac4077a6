/** A URI of RFC 3261 section 19.1, or another scheme with everything after the colon in `host`. */
export interface SipUri {
  readonly scheme: string;
  readonly user?: string;
  readonly host: string;
  readonly port?: number;
  /** Parameters by lower-case name; one without a value has ''. */
  readonly params: ReadonlyMap<string, string>;
  /** Text after '?', as written. */
  readonly headers?: string;
}

/** A From, To, Contact, Route … value: RFC 3261 section 20.10. */
export interface NameAddr {
  readonly display?: string;
  /** The URI as written, without angle brackets. */
  readonly uri: string;
  /** Header parameters by lower-case name, quotes removed. */
  readonly params: ReadonlyMap<string, string>;
}

/** Splits at a separator that stands outside quotes and angle brackets; parts are trimmed, empty parts dropped. */
export function splitTopLevel(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  let angle = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (quoted) {
      if (char === '\\') i++;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === '<') angle = true;
    else if (char === '>') angle = false;
    else if (char === separator && !angle) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** The elements of a list header, over all its lines (RFC 3261 section 7.3.1). */
export function splitList(values: readonly string[]): string[] {
  return values.flatMap((value) => splitTopLevel(value, ','));
}

function unquote(text: string): string {
  return text.startsWith('"') && text.endsWith('"') && text.length > 1 ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text;
}

/** Reads `;name=value;flag` (a leading semicolon is allowed). The first of two equal names wins. */
export function parseParams(text: string): Map<string, string> {
  const params = new Map<string, string>();
  for (const part of splitTopLevel(text, ';')) {
    const equals = part.indexOf('=');
    const name = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase();
    if (name !== '' && !params.has(name)) params.set(name, equals < 0 ? '' : unquote(part.slice(equals + 1).trim()));
  }
  return params;
}

const HOST_PORT = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/;

/** Reads `host[:port]`, IPv6 in brackets. Undefined when it is neither. */
export function parseHostPort(text: string): { host: string; port?: number } | undefined {
  const match = HOST_PORT.exec(text.trim());
  if (!match?.[1]) return undefined;
  if (match[2] === undefined) return { host: match[1] };
  const port = Number(match[2]);
  return port > 0 && port < 65536 ? { host: match[1], port } : undefined;
}

function cutAt(text: string, mark: string): [string, string | undefined] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** Reads a URI. Undefined when it is not one: no scheme, spaces, or (for sip and sips) an unreadable host or port. */
export function parseUri(text: string): SipUri | undefined {
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):(\S+)$/.exec(text.trim());
  if (!match?.[1] || !match[2]) return undefined;
  const scheme = match[1].toLowerCase();
  if (/[<>"]/.test(match[2])) return undefined;
  if (scheme !== 'sip' && scheme !== 'sips') {
    const [host, params] = cutAt(match[2], ';');
    return { scheme, host, params: parseParams(params ?? '') };
  }
  const [before, after] = cutAt(match[2], '@');
  const [address, headers] = cutAt(after ?? before, '?');
  const [hostText, params] = cutAt(address, ';');
  const hostPort = parseHostPort(hostText);
  if (!hostPort || (after !== undefined && before === '')) return undefined;
  return {
    scheme, ...hostPort, params: parseParams(params ?? ''),
    ...(after === undefined ? {} : { user: cutAt(before, ':')[0] }),
    ...(headers === undefined ? {} : { headers }),
  };
}

/** Reads `"name" <uri>;params`, `name <uri>;params` or `uri;params`. Undefined when unreadable. */
export function parseNameAddr(text: string): NameAddr | undefined {
  const value = text.trim();
  const quoted = /^"((?:[^"\\]|\\.)*)"\s*(?=<)/.exec(value);
  const open = quoted ? quoted[0].length : value.indexOf('<');
  if (open < 0) {
    // RFC 3261 section 20: without angle brackets everything after the first semicolon belongs to the header.
    const [uri, params] = cutAt(value, ';');
    return parseUri(uri) ? { uri: uri.trim(), params: parseParams(params ?? '') } : undefined;
  }
  const close = value.indexOf('>', open);
  const display = quoted ? quoted[1]?.replace(/\\(.)/g, '$1') : value.slice(0, open).trim();
  if (close < 0 || (!quoted && display?.includes('"'))) return undefined;
  const uri = value.slice(open + 1, close).trim();
  const rest = value.slice(close + 1).trim();
  if (!parseUri(uri) || (rest !== '' && !rest.startsWith(';'))) return undefined;
  return { uri, params: parseParams(rest), ...(display ? { display } : {}) };
}

/** Writes a name-addr with its parameters. */
export function formatNameAddr(address: NameAddr): string {
  const display = address.display ? `"${address.display.replace(/["\\]/g, '\\$&')}" ` : '';
  const params = [...address.params].map(([name, value]) => (value === '' ? `;${name}` : `;${name}=${value}`));
  return `${display}<${address.uri}>${params.join('')}`;
}

/** Header parameters of any value of the form `main;params`, name-addr or not (Via, Session-Expires, Contact …). */
export function paramsOf(value: string): Map<string, string> {
  const address = value.includes('<') ? value.slice(value.indexOf('>', value.lastIndexOf('<')) + 1) : value;
  const semicolon = splitTopLevel(address, ';');
  return parseParams((address.trimStart().startsWith(';') ? semicolon : semicolon.slice(1)).join(';'));
}

/** The tag of a From or To value. */
export function tagOf(value: string | undefined): string | undefined {
  return value === undefined ? undefined : paramsOf(value).get('tag') || undefined;
}

/** The value with this tag, unless it has one already. */
export function withTag(value: string, tag: string): string {
  if (tagOf(value) !== undefined) return value;
  return `${value.includes('<') ? value : `<${value.trim()}>`};tag=${tag}`;
}

/** The URI of a Contact or Route value, or the text itself when it is no name-addr. */
export function uriOf(value: string): string {
  return parseNameAddr(value)?.uri ?? value;
}
