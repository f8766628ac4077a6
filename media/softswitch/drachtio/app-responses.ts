import { splitList, tagOf, withTag } from '../../sip/address.js';
import { NamedTimers } from '../../sip/clock.js';
import { contactOf } from '../../sip/dialog.js';
import { formatMessage, type SipResponse } from '../../sip/message.js';
import type { ServerTransaction } from '../../sip/transaction.js';
import { newTag } from '../../sip/via.js';
import type { Application } from './applications.js';
import { waitForAck, waitForPrack } from './answer-waits.js';
import { cseqOf, type Dialog, dialogIdOf, natHopOfCaller } from './dialog.js';
import { appHeaders, contentType, type HeaderLine, ordered, responseBasics, valueOf, without } from './header-rules.js';
import type { Incoming } from './incoming.js';
import { acceptSessionTimer, sessionAsCallee } from './session-timers.js';
import { answerMeta, endDialog, forget, inviteKey, ownContact, reply, type Switchboard } from './switchboard.js';
import { answerFrame, responseEcho, type SipText } from './wire.js';

const UNKNOWN_TRANSACTION = 'Response not sent due to unknown transaction';
const UNKNOWN_ERROR = 'Unknown server error sending response';

export interface AppResponse { readonly id: string; readonly transactionId: string; readonly text: SipText }

/** What goes wrong in words that drachtio-srf shows to the application. */
class Refusal extends Error {
  constructor(message: string, readonly isOver = false) {
    super(message);
  }
}

/** An application's answer to a request of the network. */
export function respond(board: Switchboard, app: Application, message: AppResponse): void {
  const incoming = board.incoming.get(message.transactionId);
  if (!incoming) {
    app.send(answerFrame(message.id, 'NOK', UNKNOWN_TRANSACTION));
    return;
  }
  try {
    send(board, app, { incoming, message });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    board.log.warn({ reason: error.message }, 'response of an application refused');
    if (error.isOver) forget(board, incoming);
    app.send(answerFrame(message.id, 'NOK', error.message));
  }
}

function send(board: Switchboard, app: Application, { incoming, message }: { incoming: Incoming; message: AppResponse }): void {
  const { text } = message;
  const isCall = incoming.tx.request.method === 'INVITE' && !incoming.isInDialog;
  const update = incoming.update && /\bUPDATE\s*$/.test(valueOf(text.headers, 'cseq') ?? '') ? incoming.update : undefined;
  const isDone = isCall && !update;
  const sent = update ? respondToUpdate(board, incoming, { text, update }) : isCall ? respondToCall(board, incoming, text) : respondToOther(board, incoming, text);
  const raw = formatMessage(sent);
  // The real server leaves the transport of finals out where its transaction is gone by then, and the dialog of an answered BYE or early UPDATE.
  const isFinal = sent.status >= 200 && (update !== undefined || incoming.tx.request.method !== 'INVITE');
  const meta = { ...answerMeta(board, raw, incoming.tx.source), ...(isFinal ? { protocol: '' as const } : {}) };
  const isOutside = update !== undefined || incoming.tx.request.method === 'BYE';
  app.send(responseEcho(message.id, { meta, transactionId: incoming.id, dialogId: isOutside ? '' : (incoming.dialog?.id ?? ''), raw }));
  if (isDone) record(board, sent.status, raw);
}

function record(board: Switchboard, status: number, raw: string): void {
  if (status >= 300) board.cdrs.stop('application', 'call-rejected', raw);
  else if (status === 200) board.cdrs.start('application', 'uas', raw);
}

/** Any code up to 699 goes out as given, with the words given. */
function statusOf(incoming: Incoming, text: SipText): { status: number; reason: string } {
  const match = /^SIP\/2\.0\s+(\d{3})(?:\s+(.*))?$/.exec(text.startLine);
  const status = Number(match?.[1] ?? Number.NaN);
  if (!(status >= 100 && status < 700)) return fail(incoming);
  return { status, reason: match?.[2] ?? '' };
}

/** The headers an application may add to an answer. A From, To or Call-ID of its own replaces that of the request; another CSeq fails the call. */
function given(board: Switchboard, incoming: Incoming, text: SipText): HeaderLine[] {
  const lines = appHeaders(text.headers, board.hostPort);
  const cseq = valueOf(lines, 'cseq');
  if (cseq !== undefined && cseq !== incoming.tx.request.headers.get('cseq')) return fail(incoming);
  return without(lines, ['cseq']);
}

/** An answer that the stack cannot write becomes a 500. */
function fail(incoming: Incoming): never {
  reply(incoming.tx, 500);
  throw new Refusal(UNKNOWN_ERROR, true);
}

interface Draft { readonly status: number; readonly reason: string; readonly toTag: string | undefined; readonly lines: readonly HeaderLine[]; readonly body: string }

function build(incoming: Incoming, draft: Draft): SipResponse {
  const { body, lines, toTag } = draft;
  const own = responseBasics(incoming.tx.request.headers, toTag).filter(([name]) => ['Via', 'CSeq'].includes(name) || valueOf(lines, name) === undefined);
  const type = body === '' ? undefined : contentType(lines, body);
  const extra: HeaderLine[] = type !== undefined && valueOf(lines, 'content-type') === undefined ? [['Content-Type', type]] : [];
  const tagged = lines.map(([name, value]): HeaderLine => [name, name === 'To' && toTag !== undefined ? withTag(value, toTag) : value]);
  return { kind: 'response', status: draft.status, reason: draft.reason, headers: ordered([...own, ...tagged, ...extra]), body };
}

/** Answer to the caller's UPDATE before the call is answered (RFC 3311). */
function respondToUpdate(board: Switchboard, incoming: Incoming, { text, update }: { text: SipText; update: ServerTransaction }): SipResponse {
  const { status, reason } = statusOf(incoming, text);
  const lines = without(appHeaders(text.headers, board.hostPort), ['cseq']);
  const response = build({ ...incoming, tx: update }, { status, reason, toTag: undefined, lines, body: text.body });
  incoming.update = undefined;
  update.respond(response);
  return response;
}

/** Answer to anything but a new INVITE: the first one above 100 ends the server's book-keeping, even a provisional one. */
function respondToOther(board: Switchboard, incoming: Incoming, text: SipText): SipResponse {
  const { tx, dialog } = incoming;
  const isReinvite = tx.request.method === 'INVITE';
  const { status, reason } = statusOf(incoming, text);
  const lines = given(board, incoming, text);
  const toTag = tagOf(tx.request.headers.get('to')) ?? tagGiven(text) ?? newTag();
  const contact: HeaderLine[] = isReinvite && valueOf(lines, 'contact') === undefined ? [['Contact', ownContact(board, tx.source.protocol)]] : [];
  const response = build(incoming, { status, reason, toTag, lines: [...lines, ...contact], body: text.body });
  forget(board, incoming);
  tx.respond(response);
  board.registered.answered(tx.request, response, tx.source);
  if (isReinvite && dialog) {
    if (text.body !== '') dialog.localBody = { type: contentType(lines, text.body) ?? 'application/sdp', text: text.body };
  }
  if (status < 200) reply(tx, 500, { toTag });
  return response;
}

const tagGiven = (text: SipText): string | undefined => /tag=([^;\s>]+)/.exec(valueOf(text.headers, 'to') ?? '')?.[1];

/** The early dialog that the first answer to an INVITE makes; its To tag stays the same for all of them. */
function earlyDialog(board: Switchboard, incoming: Incoming, text: SipText): Dialog {
  const { headers } = incoming.tx.request;
  const tag = tagGiven(text) ?? newTag();
  const dialog: Dialog = {
    id: dialogIdOf(headers), role: 'uas', callId: headers.get('call-id') ?? '', app: incoming.app, timers: new NamedTimers(board.clock), phase: 'early',
    local: valueOf(responseBasics(headers, tag), 'to') ?? '', remote: headers.get('from') ?? '',
    localCSeq: cseqOf(headers), inviteCSeq: 0,
    target: contactOf(headers), routes: splitList(headers.all('record-route')), natHop: natHopOfCaller(headers, incoming.tx.source), via: incoming.tx.source,
    localContact: ownContact(board, incoming.tx.source.protocol), localBody: undefined, isAckBye: false, inviteTransactionId: incoming.id, session: undefined, isFirstAck: false, reinvite: undefined,
    held: new Set(),
  };
  board.dialogs.addEarly(dialog);
  const key = inviteKey(headers);
  board.invitesSeen.add(key);
  incoming.tx.onTerminated = () => board.invitesSeen.delete(key);
  return dialog;
}

/** Answer to a new INVITE. */
function respondToCall(board: Switchboard, incoming: Incoming, text: SipText): SipResponse {
  const { status, reason } = statusOf(incoming, text);
  const lines = given(board, incoming, text);
  // drachtio-server 0.9.4 goes down here, with every call on it.
  if (status >= 300 && incoming.unacknowledged) throw new Refusal('a failure while a reliable 1xx waits for its PRACK is not supported by the softswitch');
  const isReliable = status > 100 && status < 200 && /\b100rel\b/.test(valueOf(lines, 'require') ?? '');
  const { headers } = incoming.tx.request;
  if (isReliable && !/\b100rel\b/.test([...headers.all('supported'), ...headers.all('require')].join())) {
    throw new Refusal('Remote endpoint does not support 100rel');
  }
  const dialog = (incoming.dialog ??= earlyDialog(board, incoming, text));
  const response = build(incoming, { status, reason, toTag: tagOf(dialog.local), lines: [...lines, ...dialogLines(incoming, { status, isReliable, lines, dialog })], body: text.body });
  if (text.body !== '') dialog.localBody = { type: contentType(lines, text.body) ?? 'application/sdp', text: text.body };
  incoming.stopTimer();
  if (isReliable) waitForPrack(board, incoming, response);
  incoming.tx.respond(response);
  if (status >= 200) settle(board, incoming, response);
  else incoming.phase = 'early';
  return response;
}

interface DialogParts { readonly status: number; readonly isReliable: boolean; readonly lines: readonly HeaderLine[]; readonly dialog: Dialog }

/** Record-Route copied back, our Contact where the application gave none, and the session timer the caller asked for. */
function dialogLines(incoming: Incoming, { status, isReliable, lines, dialog }: DialogParts): HeaderLine[] {
  const { headers } = incoming.tx.request;
  const isSuccess = status >= 200 && status < 300;
  const extra: HeaderLine[] = status > 100 && status < 300 ? splitList(headers.all('record-route')).map((route) => ['Record-Route', route] as const) : [];
  const own = valueOf(lines, 'contact');
  if (own !== undefined) dialog.localContact = own;
  else if (isSuccess || isReliable) extra.push(['Contact', dialog.localContact]);
  const asked = headers.get('session-expires');
  if (status === 200 && asked !== undefined && /refresher=/i.test(asked) && valueOf(lines, 'session-expires') === undefined) extra.push(['Session-Expires', asked]);
  return extra;
}

/** A final answer went out. Only 200 makes a dialog. */
function settle(board: Switchboard, incoming: Incoming, response: SipResponse): void {
  const { dialog, tx } = incoming;
  forget(board, incoming);
  incoming.answeredWith = response.status;
  if (!dialog) return;
  if (response.status !== 200) return endDialog(board, dialog);
  board.dialogs.confirm(dialog);
  waitForAck(board, dialog, { tx, response });
  const session = response.headers.get('session-expires');
  if (session !== undefined) acceptSessionTimer(board, dialog, sessionAsCallee(session));
}
