import { paramsOf } from '../../sip/address.js';
import type { SipResponse } from '../../sip/message.js';
import { type Dialog, requestInDialog } from './dialog.js';
import { sendAck, sendBye } from './own-requests.js';
import type { Switchboard } from './switchboard.js';

/** The shortest session interval, in seconds (RFC 4028 section 5). */
export const MIN_SESSION_SECONDS = 90;
/** A refresh of ours leaves at half time, up to this much earlier or later. */
const REFRESH_SPREAD_MS = 5000;
const TIMER = 'session';

/** Who refreshes, and after how many seconds the session is over without. */
export interface SessionTimer { readonly seconds: number; readonly refresher: 'us' | 'them' }

/** Starts the timer anew. */
export function acceptSessionTimer(board: Switchboard, dialog: Dialog, session: SessionTimer): void {
  const fullMs = session.seconds * 1000;
  dialog.session = session;
  const ms = session.refresher === 'us' ? fullMs / 2 + (Math.random() * 2 - 1) * REFRESH_SPREAD_MS : fullMs;
  dialog.timers.set(TIMER, ms, () => {
    dialog.session = undefined;
    if (session.refresher === 'us') refresh(board, dialog, session.seconds);
    else sendBye(board, dialog, { text: 'Session timer expired', record: 'session-expired' });
  });
}

/** Stops it; true when the refreshing was ours. */
export function stopSessionTimer(dialog: Dialog): boolean {
  const wasOurs = dialog.session?.refresher === 'us';
  dialog.session = undefined;
  dialog.timers.clear(TIMER);
  return wasOurs;
}

/** Reads `Session-Expires` of an answer to our INVITE: without a refresher we refresh, as the party that asked (RFC 4028 section 7.2). */
export function sessionOfAnswer(answer: SipResponse): SessionTimer | undefined {
  const value = answer.headers.get('session-expires');
  if (value === undefined || !/^\d+/.test(value)) return undefined;
  return { seconds: Number.parseInt(value, 10), refresher: paramsOf(value).get('refresher') === 'uas' ? 'them' : 'us' };
}

/** Reads what was agreed on when we answered: without a refresher the caller refreshes. Never below the minimum. */
export function sessionAsCallee(value: string): SessionTimer {
  const seconds = Math.max(MIN_SESSION_SECONDS, Number.parseInt(value, 10) || 0);
  return { seconds, refresher: paramsOf(value).get('refresher') === 'uas' ? 'us' : 'them' };
}

/** Re-INVITE with the last session description. The server sends and acknowledges it without the application. */
function refresh(board: Switchboard, dialog: Dialog, seconds: number): void {
  const body = dialog.localBody;
  const invite = requestInDialog(dialog, {
    method: 'INVITE', body: body?.text ?? '', local: board.hostPort,
    headers: [
      ['Session-Expires', `${seconds};refresher=uac`], ['Min-SE', String(MIN_SESSION_SECONDS)], ['Contact', dialog.localContact],
      ...(body ? [['Content-Type', body.type] as const] : []),
    ],
  });
  const giveUp = (): void => {
    if (dialog.phase === 'confirmed') sendBye(board, dialog, { text: 'Session timer expired', record: 'session-expired' });
  };
  if (!invite) return giveUp();
  board.stack.request(invite.request, {
    to: invite.to,
    onTimeout: giveUp,
    onTransportError: giveUp,
    onResponse: (answer) => {
      if (dialog.phase !== 'confirmed' || answer.status === 100) return;
      if (answer.status !== 200) return giveUp();
      const session = sessionOfAnswer(answer);
      if (session) acceptSessionTimer(board, dialog, session);
      sendAck(board, dialog, { headers: [], body: '' });
    },
  });
}
