import type { AgentWish, SkillNeed } from '../acd/queue-types.js';
import type { Millis, QueueId } from '../ids.js';

/** Whom a caller wants to be called by, and where. */
export interface Booking {
  readonly number: string;
  readonly queue: QueueId;
  readonly needs: readonly SkillNeed[];
  /** Null = the queue's own. */
  readonly band: number | null;
  readonly agent?: AgentWish;
}

/** A voice message. Its id is that of its recording. */
export interface LeftMessage {
  readonly id: string;
  readonly durationMs: number;
}

/** `answer` null: the question was left unanswered. */
export interface SurveyAnswer {
  readonly survey: string;
  readonly question: string;
  readonly answer: number | null;
  readonly reason: string | null;
  readonly version: string;
}

/** `version`: of the flow whose legal text was heard. */
export interface Consent {
  readonly isGiven: boolean;
  readonly at: Millis;
  readonly version: string;
}
