/**
 * Why the gateway closes a screen's WebSocket (private range of RFC 6455 section 7.4.2). A screen reconnects after every other
 * code; after `signedOut`, `signInRefused` and `replaced` it does not.
 */
export const CLOSE_CODES = {
  signedOut: 4000,
  signInRefused: 4001,
  badMessage: 4002,
  signInLate: 4003,
  slow: 4008,
  replaced: 4009,
  tooManyCommands: 4029,
} as const;

export type CloseCodes = typeof CLOSE_CODES;
