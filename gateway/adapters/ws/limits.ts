/** Bounds on what screens may use. Times in ms, sizes in bytes. */
export interface ScreenLimits {
  /** A socket that has not signed in by then is closed. */
  readonly signInWithinMs: number;
  /** A socket that answered no ping within one period is dead. */
  readonly pingEveryMs: number;
  /** Largest frame from a screen. */
  readonly maxFrameBytes: number;
  /** Unsent bytes after which a socket is too slow and is closed. */
  readonly maxBufferedBytes: number;
  /** Events kept for replay, by number and by size; the older ones go first. */
  readonly keptEvents: number;
  readonly keptBytes: number;
  /** Messages a socket may send: sustained a second, and at once. */
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
  readonly socketsPerAgent: number;
  readonly maxSockets: number;
  /** Refused sign-ins that one address may collect a minute before it gets 429. */
  readonly refusalsPerMinute: number;
  /** How long an agent's events are kept after the last socket closed. */
  readonly forgetAfterMs: number;
}

export const DEFAULT_LIMITS: ScreenLimits = {
  signInWithinMs: 5_000,
  pingEveryMs: 15_000,
  maxFrameBytes: 64 * 1024,
  maxBufferedBytes: 1024 * 1024,
  keptEvents: 256,
  keptBytes: 2 * 1024 * 1024,
  messagesPerSecond: 20,
  messageBurst: 60,
  socketsPerAgent: 4,
  maxSockets: 10_000,
  refusalsPerMinute: 20,
  forgetAfterMs: 600_000,
};
