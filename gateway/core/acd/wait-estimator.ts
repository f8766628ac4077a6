import type { Millis } from '../ids.js';
import { ContentionGraph, type ContentionGroup } from './contention.js';
import { DecayedSum } from './decayed-sum.js';
import { estimateWait, type WaitEstimate } from './estimated-wait.js';
import type { FactOf, QueueFact } from './queue-fact.js';
import { poolText, signatureText } from './skills.js';
import { WaitingLines, type Place } from './waiting-lines.js';

/** Rates and means are those of about the last half hour. */
const MEMORY_MS = 1_800_000;

/** What is known of the calls of one signature. */
class Experience {
  completions = 0;
  readonly handled = new DecayedSum(MEMORY_MS);
  readonly handlingMs = new DecayedSum(MEMORY_MS);
  readonly abandoned = new DecayedSum(MEMORY_MS);
  readonly waitedMs = new DecayedSum(MEMORY_MS);
  readonly served = new DecayedSum(MEMORY_MS);
  readonly arrivals = new Map<number, DecayedSum>();
  /** By band. */
  readonly lastWaitMs = new Map<number, number>();

  arrived(band: number, at: Millis): void {
    const sum = this.arrivals.get(band) ?? new DecayedSum(MEMORY_MS);
    this.arrivals.set(band, sum);
    sum.add(1, at);
  }

  /** Arrivals of higher bands than this. */
  passingPerMs(band: number, now: Millis): number {
    let rate = 0;
    for (const [other, sum] of this.arrivals) if (other < band) rate += sum.ratePerMs(now);
    return rate;
  }
}

interface AgentAtWork {
  pool: string;
  isWorking: boolean;
  /** The call the agent is bound by, from the ring on. */
  bound: { readonly signature: string; readonly since: Millis; hasTalked: boolean } | null;
}

/** Folds the queue's facts into what an estimate needs. Facts come in about the order in which they happened. */
export class WaitEstimator {
  private readonly graph = new ContentionGraph();
  private readonly lines = new WaitingLines();
  private readonly places = new Map<string, Place>();
  private readonly agents = new Map<string, AgentAtWork>();
  private readonly experiences = new Map<string, Experience>();

  observe(fact: QueueFact): void {
    switch (fact.type) {
      case 'call.arrived':
        return this.arrived(fact);
      case 'call.answered':
      case 'call.abandoned':
      case 'call.overflowed':
        return this.left(fact);
      case 'offer.made':
        return this.offered(fact);
      case 'agent.signedIn':
        return this.signedIn(fact);
      case 'agent.changed':
        return this.changed(fact);
      case 'offer.lost':
      case 'call.completed':
        return; // the agent's next state says what it means here
    }
  }

  /** The wait, counted from arrival, of a caller who waits; null = not waiting, or nothing is known. */
  estimateOf(callId: string, now: Millis): WaitEstimate | null {
    const place = this.places.get(callId);
    return place === undefined ? null : this.estimate(place, now);
  }

  /** The wait that a caller at this place has before them at `now`, should no agent be idle; null = nothing is known. */
  estimate(place: Place, now: Millis): WaitEstimate | null {
    const { signature, band } = place;
    this.graph.addSignature(signature);
    const group = this.graph.groupOf(signature);
    const own = this.experiences.get(signature);
    return estimateWait({
      ...this.experienceOf(group, place, now),
      agents: group.agents,
      isWellPooled: group.isWellPooled,
      lastWaitMs: own?.lastWaitMs.get(band) ?? null,
      ownAhead: this.lines.ahead(signature, place),
      ownServedPerMs: own?.served.ratePerMs(now) ?? 0,
    });
  }

  private experienceOf(group: ContentionGroup, place: Place, now: Millis) {
    let [ahead, handled, handlingMs, abandoned, waitedMs, passingPerMs, completions] = [0, 0, 0, 0, 0, 0, 0];
    for (const [signature, part] of this.membersOf(group)) {
      ahead += part * this.lines.ahead(signature, place);
      const experience = this.experiences.get(signature);
      if (experience === undefined) continue;
      passingPerMs += part * experience.passingPerMs(place.band, now);
      handled += part * experience.handled.at(now);
      handlingMs += part * experience.handlingMs.at(now);
      abandoned += part * experience.abandoned.at(now);
      waitedMs += part * experience.waitedMs.at(now);
      completions += part * experience.completions;
    }
    return { ahead, handlingMs: handled > 0 ? handlingMs / handled : null, abandonPerMs: waitedMs > 0 ? abandoned / waitedMs : 0, passingPerMs, completions };
  }

  /** Those of the group count whole, those of its fringe by the part of agents they share. */
  private *membersOf(group: ContentionGroup): Iterable<readonly [string, number]> {
    for (const signature of group.signatures) yield [signature, 1];
    yield* group.fringe;
  }

  private arrived(fact: FactOf<'call.arrived'>): void {
    if (this.places.has(fact.callId)) return;
    const signature = signatureText('voice', fact.queue, fact.needs);
    const place = { signature, band: fact.band, arrivedAt: fact.at };
    this.graph.addSignature(signature);
    this.places.set(fact.callId, place);
    this.lines.add(place);
    if (!fact.isReturning) this.experience(signature).arrived(fact.band, fact.at);
  }

  private left(fact: FactOf<'call.answered' | 'call.abandoned' | 'call.overflowed'>): void {
    const place = this.places.get(fact.callId);
    if (place === undefined) return;
    this.places.delete(fact.callId);
    this.lines.remove(place);
    const experience = this.experience(place.signature);
    experience.waitedMs.add(fact.waitMs, fact.at);
    if (fact.type !== 'call.answered') return experience.abandoned.add(1, fact.at);
    experience.served.add(1, fact.at);
    experience.lastWaitMs.set(place.band, fact.waitMs);
  }

  private offered(fact: FactOf<'offer.made'>): void {
    const agent = this.agents.get(fact.agentId);
    const place = this.places.get(fact.callId);
    if (agent === undefined || place === undefined) return;
    this.unbind(agent, fact.at);
    agent.bound = { signature: place.signature, since: fact.at, hasTalked: false };
  }

  private signedIn(fact: FactOf<'agent.signedIn'>): void {
    const agent = this.agents.get(fact.agentId) ?? { pool: '', isWorking: false, bound: null };
    this.agents.set(fact.agentId, agent);
    const pool = poolText('voice', fact.skills);
    const wasWorking = agent.isWorking;
    this.setWorking(agent, false);
    agent.pool = pool;
    this.setWorking(agent, wasWorking);
  }

  private changed(fact: FactOf<'agent.changed'>): void {
    const agent = this.agents.get(fact.agentId);
    if (agent === undefined) return;
    this.setWorking(agent, fact.phase !== 'notReady' && fact.phase !== 'loggedOut');
    if (fact.phase === 'talking' && agent.bound !== null) agent.bound.hasTalked = true;
    if (fact.phase === 'ready' || fact.phase === 'notReady' || fact.phase === 'loggedOut') this.unbind(agent, fact.at);
  }

  /** The agent is free, or goes on to the next call: what the last one took is known. */
  private unbind(agent: AgentAtWork, at: Millis): void {
    const { bound } = agent;
    agent.bound = null;
    if (bound === null || !bound.hasTalked) return;
    const experience = this.experience(bound.signature);
    experience.completions += 1;
    experience.handled.add(1, at);
    experience.handlingMs.add(at - bound.since, at);
  }

  private setWorking(agent: AgentAtWork, isWorking: boolean): void {
    if (agent.isWorking === isWorking) return;
    agent.isWorking = isWorking;
    this.graph.addStaff(agent.pool, isWorking ? 1 : -1);
  }

  private experience(signature: string): Experience {
    const known = this.experiences.get(signature) ?? new Experience();
    this.experiences.set(signature, known);
    return known;
  }
}
