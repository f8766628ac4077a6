import { z } from 'zod';
import { CHANNELS, ofChannel } from './channels.js';

const count = z.int().nonnegative();
const ms = z.number().nonnegative();
/** 0 to 1; null where there was nothing to take a share of. */
const share = z.number().min(0).max(1).nullable();
const mean = ms.nullable();

/** A queue in a span of time. A call counts where it arrived, whenever it was answered or left. */
export const queueFiguresSchema = z.object({
  queue: z.string(),
  /** A queue has a row for each channel. */
  channel: z.enum(CHANNELS),
  /**
   * Calls that arrived, a callback among them; one that comes back after a lost agent or a try in vain is the same call, who was cut off and
   * calls again is another one. Each counts as one thing: offered = answered + abandoned + overflowed + cutOff + those of `waiting` and `resting`
   * that no agent has had yet.
   */
  offered: count,
  answered: count,
  /** Callers who hung up waiting, all of them, and callbacks that were given up as their customers were not reached. */
  abandoned: count,
  /** Those of them who did so at once: within `shortMs`. */
  shortAbandoned: count,
  /** Sent elsewhere by the gateway: another queue, a transfer, a callback, the number's last resort; callbacks whose customers called by themselves. */
  overflowed: count,
  /** Callers whose connection broke, on our side or on the way, while they waited. A gateway of a release before does not say, and counts them as abandoned. */
  cutOff: count.default(0),
  /** Abandoned / (offered - cut off). */
  abandonment: share,
  /** The same without short abandons, above and below the line. */
  abandonmentWithoutShort: share,
  /**
   * Answered within `withinMs` / (offered - short abandons - those who wait and may still be answered in time, or could have been when they
   * were cut off): the variant in which short abandons do not count, later ones and overflow count as missed.
   */
  serviceLevel: z.object({ share, withinMs: ms, shortMs: ms, variant: z.literal('answeredWithin/offeredWithoutShortAbandons') }),
  /** Average speed of answer, over answered calls. A wait is the time in the line of this queue: none of another one, of a talk before, or of a callback's rest. */
  asaMs: mean,
  /** Talk + hold + wrap-up, over completed talks. */
  ahtMs: mean,
  talkMs: ms,
  holdMs: ms,
  wrapUpMs: ms,
  longestAnsweredWaitMs: ms,
  /** Attempts of callbacks that did not reach the customer. A gateway of a release before does not say. */
  notReached: count.default(0),
  /** Now, whatever the span. */
  waiting: count,
  /** Callbacks that stand in no line: for their next try, or until their customers may be rung. Now, whatever the span; a release before does not say. */
  resting: count.default(0),
  longestWaitMs: mean,
});
export type QueueFigures = z.infer<typeof queueFiguresSchema>;

export const agentFiguresSchema = z.object({
  agentId: z.string(),
  /** Now, whatever the span; null = not seen yet. */
  phase: z.enum(['loggedOut', 'notReady', 'ready', 'blocked', 'reserved', 'talking', 'wrapUp']).nullable(),
  reason: z.string().nullable(),
  since: z.number().nullable(),
  offered: count,
  answered: count,
  declined: count,
  /** Offers that rang out (RONA). */
  missed: count,
  talkingMs: ms,
  wrapUpMs: ms,
  /** Ready or offered something, and nothing else is open. */
  availableMs: ms,
  notReadyMs: ms,
  /** Work of other channels: a chat, an e-mail or a case is open while the agent is ready for more, or leaves no room for a call. */
  otherWorkMs: ms,
  /** Talk, wrap-up and other work / (these and available). */
  occupancy: share,
});
export type AgentFigures = z.infer<typeof agentFiguresSchema>;

/** Queues and agents by name; a span of a day, or of an interval of it. */
export const figuresSchema = z.object({
  from: z.number(),
  to: z.number(),
  /** Callers who are blocked, in none of the queues' figures. A gateway of a release before does not say. */
  blockedCallers: z.object({ byNumber: count, withheld: count }).default({ byNumber: 0, withheld: 0 }),
  queues: z.array(queueFiguresSchema),
  agents: z.array(agentFiguresSchema),
  agentsByPhase: z.record(z.string(), count),
});
export type Figures = z.infer<typeof figuresSchema>;

/** What counts as in time and as short. */
export interface FigureRules {
  readonly withinMs: number;
  readonly shortMs: number;
}

/** 20 s is the convention of "80/20"; 5 s because who leaves before has not waited. */
export const USUAL_RULES: FigureRules = { withinMs: 20_000, shortMs: 5_000 };

/** Who is there now. */
export interface Waits {
  /** How long each has waited. */
  readonly waits: readonly number[];
  /** Who arrived in the span and may still be answered in time. */
  readonly undecided: number;
  readonly resting: number;
}

/** What became of a call for its queue, and how long it had waited by then. `givenUp`: a callback whose customer was not reached. */
export interface Outcome {
  readonly as: 'answered' | 'abandoned' | 'givenUp' | 'overflowed' | 'cutOff';
  readonly waitedMs: number;
}

/** Sums of one queue in one interval, from which all figures follow. */
export class QueueSum {
  offered = 0;
  answered = 0;
  inTime = 0;
  answeredWaitMs = 0;
  longestAnsweredWaitMs = 0;
  abandoned = 0;
  shortAbandoned = 0;
  overflowed = 0;
  cutOff = 0;
  /** Of these, before `withinMs` were over. */
  cutOffInTime = 0;
  notReached = 0;
  completed = 0;
  talkMs = 0;
  holdMs = 0;
  wrapUpMs = 0;

  /** `by`: 1, or -1 where it turned out to be something else. */
  count({ as, waitedMs }: Outcome, { withinMs, shortMs }: FigureRules, by: 1 | -1): void {
    const inTime = waitedMs <= withinMs ? by : 0;
    this[as === 'givenUp' ? 'abandoned' : as] += by;
    if (as === 'abandoned' && waitedMs <= shortMs) this.shortAbandoned += by;
    if (as === 'cutOff') this.cutOffInTime += inTime;
    if (as !== 'answered') return;
    this.inTime += inTime;
    this.answeredWaitMs += by * waitedMs;
    this.longestAnsweredWaitMs = Math.max(this.longestAnsweredWaitMs, waitedMs);
  }

  add(other: QueueSum): void {
    this.offered += other.offered;
    this.answered += other.answered;
    this.inTime += other.inTime;
    this.answeredWaitMs += other.answeredWaitMs;
    this.longestAnsweredWaitMs = Math.max(this.longestAnsweredWaitMs, other.longestAnsweredWaitMs);
    this.abandoned += other.abandoned;
    this.shortAbandoned += other.shortAbandoned;
    this.overflowed += other.overflowed;
    this.cutOff += other.cutOff;
    this.cutOffInTime += other.cutOffInTime;
    this.notReached += other.notReached;
    this.completed += other.completed;
    this.talkMs += other.talkMs;
    this.holdMs += other.holdMs;
    this.wrapUpMs += other.wrapUpMs;
  }

  /** `queue`: with its channel. */
  figures(queue: string, rules: FigureRules, { waits, undecided, resting }: Waits): QueueFigures {
    const { name, channel } = ofChannel(queue);
    const { offered, answered, abandoned, shortAbandoned, overflowed, cutOff, notReached, talkMs, holdMs, wrapUpMs, longestAnsweredWaitMs } = this;
    return {
      queue: name, channel, offered, answered, abandoned, shortAbandoned, overflowed, cutOff, notReached, talkMs, holdMs, wrapUpMs, longestAnsweredWaitMs,
      abandonment: part(abandoned, offered - cutOff),
      abandonmentWithoutShort: part(abandoned - shortAbandoned, offered - cutOff - shortAbandoned),
      serviceLevel: { share: part(this.inTime, offered - shortAbandoned - undecided - this.cutOffInTime), ...rules, variant: 'answeredWithin/offeredWithoutShortAbandons' },
      asaMs: answered === 0 ? null : this.answeredWaitMs / answered,
      ahtMs: this.completed === 0 ? null : (talkMs + holdMs + wrapUpMs) / this.completed,
      waiting: waits.length,
      resting,
      longestWaitMs: waits.length === 0 ? null : waits.reduce((longest, waitMs) => Math.max(longest, waitMs), 0),
    };
  }
}

/** Sums of one agent in one interval. */
export class AgentSum {
  offered = 0;
  answered = 0;
  declined = 0;
  missed = 0;
  talkingMs = 0;
  wrapUpMs = 0;
  availableMs = 0;
  notReadyMs = 0;
  otherWorkMs = 0;

  add(other: AgentSum): void {
    this.offered += other.offered;
    this.answered += other.answered;
    this.declined += other.declined;
    this.missed += other.missed;
    this.talkingMs += other.talkingMs;
    this.wrapUpMs += other.wrapUpMs;
    this.availableMs += other.availableMs;
    this.notReadyMs += other.notReadyMs;
    this.otherWorkMs += other.otherWorkMs;
  }

  spend(phase: NonNullable<AgentFigures['phase']>, spentMs: number): void {
    if (phase === 'talking') this.talkingMs += spentMs;
    else if (phase === 'wrapUp') this.wrapUpMs += spentMs;
    else if (phase === 'notReady') this.notReadyMs += spentMs;
    else if (phase === 'blocked') this.otherWorkMs += spentMs;
    else if (phase !== 'loggedOut') this.availableMs += spentMs;
  }

  figures(agentId: string, now: Pick<AgentFigures, 'phase' | 'reason' | 'since'>): AgentFigures {
    const { offered, answered, declined, missed, talkingMs, wrapUpMs, availableMs, notReadyMs, otherWorkMs } = this;
    const handlingMs = talkingMs + wrapUpMs + otherWorkMs;
    return { agentId, ...now, offered, answered, declined, missed, talkingMs, wrapUpMs, availableMs, notReadyMs, otherWorkMs, occupancy: part(handlingMs, handlingMs + availableMs) };
  }
}

/** Facts that are late or missing must not make a share that is none. */
const part = (some: number, all: number): number | null => (all <= 0 ? null : Math.min(1, Math.max(0, some / all)));
