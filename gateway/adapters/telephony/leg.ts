import type { CallId, LegId } from '../../core/ids.js';
import type { LegHandle } from '../../ports/telephony.js';
import type { DigitSource } from './digit-source.js';
import type { Endpoint, MediaServer, SipDialog } from './libraries.js';
import type { LegMedia } from './leg-media.js';

/**
 * A connected leg: one SIP dialog and one channel of a media server.
 * `dialog` is null for a leg taken over from a dead process: requests in it go by `dialogId` alone.
 * `media` and `endpoint` are null for a talking leg taken over: its socket is not fetched back, since that would cut the bridge.
 */
export interface ConnectedLeg {
  readonly callId: CallId;
  readonly legId: LegId;
  readonly handle: LegHandle;
  readonly dialog: SipDialog | null;
  readonly server: MediaServer;
  endpoint: Endpoint | null;
  media: LegMedia | null;
  /** Which of a leg's ways to send keys counts; missing while no socket listens. */
  digits?: DigitSource;
  /** The dialog between drachtio and the media server of a leg taken over: its end is the only sign that a channel without socket is gone. */
  readonly channelDialogId?: string;
  /** The way back to media of a leg taken over, once it was asked for. */
  fetching?: Promise<LegMedia | null>;
  /** The caller this leg was joined to while it rang: the bridge is made already. */
  readonly joinedTo?: LegId;
  /** The answer of a phone that answered on hold, until that is carried out. */
  heldAnswer?: string | null;
  /** Set by whoever ends the leg first, so that its end is reported at most once. */
  isEnding: boolean;
}
