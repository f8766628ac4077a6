import { parseNameAddr } from './address.js';
import { findHeadEnd, leadingLineEnds, MAX_MESSAGE_BYTES } from './framing.js';
import { headerKey, SipHeaders } from './headers.js';

export type SipRequest = { kind: 'request'; method: string; uri: string; headers: SipHeaders; body: string };
export type SipResponse = { kind: 'response'; status: number; reason: string; headers: SipHeaders; body: string };
export type SipMessage = SipRequest | SipResponse;

/** A message that was read, with its text; or why not. With `status` the sender is owed that answer to `request`, without it silence. */
export type ParseResult =
  | { ok: true; message: SipMessage; raw: string }
  | { ok: false; status?: number; reason: string; request?: SipRequest; raw: string };

const TOKEN = /^[A-Za-z0-9\-.!%*_+`'~]+$/;
const REQUEST_LINE = /^([^\s]+) (\S+) SIP\/(\d+\.\d+)$/i;
const STATUS_LINE = /^SIP\/(\d+\.\d+) (\d{3})(?: (.*))?$/i;
const SINGLE = ['from', 'to', 'call-id', 'cseq', 'max-forwards', 'content-length'] as const;
const WRITTEN: Readonly<Record<string, string>> = {
  from: 'From', to: 'To', 'call-id': 'Call-ID', cseq: 'CSeq', 'max-forwards': 'Max-Forwards', 'content-length': 'Content-Length',
};

interface Problem { readonly status: number; readonly reason: string }
const bad = (key: string): Problem => ({ status: 400, reason: `Bad ${WRITTEN[key] ?? key} Header` });

/** Reads one datagram or one framed TCP message. Never throws. RFC 3261 sections 7, 8.2 and 18.3. */
export function parseMessage(data: Buffer): ParseResult {
  if (data.length > MAX_MESSAGE_BYTES) return { ok: false, reason: 'message too large', raw: '' };
  const bytes = data.subarray(leadingLineEnds(data));
  const end = findHeadEnd(bytes) ?? { head: bytes.length, body: bytes.length };
  const raw = bytes.toString('utf8');
  // A header may go on in the next line when that starts with white space (RFC 3261 section 7.3.1).
  const head = bytes.toString('utf8', 0, end.head).replace(/\r?\n[ \t]+/g, ' ');
  const [startLine = '', ...lines] = head.split(/\r?\n/);
  const start = parseStartLine(startLine);
  if (!start) return { ok: false, reason: 'unreadable start line', raw };
  const headers = parseHeaderLines(lines.filter((text) => text !== ''));
  const body = bytes.subarray(end.body);
  const problem = start.problem ?? headers.problem ?? checkHeaders(headers.list) ?? checkCSeq(start.method, headers.list) ?? checkLength(headers.list, body.length);
  const length = Number(headers.list.get('content-length') ?? body.length);
  // RFC 3261 section 18.3: bytes of a datagram beyond Content-Length are dropped.
  const parts = { headers: headers.list, body: body.toString('utf8', 0, length >= 0 ? length : 0) };
  const { method, uri } = start;
  if (method === undefined || uri === undefined) {
    if (problem) return { ok: false, reason: problem.reason, raw };
    return { ok: true, raw, message: { kind: 'response', status: start.status ?? 0, reason: start.reason ?? '', ...parts } };
  }
  const request: SipRequest = { kind: 'request', method, uri, ...parts };
  if (!headers.list.has('via')) return { ok: false, reason: 'Missing Via Header', raw };
  if (!problem) return { ok: true, message: request, raw };
  // RFC 3261 section 17.1.1.3: an ACK is never answered.
  return { ok: false, reason: problem.reason, request, raw, ...(method === 'ACK' ? {} : { status: problem.status }) };
}

interface StartLine { method?: string; uri?: string; status?: number; reason?: string; problem?: Problem }

function parseStartLine(text: string): StartLine | undefined {
  const response = STATUS_LINE.exec(text);
  if (response) {
    const status = Number(response[2]);
    if (response[1] !== '2.0' || status < 100 || status > 699) return undefined;
    return { status, reason: response[3] ?? '' };
  }
  const request = REQUEST_LINE.exec(text);
  if (!request?.[1] || !request[2] || !TOKEN.test(request[1])) return undefined;
  const line = { method: request[1], uri: request[2] };
  if (request[3] !== '2.0') return { ...line, problem: { status: 505, reason: 'Version Not Supported' } };
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:/.test(line.uri)) return { ...line, problem: { status: 400, reason: 'Bad Request-URI' } };
  return line;
}

function parseHeaderLines(lines: readonly string[]): { list: SipHeaders; problem?: Problem } {
  const pairs: [string, string][] = [];
  let isBad = false;
  for (const text of lines) {
    const colon = text.indexOf(':');
    const name = text.slice(0, Math.max(0, colon)).trimEnd();
    if (TOKEN.test(name)) pairs.push([name, text.slice(colon + 1).trim()]);
    else isBad = true;
  }
  const list = SipHeaders.of(pairs);
  return isBad ? { list, problem: { status: 400, reason: 'Bad Header Line' } } : { list };
}

function checkHeaders(headers: SipHeaders): Problem | undefined {
  for (const key of SINGLE) {
    const values = headers.all(key);
    if (values.length > 1) return bad(key);
    if (values.length === 0 && key !== 'max-forwards' && key !== 'content-length') return { status: 400, reason: `Missing ${WRITTEN[key]} Header` };
  }
  for (const key of ['from', 'to']) if (!parseNameAddr(headers.get(key) ?? '')) return bad(key);
  if (!/^\S+$/.test(headers.get('call-id') ?? '')) return bad('call-id');
  const forwards = headers.get('max-forwards');
  if (forwards !== undefined && !(/^\d{1,3}$/.test(forwards) && Number(forwards) <= 255)) return bad('max-forwards');
  return undefined;
}

function checkCSeq(method: string | undefined, headers: SipHeaders): Problem | undefined {
  const cseq = parseCSeq(headers);
  // RFC 3261 section 8.1.1.5: below 2^31, and the method of the request line.
  return !cseq || (method !== undefined && cseq.method !== method) ? bad('cseq') : undefined;
}

function checkLength(headers: SipHeaders, available: number): Problem | undefined {
  const length = headers.get('content-length');
  if (length === undefined) return undefined;
  return /^\d{1,9}$/.test(length) && Number(length) <= available ? undefined : bad('content-length');
}

/** Number and method of the CSeq header; undefined when missing, unreadable or 2^31 and above. */
export function parseCSeq(headers: SipHeaders): { number: number; method: string } | undefined {
  const match = /^(\d{1,10})\s+(\S+)$/.exec(headers.get('cseq') ?? '');
  if (!match?.[1] || !match[2] || Number(match[1]) >= 2 ** 31) return undefined;
  return { number: Number(match[1]), method: match[2] };
}

/** Line breaks inside a value would start a header of their own: they become a space. */
const oneLine = (text: string): string => text.replace(/[\r\n]+[ \t]*/g, ' ');

/** Writes the message; Content-Length is always set to the bytes of the body. */
export function formatMessage(message: SipMessage): string {
  const start = message.kind === 'request'
    ? `${oneLine(message.method)} ${oneLine(message.uri)} SIP/2.0`
    : `SIP/2.0 ${message.status} ${oneLine(message.reason)}`;
  const length = String(Buffer.byteLength(message.body));
  let hasLength = false;
  const lines = message.headers.entries().map(([name, value]) => {
    if (headerKey(name) !== 'content-length') return `${name}: ${oneLine(value)}`;
    hasLength = true;
    return `${name}: ${length}`;
  });
  if (!hasLength) lines.push(`Content-Length: ${length}`);
  return `${[start, ...lines].join('\r\n')}\r\n\r\n${message.body}`;
}
