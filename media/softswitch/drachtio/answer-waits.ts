import type { SipResponse } from '../../sip/message.js';
import type { ServerTransaction } from '../../sip/transaction.js';
import type { Dialog } from './dialog.js';
import { ordered } from './header-rules.js';
import type { Incoming } from './incoming.js';
import { sendBye } from './own-requests.js';
import type { Switchboard } from './switchboard.js';

/** A 200 to a new INVITE that was sent. The server does not repeat the one to a re-INVITE. */
export interface Answer { readonly tx: ServerTransaction; readonly response: SipResponse }

/** Repeats a 200 over UDP until its ACK (RFC 3261 section 13.3.1.4); without one for 64*T1 the call is ended. */
export function waitForAck(board: Switchboard, dialog: Dialog, answer: Answer): void {
  const { t1Ms, t2Ms } = board.timing;
  const repeat = (ms: number): void => dialog.timers.set('answer', ms, () => {
    answer.tx.respond(answer.response);
    repeat(Math.min(ms * 2, t2Ms));
  });
  if (answer.tx.source.protocol === 'udp') repeat(t1Ms);
  dialog.timers.set('noAck', 64 * t1Ms, () => {
    dialog.timers.clear('answer');
    sendBye(board, dialog, { text: 'ACK timeout' });
  });
}

/** Numbers a provisional answer and repeats it until its PRACK (RFC 3262 section 3). The response is completed in place. */
export function waitForPrack(board: Switchboard, incoming: Incoming, response: SipResponse): void {
  const { t1Ms } = board.timing;
  const name = `prack ${incoming.id}`;
  const rseq = incoming.nextRseq++;
  response.headers = ordered([...response.headers.entries(), ['RSeq', String(rseq)]]);
  const repeat = (ms: number, leftMs: number): void => board.timers.set(name, ms, () => {
    incoming.tx.respond(response);
    if (leftMs > 0) repeat(ms * 2, leftMs - ms);
  });
  incoming.unacknowledged?.stop();
  incoming.unacknowledged = { rseq, stop: () => board.timers.clear(name) };
  if (incoming.tx.source.protocol === 'udp') repeat(t1Ms, 64 * t1Ms);
}
