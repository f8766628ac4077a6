import { CalibratedWaits } from '../core/acd/calibrated-waits.js';
import { isTrustworthy, type Calibration } from '../core/acd/calibration.js';
import { inChannel } from '../core/acd/channels.js';
import type { OfferReason } from '../core/acd/offer-reason.js';
import { OffersOfCalls, type LoggedOffer } from '../core/acd/offers-of-calls.js';
import { FigureFold, INTERVAL_MS, type Span } from '../core/acd/figure-fold.js';
import type { Figures } from '../core/acd/figures.js';
import { FACT_VERSION, isOfItem, type NewFact, type QueueFact } from '../core/acd/queue-fact.js';
import type { QueueEvent, QueueRoster } from '../core/acd/queue-types.js';
import type { CalendarDay } from '../core/flow/readers/reader.js';
import type { Millis, NodeId } from '../core/ids.js';
import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import type { FactArchive, FactStream } from '../ports/queue-log.js';
import { byTurns } from './by-turns.js';

export interface QueueFiguresOptions {
  readonly stream: FactStream;
  readonly archive: FactArchive;
  /** All that waits, as the queue says. Rejects when the store does not answer. */
  readonly waiting: () => Promise<QueueRoster['calls']>;
  readonly node: NodeId;
  readonly clock: Clock;
  readonly log: Log;
}

/** How well the waits of a queue are estimated, and whether its callers may be told of them. */
export interface EstimateFigures extends Calibration {
  readonly queue: string;
  readonly isTrustworthy: boolean;
}

export interface DayFigures {
  readonly figures: Figures;
  readonly intervals: readonly Figures[];
  /** Of this gateway, lately; `pairs` since it began. */
  readonly estimates: readonly EstimateFigures[];
}

const DAY_MS = 86_400_000;
/** Changes are told together, at most so often. */
const TELL_EVERY_MS = 1_000;

/**
 * The queue's log as this gateway sees it: what happens here is written to the stream of all gateways; what comes from there is kept in
 * files and folded into figures. So every gateway has the figures of all, also right after a restart.
 */
export class QueueFigures {
  private readonly fold = new FigureFold();
  private readonly offers = new OffersOfCalls();
  private readonly calibrated = new CalibratedWaits();
  private readonly abort = new AbortController();
  private readonly listeners = new Set<(today: Figures) => void>();
  private readonly followers = new Set<(fact: QueueFact) => void>();
  private cancelTelling: (() => void) | null = null;
  private following: Promise<void> = Promise.resolve();

  constructor(private readonly options: QueueFiguresOptions) {}

  /** Reads what is there of today and yesterday, then follows the stream. Where the files cannot be read the figures begin empty. */
  async start(): Promise<void> {
    const { archive, clock, log } = this.options;
    const now = clock.now();
    const past = await archive.read(dayOf(now).from - DAY_MS, now + DAY_MS).catch((error: unknown) => {
      log.error({ err: String(error) }, 'queue log not readable');
      return [];
    });
    await byTurns(past, (fact) => this.take(fact));
    await this.takeLongWaits(dayOf(now).from - DAY_MS);
    const since = past.at(-1)?.at ?? dayOf(now).from;
    this.following = this.options.stream.follow(since, (fact) => this.heard(fact), this.abort.signal);
  }

  /** Logs a fact that this gateway has seen. */
  record(fact: NewFact): void {
    // One member of the union in, the same member out.
    this.options.stream.append({ v: FACT_VERSION, ...fact } as QueueFact);
  }

  /** Facts that the queue tells: of an offer to the caller's node (which knows its reason), of an agent to the node of the screen. */
  onQueueEvent(event: QueueEvent, why: OfferReason | null): void {
    const { at } = event;
    if (event.type === 'offer.made') {
      const { offerId, callId, agentId, queue, callNode } = event;
      if (callNode === this.options.node) this.record({ type: 'offer.made', id: `${offerId}:made`, at, offerId, callId, agentId, queue, ...(why === null ? {} : { why }) });
      return;
    }
    if (event.type === 'offer.lost') {
      const { offerId, callId, agentId, why } = event;
      return this.record({ type: 'offer.lost', id: `${offerId}:lost`, at, offerId, callId, agentId, why });
    }
    if (event.type === 'item.offered') {
      const { offerId, callId, agentId, queue, channel, agentNode } = event;
      // Whoever took the item in may be gone by now.
      if (agentNode === this.options.node) this.record({ type: 'offer.made', id: `${offerId}:made`, at, offerId, callId, agentId, queue, channel });
      return;
    }
    if (event.type === 'item.offerLost') {
      const { offerId, callId, agentId, channel, why } = event;
      return this.record({ type: 'offer.lost', id: `${offerId}:lost`, at, offerId, callId, agentId, why, channel });
    }
    if (event.type !== 'agent.changed') return;
    const { agentId, state } = event;
    this.record({ type: 'agent.changed', id: `${agentId}:${at}:${state.phase}`, at, agentId, phase: state.phase, reason: state.phase === 'notReady' ? state.reason : null });
  }

  /** Figures of the day so far. */
  today(): Figures {
    const now = this.options.clock.now();
    return this.fold.figures(dayOf(now), now);
  }

  /** Figures of a day (null = today), whole and by interval. Those of a past day come from the files. */
  async ofDay(day: CalendarDay | null): Promise<DayFigures> {
    const now = this.options.clock.now();
    const span = day === null ? dayOf(now) : dayOf(new Date(day.year, day.month - 1, day.day).getTime());
    if (span.from === dayOf(now).from) return { ...dayFigures(this.fold, span, now), estimates: this.estimates };
    return { ...dayFigures(await foldOfDay(await this.options.archive.read(...aroundDay(span)), span), span, span.to), estimates: this.estimates };
  }

  get estimates(): readonly EstimateFigures[] {
    return estimatesOf(this.calibrated);
  }

  /** The offers of a call of late, or of one that came on this day, with their reasons; null when there were none. */
  async offersOf(callId: string, day: CalendarDay | null): Promise<readonly LoggedOffer[] | null> {
    if (day === null) return this.offers.of(callId);
    const { from, to } = dayOf(new Date(day.year, day.month - 1, day.day).getTime());
    const offers = new OffersOfCalls();
    // Who waits at midnight is offered on the next day.
    await byTurns(await this.options.archive.read(from, to + DAY_MS), (fact) => {
      if ('callId' in fact && fact.callId === callId) offers.observe(fact);
    });
    return offers.of(callId);
  }

  /** What callers may be told of waits, and overflow may go by. */
  get waits(): Pick<CalibratedWaits, 'spokenWaitOf' | 'waitOfComing'> {
    return this.calibrated;
  }

  /** Calls `listener` soon after figures change, with those of today, the same for all; returns what ends that. */
  onChange(listener: (today: Figures) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Calls `follower` with every new fact of all gateways; returns what ends that. */
  onFact(follower: (fact: QueueFact) => void): () => void {
    this.followers.add(follower);
    return () => this.followers.delete(follower);
  }

  async close(): Promise<void> {
    this.abort.abort();
    this.cancelTelling?.();
    await this.following;
    await Promise.all([this.options.stream.close(), this.options.archive.close()]);
  }

  private heard(fact: QueueFact): void {
    if (!this.take(fact)) return;
    this.options.archive.append(fact);
    for (const follower of this.followers) follower(fact);
    this.cancelTelling ??= this.options.clock.after(TELL_EVERY_MS, () => {
      this.cancelTelling = null;
      this.fold.forgetBefore(dayOf(this.options.clock.now()).from - DAY_MS);
      if (this.listeners.size === 0) return;
      const today = this.today();
      for (const listener of this.listeners) listener(today);
    });
  }

  /** The files of the days before are not read for them. */
  private async takeLongWaits(before: Millis): Promise<void> {
    const { waiting, log } = this.options;
    const calls = await waiting().catch((error: unknown) => {
      log.warn({ err: String(error) }, 'what waits for days is missing from the figures');
      return [];
    });
    for (const { callId, queue, channel, queuedAt } of calls) if (queuedAt < before) this.fold.waits({ callId, queue: inChannel(queue, channel), since: queuedAt });
  }

  private take(fact: QueueFact): boolean {
    const isNews = this.fold.observe(fact);
    if (!isNews) return false;
    this.offers.observe(fact);
    // Callers wait for voice seats alone.
    if (!isOfItem(fact)) this.calibrated.observe(fact);
    return isNews;
  }
}

const estimatesOf = ({ calibrations }: CalibratedWaits): readonly EstimateFigures[] => [...calibrations].map(([queue, one]) => ({ queue, ...one, isTrustworthy: isTrustworthy(one) }));

/** How well waits were estimated by the end of a day, from the facts around it in the order of time. */
export async function estimatesOfDay(facts: Iterable<QueueFact>, { to }: Span): Promise<readonly EstimateFigures[]> {
  const calibrated = new CalibratedWaits();
  await byTurns(facts, (fact) => (fact.at < to && !isOfItem(fact) ? calibrated.observe(fact) : undefined));
  return estimatesOf(calibrated);
}

export async function foldOf(facts: Iterable<QueueFact>): Promise<FigureFold> {
  const fold = new FigureFold();
  await byTurns(facts, (fact) => fold.observe(fact));
  return fold;
}

/** From when to when facts bear on the figures of a day: agents were at something when it began, and calls end after it. */
export const aroundDay = ({ from, to }: Span): readonly [from: Millis, to: Millis] => [from - DAY_MS, to + DAY_MS];

/** What is known of a past day, from the facts around it in the order of time. */
export async function foldOfDay(facts: Iterable<QueueFact>, { to }: Span): Promise<FigureFold> {
  const fold = new FigureFold();
  await byTurns(facts, (fact) => void (fact.at < to ? fold.observe(fact) : fold.conclude(fact)));
  return fold;
}

/** Figures of a day and of those of its intervals in which something happened. */
export function dayFigures(fold: FigureFold, day: Span, now: Millis): { readonly figures: Figures; readonly intervals: readonly Figures[] } {
  const intervals: Figures[] = [];
  for (let from = day.from; from < Math.min(now, day.to); from += INTERVAL_MS) intervals.push(fold.figures({ from, to: from + INTERVAL_MS }, now));
  return { figures: fold.figures(day, now), intervals: intervals.filter(hasActivity) };
}

/** Who waits or is signed in now is shown in every interval; that alone makes none worth showing. */
const hasActivity = ({ queues, agents }: Figures): boolean =>
  queues.some(({ offered, answered }) => offered + answered > 0) || agents.some(({ talkingMs, wrapUpMs, availableMs, notReadyMs }) => talkingMs + wrapUpMs + availableMs + notReadyMs > 0);

/** The day that a moment lies in, in the time zone of this process. */
export function dayOf(at: Millis): Span {
  const day = new Date(at);
  const [from, to] = [0, 1].map((days) => new Date(day.getFullYear(), day.getMonth(), day.getDate() + days).getTime());
  return { from: from ?? at, to: to ?? at };
}
