import type { Channel } from '../core/acd/channels.js';
import { requirementsOf } from '../core/acd/requirements.js';
import type { LaterRequirement, Requirement, SkillLevel, Strategy } from '../core/acd/queue-types.js';
import { SeededRandom } from '../core/seeded-random.js';
import type { LoggedAgent, LoggedCall, LoggedDay } from './logged-day.js';
import { oneDemandOf, type OneDemand } from './one-demand.js';
import type { SimulatedAgent, SimulatedCall, SimulationPlan } from './queue-simulation.js';

/** What is to be different from the day as it was. */
export interface Change {
  /**
   * Skills of agents, what queues need and prefer, how that changes with the wait, the strategy and the longest wait come from here; null =
   * as logged, which tells only of skills, needs and bands. Overflow to elsewhere is not played.
   */
  readonly centre: {
    readonly agents: ReadonlyMap<string, { readonly skills: readonly SkillLevel[]; readonly channels: readonly Channel[] }>;
    readonly queues: ReadonlyMap<string, Parameters<typeof requirementsOf>[0]>;
    readonly limits: { readonly maxWaitMs: number };
    readonly strategy: Strategy;
  } | null;
  /** How many of each agent there are, with the same shift and skills: 0 = nobody. Those not named are there once. */
  readonly copies: ReadonlyMap<string, number>;
}

export interface WhatIf {
  readonly plan: SimulationPlan;
  /** Agents and queues that the change says nothing usable about, each with what was done. */
  readonly notes: readonly string[];
}

/**
 * The callers of a logged day under other rules. Each caller comes when they came. Whoever gave up has just that patience; the others have
 * waited in vain for so long already and have from there on the patience of the day (exponential, so the time waited changes nothing).
 * Connections break when they broke, customers of callbacks call by themselves when they did, and callers book callbacks when they did. Each of
 * them is served once: in the line before, by the callback, or in the call of their own that has the place. Who was never served gets the talk and
 * wrap-up of some other caller of the queue; a callback whose customer was not reached takes of an agent what its tries took, in one.
 * The same seed gives the same callers.
 */
export function planWhatIf(day: LoggedDay, change: Change, seed: number): WhatIf {
  const notes: string[] = [];
  const agents = day.agents.flatMap((agent) => agentsOf(agent, change, notes));
  return { plan: { agents, calls: callsOf(day, change, { seed, notes }), ringMs: day.ringMs, maxWaitMs: change.centre?.limits.maxWaitMs ?? null, strategy: change.centre?.strategy ?? 'longestIdle' }, notes };
}

function agentsOf({ agentId, skills: logged, shift }: LoggedAgent, { centre, copies }: Change, notes: string[]): readonly SimulatedAgent[] {
  const configured = centre?.agents.get(agentId);
  const known = configured?.channels.includes('voice') ? configured : undefined;
  if (centre !== null && known === undefined) notes.push(`agent ${agentId} ${configured === undefined ? 'is not in' : 'takes no calls in'} the contact centre: left out`);
  const order = centre === null ? 0 : [...centre.agents.keys()].indexOf(agentId);
  const skills: readonly SkillLevel[] | null = centre === null ? logged : (known?.skills ?? null);
  if (centre === null && logged === null) notes.push(`agent ${agentId} signed in before the log begins, so the skills are not known: left out`);
  if (skills === null) return [];
  return Array.from({ length: copies.get(agentId) ?? 1 }, (_, copy) => ({ agentId: copy === 0 ? agentId : `${agentId}+${copy}`, skills, order, shift }));
}

function callsOf(day: LoggedDay, { centre }: Change, { seed, notes }: { readonly seed: number; readonly notes: string[] }): readonly SimulatedCall[] {
  const random = new SeededRandom(seed);
  const callers = day.calls.filter(({ isCallback }) => !isCallback);
  const abandoned = callers.filter(({ left }) => left?.as === 'abandoned').length;
  const patienceMs = abandoned === 0 ? null : callers.reduce((sum, { waitMs }) => sum + waitMs, 0) / abandoned;
  const served = day.calls.filter(({ talkMs }) => talkMs !== null);
  const missing = new Set<string>();
  const demand = oneDemandOf(day.calls);
  const calls = day.calls.map((call): SimulatedCall => {
    // Drawn for every call, so that a caller is the same whatever became of another.
    const [more, example] = [random.exponential(patienceMs ?? 0), random.of(served.filter(({ queue }) => queue === call.queue)) ?? random.of(served)];
    if (centre !== null && !centre.queues.has(call.queue)) missing.add(call.queue);
    const isReached = call.left?.as !== 'notReached';
    const like = call.talkMs === null && isReached ? example : call;
    return {
      callId: call.callId, at: call.at, queuedAt: call.queuedAt, offeredAt: call.offeredAt, queue: call.queue, asked: call.asked,
      ...requirementOf(call, centre),
      ...(call.isCallback ? { callback: { isReached } } : {}),
      ...insteadOf(call, demand),
      ...leavesOf(call, demand),
      patienceMs: call.left?.as === 'abandoned' ? call.waitMs : patienceMs === null || call.isCallback ? null : Math.round(call.waitMs + more),
      talkMs: isReached ? (like?.talkMs ?? 0) : Math.max(0, call.triedMs - day.ringMs),
      wrapUpMs: like?.wrapUpMs ?? 0,
    };
  });
  for (const queue of missing) notes.push(`queue ${queue} is not in the contact centre: its calls need what they needed`);
  return calls.filter(({ callId }) => !demand.givenWay.has(callId));
}

function insteadOf({ callId }: LoggedCall, { before }: OneDemand): Pick<SimulatedCall, 'insteadOf'> {
  const other = before.get(callId);
  return other === undefined ? {} : { insteadOf: other };
}

/** What ends the wait whatever the queue does. Where callers overflow to follows from the rules, which are not played. */
function leavesOf({ callId, left, isCallback }: LoggedCall, { booked }: OneDemand): Pick<SimulatedCall, 'leaves'> {
  if (left?.as === 'overflowed' && booked.has(callId)) return { leaves: { afterMs: left.afterMs, as: 'booked' } };
  if (left?.as === 'cutOff' || (left?.as === 'overflowed' && isCallback)) return { leaves: { afterMs: left.afterMs, as: left.as } };
  return {};
}

function requirementOf({ queue, needs, band, asked }: LoggedCall, centre: Change['centre']): Requirement & { readonly later: readonly LaterRequirement[] } {
  const rules = centre?.queues.get(queue);
  if (rules === undefined) return { needs, preferred: [], band, later: [] };
  const { first, later } = requirementsOf(rules, asked);
  return { ...first, later };
}
