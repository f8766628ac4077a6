import { randomUUID } from 'node:crypto';

/** A SIP message as an application writes it: any line ends in the head, no Via, any header case. */
export interface SipText { readonly startLine: string; readonly headers: readonly (readonly [string, string])[]; readonly body: string }

/** A message of an application. `refused` carries the answer that is due; after `disconnect` the socket is dropped. */
export type AppMessage =
  | { readonly kind: 'authenticate'; readonly id: string; readonly secret: string; readonly tags: readonly string[] }
  | { readonly kind: 'route' | 'removeRoute'; readonly id: string; readonly verb: string }
  | { readonly kind: 'ping'; readonly id: string }
  | { readonly kind: 'response'; readonly id: string; readonly transactionId: string; readonly text: SipText }
  | { readonly kind: 'cancel'; readonly id: string; readonly transactionId: string; readonly text: SipText }
  | { readonly kind: 'inDialog'; readonly id: string; readonly dialogId: string; readonly text: SipText }
  | { readonly kind: 'request'; readonly id: string; readonly routeUri?: string; readonly text: SipText }
  | { readonly kind: 'refused'; readonly id: string; readonly answer: 'NO' | 'NOK'; readonly reason: string; readonly disconnect: boolean };

/** Where and when a SIP message was seen: the middle part of a meta line. Times are epoch milliseconds. */
export interface Meta {
  readonly source: 'network' | 'application';
  readonly bytes: number;
  readonly protocol: 'udp' | 'tcp' | 'unknown' | '';
  readonly address: string;
  readonly port: number;
  readonly at: number;
}

const UNSUPPORTED = 'not supported by the softswitch';
const MAX_ID_LENGTH = 128;
const TOKEN = /^[A-Za-z0-9\-.!%*_+`'~]+$/;

/** Reads one payload of an application. Total: whatever cannot be served comes back as `refused`. */
export function parseAppMessage(payload: string): AppMessage {
  const end = payload.indexOf('\r\n');
  const tokens = (end < 0 ? payload : payload.slice(0, end)).split('|');
  const [id = '', type, first, second] = tokens;
  const refused = (reason: string, answer: 'NO' | 'NOK' = 'NO', disconnect = true): AppMessage => ({ kind: 'refused', id, answer, reason, disconnect });
  if (type === undefined || id.length > MAX_ID_LENGTH) return refused('Invalid message format');
  switch (type) {
    case 'ping': return { kind: 'ping', id };
    case 'route': return first === undefined ? refused('Invalid message format') : { kind: 'route', id, verb: first };
    case 'remove_route': return first === undefined ? refused('Invalid message format') : { kind: 'removeRoute', id, verb: first };
    case 'authenticate': return { kind: 'authenticate', id, secret: first ?? '', tags: (second ?? '').split(',').filter((tag) => tag !== '') };
    case 'proxy': return refused(`proxy is ${UNSUPPORTED}`, 'NOK', false);
    case 'sip': {
      const text = parseSipText(end < 0 ? '' : payload.slice(end + 2));
      return sipMessage(tokens, text) ?? refused(`sip message without its four tokens is ${UNSUPPORTED}`, 'NOK', false);
    }
    default: return refused('Unknown message type');
  }
}

function sipMessage(tokens: readonly string[], text: SipText): AppMessage | undefined {
  const [id, , transactionId, dialogId, routeUri] = tokens;
  if (id === undefined || transactionId === undefined || dialogId === undefined) return undefined;
  if (text.startLine.startsWith('SIP/')) {
    if (transactionId === '') return { kind: 'refused', id, answer: 'NO', reason: 'transaction id missing', disconnect: true };
    return { kind: 'response', id, transactionId, text };
  }
  if (dialogId !== '') return { kind: 'inDialog', id, dialogId, text };
  if (transactionId === '') return { kind: 'request', id, text, ...(routeUri ? { routeUri } : {}) };
  if (text.startLine.startsWith('CANCEL')) return { kind: 'cancel', id, transactionId, text };
  // drachtio-server asserts here and goes down with every call on it.
  return { kind: 'refused', id, answer: 'NOK', reason: `a request with a transaction id that is no CANCEL is ${UNSUPPORTED}`, disconnect: false };
}

/** Splits the SIP text of an application. Lines may end in CR, LF or CRLF; lines that are no header are dropped, as the real server does. */
export function parseSipText(raw: string): SipText {
  const gap = raw.indexOf('\r\n\r\n');
  const head = gap < 0 ? raw : raw.slice(0, gap);
  const [startLine = '', ...lines] = head.split(/\r\n|\r|\n/);
  const headers: [string, string][] = [];
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trim();
    if (TOKEN.test(name)) headers.push([name, line.slice(colon + 1).trim()]);
  }
  return { startLine, headers, body: gap < 0 ? '' : raw.slice(gap + 4) };
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `HH:MM:SS.uuuuuu` in UTC. */
export function timeOfDay(at: number): string {
  const date = new Date(at);
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');
  return `${time}.${String(date.getUTCMilliseconds()).padStart(3, '0')}000`;
}

/** `source|bytes|protocol|address|port|time`. */
export function metaText(meta: Meta): string {
  return [meta.source, meta.bytes, meta.protocol, meta.address, meta.port, timeOfDay(meta.at)].join('|');
}

/** Every message of the server starts with an id of its own. */
const stamped = (rest: string): string => `${randomUUID()}|${rest}`;

/** The answer to an application's message. */
export function answerFrame(id: string, ...tokens: string[]): string {
  return stamped(['response', id, ...tokens].join('|'));
}

/** What was sent for an application's request. */
export function requestEcho(id: string, sent: { meta: Meta; transactionId: string; raw: string }): string {
  return answerFrame(id, 'OK', metaText(sent.meta), sent.transactionId, `Msg sent:|\r\n${sent.raw}`);
}

/** What was sent for an application's response; the dialog id is empty outside dialogs. */
export function responseEcho(id: string, sent: { meta: Meta; transactionId: string; dialogId: string; raw: string }): string {
  return answerFrame(id, 'OK', metaText(sent.meta), sent.transactionId, sent.dialogId, '', `Msg sent:|\r\n${sent.raw}`);
}

/** A SIP message for an application. `local` only stands on new requests, which have no dialog yet. */
export function sipFrame(meta: Meta, ids: { transactionId: string; dialogId?: string; local?: { host: string; port: number } }, raw: string): string {
  const local = ids.local ? `${ids.local.host}|${ids.local.port}|` : '';
  return stamped(`sip|${metaText(meta)}|${ids.transactionId}|${ids.dialogId ?? ''}|${local}\r\n${raw}`);
}

export type CdrKind = 'cdr:attempt' | 'cdr:start' | 'cdr:stop';

/** A call detail record; `detail` is the role of a start and the reason of a stop. */
export function cdrFrame(kind: CdrKind, record: { source: Meta['source']; at: number; detail?: string; raw: string }): string {
  const tokens = [kind, record.source, timeOfDay(record.at), ...(record.detail === undefined ? [] : [record.detail])];
  return stamped(`${tokens.join('|')}\r\n${record.raw}`);
}
