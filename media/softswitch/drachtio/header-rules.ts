import { withTag } from '../../sip/address.js';
import { SipHeaders } from '../../sip/headers.js';

export type HeaderLine = readonly [name: string, value: string];

/** Headers that the server alone writes: an application's own are dropped without a word. */
const SERVER_OWNED = new Set(['via', 'route', 'rseq', 'record-route', 'content-length']);
/** Headers the stack knows, as it writes them where plain capitalising would differ. */
const ODD_CASE: Readonly<Record<string, string>> = {
  'call-id': 'Call-ID', cseq: 'CSeq', 'www-authenticate': 'WWW-Authenticate', rack: 'RAck', 'min-se': 'Min-SE',
  'mime-version': 'MIME-Version', 'sip-etag': 'SIP-ETag', 'sip-if-match': 'SIP-If-Match', 'remote-party-id': 'Remote-Party-ID',
};
/** The order in which the stack writes the headers it knows; unknown ones follow, then those of `LAST`. */
const ORDER = [
  'via', 'route', 'record-route', 'max-forwards', 'proxy-require', 'from', 'to', 'call-id', 'cseq', 'contact', 'rseq', 'rack', 'request-disposition',
  'accept-contact', 'reject-contact', 'expires', 'date', 'retry-after', 'timestamp', 'min-expires', 'subject', 'priority', 'call-info', 'organization',
  'server', 'user-agent', 'in-reply-to', 'accept', 'accept-encoding', 'accept-language', 'allow', 'require', 'supported', 'unsupported', 'event',
  'allow-events', 'subscription-state', 'proxy-authenticate', 'proxy-authentication-info', 'proxy-authorization', 'authorization', 'www-authenticate',
  'authentication-info', 'error-info', 'warning', 'refer-to', 'referred-by', 'replaces', 'session-expires', 'min-se', 'path', 'service-route', 'reason',
  'security-client', 'security-server', 'security-verify', 'privacy', 'sip-etag', 'sip-if-match', 'mime-version', 'content-type', 'content-encoding',
  'content-language', 'content-disposition', 'content-length',
];
const LAST = ['refer-sub', 'alert-info', 'reply-to', 'remote-party-id', 'p-asserted-identity', 'p-preferred-identity'];
/** `user@localhost` in these stands for the address of the server. */
const LOCALHOST_HEADERS = new Set(['from', 'to', 'contact', 'p-asserted-identity']);

const capitalised = (name: string): string => name.replace(/(^|-)[a-z]/g, (text) => text.toUpperCase());

/** The name as it goes out: known headers in standard case, `X-…` as given, others capitalised after dashes. */
export function writtenName(name: string): string {
  const key = name.toLowerCase();
  if (key.startsWith('x-')) return name;
  return ODD_CASE[key] ?? (ORDER.includes(key) || LAST.includes(key) ? capitalised(key) : capitalised(name));
}

/** What is left of an application's headers: server-owned ones dropped, names in their written case, `@localhost` replaced by `local`. */
export function appHeaders(given: readonly HeaderLine[], local: string): HeaderLine[] {
  return given
    .filter(([name]) => !SERVER_OWNED.has(name.toLowerCase()))
    .map(([name, value]) => {
      const isAddress = LOCALHOST_HEADERS.has(name.toLowerCase());
      return [writtenName(name), isAddress ? value.replace(/@localhost(?=[^A-Za-z0-9.-]|$)(?::\d+)?/g, `@${local}`) : value] as const;
    });
}

/** The value of a header in a list, whatever its case. */
export function valueOf(lines: readonly HeaderLine[], name: string): string | undefined {
  return lines.find(([given]) => given.toLowerCase() === name.toLowerCase())?.[1];
}

/** The list without the headers of these names. */
export function without(lines: readonly HeaderLine[], names: readonly string[]): HeaderLine[] {
  return lines.filter(([name]) => !names.includes(name.toLowerCase()));
}

function rank([name]: HeaderLine): number {
  const key = name.toLowerCase();
  const known = ORDER.indexOf(key);
  return known >= 0 ? known : ORDER.length + 1 + LAST.indexOf(key);
}

/** The order in which the server writes headers; lines of equal rank keep their order. Content-Length is always there. */
export function ordered(lines: readonly HeaderLine[]): SipHeaders {
  const all: HeaderLine[] = valueOf(lines, 'content-length') === undefined ? [...lines, ['Content-Length', '0']] : [...lines];
  return SipHeaders.of(all.map((line, index) => ({ line, index })).sort((a, b) => rank(a.line) - rank(b.line) || a.index - b.index).map(({ line }) => line));
}

/** The headers that every response copies from its request (RFC 3261 section 8.2.6.2), with this To tag. */
export function responseBasics(request: SipHeaders, toTag: string | undefined): HeaderLine[] {
  const to = request.get('to') ?? '';
  return [
    ...request.all('via').map((via): HeaderLine => ['Via', via]),
    ['From', request.get('from') ?? ''],
    ['To', toTag === undefined ? to : withTag(to, toTag)],
    ['Call-ID', request.get('call-id') ?? ''],
    ['CSeq', request.get('cseq') ?? ''],
  ];
}

/** The type of a body: the given one, else SDP when it looks like SDP; undefined when nobody said. */
export function contentType(lines: readonly HeaderLine[], body: string): string | undefined {
  return valueOf(lines, 'content-type') ?? (body.startsWith('v=0') ? 'application/sdp' : undefined);
}
