import type { Endpoint, SipMessage } from './libraries.js';

/** The BYE of a channel that ended comes with the end of its socket, within a few milliseconds. */
const BYE_LIMIT_MS = 300;

/**
 * Why a channel ended, told once: by the last event on its socket, else by the BYE of its dialog, as FreeSWITCH may close the socket
 * before that event is sent.
 * @param told gets FreeSWITCH's name of the cause, such as `MEDIA_TIMEOUT`; undefined when nobody says, as when the media server died
 * @param isEnding is called when the end is known and its cause is not yet
 */
export function onChannelEnd(endpoint: Endpoint, told: (cause: string | undefined) => void, isEnding: () => void): void {
  let byBye: string | undefined;
  let hearBye: (() => void) | null = null;
  endpoint.dialog.once('destroy', (bye?: SipMessage) => {
    byBye = causeOfBye(bye);
    hearBye?.();
  });
  endpoint.once('destroy', (event?: { readonly reason?: string }) => {
    const cause = event?.reason ?? byBye;
    if (cause !== undefined) return told(cause);
    isEnding();
    const timer = setTimeout(() => told(undefined), BYE_LIMIT_MS);
    hearBye = () => {
      clearTimeout(timer);
      told(byBye);
    };
  });
}

/** The text of a BYE's Reason header (RFC 3326), as FreeSWITCH writes it: `Q.850;cause=604;text="MEDIA_TIMEOUT"`. */
export function causeOfBye(bye: SipMessage | undefined): string | undefined {
  return /;\s*text="([^"]*)"/i.exec(bye?.get('Reason') ?? '')?.[1];
}
