/** One thing that happened in a call, for a person to read or a test to check. Keyed digits are never in it. */
export type LadderEvent =
  | { event: 'inviteSent' }
  /** Epoch ms at which the INVITE arrived. */
  | { event: 'inviteReceived'; arrivedAtMs: number; isAutoAnswer: boolean }
  | { event: 'provisional'; status: number; hasMedia: boolean }
  | { event: 'ringing' }
  | { event: 'answered'; codec: string | undefined }
  | { event: 'firstPacket' }
  | { event: 'soundBegan' }
  | { event: 'soundEnded' }
  /** The nth key press of ours, and how it left. */
  | { event: 'keySent'; number: number; path: 'event' | 'tones' | 'info' | 'none' }
  /** The nth key press of the peer. */
  | { event: 'keyReceived'; number: number; durationMs: number }
  | { event: 'promptTimeout'; step: number }
  | { event: 'keysDone' }
  | { event: 'heldByPeer' }
  | { event: 'resumedByPeer' }
  | { event: 'held' }
  | { event: 'resumed' }
  | { event: 'failed'; status: number; reason: string; cause: string }
  | { event: 'ended'; by: 'local' | 'remote'; reason: string; cause?: string };

/** With the time since the INVITE, in ms. */
export type LadderEntry = LadderEvent & { atMs: number };
