import type { AgentWish, SkillNeed } from '../acd/queue-types.js';
import type { Millis, QueueId } from '../ids.js';

/** Where a queued call stands in line, and with which wishes. */
export interface QueuePlace {
  readonly queue: QueueId;
  readonly needs: readonly SkillNeed[];
  /** Null = the queue's own. */
  readonly band: number | null;
  /** Who is waited for first. */
  readonly agent?: AgentWish;
  readonly queuedAt: Millis;
  /** When the call came to this queue first, which of a callback that rests is days ago. A snapshot of the release before does not say, nor a place that a caller has. */
  readonly offeredAt?: Millis;
}
