import type { SipRequest, SipResponse } from '../../sip/message.js';
import { formatMessage } from '../../sip/message.js';
import type { ClientTransaction } from '../../sip/transaction.js';
import type { Source } from '../../sip/transport.js';
import { BaseClientTransaction } from '../../sip/client-transaction.js';
import { newTag } from '../../sip/via.js';
import type { Application } from './applications.js';
import { isClosedHere, LOOK_AFTER_MS } from './closed-port.js';
import { ordered, responseBasics } from './header-rules.js';
import { networkMeta, newId, phrase, sentMeta, type Switchboard } from './switchboard.js';
import { requestEcho, sipFrame } from './wire.js';

/** A request on its way for an application. */
export interface Outgoing {
  readonly request: SipRequest;
  readonly to: Source;
  readonly app: Application;
  /** The message of the application that asked for it. */
  readonly messageId: string;
  /** Dialog id that its answers carry; none outside dialogs. */
  readonly dialogId?: string;
  /** Runs before the echo and any answer. */
  onSent?(tx: ClientTransaction, transactionId: string, raw: string): void;
  /** Looks at an answer first; false keeps it from the application. */
  admit?(answer: SipResponse, source: Source): boolean;
  /** Runs after the application got the answer. */
  after?(answer: SipResponse, raw: string): void;
}

/** Sends a request, shows the application what was sent and later its answers; a time-out or broken transport becomes an answer of the server. */
export function sendFor(board: Switchboard, out: Outgoing): ClientTransaction {
  const transactionId = newId();
  let isOver = false;
  let isHeard = false;
  const early: (() => void)[] = [];
  let isEchoed = false;
  const take = (answer: SipResponse, source: Source): void => {
    isHeard = true;
    board.timers.clear(listenerTimer(transactionId));
    if (isOver || answer.status === 100) return;
    isOver = answer.status >= 200;
    if (out.admit?.(answer, source) === false) return;
    const raw = formatMessage(answer);
    const ids = { transactionId, ...(out.dialogId === undefined ? {} : { dialogId: out.dialogId }) };
    out.app.send(sipFrame(networkMeta(board, raw, source), ids, raw));
    out.after?.(answer, raw);
  };
  // Nothing may overtake the echo, which tells the application the transaction id.
  const inOrder = (run: () => void): void => {
    if (isEchoed) run();
    else early.push(run);
  };
  const nobody: Source = { protocol: out.to.protocol, address: '', port: 0 };
  const fail = (status: number, reason?: string): void => inOrder(() => take(ownAnswer(out.request, status, reason), nobody));
  const tx = board.stack.request(out.request, {
    to: out.to,
    onResponse: (answer, source) => inOrder(() => take(answer, source)),
    onTimeout: () => fail(408),
    onTransportError: (error) => fail(503, isNameError(error) ? 'DNS Error' : undefined),
  });
  const raw = formatMessage(tx.request);
  out.onSent?.(tx, transactionId, raw);
  out.app.send(requestEcho(out.messageId, { meta: sentMeta(board, raw, out.to), transactionId, raw }));
  isEchoed = true;
  for (const run of early) run();
  lookForListener(board, out.to, { transactionId, isSilent: () => !isHeard, giveUp: () => {
    if (tx instanceof BaseClientTransaction) tx.stop();
    fail(503);
  } });
  return tx;
}

const listenerTimer = (transactionId: string): string => `listener ${transactionId}`;

/** A port of this machine that nobody listens on fails the request soon, not after 32 s. */
function lookForListener(board: Switchboard, to: Source, request: { transactionId: string; isSilent(): boolean; giveUp(): void }): void {
  if (to.protocol !== 'udp' || !request.isSilent()) return;
  board.timers.set(listenerTimer(request.transactionId), LOOK_AFTER_MS, () => {
    if (!request.isSilent()) return;
    isClosedHere(to).then((isClosed) => {
      if (isClosed && request.isSilent()) request.giveUp();
    }).catch((error: unknown) => board.log.error({ error: String(error) }, 'looking for a listener failed'));
  });
}

/** Whether the host name could not be resolved. */
const isNameError = (error: Error): boolean => 'code' in error && (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN');

/** An answer that no peer sent. */
export function ownAnswer(request: SipRequest, status: number, reason?: string): SipResponse {
  const headers = ordered(responseBasics(request.headers, newTag()));
  return { kind: 'response', status, reason: reason ?? phrase(status), headers, body: '' };
}
