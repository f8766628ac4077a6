import type { AgentId, CallId, Millis, OfferId } from '../ids.js';
import type { EndReason } from './end-reason.js';
import type { QueuePlace } from './queue-place.js';

/** Where in a call a callback was asked for: at a step of the flow, while waiting, or as the queue's rules sent the caller there. */
export type CallbackVia = 'flow' | 'line' | 'overflow';

/** To be called, and by whom. `place.queuedAt` is kept: a callback stands in line where the caller stood. */
export interface CallbackWish {
  readonly number: string;
  readonly place: QueuePlace;
  readonly via: CallbackVia;
  readonly askedAt: Millis;
}

/** What became of one try to reach the customer. `interrupted`: the process that rang died, so nobody knows, or our own servers could not ring. */
export const ATTEMPT_OUTCOMES = ['busy', 'declined', 'noAnswer', 'unreachable', 'interrupted'] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

export interface Attempt {
  readonly at: Millis;
  /** Who waited on the line, or was reserved; null where the offer was over by then. */
  readonly agentId: AgentId | null;
  readonly outcome: AttemptOutcome;
}

/**
 * A try that came to nothing, for the figures: the callback stands in no line then, until it comes again unless `isLast`. `offerId` is null
 * where no agent was reserved any more. `hours`: nobody is to be rung at this time; `agentHungUp`: before the customer answered. Neither is
 * an attempt.
 */
export interface VainTry {
  readonly offerId: OfferId | null;
  readonly why: AttemptOutcome | 'hours' | 'agentHungUp';
  readonly isLast: boolean;
}

/** A call of ours to a customer who asked for it. */
export interface Callback extends CallbackWish {
  /** The call in which it was asked for. */
  readonly askedIn: CallId;
  /** Those that did not reach the customer. */
  readonly attempts: readonly Attempt[];
  /** How often the agent was gone before the customer lifted, where that was no attempt. A snapshot of the release before does not say. */
  readonly agentsGone?: number;
  /** It is not to be tried again, said while it was being tried or an agent wrote about that: how it ends then. */
  readonly over?: EndReason;
}
