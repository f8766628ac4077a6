import { tagOf, withTag } from './address.js';
import { SipHeaders } from './headers.js';
import type { SipRequest, SipResponse } from './message.js';

const REASONS: Readonly<Record<number, string>> = {
  100: 'Trying', 180: 'Ringing', 181: 'Call Is Being Forwarded', 182: 'Queued', 183: 'Session Progress', 200: 'OK', 202: 'Accepted',
  300: 'Multiple Choices', 301: 'Moved Permanently', 302: 'Moved Temporarily', 305: 'Use Proxy',
  400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed', 406: 'Not Acceptable',
  407: 'Proxy Authentication Required', 408: 'Request Timeout', 410: 'Gone', 413: 'Request Entity Too Large', 415: 'Unsupported Media Type',
  416: 'Unsupported URI Scheme', 420: 'Bad Extension', 421: 'Extension Required', 422: 'Session Interval Too Small', 423: 'Interval Too Brief',
  480: 'Temporarily Unavailable', 481: 'Call/Transaction Does Not Exist', 482: 'Loop Detected', 483: 'Too Many Hops', 484: 'Address Incomplete',
  485: 'Ambiguous', 486: 'Busy Here', 487: 'Request Terminated', 488: 'Not Acceptable Here', 489: 'Bad Event', 491: 'Request Pending',
  500: 'Server Internal Error', 501: 'Not Implemented', 502: 'Bad Gateway', 503: 'Service Unavailable', 504: 'Server Time-out',
  505: 'Version Not Supported', 513: 'Message Too Large', 600: 'Busy Everywhere', 603: 'Decline', 604: 'Does Not Exist Anywhere', 606: 'Not Acceptable',
};

/** The usual reason phrase of a status code. */
export function reasonPhrase(status: number): string {
  return REASONS[status] ?? (status < 200 ? 'Progress' : status < 300 ? 'OK' : 'Failed');
}

/** What an answer has beyond its status. */
export interface ResponseParts {
  reason?: string;
  /** Added to a To without tag; never to a 100. */
  toTag?: string;
  headers?: readonly (readonly [string, string])[];
  body?: string;
  contentType?: string;
}

function copied(from: SipHeaders, name: string): (readonly [string, string])[] {
  const value = from.get(name);
  return value === undefined ? [] : [[name, value]];
}

/** An answer with the headers every answer takes over from its request (RFC 3261 section 8.2.6). */
export function makeResponse(request: SipRequest, status: number, parts: ResponseParts = {}): SipResponse {
  const { headers: from } = request;
  const to = from.get('to') ?? '';
  const headers = SipHeaders.of([
    ...from.all('via').map((value) => ['Via', value] as const),
    ...copied(from, 'From'),
    ...(to === '' ? [] : [['To', parts.toTag !== undefined && status > 100 ? withTag(to, parts.toTag) : to] as const]),
    ...copied(from, 'Call-ID'),
    ...copied(from, 'CSeq'),
    ...(parts.headers ?? []),
  ]);
  // RFC 3261 section 12.1.1: a dialog-forming answer repeats Record-Route as it came.
  if (status > 100 && status < 300 && tagOf(to) === undefined) for (const route of from.all('record-route')) headers.append('Record-Route', route);
  if (parts.body) headers.append('Content-Type', parts.contentType ?? 'application/sdp');
  return { kind: 'response', status, reason: parts.reason ?? reasonPhrase(status), headers, body: parts.body ?? '' };
}
