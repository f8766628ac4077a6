import { isOfItem, takesCalls, type FactOf, type QueueFact } from '../core/acd/queue-fact.js';
import type { SkillLevel, SkillNeed } from '../core/acd/queue-types.js';
import type { Millis } from '../core/ids.js';
import type { ShiftStep } from './queue-simulation.js';

/** A caller as the log tells of them: what is null did not come to that. */
export interface LoggedCall {
  readonly callId: string;
  readonly at: Millis;
  /** Where its place is, and when it came to its queue first: a callback of the day before has both from then. */
  readonly queuedAt: Millis;
  readonly offeredAt: Millis;
  /** The call whose place it has. */
  readonly placeOf?: string;
  readonly queue: string;
  readonly needs: readonly SkillNeed[];
  readonly asked: { readonly needs: readonly SkillNeed[]; readonly band: number | null };
  readonly band: number;
  /** A call of ours: its customer does not hang up waiting. */
  readonly isCallback: boolean;
  /** In line up to the first answer, in all queues: without the rest of a callback. */
  waitMs: number;
  /** How it left the line without an answer, so long after it came. */
  left: { readonly as: 'abandoned' | 'cutOff' | 'overflowed' | 'notReached'; readonly afterMs: number } | null;
  /** Talk and hold. */
  talkMs: number | null;
  /** For how long agents were bound by tries to reach the customer of a callback in vain. */
  triedMs: number;
  wrapUpMs: number;
}

export interface LoggedAgent {
  readonly agentId: string;
  /** Null when the agent had signed in before the log begins. */
  skills: readonly SkillLevel[] | null;
  readonly shift: ShiftStep[];
}

/** What a log tells of callers and agents, apart from what the queue made of it. */
export interface LoggedDay {
  readonly calls: readonly LoggedCall[];
  readonly agents: readonly LoggedAgent[];
  /** From the offer to the answer, mean. */
  readonly ringMs: number;
}

/** Reads facts in the order of time. */
export function readLoggedDay(facts: readonly QueueFact[]): LoggedDay {
  const day = new DayReader();
  // What agents did beside calls is no call that could be played again.
  for (const fact of facts) if (!isOfItem(fact)) day.take(fact);
  return day.result();
}

type LeftFact = FactOf<'call.answered' | 'call.abandoned' | 'call.overflowed' | 'callback.notReached'>;
type Phase = FactOf<'agent.changed'>['phase'];

interface CallRead {
  readonly call: LoggedCall;
  /** In line since then; null while out of it. */
  since: Millis | null;
  isAnswered: boolean;
}

class DayReader {
  private readonly calls = new Map<string, CallRead>();
  private readonly agents = new Map<string, LoggedAgent & { takesCalls: boolean; phase: Phase; since: Millis; lastCall: string | null }>();
  private readonly offers = new Map<string, FactOf<'offer.made'>>();
  private readonly rings: number[] = [];

  take(fact: QueueFact): void {
    switch (fact.type) {
      case 'call.arrived':
        return this.arrived(fact);
      case 'call.answered':
      case 'call.abandoned':
      case 'call.overflowed':
        return this.left(fact);
      case 'callback.notReached':
        this.tried(fact);
        return this.left(fact);
      case 'call.completed':
        return this.completed(fact);
      case 'offer.made':
        return void this.offers.set(fact.offerId, fact);
      case 'agent.signedIn':
        return this.signedIn(fact);
      case 'agent.changed':
        return this.changed(fact);
      case 'offer.lost':
        return; // what the queue made of it
    }
  }

  result(): LoggedDay {
    const ringMs = this.rings.length === 0 ? 0 : Math.round(this.rings.reduce((sum, one) => sum + one, 0) / this.rings.length);
    const agents = [...this.agents.values()].filter((agent) => agent.takesCalls || agent.skills !== null).map(({ agentId, skills, shift }) => ({ agentId, skills, shift }));
    return { calls: [...this.calls.values()].map(({ call }) => call), agents, ringMs };
  }

  private arrived({ callId, at, queuedAt = at, offeredAt = at, queue, needs, asked, band, askedBand, isReturning, placeOf }: FactOf<'call.arrived'>): void {
    const known = this.calls.get(callId);
    if (known !== undefined) {
      known.since ??= at;
      known.call.left = null;
      return;
    }
    const call = { callId, at, queuedAt, offeredAt, ...(placeOf === undefined ? {} : { placeOf }), queue, needs, asked: { needs: asked, band: askedBand }, band, isCallback: isReturning, waitMs: 0, left: null, talkMs: null, triedMs: 0, wrapUpMs: 0 };
    this.calls.set(callId, { call, since: at, isAnswered: false });
  }

  /** Out of the line. What comes after the first answer is the queue's doing: the agent was lost. */
  private left(fact: LeftFact): void {
    const { callId, at } = fact;
    const known = this.calls.get(callId);
    if (known === undefined || known.isAnswered) return;
    known.call.waitMs += known.since === null ? 0 : Math.max(0, at - known.since);
    known.since = null;
    known.isAnswered = fact.type === 'call.answered';
    known.call.left = fact.type === 'call.answered' ? null : { as: howLeft(fact), afterMs: Math.max(0, at - known.call.at) };
  }

  /** The agent is bound from the offer on, whoever is on the line first, and wraps up where they were. */
  private tried({ callId, offerId, at }: FactOf<'callback.notReached'>): void {
    const call = this.calls.get(callId)?.call;
    const offer = offerId === null ? undefined : this.offers.get(offerId);
    if (call === undefined || offer === undefined) return;
    call.triedMs += Math.max(0, at - offer.at);
    this.agent(offer.agentId).lastCall = callId;
  }

  private completed({ callId, agentId, talkMs, holdMs }: FactOf<'call.completed'>): void {
    const call = this.calls.get(callId)?.call;
    if (call !== undefined) call.talkMs = (call.talkMs ?? 0) + talkMs + holdMs;
    this.agent(agentId).lastCall = callId;
  }

  /** For callers one who takes no calls is not there. */
  private signedIn(fact: FactOf<'agent.signedIn'>): void {
    const agent = this.agent(fact.agentId);
    agent.takesCalls = takesCalls(fact);
    if (agent.takesCalls) agent.skills = fact.skills;
    else this.changed({ agentId: fact.agentId, at: fact.at, phase: 'loggedOut', reason: null });
  }

  /** Breaks, other work, arrivals and leaves are the agent's; whether they are ready, rung or talking is the queue's doing. */
  private changed({ agentId, at, reason, ...fact }: Pick<FactOf<'agent.changed'>, 'agentId' | 'at' | 'phase' | 'reason'>): void {
    const agent = this.agent(agentId);
    const phase = agent.takesCalls ? fact.phase : 'loggedOut';
    const before = agent.phase;
    // A wrap-up that is made longer is told again.
    if (phase === 'wrapUp' && before === 'wrapUp') return;
    if (before === 'reserved' && phase === 'talking') this.rings.push(Math.max(0, at - agent.since));
    const call = before === 'wrapUp' && agent.lastCall !== null ? this.calls.get(agent.lastCall)?.call : undefined;
    if (call !== undefined) call.wrapUpMs = Math.max(0, at - agent.since);
    if (before === 'wrapUp') agent.lastCall = null;
    agent.phase = phase;
    agent.since = at;
    if (before === 'loggedOut' && phase !== 'loggedOut') agent.shift.push({ at, do: 'signIn' });
    if (phase === 'loggedOut' && before !== 'loggedOut') agent.shift.push({ at, do: 'logout' });
    else if (phase === 'notReady') agent.shift.push({ at, do: 'notReady', reason: reason ?? 'break' });
    else if (phase === 'blocked') agent.shift.push({ at, do: 'notReady', reason: 'otherWork' });
    else if (phase !== 'loggedOut' && (before === 'notReady' || before === 'blocked' || before === 'loggedOut')) agent.shift.push({ at, do: 'ready' });
  }

  private agent(agentId: string) {
    const known = this.agents.get(agentId) ?? { agentId, skills: null, shift: [], takesCalls: true, phase: 'loggedOut', since: 0, lastCall: null };
    this.agents.set(agentId, known);
    return known;
  }
}

function howLeft(fact: Exclude<LeftFact, { type: 'call.answered' }>): NonNullable<LoggedCall['left']>['as'] {
  if (fact.type === 'callback.notReached') return 'notReached';
  if (fact.type === 'call.overflowed') return 'overflowed';
  return fact.isCutOff === true ? 'cutOff' : 'abandoned';
}
