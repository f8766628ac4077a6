import type { Millis } from '../ids.js';
import { DecayedSum } from './decayed-sum.js';
import { estimateWait } from './estimated-wait.js';
import { takesCalls, type FactOf, type QueueFact } from './queue-fact.js';
import { poolText, signatureText } from './skills.js';
import { Staffing } from './staffing.js';
import { WaitingLines, type Place } from './waiting-lines.js';

/** Rates and means are those of about the last half hour. */
const MEMORY_MS = 1_800_000;
/** With fewer talks than this by those who share agents only the last served caller's wait is an estimate (LES). */
const ENOUGH_COMPLETIONS = 20;
/** Calls of higher bands may take at most this part of the agents' time: with all of it, nobody below would ever be served. */
const MOST_PASSING = 0.9;
/** With so many forecasts that came true, what they were too long by in the mean is taken out of the next: who gives up would have waited longest, so those who are served waited less than all would have. */
const ENOUGH_FORECASTS = 30;
/** More than this is no mean error but another day: the rates will show it. */
const MOST_CORRECTION = 0.3;
/** Who met an idle agent did not wait. */
const NO_WAIT_MS = 1_000;
/** Long lines are played forward in about so many steps; an error of half a percent is nothing to that of the future. */
const LUMPS = 200;

export interface WaitEstimate {
  readonly waitMs: number;
  readonly method: 'forecast' | 'lastServed';
}

interface Forecast extends WaitEstimate {
  /** What it is to be multiplied by, as those before came true. */
  readonly correction: number;
}

/** What is known of the calls of one signature. */
class Experience {
  completions = 0;
  readonly handled = new DecayedSum(MEMORY_MS);
  readonly handlingMs = new DecayedSum(MEMORY_MS);
  readonly abandoned = new DecayedSum(MEMORY_MS);
  readonly waitedMs = new DecayedSum(MEMORY_MS);
  /** Forecasts at arrival, and what came true of them, over those who waited to the end. */
  readonly forecasts = new DecayedSum(MEMORY_MS);
  readonly forecastMs = new DecayedSum(MEMORY_MS);
  readonly cameTrueMs = new DecayedSum(MEMORY_MS);
  /** By band. */
  readonly lastWaitMs = new Map<number, number>();
  /** By band: calls that were answered. Not those that came, as one that goes on to another queue comes to each of them, and is served once. */
  private readonly served = new Map<number, DecayedSum>();

  servedOf(band: number): DecayedSum {
    const known = this.served.get(band) ?? new DecayedSum(MEMORY_MS);
    this.served.set(band, known);
    return known;
  }

  /** Calls of higher bands than this that take an agent. */
  passingPerMs(band: number, now: Millis): number {
    let rate = 0;
    for (const [other, sum] of this.served) if (other < band) rate += sum.ratePerMs(now);
    return rate;
  }
}

interface AgentAtWork {
  /** Null until the sign-in is told, which may come after the first state; and of one who takes no calls. */
  pool: string | null;
  isWorking: boolean;
  /** The call the agent is bound by, from the ring on. */
  bound: { readonly signature: string; readonly since: Millis; hasTalked: boolean } | null;
}

/** `since`: in the line from then on; the place of a callback, or of who comes from another queue, calls again or lost an agent is older. */
interface Standing extends Place {
  readonly since: Millis;
  /** Waits for a certain agent first: the wait says nothing of that of others. */
  readonly isPersonal: boolean;
}

/** Folds the queue's facts into what an estimate needs. Facts come in about the order in which they happened. */
export class WaitEstimator {
  private readonly staffing = new Staffing();
  private readonly lines = new WaitingLines();
  private readonly places = new Map<string, Standing>();
  private readonly agents = new Map<string, AgentAtWork>();
  /** Forecasts of callers who still wait, as they were when they came, uncorrected. */
  private readonly forecasts = new Map<string, { readonly waitMs: number; readonly since: Millis }>();
  private readonly experiences = new Map<string, Experience>();

  observe(fact: QueueFact): void {
    switch (fact.type) {
      case 'call.arrived':
        return this.arrived(fact);
      case 'call.answered':
      case 'call.abandoned':
      case 'call.overflowed':
        return this.left(fact);
      case 'callback.notReached':
        return void this.gone(fact);
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

  /** How long a caller who waits still has to wait; null = not waiting, or nothing is known. */
  estimateOf(callId: string, now: Millis): WaitEstimate | null {
    const place = this.placeOf(callId);
    return place === null ? null : this.estimate(place, now);
  }

  /** Where a caller stands; null = not waiting. */
  placeOf(callId: string): Place | null {
    return this.places.get(callId) ?? null;
  }

  /** The wait that is left for a caller at this place, should no agent be idle; null = nothing is known. */
  estimate(place: Place, now: Millis): WaitEstimate | null {
    const found = this.forecast(place, now);
    return found === null ? null : { waitMs: found.waitMs * found.correction, method: found.method };
  }

  private forecast(place: Place, now: Millis): Forecast | null {
    this.staffing.addSignature(place.signature);
    const pools = this.staffing.contendingPools(place.signature);
    const signatures = [...new Set([place.signature, ...pools.flatMap((pool) => pool.signatures)])];
    const known = this.experienceOf(signatures, place.band, now);
    const lastWaitMs = this.experiences.get(place.signature)?.lastWaitMs.get(place.band) ?? null;
    if (known.completions < ENOUGH_COMPLETIONS || pools.length === 0) return lastWaitMs === null ? null : { waitMs: Math.max(0, lastWaitMs - (now - place.arrivedAt)), method: 'lastServed', correction: 1 };
    const waiting = signatures.reduce((sum, signature) => sum + this.lines.ahead(signature, place), 0);
    const lumpSize = Math.max(1, Math.floor(waiting / LUMPS));
    const agents = pools.reduce((sum, pool) => sum + pool.agents, 0);
    const free = Math.max(1 - MOST_PASSING, 1 - (known.passingPerMs * known.handlingMs) / agents);
    const waitMs = estimateWait({
      pools: pools.map((pool) => ({ servedPerMs: (free * pool.agents) / known.handlingMs, lines: pool.signatures.map((signature) => signatures.indexOf(signature)) })),
      ahead: signatures.map((signature) => this.lines.lumps(signature, place, lumpSize)),
      own: 0,
      abandonPerMs: known.abandonPerMs,
    });
    return { waitMs, method: 'forecast', correction: known.correction };
  }

  private experienceOf(signatures: readonly string[], band: number, now: Millis) {
    let [handled, handlingMs, abandoned, waitedMs, passingPerMs, completions] = [0, 0, 0, 0, 0, 0];
    let [forecasts, forecastMs, cameTrueMs] = [0, 0, 0];
    for (const signature of signatures) {
      const experience = this.experiences.get(signature);
      if (experience === undefined) continue;
      passingPerMs += experience.passingPerMs(band, now);
      handled += experience.handled.at(now);
      handlingMs += experience.handlingMs.at(now);
      abandoned += experience.abandoned.at(now);
      waitedMs += experience.waitedMs.at(now);
      completions += experience.completions;
      forecasts += experience.forecasts.at(now);
      forecastMs += experience.forecastMs.at(now);
      cameTrueMs += experience.cameTrueMs.at(now);
    }
    const ratio = forecasts < ENOUGH_FORECASTS || forecastMs === 0 ? 1 : cameTrueMs / forecastMs;
    const correction = Math.min(1 + MOST_CORRECTION, Math.max(1 - MOST_CORRECTION, ratio));
    return { correction, handlingMs: handlingMs / handled, abandonPerMs: waitedMs > 0 ? abandoned / waitedMs : 0, passingPerMs, completions };
  }

  private arrived(fact: FactOf<'call.arrived'>): void {
    const signature = signatureText('voice', fact.queue, fact);
    const known = this.places.get(fact.callId);
    if (known !== undefined) return this.regraded(fact.callId, { ...known, signature, band: fact.band });
    const place = { signature, band: fact.band, arrivedAt: fact.queuedAt ?? fact.at, since: fact.at, isPersonal: fact.isPersonal === true };
    this.staffing.addSignature(signature);
    this.places.set(fact.callId, place);
    this.lines.add(place);
    const found = fact.isReturning || place.isPersonal ? null : this.forecast(place, fact.at);
    if (found?.method === 'forecast' && Number.isFinite(found.waitMs)) this.forecasts.set(fact.callId, { waitMs: found.waitMs, since: fact.at });
  }

  /** A caller who waits is told again where the queue has other rules by now. What was forecast then is not to be held against what comes. */
  private regraded(callId: string, place: Standing): void {
    const known = this.places.get(callId);
    if (known === undefined || (known.signature === place.signature && known.band === place.band)) return;
    this.lines.remove(known);
    this.staffing.addSignature(place.signature);
    this.places.set(callId, place);
    this.lines.add(place);
    this.forecasts.delete(callId);
  }

  private left(fact: FactOf<'call.answered' | 'call.abandoned' | 'call.overflowed'>): void {
    const place = this.gone(fact);
    if (place === undefined) return;
    const experience = this.experience(place.signature);
    if (fact.type === 'call.answered') experience.servedOf(place.band).add(1, fact.at);
    if (fact.type === 'call.abandoned' && fact.isCutOff !== true) experience.abandoned.add(1, fact.at);
    // Who has an earlier place passes others, and waits less than who comes new.
    if (fact.type === 'call.answered' && !place.isPersonal && place.since - place.arrivedAt < NO_WAIT_MS) experience.lastWaitMs.set(place.band, fact.at - place.since);
  }

  /** What counts is the time in the line, in which a caller could have given up: no rest of a callback, no talk before, no other queue. */
  private gone({ callId, at }: { readonly callId: string; readonly at: Millis }): Standing | undefined {
    const place = this.places.get(callId);
    if (place === undefined) return undefined;
    this.places.delete(callId);
    this.forecasts.delete(callId);
    this.lines.remove(place);
    this.experience(place.signature).waitedMs.add(Math.max(0, at - place.since), at);
    return place;
  }

  private offered(fact: FactOf<'offer.made'>): void {
    const agent = this.agent(fact.agentId);
    const place = this.places.get(fact.callId);
    if (place === undefined) return;
    this.cameTrue(fact.callId, place, fact.at);
    this.unbind(agent, fact.at);
    agent.bound = { signature: place.signature, since: fact.at, hasTalked: false };
  }

  /** The first offer ends the wait that was forecast. */
  private cameTrue(callId: string, place: Place, at: Millis): void {
    const forecast = this.forecasts.get(callId);
    this.forecasts.delete(callId);
    if (forecast === undefined || at - forecast.since < NO_WAIT_MS) return;
    const experience = this.experience(place.signature);
    experience.forecasts.add(1, at);
    experience.forecastMs.add(forecast.waitMs, at);
    experience.cameTrueMs.add(at - forecast.since, at);
  }

  private signedIn(fact: FactOf<'agent.signedIn'>): void {
    const agent = this.agent(fact.agentId);
    const pool = takesCalls(fact) ? poolText('voice', fact.skills) : null;
    const wasWorking = agent.isWorking;
    this.setWorking(agent, false);
    agent.pool = pool;
    this.setWorking(agent, wasWorking);
  }

  private changed(fact: FactOf<'agent.changed'>): void {
    const agent = this.agent(fact.agentId);
    // The completion rate of the group is that of the agents at its channel: who is blocked finishes no call until the chats end.
    const isWithCalls = fact.phase === 'reserved' || fact.phase === 'talking' || fact.phase === 'wrapUp';
    this.setWorking(agent, isWithCalls || fact.phase === 'ready');
    if (fact.phase === 'talking' && agent.bound !== null) agent.bound.hasTalked = true;
    if (!isWithCalls) this.unbind(agent, fact.at);
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
    if (agent.pool !== null) this.staffing.add(agent.pool, isWorking ? 1 : -1);
  }

  private agent(agentId: string): AgentAtWork {
    const known = this.agents.get(agentId) ?? { pool: null, isWorking: false, bound: null };
    this.agents.set(agentId, known);
    return known;
  }

  private experience(signature: string): Experience {
    const known = this.experiences.get(signature) ?? new Experience();
    this.experiences.set(signature, known);
    return known;
  }
}
