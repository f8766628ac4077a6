import { formatMessage, type SipRequest, type SipResponse } from '../../sip/message.js';
import type { Source } from '../../sip/transport.js';
import type { StopReason } from './cdrs.js';
import { cseqOf, type Dialog, requestInDialog } from './dialog.js';
import type { HeaderLine } from './header-rules.js';
import { endDialog, sentMeta, type Switchboard, withVia } from './switchboard.js';
import { sipFrame } from './wire.js';

/** How long an ACK is kept for a repeated 2xx. */
const ACK_KEPT_MS = 30_000;

/** `isTold`: whether the application hears of it (default true). */
export interface ByeCause { readonly text: string; readonly record?: StopReason; readonly isTold?: boolean }

/** BYE that the server sends on its own account; the dialog is gone with it. The application hears of it as an `unsolicited` request. */
export function sendBye(board: Switchboard, dialog: Dialog, why: ByeCause): void {
  const headers: HeaderLine[] = [['Reason', `SIP;cause=200;text="${why.text}"`]];
  const bye = requestInDialog(dialog, { method: 'BYE', headers, body: '', local: board.hostPort });
  board.log.info({ dialogId: dialog.id, reason: why.text }, 'dialog ended by the server');
  if (bye) {
    const tx = board.stack.request(bye.request, { to: bye.to, onResponse: () => undefined, onTimeout: () => undefined, onTransportError: () => undefined });
    const raw = formatMessage(tx.request);
    if (why.isTold !== false) dialog.app.send(sipFrame(sentMeta(board, raw, bye.to), { transactionId: 'unsolicited', dialogId: dialog.id }, raw));
    if (why.record) board.cdrs.stop('application', why.record, raw);
  }
  endDialog(board, dialog);
}

/** What stands in an ACK beyond its dialog. */
export interface AckParts { readonly headers: readonly HeaderLine[]; readonly body: string; readonly isKept?: boolean }

/** ACK of the last INVITE of ours. With `isKept` it goes out again whenever the 2xx comes again. Undefined without a target. */
export function sendAck(board: Switchboard, dialog: Dialog, parts: AckParts): { request: SipRequest; to: Source } | undefined {
  const ack = requestInDialog(dialog, { method: 'ACK', headers: parts.headers, body: parts.body, local: board.hostPort });
  if (!ack) return undefined;
  const sent = { request: withVia(board, ack.request, ack.to), to: ack.to };
  const key = ackKey(dialog.callId, dialog.inviteCSeq);
  if (ack.to.protocol === 'udp' && parts.isKept === true) {
    board.acks.set(key, sent);
    board.timers.set(`ack ${key}`, ACK_KEPT_MS, () => board.acks.delete(key));
  }
  board.stack.sendStateless(sent.request, sent.to);
  return sent;
}

/** Under which an ACK is found again. */
export const ackKey = (callId: string, cseq: number): string => `${callId}\n${cseq}`;

/** A response that fits no open transaction: when it is a 2xx that came before, its ACK goes out again. Another fork gets that same ACK. */
export function receiveStray(board: Switchboard, response: SipResponse): void {
  if (response.status < 200 || response.status >= 300 || !/\sINVITE$/.test(response.headers.get('cseq') ?? '')) return;
  const ack = board.acks.get(ackKey(response.headers.get('call-id') ?? '', cseqOf(response.headers)));
  if (ack) board.stack.sendStateless(ack.request, ack.to);
}
