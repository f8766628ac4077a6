import type { AnswerCause } from './exchange.js';
import type { SipRequest, SipResponse } from './message.js';
import type { Reinvite } from './reinvite.js';

export type CallState = 'calling' | 'arriving' | 'ringing' | 'up' | 'ended';

/** How an INVITE inside a dialog ended. */
export type InviteResult = { ok: true; sdp: string } | { ok: false; status: number };

export interface Progress {
  status: number;
  reason: string;
  /** Early media, when the provisional answer describes it. */
  sdp?: string;
  response: SipResponse;
}

export interface Failure {
  status: number;
  reason: string;
  /** `cancelled`: taken back by the caller, whichever side we are; otherwise why there is no call. */
  cause: AnswerCause | 'cancelled' | 'rejected' | 'noAnswerToOffer';
  /** The peer's last message about it: its answer, or its CANCEL. */
  message?: SipResponse | SipRequest;
}

export interface Ended {
  by: 'local' | 'remote';
  reason: 'bye' | 'noAck' | 'sessionExpired' | 'peerGone';
  /** The peer's BYE. */
  request?: SipRequest;
}

/** What a call tells its user. Each call ends with exactly one of `failed` (was never up) and `ended`. */
export interface CallEvents {
  /** Outgoing: no answer came yet, and the INVITE left once more; how often by now. */
  resent: [number];
  /** Outgoing: 100 came, somebody has the INVITE. */
  trying: [];
  /** Outgoing: a provisional answer above 100. */
  ringing: [Progress];
  /** Outgoing: 2xx came and is acknowledged. Incoming: we sent 2xx. */
  answered: [{ sdp: string | undefined; response: SipResponse }];
  /** Incoming: the caller's ACK for our 2xx; `sdp` when it carries one (late offer). */
  acknowledged: [{ sdp: string | undefined }];
  failed: [Failure];
  ended: [Ended];
  /** The peer wants to change the session. Answer it; without a listener our media stays as it is, directions mirrored. */
  reinvite: [Reinvite];
  /** The peer's description changed. */
  media: [{ sdp: string }];
  info: [{ contentType: string; body: string; request: SipRequest }];
}
