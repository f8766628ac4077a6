import { failed, ok, type Result } from '../../core/errors.js';
import type { SipMessage, SipRequest, SipServer } from './libraries.js';

const ANSWER_LIMIT_MS = 4_000;

/**
 * Sends a request inside a dialog by its id alone, so that it works for dialogs of this process and of a dead one alike
 * (drachtio-server looks dialogs up by id, whoever asks).
 * @returns the final response; VG_LEG_GONE when drachtio-server has no such dialog (the far end hung up meanwhile).
 */
export function requestInDialog(
  sip: SipServer,
  what: { readonly method: string; readonly dialogId: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string },
): Promise<Result<SipMessage>> {
  return new Promise((resolve) => {
    const limit = setTimeout(() => resolve(failed('VG_FAILED', `${what.method}: no answer`)), ANSWER_LIMIT_MS);
    const settle = (result: Result<SipMessage>) => {
      clearTimeout(limit);
      resolve(result);
    };
    const { dialogId, ...rest } = what;
    try {
      // The callback form: with the promise form the response listener comes too late (seen on drachtio-srf 5.0.29).
      sip.request('sip:placeholder', { ...rest, stackDialogId: dialogId }, (error, request: SipRequest) => {
        if (error !== null && error !== undefined) {
          const isGone = error.code === 'ENODIALOG' || /unable to find dialog/i.test(String(error));
          return settle(failed(isGone ? 'VG_LEG_GONE' : 'VG_FAILED', String(error)));
        }
        request.on('response', (response: SipMessage, acknowledge: () => void) => {
          if (response.status < 200) return;
          if (what.method === 'INVITE') acknowledge();
          settle(ok(response));
        });
      });
    } catch (error) {
      settle(failed('VG_FAILED', String(error)));
    }
  });
}

/** Why we end a dialog, for the far end's log (RFC 3326). */
export const reasonOf = (cause: string) => ({ Reason: `SIP;cause=200;text="${cause}"` });
