/** Every error code of the gateway, listed once. Expected outcomes travel as values with one of these. */
export type VgErrorCode =
  | 'VG_OFFER_LOST' // the caller left, the lease ran out or somebody else holds the offer
  | 'VG_NOT_QUEUED' // the call is not in the queue (any more)
  | 'VG_TAKEN' // another gateway process has taken the call over
  | 'VG_AGENT_STATE' // the agent's state does not allow the command
  | 'VG_AGENT_UNKNOWN'
  | 'VG_PHONE_UNREGISTERED' // ready is refused while the agent's phone is not registered
  | 'VG_SIGN_IN'
  | 'VG_BAD_MESSAGE' // a message that its schema refuses
  | 'VG_LEG_GONE' // the SIP dialog or its media endpoint ended meanwhile
  | 'VG_MEDIA' // the media server refused or did not answer
  | 'VG_SIP' // the SIP server is not there
  | 'VG_BUSY' // the far end is busy (486, 600)
  | 'VG_DECLINED' // the far end declined (603, 480 by the user)
  | 'VG_NO_ANSWER' // rang out
  | 'VG_FAILED' // any other failure of a leg
  | 'VG_STORE' // Redis or the history store did not answer in time
  | 'VG_REFUSED' // what was asked for stands against the present state
  | 'VG_UNSUPPORTED'; // a later release brings it

export interface VgError {
  readonly code: VgErrorCode;
  /** One sentence for a log or a developer; never shown to a caller. */
  readonly detail: string;
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: VgError };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });
export const failed = (code: VgErrorCode, detail: string): Result<never> => ({ ok: false, error: { code, detail } });

/** Closes a switch over a union: reaching it is a bug that the compiler shows first. */
export function assertNever(value: never, where: string): never {
  throw new Error(`${where}: unexpected ${JSON.stringify(value)}`);
}
