import { paramsOf, tagOf } from '../../sip/address.js';
import type { SipRequest } from '../../sip/message.js';
import { formatMessage } from '../../sip/message.js';
import type { ServerTransaction } from '../../sip/transaction.js';
import type { Source } from '../../sip/transport.js';
import { shownText, trimReceived } from './arrivals.js';
import type { Dialog } from './dialog.js';
import type { Incoming } from './incoming.js';
import { failEarly, receiveNew } from './new-requests.js';
import { acceptSessionTimer, MIN_SESSION_SECONDS, stopSessionTimer } from './session-timers.js';
import { endDialog, forget, networkMeta, newId, reply, type Switchboard } from './switchboard.js';
import { sipFrame } from './wire.js';

/** A request of the peer inside a dialog: for the connection that made the dialog, and for nobody else. */
export function receiveInDialog(board: Switchboard, dialog: Dialog, tx: ServerTransaction): void {
  const { method } = tx.request;
  if (method === 'PRACK') stopRepeating(board, dialog, tx);
  else if (dialog.phase === 'early' && dialog.role === 'uas') return receiveEarly(board, dialog, tx);
  if (method === 'BYE') return receiveBye(board, dialog, tx);
  if ((method === 'INVITE' || method === 'UPDATE') && !renewSession(board, dialog, tx)) return;
  const incoming = hold(board, dialog, tx);
  dialog.held.add(incoming);
  deliver(board, incoming, dialog);
}

function hold(board: Switchboard, dialog: Dialog, tx: ServerTransaction): Incoming {
  const id = newId();
  const incoming: Incoming = { id, tx, app: dialog.app, isInDialog: true, phase: 'waiting', dialog, unacknowledged: undefined, nextRseq: 1, update: undefined, answeredWith: undefined, stopTimer: () => undefined };
  board.incoming.set(id, incoming);
  tx.onTransportError = () => forget(board, incoming);
  if (tx.request.method === 'INVITE') tx.onCancel = (cancel) => cancelReinvite(incoming, cancel);
  return incoming;
}

/** With the application gone this sends nothing: the request waits until the dialog ends. */
function deliver(board: Switchboard, incoming: Incoming, dialog: Dialog): void {
  const { source } = incoming.tx;
  const raw = shownText(incoming.tx);
  incoming.app.send(sipFrame(networkMeta(board, raw, source), { transactionId: incoming.id, dialogId: dialog.id }, raw));
}

/** The dialog ends when the BYE comes, not when it is answered. */
function receiveBye(board: Switchboard, dialog: Dialog, tx: ServerTransaction): void {
  if (dialog.app.isConnected) deliver(board, hold(board, dialog, tx), dialog);
  else reply(tx, 481);
  endDialog(board, dialog);
  board.cdrs.stop('network', 'normal-release', shownText(tx));
}

/** Before the call is answered no application owns the dialog: what may stand alone counts as a new request. */
function receiveEarly(board: Switchboard, dialog: Dialog, tx: ServerTransaction): void {
  const { method } = tx.request;
  const invite = [...board.incoming.values()].find((incoming) => incoming.dialog === dialog && !incoming.isInDialog);
  if (method === 'BYE') {
    reply(tx, 481);
    if (invite) failEarly(board, invite);
    return;
  }
  if (method !== 'UPDATE' || !invite) return receiveNew(board, tx);
  if (invite.update) {
    reply(tx, 500); // RFC 3311 section 5.2
    return;
  }
  invite.update = tx;
  const raw = shownText(tx);
  invite.app.send(sipFrame(networkMeta(board, raw, tx.source), { transactionId: invite.id, dialogId: dialog.id }, raw));
}

/** CANCEL of a re-INVITE: the application is not told, and its answer, which reaches nobody any more, is accepted. */
function cancelReinvite(incoming: Incoming, cancel: ServerTransaction): void {
  trimReceived(cancel.request.headers, cancel.source);
  const toTag = tagOf(incoming.tx.request.headers.get('to'));
  reply(cancel, 200, toTag === undefined ? {} : { toTag });
  reply(incoming.tx, 487, toTag === undefined ? {} : { toTag });
}

/** PRACK of a reliable provisional answer (RFC 3262 section 3): it is not repeated any more. The application answers the PRACK, fitting or not. */
function stopRepeating(board: Switchboard, dialog: Dialog, tx: ServerTransaction): void {
  const rseq = Number(/^\s*(\d+)/.exec(tx.request.headers.get('rack') ?? '')?.[1] ?? Number.NaN);
  const invite = [...board.incoming.values()].find(({ unacknowledged, dialog: other }) => other === dialog && unacknowledged?.rseq === rseq);
  invite?.unacknowledged?.stop();
  if (invite) invite.unacknowledged = undefined;
}

/** Session timer of a re-INVITE or UPDATE (RFC 4028 section 9). False when it was refused with 422. */
function renewSession(board: Switchboard, dialog: Dialog, tx: ServerTransaction): boolean {
  const wasOurs = stopSessionTimer(dialog);
  const value = tx.request.headers.get('session-expires');
  if (value === undefined) return true;
  const seconds = Number.parseInt(value, 10);
  if (seconds < MIN_SESSION_SECONDS) {
    reply(tx, 422, { headers: [['Min-SE', String(MIN_SESSION_SECONDS)]] });
    return false;
  }
  const refresher = paramsOf(value).get('refresher');
  const isTheirs = refresher === undefined ? wasOurs : refresher === 'uac';
  acceptSessionTimer(board, dialog, { seconds, refresher: isTheirs ? 'them' : 'us' });
  return true;
}

/** ACK of a 2xx: the waiting ends; the application that made the dialog hears of it. */
export function receiveAck(board: Switchboard, ack: SipRequest, source: Source): void {
  const dialog = board.dialogs.match(ack.headers);
  if (!dialog) return;
  dialog.timers.clear('answer');
  dialog.timers.clear('noAck');
  trimReceived(ack.headers, source);
  const raw = formatMessage(ack);
  const transactionId = dialog.inviteTransactionId ?? newId();
  dialog.inviteTransactionId = undefined;
  dialog.app.send(sipFrame({ ...networkMeta(board, raw, source), protocol: '' }, { transactionId, dialogId: dialog.id }, raw));
}
