import { isOfItem, takesCalls, type FactOf, type QueueFact } from '../core/acd/queue-fact.js';
import type { SkillLevel, SkillNeed } from '../core/acd/queue-types.js';
import type { Millis } from '../core/ids.js';
import type { ShiftStep } from './queue-simulation.js';

/** A caller as the log tells of them: what is null did not come to that. */
export interface LoggedCall {
  readonly callId: string;
  readonly at: Millis;
  readonly queue: string;
  readonly needs: readonly SkillNeed[];
  readonly asked: { readonly needs: readonly SkillNeed[]; readonly band: number | null };
  readonly band: number;
  waitMs: number;
  isAbandoned: boolean;
  /** Talk and hold. */
  talkMs: number | null;
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

type Phase = FactOf<'agent.changed'>['phase'];

class DayReader {
  private readonly calls = new Map<string, LoggedCall>();
  private readonly agents = new Map<string, LoggedAgent & { takesCalls: boolean; phase: Phase; since: Millis; lastCall: string | null }>();
  private readonly offers = new Map<string, Millis>();
  private readonly rings: number[] = [];

  take(fact: QueueFact): void {
    switch (fact.type) {
      case 'call.arrived':
        return this.arrived(fact);
      case 'offer.made':
        this.offers.set(fact.offerId, fact.at);
        return;
      case 'call.answered':
        return this.answered(fact);
      case 'call.abandoned':
      case 'call.overflowed':
        return this.left(fact);
      case 'call.completed':
        return this.completed(fact);
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
    return { calls: [...this.calls.values()], agents, ringMs };
  }

  private arrived({ callId, at, queue, needs, asked, band, askedBand }: FactOf<'call.arrived'>): void {
    if (!this.calls.has(callId)) this.calls.set(callId, { callId, at, queue, needs, asked: { needs: asked, band: askedBand }, band, waitMs: 0, isAbandoned: false, talkMs: null, wrapUpMs: 0 });
  }

  private answered({ callId, offerId, at, waitMs }: FactOf<'call.answered'>): void {
    const call = this.calls.get(callId);
    if (call !== undefined) call.waitMs = waitMs;
    const offeredAt = this.offers.get(offerId);
    if (offeredAt !== undefined) this.rings.push(Math.max(0, at - offeredAt));
  }

  private left({ callId, type, waitMs }: FactOf<'call.abandoned' | 'call.overflowed'>): void {
    const call = this.calls.get(callId);
    if (call === undefined) return;
    call.waitMs = waitMs;
    call.isAbandoned = type === 'call.abandoned';
  }

  private completed({ callId, agentId, talkMs, holdMs }: FactOf<'call.completed'>): void {
    const call = this.calls.get(callId);
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

  /** Breaks, arrivals and leaves are the agent's; whether they are ready, rung or talking is the queue's doing. */
  private changed({ agentId, at, reason, ...fact }: Pick<FactOf<'agent.changed'>, 'agentId' | 'at' | 'phase' | 'reason'>): void {
    const agent = this.agent(agentId);
    const phase = agent.takesCalls ? fact.phase : 'loggedOut';
    const before = agent.phase;
    const call = before === 'wrapUp' && agent.lastCall !== null ? this.calls.get(agent.lastCall) : undefined;
    if (call !== undefined) call.wrapUpMs = Math.max(0, at - agent.since);
    agent.phase = phase;
    agent.since = at;
    if (before === 'loggedOut' && phase !== 'loggedOut') agent.shift.push({ at, do: 'signIn' });
    if (phase === 'loggedOut' && before !== 'loggedOut') agent.shift.push({ at, do: 'logout' });
    else if (phase === 'notReady') agent.shift.push({ at, do: 'notReady', reason: reason ?? 'break' });
    else if (phase !== 'loggedOut' && (before === 'notReady' || before === 'loggedOut')) agent.shift.push({ at, do: 'ready' });
  }

  private agent(agentId: string) {
    const known = this.agents.get(agentId) ?? { agentId, skills: null, shift: [], takesCalls: true, phase: 'loggedOut', since: 0, lastCall: null };
    this.agents.set(agentId, known);
    return known;
  }
}
