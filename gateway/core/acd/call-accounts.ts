import { inChannel, queueIn, type ItemChannel } from './channels.js';
import type { Millis } from '../ids.js';
import type { Outcome } from './figures.js';
import type { FactOf } from './queue-fact.js';

/** So many calls that are over are remembered: what is told late of them comes within moments. */
const REMEMBERED = 1_000;

interface Account {
  /** With its channel, as in all sums. */
  readonly queue: string;
  readonly arrivedAt: Millis;
  /** `resting`: a callback that stands in no line until its next try. */
  is: 'waiting' | 'resting' | 'answered' | 'over';
  /** So since then, and waited so long before. */
  since: Millis;
  waitedMs: number;
  /** When it last changed or stood in line anew: what happened before and is told now is of the past. */
  latest: Millis;
  /** Whether its first arrival was told. */
  hasArrived: boolean;
  /** What it counts as; null = nothing yet. Once answered it counts as answered, whatever comes then. */
  outcome: Outcome | null;
  /** Whether it was in the line for sure, and counts. */
  isCounted: boolean;
}

/** Takes what a call counts as; `by` is -1 where it turned out to be something else. `offered`: it came to the queue. */
export type CountCall = (of: { readonly queue: string; readonly arrivedAt: Millis }, as: Outcome | 'offered', by: 1 | -1) => void;

type CallFact = FactOf<'call.arrived' | 'call.answered' | 'call.abandoned' | 'call.overflowed' | 'callback.notReached' | 'call.completed'>;

/** `queue` with its channel. */
export interface LongWait {
  readonly callId: string;
  readonly queue: string;
  readonly since: Millis;
}

/** Where a call counts. */
export type Place = Pick<Account, 'queue' | 'arrivedAt'>;

/**
 * Each call that comes to a queue is one account and counts as one thing: so what was offered is what was answered, abandoned, overflowed and
 * cut off and what waits and rests. Gateways tell of one item side by side, and one may die before it has told: facts come slightly out of
 * order, and some never.
 */
export class CallAccounts {
  private readonly open = new Map<string, Account>();
  private readonly over = new Map<string, Account>();

  constructor(private readonly count: CountCall) {}

  /** Neither over nor forgotten. */
  has(callId: string): boolean {
    return this.open.has(callId);
  }

  /** Those that wait or rest. */
  *waiting(): Iterable<Readonly<Account>> {
    for (const account of this.open.values()) if (account.is !== 'answered') yield account;
  }

  /** An item may wait over a weekend, and a callback rest for days; a caller does not. */
  forgetBefore(at: Millis): void {
    for (const [callId, { queue, is, since }] of this.open) {
      const mayBeLong = is === 'resting' || (is === 'waiting' && queueIn(queue).channel !== 'voice');
      if (since < at && !mayBeLong) this.open.delete(callId);
    }
  }

  /** It waits since then, as the queue says: it came before all that was told. */
  waits({ callId, queue, since }: LongWait): void {
    if (this.known(callId) === undefined) this.keep(callId, { queue, arrivedAt: since, is: 'waiting', since, waitedMs: 0, latest: since, hasArrived: true, outcome: null, isCounted: true });
  }

  /** @returns whether it waits now */
  arrived(fact: FactOf<'call.arrived'>): boolean {
    const { callId, at, isReturning } = fact;
    const queue = queueOf(fact);
    const known = this.known(callId);
    // A callback that rested for longer than this looks back counts on its first day, and not again on each.
    const arrivedAt = Math.min(at, fact.offeredAt ?? at);
    if (known?.queue === queue) {
      const isLate = at < known.latest || (!known.hasArrived && !isReturning);
      const isBack = known.is === 'waiting' || known.is === 'resting' || (isReturning && known.outcome?.as === 'answered');
      if (isLate || isBack) {
        known.hasArrived = true;
        this.offered(known);
        if (isLate) return false;
        if (known.is !== 'waiting') Object.assign(known, { is: 'waiting', since: at });
        known.latest = at;
        this.keep(callId, known);
        return true;
      }
    }
    // Also one that came to an end here. In another queue it has left this one.
    if (known !== undefined) this.becomes(known, { as: 'overflowed', waitedMs: waitOf(known, at) });
    const account: Account = { queue, arrivedAt, is: 'waiting', since: at, waitedMs: 0, latest: at, hasArrived: true, outcome: null, isCounted: false };
    this.offered(account);
    this.keep(callId, account);
    return true;
  }

  isAnswered(callId: string): boolean {
    return this.open.get(callId)?.is === 'answered';
  }

  /** @returns whether the agent has it now */
  answered(fact: FactOf<'call.answered'>): boolean {
    const { callId, at } = fact;
    const known = this.known(callId);
    const account = known !== undefined && (known.is !== 'over' || at < known.latest || known.outcome?.as === 'answered') ? known : this.unseen(fact, at - fact.waitMs);
    this.offered(account);
    this.becomes(account, { as: 'answered', waitedMs: account === known ? waitOf(account, at) : fact.waitMs });
    if (at < account.latest) return false;
    Object.assign(account, { is: 'answered', waitedMs: waitOf(account, at), since: at, latest: at });
    this.keep(callId, account);
    return true;
  }

  left(fact: FactOf<'call.abandoned' | 'call.overflowed'>): void {
    const { callId, at, waitMs } = fact;
    const known = this.known(callId);
    const isHere = known?.queue === queueOf(fact);
    // Told already, or of a line that it has left for another one.
    if (known !== undefined && isHere === (known.is === 'over')) return;
    const account = isHere ? known : this.unseen(fact, at - waitMs);
    const waitedMs = isHere ? waitOf(account, at) : waitMs;
    // Without any wait and arrival: the queue could not be reached, and this caller was not offered to it.
    if (isHere || waitMs > 0) this.offered(account);
    this.becomes(account, { as: fact.type === 'call.overflowed' ? 'overflowed' : fact.isCutOff === true ? 'cutOff' : 'abandoned', waitedMs });
    this.ends(callId, account, at);
  }

  /** @returns where the try counts; null when nothing waited */
  notReached({ callId, at, isLast }: FactOf<'callback.notReached'>): Place | null {
    const account = this.open.get(callId);
    if (account === undefined) return null;
    if (isLast) {
      this.becomes(account, { as: 'givenUp', waitedMs: waitOf(account, at) });
      this.ends(callId, account, at);
    } else Object.assign(account, { is: 'resting', waitedMs: waitOf(account, at), since: at, latest: at });
    return account;
  }

  /** @returns where the talk counts */
  completed(fact: FactOf<'call.completed'>): Place {
    const { callId, at } = fact;
    const answeredAt = at - fact.talkMs - fact.holdMs;
    const known = this.known(callId);
    const account = known ?? this.unseen(fact, answeredAt);
    // Of a talk before, which has been told.
    const isPast = account.is === 'over' ? known !== undefined : account.is !== 'answered' && at < account.latest;
    this.becomes(account, { as: 'answered', waitedMs: waitOf(account, answeredAt) });
    if (!isPast) this.ends(callId, account, at);
    return account;
  }

  private known(callId: string): Account | undefined {
    return this.open.get(callId) ?? this.over.get(callId);
  }

  /** One whose arrival was not told: it arrived as long ago as it says. */
  private unseen(fact: CallFact, arrivedAt: Millis): Account {
    return { queue: queueOf(fact), arrivedAt, is: 'waiting', since: arrivedAt, waitedMs: 0, latest: arrivedAt, hasArrived: false, outcome: null, isCounted: false };
  }

  private offered(account: Account): void {
    if (account.isCounted) return;
    account.isCounted = true;
    this.count(account, 'offered', 1);
    if (account.outcome !== null) this.count(account, account.outcome, 1);
  }

  private becomes(account: Account, outcome: Outcome): void {
    const before = account.outcome;
    if (before?.as === 'answered' || (before !== null && outcome.as !== 'answered')) return;
    account.outcome = outcome;
    if (!account.isCounted) return;
    if (before !== null) this.count(account, before, -1);
    this.count(account, outcome, 1);
  }

  private ends(callId: string, account: Account, at: Millis): void {
    Object.assign(account, { is: 'over', waitedMs: waitOf(account, at), since: at, latest: at });
    this.keep(callId, account);
  }

  private keep(callId: string, account: Account): void {
    this.open.delete(callId);
    this.over.delete(callId);
    (account.is === 'over' ? this.over : this.open).set(callId, account);
    const [oldest] = this.over.keys();
    if (oldest !== undefined && this.over.size > REMEMBERED) this.over.delete(oldest);
  }
}

/** The time in the line of its queue, up to then: what came before that line, a talk and the rest of a callback are no wait for it. */
export const waitOf = ({ is, since, waitedMs }: Pick<Account, 'is' | 'since' | 'waitedMs'>, at: Millis): number => waitedMs + (is === 'waiting' ? Math.max(0, at - since) : 0);

const queueOf = ({ queue, ...fact }: CallFact & { readonly channel?: ItemChannel | undefined }): string => inChannel(queue, fact.channel ?? 'voice');
