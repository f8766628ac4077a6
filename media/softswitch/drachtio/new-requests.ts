import { parseNameAddr, splitList, tagOf } from '../../sip/address.js';
import type { ServerTransaction } from '../../sip/transaction.js';
import type { Application } from './applications.js';
import { shownText, trimReceived } from './arrivals.js';
import type { Incoming } from './incoming.js';
import { sendBye } from './own-requests.js';
import { abandon, endDialog, forget, inviteKey, networkMeta, newId, reply, type Switchboard } from './switchboard.js';
import { sipFrame } from './wire.js';

/** Methods that a new request may have; anything else outside a dialog meets silence. */
const ROUTED = new Set(['INVITE', 'REGISTER', 'MESSAGE', 'OPTIONS', 'INFO', 'NOTIFY', 'SUBSCRIBE', 'PUBLISH']);
/** A request that no application answers is dropped after this time, without a word to the peer. */
const UNANSWERED_MS = 64_000;

/** A request that belongs to no dialog. The stack has sent 100 to an INVITE already. */
export function receiveNew(board: Switchboard, tx: ServerTransaction): void {
  const { method } = tx.request;
  if (method === 'CANCEL') return cancelUnmatched(board, tx);
  if (method === 'BYE' || method === 'UPDATE') {
    reply(tx, 481);
    return;
  }
  if (!ROUTED.has(method) || !isFirstCopy(board, tx)) return abandon(tx);
  if (tx.request.headers.all('contact').some((value) => value !== '*' && !splitList([value]).every((part) => parseNameAddr(part)))) {
    reply(tx, 400, { reason: 'Bad Contact Header' });
    return;
  }
  // An INVITE with the tag of a dialog we do not have is refused; other methods count as new.
  const isLost = method === 'INVITE' && tagOf(tx.request.headers.get('to')) !== undefined;
  const app = isLost ? undefined : board.apps.pick(method);
  if (!app) return refuse(board, tx, isLost ? 481 : 503);
  const incoming = hold(board, tx, app);
  app.send(sipFrame(networkMeta(board, shownText(tx), tx.source), { transactionId: incoming.id, local: board.address }, shownText(tx)));
  if (method === 'INVITE') board.cdrs.attempt('network', shownText(tx));
}

function refuse(board: Switchboard, tx: ServerTransaction, status: number): void {
  const isInvite = tx.request.method === 'INVITE';
  if (isInvite) board.cdrs.attempt('network', shownText(tx));
  else board.log.info({ method: tx.request.method, status }, 'request refused: no application wants it');
  const raw = reply(tx, status);
  if (isInvite) board.cdrs.stop('application', 'call-rejected', raw);
}

function hold(board: Switchboard, tx: ServerTransaction, app: Application): Incoming {
  const id = newId();
  const incoming: Incoming = { id, tx, app, isInDialog: false, phase: 'waiting', dialog: undefined, unacknowledged: undefined, nextRseq: 1, update: undefined, answeredWith: undefined, stopTimer: () => board.timers.clear(id) };
  board.incoming.set(id, incoming);
  board.timers.set(id, UNANSWERED_MS, () => {
    forget(board, incoming);
    abandon(tx);
  });
  tx.onTransportError = () => forget(board, incoming);
  if (tx.request.method === 'INVITE') tx.onCancel = (cancel) => cancelInvite(board, incoming, cancel);
  return incoming;
}

/** Another copy of an INVITE that is being answered (RFC 3261 section 8.2.2.2) is not shown to an application, and never answered beyond 100. */
function isFirstCopy(board: Switchboard, tx: ServerTransaction): boolean {
  return tx.request.method !== 'INVITE' || !board.invitesSeen.has(inviteKey(tx.request.headers));
}

/** CANCEL of an INVITE. The server answers both; the application only hears of it. */
function cancelInvite(board: Switchboard, incoming: Incoming, cancel: ServerTransaction): void {
  const { dialog, tx, answeredWith } = incoming;
  trimReceived(cancel.request.headers, cancel.source);
  const localTag = tagOf(dialog?.local);
  // Before any answer of the application both answers are made without a transaction, each with a tag of its own.
  const toTag = localTag === undefined ? {} : { toTag: localTag };
  if (!board.incoming.has(incoming.id)) {
    // After 200 there is nothing to cancel: 481, and the call lives on until BYE or the ACK time-out.
    if (answeredWith !== undefined && answeredWith >= 300) reply(cancel, 200, toTag);
    else reply(cancel, 481);
    return;
  }
  const ids = { transactionId: incoming.id, ...(dialog ? { dialogId: dialog.id } : {}) };
  const raw = shownText(cancel);
  forget(board, incoming);
  reply(cancel, 200, toTag);
  reply(tx, 487, toTag);
  if (dialog) board.cdrs.stop('network', 'call-canceled', shownText(tx));
  incoming.app.send(sipFrame(networkMeta(board, raw, cancel.source), ids, raw));
  if (dialog) endDialog(board, dialog);
}

/** A CANCEL whose branch fits no INVITE. */
function cancelUnmatched(board: Switchboard, cancel: ServerTransaction): void {
  const { headers } = cancel.request;
  const incoming = [...board.incoming.values()].find(({ tx, isInDialog }) => !isInDialog && tx.request.method === 'INVITE'
    && tx.request.headers.get('call-id') === headers.get('call-id') && tagOf(tx.request.headers.get('from')) === tagOf(headers.get('from')));
  // While the application has not said anything the Call-ID is enough.
  if (incoming?.phase === 'waiting') return cancelInvite(board, incoming, cancel);
  const toTag = tagOf(incoming?.dialog?.local);
  reply(cancel, 481, toTag === undefined ? {} : { toTag });
  if (!incoming?.dialog) return;
  // The server takes it for a CANCEL of an answered call.
  const { dialog } = incoming;
  sendBye(board, dialog, { text: 'CANCEL after 200 OK', isTold: false });
  failEarly(board, incoming);
}

/** Ends an INVITE that was ringing: 500, the application is not told and its answer will fail. */
export function failEarly(board: Switchboard, incoming: Incoming): void {
  forget(board, incoming);
  const toTag = tagOf(incoming.dialog?.local);
  reply(incoming.tx, 500, toTag === undefined ? {} : { toTag });
  if (incoming.dialog) endDialog(board, incoming.dialog);
}
