import { AgentTimes, type AgentPhase } from './agent-times.js';
import { inChannel, type ItemChannel } from './channels.js';
import type { Millis } from '../ids.js';
import { LastNames } from '../last-names.js';
import { AgentSum, QueueSum, USUAL_RULES, type FigureRules, type Figures, type Waits } from './figures.js';
import type { FactOf, QueueFact } from './queue-fact.js';

/** Figures can be asked for spans of whole intervals. */
export const INTERVAL_MS = 15 * 60_000;
/** So many facts back a repeat is recognised: a retry or another node's copy comes within moments. */
const REMEMBERED_IDS = 50_000;
const REMEMBERED_TALKS = 1_000;
/** Why a callback left its line without that its customer was rung to the end. */
const NO_ATTEMPT: ReadonlySet<string> = new Set(['hours', 'agentHungUp']);

export interface Span {
  readonly from: Millis;
  readonly to: Millis;
}

interface Interval {
  readonly queues: Map<string, QueueSum>;
  readonly agents: Map<string, AgentSum>;
  readonly blocked: { byNumber: number; withheld: number };
}

interface OpenCall {
  /** With its channel, as in all sums here. */
  readonly queue: string;
  readonly arrivedAt: Millis;
  /** `resting`: a callback that stands in no line until its next try. */
  readonly is: 'waiting' | 'resting' | 'answered';
  /** So since then, and waited so long before. */
  readonly since: Millis;
  readonly waitedMs: number;
  /** Was answered, lost its agent and waits again: it counts as answered, whatever comes now. */
  readonly isBack: boolean;
}

/** Folds the log into figures of queues and agents by interval. Facts may come twice, and slightly out of order. */
export class FigureFold {
  private readonly intervals = new Map<Millis, Interval>();
  private readonly calls = new Map<string, OpenCall>();
  private readonly overLately = new Map<string, OpenCall>();
  private readonly agents = new AgentTimes((agentId, did, span) => eachPart(span, (at, spentMs) => this.agentSum(agentId, at).spend(did, spentMs)));
  /** What the agent's wrap-up belongs to. */
  private readonly lastTalks = new Map<string, { readonly queue: string; readonly arrivedAt: Millis }>();
  private readonly ids = new LastNames(REMEMBERED_IDS);

  constructor(private readonly rules: FigureRules = USUAL_RULES) {}

  /** @returns whether the fact is news */
  observe(fact: QueueFact): boolean {
    if (this.ids.has(fact.id)) return false;
    this.ids.add(fact.id);
    this.fold(fact);
    return true;
  }

  /** Takes a fact from after the time whose figures are wanted: only what concerns calls and agents of before. */
  conclude(fact: QueueFact): void {
    const isKnown = fact.type === 'agent.changed' ? this.agents.stateOf(fact.agentId).phase !== null : 'callId' in fact && this.calls.has(fact.callId);
    if (isKnown) this.observe(fact);
  }

  /** Drops what arrived before; what is going on now stays. */
  forgetBefore(at: Millis): void {
    for (const start of this.intervals.keys()) if (start + INTERVAL_MS <= at) this.intervals.delete(start);
    for (const [callId, call] of this.calls) if (call.since < at) this.calls.delete(callId);
  }

  /** Figures of the intervals that begin in the span, as known at `now`. */
  figures({ from, to }: Span, now: Millis): Figures {
    const queues = new Map<string, QueueSum>();
    const agents = new Map<string, AgentSum>();
    const blocked = { byNumber: 0, withheld: 0 };
    for (const [start, interval] of this.intervals) {
      if (start < from || start >= to) continue;
      blocked.byNumber += interval.blocked.byNumber;
      blocked.withheld += interval.blocked.withheld;
      for (const [queue, sum] of interval.queues) entry(queues, queue, () => new QueueSum()).add(sum);
      for (const [agentId, sum] of interval.agents) entry(agents, agentId, () => new AgentSum()).add(sum);
    }
    for (const { queue, is } of this.calls.values()) if (is !== 'answered') entry(queues, queue, () => new QueueSum());
    this.agents.ongoing(now, (agentId, did, span) => {
      // Who left on another day has no figures of these intervals.
      if (did === 'loggedOut' && !agents.has(agentId)) return;
      const sum = entry(agents, agentId, () => new AgentSum());
      eachPart({ from: Math.max(span.from, from), to: Math.min(span.to, to) }, (_, spentMs) => sum.spend(did, spentMs));
    });
    return {
      from,
      to,
      blockedCallers: blocked,
      queues: sorted(queues).map(([queue, sum]) => sum.figures(queue, this.rules, this.waitsIn(queue, { from, to }, now))),
      agents: sorted(agents).map(([agentId, sum]) => sum.figures(agentId, this.agents.stateOf(agentId))),
      agentsByPhase: this.phases(),
    };
  }

  private fold(fact: QueueFact): void {
    switch (fact.type) {
      case 'call.arrived':
        return this.arrived(fact);
      case 'offer.made':
        this.agentSum(fact.agentId, fact.at).offered += 1;
        return;
      case 'offer.lost':
        if (fact.why === 'declined') this.agentSum(fact.agentId, fact.at).declined += 1;
        if (fact.why === 'noAnswer' || fact.why === 'expired') this.agentSum(fact.agentId, fact.at).missed += 1;
        return;
      case 'call.answered':
        return this.answered(fact);
      case 'call.abandoned':
      case 'call.overflowed':
        return this.left(fact);
      case 'callback.notReached':
        return this.notReached(fact);
      case 'call.completed':
        return this.completed(fact);
      case 'agent.changed':
        return this.changed(fact);
      case 'caller.blocked':
        this.interval(fact.at).blocked[fact.why === 'number' ? 'byNumber' : 'withheld'] += 1;
        return;
      case 'agent.signedIn':
        return; // the state follows as a fact of its own
    }
  }

  private arrived({ callId, at, ...fact }: FactOf<'call.arrived'>): void {
    const queue = inChannel(fact.queue, fact.channel ?? 'voice');
    const known = this.calls.get(callId) ?? this.overLately.get(callId);
    if (known?.is === 'waiting') return;
    this.agents.closed(callId, at);
    // A callback that rested for longer than this looks back counts on its first day, and not again on each.
    const arrivedAt = known?.arrivedAt ?? Math.min(at, fact.offeredAt ?? at);
    this.calls.set(callId, { queue, arrivedAt, is: 'waiting', since: at, waitedMs: known?.waitedMs ?? 0, isBack: known !== undefined && (known.isBack || known.is === 'answered') });
    if (known === undefined) this.queueSum(queue, arrivedAt).offered += 1;
  }

  private answered(fact: FactOf<'call.answered'>): void {
    // By who took the call over.
    if (fact.channel === undefined && this.calls.get(fact.callId)?.is === 'answered') return;
    this.agentSum(fact.agentId, fact.at).answered += 1;
    if (fact.channel !== undefined) this.agents.opened(fact.agentId, fact.callId, fact.at);
    const { queue, arrivedAt, isBack, waitedMs, sum } = this.ofCall(fact);
    this.calls.set(fact.callId, { queue, arrivedAt, is: 'answered', isBack, since: fact.at, waitedMs });
    if (isBack) return;
    sum.answered += 1;
    sum.answeredWaitMs += waitedMs;
    sum.longestAnsweredWaitMs = Math.max(sum.longestAnsweredWaitMs, waitedMs);
    if (waitedMs <= this.rules.withinMs) sum.inTime += 1;
  }

  private left(fact: FactOf<'call.abandoned' | 'call.overflowed'>): void {
    // The queue could not be reached: this caller was not offered to it.
    if (fact.waitMs === 0 && !this.calls.has(fact.callId)) return;
    const { sum, isBack, waitedMs } = this.ofCall(fact);
    this.calls.delete(fact.callId);
    if (isBack) return;
    if (fact.type === 'call.overflowed') {
      sum.overflowed += 1;
      return;
    }
    if (fact.isCutOff === true) {
      sum.cutOff += 1;
      if (waitedMs <= this.rules.withinMs) sum.cutOffInTime += 1;
      return;
    }
    sum.abandoned += 1;
    if (waitedMs <= this.rules.shortMs) sum.shortAbandoned += 1;
  }

  /** Neither an overflow nor an answer: the callback rests, and is no new offer when it comes again. Given up, it is one whom no agent reached any more. */
  private notReached({ callId, at, why, isLast }: FactOf<'callback.notReached'>): void {
    const call = this.calls.get(callId);
    if (call === undefined) return;
    const sum = this.queueSum(call.queue, call.arrivedAt);
    if (!NO_ATTEMPT.has(why)) sum.notReached += 1;
    const isBack = call.isBack || call.is === 'answered';
    if (!isLast) return void this.calls.set(callId, { ...call, is: 'resting', isBack, since: at, waitedMs: waitOf(call, at) });
    this.calls.delete(callId);
    if (!isBack) sum.abandoned += 1;
  }

  private completed(fact: FactOf<'call.completed'>): void {
    const { queue, arrivedAt, sum } = this.ofCall({ ...fact, waitMs: fact.talkMs + fact.holdMs });
    sum.completed += 1;
    sum.talkMs += fact.talkMs;
    sum.holdMs += fact.holdMs;
    this.agents.closed(fact.callId, fact.at);
    if (fact.channel === undefined) this.lastTalks.set(fact.agentId, { queue, arrivedAt });
    const call = this.calls.get(fact.callId);
    if (call?.is !== 'answered') return;
    this.calls.delete(fact.callId);
    // The call may have lost its agent, and comes back in a moment.
    this.overLately.set(fact.callId, call);
    const [oldest] = this.overLately.keys();
    if (oldest !== undefined && this.overLately.size > REMEMBERED_TALKS) this.overLately.delete(oldest);
  }

  private changed({ agentId, at, phase, reason }: FactOf<'agent.changed'>): void {
    const ended = this.agents.changed(agentId, { phase, reason, at });
    const lastTalk = this.lastTalks.get(agentId);
    // What follows without a talk, a callback's try in vain, has a wrap-up of its own that is of no talk.
    if (phase === 'talking') this.lastTalks.delete(agentId);
    if (ended?.phase !== 'wrapUp' || lastTalk === undefined) return;
    this.lastTalks.delete(agentId);
    this.queueSum(lastTalk.queue, lastTalk.arrivedAt).wrapUpMs += Math.max(0, at - ended.since);
  }

  /** Where a call counts. One whose arrival is not in the log arrived as long ago as it says it waited. */
  private ofCall({ callId, at, waitMs, ...fact }: { readonly callId: string; readonly queue: string; readonly channel?: ItemChannel | undefined; readonly at: Millis; readonly waitMs: number }) {
    const call = this.calls.get(callId);
    const { queue, arrivedAt, isBack } = call ?? { queue: inChannel(fact.queue, fact.channel ?? 'voice'), arrivedAt: at - waitMs, isBack: false };
    return { queue, arrivedAt, isBack, waitedMs: call === undefined ? waitMs : waitOf(call, at), sum: this.queueSum(queue, arrivedAt) };
  }

  private waitsIn(queue: string, { from, to }: Span, now: Millis): Waits {
    const here = [...this.calls.values()].filter((call) => call.queue === queue && call.is !== 'answered');
    const waits = here.filter(({ is }) => is === 'waiting').map((call) => waitOf(call, now));
    const undecided = here.filter((call) => !call.isBack && call.arrivedAt >= from && call.arrivedAt < to && waitOf(call, now) <= this.rules.withinMs).length;
    return { waits, undecided, resting: here.length - waits.length };
  }

  private phases(): Record<AgentPhase, number> {
    const counts = { ready: 0, blocked: 0, reserved: 0, talking: 0, wrapUp: 0, notReady: 0, loggedOut: 0 };
    for (const phase of this.agents.phases()) counts[phase] += 1;
    return counts;
  }

  private queueSum(queue: string, at: Millis): QueueSum {
    return entry(this.interval(at).queues, queue, () => new QueueSum());
  }

  private agentSum(agentId: string, at: Millis): AgentSum {
    return entry(this.interval(at).agents, agentId, () => new AgentSum());
  }

  private interval(at: Millis): Interval {
    return entry(this.intervals, startOf(at), () => ({ queues: new Map(), agents: new Map(), blocked: { byNumber: 0, withheld: 0 } }));
  }
}

/** The time in the line of its queue, up to then: what came before that line, a talk and the rest of a callback are no wait for it. */
const waitOf = ({ is, since, waitedMs }: OpenCall, at: Millis): number => waitedMs + (is === 'waiting' ? Math.max(0, at - since) : 0);

const startOf = (at: Millis): Millis => Math.floor(at / INTERVAL_MS) * INTERVAL_MS;

/** Splits a span at the borders of intervals. Nothing of an empty one. */
function eachPart({ from, to }: Span, use: (at: Millis, spentMs: number) => void): void {
  for (let at = from; at < to; ) {
    const end = Math.min(to, startOf(at) + INTERVAL_MS);
    use(at, end - at);
    at = end;
  }
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

const sorted = <V>(map: ReadonlyMap<string, V>): [string, V][] => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
