import { AgentTimes, type AgentPhase } from './agent-times.js';
import { CallAccounts, waitOf, type LongWait, type Place } from './call-accounts.js';
import type { Millis } from '../ids.js';
import { LastNames } from '../last-names.js';
import { AgentSum, QueueSum, USUAL_RULES, type FigureRules, type Figures, type Waits } from './figures.js';
import type { FactOf, QueueFact } from './queue-fact.js';

/** Figures can be asked for spans of whole intervals. */
export const INTERVAL_MS = 15 * 60_000;
/** So many facts back a repeat is recognised: a retry or another node's copy comes within moments. */
const REMEMBERED_IDS = 50_000;
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

/** Folds the log into figures of queues and agents by interval. Facts may come twice, and slightly out of order. */
export class FigureFold {
  private readonly intervals = new Map<Millis, Interval>();
  private readonly calls = new CallAccounts((of, as, by) => {
    const sum = this.queueSum(of);
    if (as === 'offered') sum.offered += by;
    else sum.count(as, this.rules, by);
  });
  private readonly agents = new AgentTimes((agentId, did, span) => eachPart(span, (at, spentMs) => this.agentSum(agentId, at).spend(did, spentMs)));
  /** What the agent's wrap-up belongs to. */
  private readonly lastTalks = new Map<string, Place>();
  private readonly ids = new LastNames(REMEMBERED_IDS);

  constructor(private readonly rules: FigureRules = USUAL_RULES) {}

  /** @returns whether the fact is news */
  observe(fact: QueueFact): boolean {
    if (this.ids.has(fact.id)) return false;
    this.ids.add(fact.id);
    this.fold(fact);
    return true;
  }

  /** What waits for longer than the facts go back. */
  waits(work: LongWait): void {
    this.calls.waits(work);
  }

  /** Takes a fact from after the time whose figures are wanted: only what concerns calls and agents of before. */
  conclude(fact: QueueFact): void {
    const isKnown = fact.type === 'agent.changed' ? this.agents.stateOf(fact.agentId).phase !== null : 'callId' in fact && this.calls.has(fact.callId);
    if (isKnown) this.observe(fact);
  }

  /** Drops what arrived before; what is going on now stays. */
  forgetBefore(at: Millis): void {
    for (const start of this.intervals.keys()) if (start + INTERVAL_MS <= at) this.intervals.delete(start);
    this.calls.forgetBefore(at);
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
    for (const { queue } of this.calls.waiting()) entry(queues, queue, () => new QueueSum());
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

  private arrived(fact: FactOf<'call.arrived'>): void {
    if (this.calls.arrived(fact)) this.agents.closed(fact.callId, fact.at);
  }

  private answered(fact: FactOf<'call.answered'>): void {
    // By who took the call over.
    if (fact.channel === undefined && this.calls.isAnswered(fact.callId)) return;
    this.agentSum(fact.agentId, fact.at).answered += 1;
    const isWithAgent = this.calls.answered(fact);
    if (fact.channel !== undefined && isWithAgent) this.agents.opened(fact.agentId, fact.callId, fact.at);
  }

  private left(fact: FactOf<'call.abandoned' | 'call.overflowed'>): void {
    this.calls.left(fact);
    this.agents.closed(fact.callId, fact.at);
  }

  /** Neither an overflow nor an answer: the callback rests, and is no new offer when it comes again. Given up, it is one whom no agent reached any more. */
  private notReached(fact: FactOf<'callback.notReached'>): void {
    const place = this.calls.notReached(fact);
    if (place !== null && !NO_ATTEMPT.has(fact.why)) this.queueSum(place).notReached += 1;
  }

  private completed(fact: FactOf<'call.completed'>): void {
    const place = this.calls.completed(fact);
    const sum = this.queueSum(place);
    sum.completed += 1;
    sum.talkMs += fact.talkMs;
    sum.holdMs += fact.holdMs;
    this.agents.closed(fact.callId, fact.at);
    if (fact.channel === undefined) this.lastTalks.set(fact.agentId, place);
  }

  private changed({ agentId, at, phase, reason }: FactOf<'agent.changed'>): void {
    const ended = this.agents.changed(agentId, { phase, reason, at });
    const lastTalk = this.lastTalks.get(agentId);
    // What follows without a talk, a callback's try in vain, has a wrap-up of its own that is of no talk.
    if (phase === 'talking') this.lastTalks.delete(agentId);
    if (ended?.phase !== 'wrapUp' || lastTalk === undefined) return;
    this.lastTalks.delete(agentId);
    this.queueSum(lastTalk).wrapUpMs += Math.max(0, at - ended.since);
  }

  private waitsIn(queue: string, { from, to }: Span, now: Millis): Waits {
    const here = [...this.calls.waiting()].filter((call) => call.queue === queue);
    const waits = here.filter(({ is }) => is === 'waiting').map((call) => waitOf(call, now));
    const undecided = here.filter((call) => call.outcome === null && call.arrivedAt >= from && call.arrivedAt < to && waitOf(call, now) <= this.rules.withinMs).length;
    return { waits, undecided, resting: here.length - waits.length };
  }

  private phases(): Record<AgentPhase, number> {
    const counts = { ready: 0, blocked: 0, reserved: 0, talking: 0, wrapUp: 0, notReady: 0, loggedOut: 0 };
    for (const phase of this.agents.phases()) counts[phase] += 1;
    return counts;
  }

  private queueSum({ queue, arrivedAt }: Place): QueueSum {
    return entry(this.interval(arrivedAt).queues, queue, () => new QueueSum());
  }

  private agentSum(agentId: string, at: Millis): AgentSum {
    return entry(this.interval(at).agents, agentId, () => new AgentSum());
  }

  private interval(at: Millis): Interval {
    return entry(this.intervals, startOf(at), () => ({ queues: new Map(), agents: new Map(), blocked: { byNumber: 0, withheld: 0 } }));
  }
}

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
