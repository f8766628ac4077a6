import { randomInt, randomUUID } from 'node:crypto';
import { parseUri, splitList, uriOf, withTag } from '../../sip/address.js';
import { NamedTimers } from '../../sip/clock.js';
import { SipHeaders } from '../../sip/headers.js';
import { formatMessage, type SipRequest, type SipResponse } from '../../sip/message.js';
import type { Source } from '../../sip/transport.js';
import { hostPort, newTag } from '../../sip/via.js';
import type { Application } from './applications.js';
import { cseqOf, type Dialog, dialogIdOf, hopOf, learnFromAnswer } from './dialog.js';
import { appHeaders, contentType, type HeaderLine, ordered, valueOf, without } from './header-rules.js';
import { ownAnswer, sendFor } from './outgoing.js';
import { acceptSessionTimer, sessionOfAnswer } from './session-timers.js';
import { newId, ownContact, sentMeta, type Switchboard } from './switchboard.js';
import { answerFrame, type Meta, requestEcho, sipFrame, type SipText } from './wire.js';

const METHODS = new Set(['INVITE', 'OPTIONS', 'REGISTER', 'INFO', 'MESSAGE', 'NOTIFY', 'PUBLISH', 'REFER', 'UPDATE', 'BYE', 'PRACK', 'SUBSCRIBE']);

export interface AppRequest { readonly id: string; readonly routeUri?: string; readonly text: SipText }

/** Start line of a request of an application. Undefined when it is none. */
export function startLineOf(text: SipText): { method: string; uri: string } | undefined {
  const match = /^([A-Z]+) (\S+) SIP\/2\.0$/.exec(text.startLine);
  return match?.[1] && match[2] ? { method: match[1], uri: match[2] } : undefined;
}

/** Why the real server, or this stand-in, does not send a new request; undefined when it does. */
function objection(board: Switchboard, message: AppRequest): string | undefined {
  const { text, routeUri } = message;
  const start = startLineOf(text);
  const uri = start && parseUri(start.uri);
  if (!start || !METHODS.has(start.method)) return `invalid request-uri: ${text.startLine}`;
  // drachtio-server 0.9.4 goes down on a request to a tel: URI, with every call on it.
  if (/^tel:/i.test(start.uri)) return 'a request to a tel: URI takes drachtio-server down, not supported by the softswitch';
  if (!uri || (uri.scheme !== 'sip' && uri.scheme !== 'sips')) return `invalid request-uri: ${text.startLine}`;
  if (start.method === 'SUBSCRIBE') return 'SUBSCRIBE is not supported by the softswitch';
  const first = parseUri(bare(routeUri ?? start.uri));
  const transport = (first?.params.get('transport') || 'udp').toLowerCase();
  if (transport !== 'udp' && transport !== 'tcp') return 'requested protocol/transport not available';
  if (text.body !== '' && contentType(text.headers, text.body) === undefined) return 'missing content-type';
  const isMine = [board.address.host, 'localhost'].includes(uri.host) && (uri.port ?? 5060) === board.address.port;
  return isMine ? 'can not send request to myself' : undefined;
}

/** A new request of an application, outside any dialog. */
export function sendNew(board: Switchboard, app: Application, message: AppRequest): void {
  const reason = objection(board, message);
  const start = startLineOf(message.text);
  if (reason !== undefined || !start) {
    board.log.warn({ reason: reason?.split(':')[0] }, 'request of an application refused');
    app.send(answerFrame(message.id, 'NOK', reason ?? 'invalid request-uri'));
    return;
  }
  const hop = hopOf(message.routeUri === undefined ? start.uri : withScheme(message.routeUri));
  const registered = hop && board.registered.towards(start.method, start.uri, hop);
  const to = registered ?? hop;
  const local = registered ? hostPort(registered.address, registered.port) : board.hostPort;
  const request = compose(message.text, { ...start, local, contact: ownContact(board, to?.protocol ?? 'udp'), firstCSeq: firstCSeq(board) });
  if (!to) return failUnsent(board, app, { request, messageId: message.id });
  if (start.method !== 'INVITE') {
    sendFor(board, { request, to, app, messageId: message.id });
    return;
  }
  sendInvite(board, app, { request, to, messageId: message.id });
}

/** An outbound proxy may be given as `host:port`. */
const withScheme = (uri: string): string => (/^sips?:/i.test(bare(uri)) ? bare(uri) : `sip:${uri}`);

/** A URI without angle brackets around it; its parameters stay. */
const bare = (uri: string): string => (uri.includes('<') ? uriOf(uri) : uri);

/** From, To, Call-ID, CSeq and Contact are filled in where the application left them out. RFC 3261 section 8.1.1. */
function compose(text: SipText, start: { method: string; uri: string; local: string; contact: string; firstCSeq: number }): SipRequest {
  const { contact } = start;
  const given = appHeaders(text.headers, start.local);
  const asked = Number.parseInt(valueOf(given, 'cseq') ?? '', 10);
  const cseq = asked >= 0 && asked < 2 ** 31 ? asked : start.firstCSeq;
  const type = text.body === '' ? undefined : contentType(given, text.body);
  const lines: HeaderLine[] = [
    ['Max-Forwards', valueOf(given, 'max-forwards') ?? '70'],
    ['From', withTag(withBrackets(valueOf(given, 'from') ?? contact), newTag())],
    ['To', withBrackets(valueOf(given, 'to') ?? start.uri)],
    ['Call-ID', valueOf(given, 'call-id') ?? randomUUID()],
    ['CSeq', `${cseq} ${start.method}`],
    ...(start.method === 'INVITE' && valueOf(given, 'contact') === undefined ? [['Contact', contact] as const] : []),
    ...without(given, ['max-forwards', 'from', 'to', 'call-id', 'cseq', 'content-type']),
    ...(type === undefined ? [] : [['Content-Type', type] as const]),
  ];
  return { kind: 'request', method: start.method, uri: start.uri, headers: ordered(lines), body: text.body };
}

/** A URI that stands bare in From or To gets angle brackets; what follows its first semicolon counts as parameters of the header (RFC 3261 section 20). */
const withBrackets = (value: string): string => (value.includes('<') ? value : value.replace(/^([^;]*)/, '<$1>'));

/** Starts high and grows with time, so that a retry in the next second does not repeat it. */
const firstCSeq = (board: Switchboard): number => (Math.floor(board.clock.now() / 1000) % 2 ** 28) + randomInt(1, 100);

/** `sips:` without TLS: the stack answers 416 by itself. */
function failUnsent(board: Switchboard, app: Application, out: { request: SipRequest; messageId: string }): void {
  const transactionId = newId();
  const raw = formatMessage(out.request);
  app.send(requestEcho(out.messageId, { meta: nowhere(board, raw), transactionId, raw }));
  const answer = formatMessage(ownAnswer(out.request, 416));
  const meta = { ...nowhere(board, answer), source: 'network' as const };
  app.send(sipFrame(meta, { transactionId, ...(out.request.method === 'INVITE' ? { dialogId: dialogIdOf(out.request.headers) } : {}) }, answer));
}

/** Meta data of a request that had no transport to go to. */
const nowhere = (board: Switchboard, raw: string): Meta => ({ source: 'application', bytes: Buffer.byteLength(raw), protocol: 'unknown', address: '', port: 0, at: board.clock.now() });

interface Call { readonly request: SipRequest; readonly to: Source; readonly messageId: string }

function sendInvite(board: Switchboard, app: Application, call: Call): void {
  const { request, to } = call;
  const dialog = newDialog(board, app, call);
  let id = '';
  sendFor(board, {
    request, to, app, messageId: call.messageId, dialogId: dialog.id,
    onSent(tx, transactionId, raw) {
      id = transactionId;
      board.pendingInvites.set(id, { tx, to, isCanceled: false });
      board.cdrs.attempt('application', raw);
    },
    admit(answer, source) {
      if (answer.status === 200 || (answer.status < 200 && answer.headers.has('rseq'))) establish(board, dialog, { answer, source, isCanceled: board.pendingInvites.get(id)?.isCanceled === true });
      if (answer.status >= 200) board.pendingInvites.delete(id);
      if (answer.status > 200) board.dialogs.remove(dialog);
      return true;
    },
    after(answer, raw) {
      if (answer.status >= 300) board.cdrs.stop('network', answer.status === 487 ? 'call-canceled' : 'call-rejected', raw);
      else if (answer.status === 200) board.cdrs.start('network', 'uac', raw);
    },
  });
}

/** A 200, or a reliable provisional answer, makes the dialog. */
function establish(board: Switchboard, dialog: Dialog, parts: { answer: SipResponse; source: Source; isCanceled: boolean }): void {
  const { answer, source } = parts;
  learnFromAnswer(dialog, answer, source);
  dialog.inviteCSeq = cseqOf(answer.headers);
  dialog.isAckBye = parts.isCanceled && answer.status === 200;
  board.dialogs.confirm(dialog);
  const session = answer.status === 200 ? sessionOfAnswer(answer) : undefined;
  if (session) acceptSessionTimer(board, dialog, session);
}

function newDialog(board: Switchboard, app: Application, { request, to }: Call): Dialog {
  const { headers, body } = request;
  return {
    id: dialogIdOf(headers), role: 'uac', callId: headers.get('call-id') ?? '', app, timers: new NamedTimers(board.clock), phase: 'early',
    local: headers.get('from') ?? '', remote: headers.get('to') ?? '', localCSeq: cseqOf(headers), inviteCSeq: cseqOf(headers),
    target: undefined, routes: splitList(headers.all('route')), natHop: undefined, via: to, localContact: headers.get('contact') ?? ownContact(board, to.protocol),
    localBody: body === '' ? undefined : { type: headers.get('content-type') ?? 'application/sdp', text: body },
    isAckBye: false, inviteTransactionId: undefined, session: undefined, isFirstAck: true, reinvite: undefined, held: new Set(),
  };
}

/** CANCEL of a pending INVITE. The stack holds it back until the first 1xx; the application sees it echoed at once. */
export function cancel(board: Switchboard, app: Application, message: { id: string; transactionId: string; text: SipText }): void {
  const pending = board.pendingInvites.get(message.transactionId);
  if (!pending) {
    app.send(answerFrame(message.id, 'NOK', `unable to cancel unknown transaction id: ${message.transactionId}`));
    return;
  }
  pending.isCanceled = true;
  const { headers } = pending.tx.request;
  const extra = without(appHeaders(message.text.headers, board.hostPort), ['from', 'to', 'call-id', 'cseq', 'max-forwards', 'contact']);
  pending.tx.cancel(SipHeaders.of(extra));
  const lines: HeaderLine[] = [
    ['Via', headers.get('via') ?? ''], ['Max-Forwards', '70'], ['From', headers.get('from') ?? ''], ['To', headers.get('to') ?? ''],
    ['Call-ID', headers.get('call-id') ?? ''], ['CSeq', `${cseqOf(headers)} CANCEL`], ...extra,
  ];
  const raw = formatMessage({ kind: 'request', method: 'CANCEL', uri: pending.tx.request.uri, headers: ordered(lines), body: '' });
  app.send(requestEcho(message.id, { meta: sentMeta(board, raw, pending.to), transactionId: newId(), raw }));
}
