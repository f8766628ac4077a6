import type { SimulatedAgent, SimulatedCall, SimulationPlan } from '../../gateway/app/queue-simulation.js';
import type { SkillLevel } from '../../gateway/core/acd/queue-types.js';
import { SeededRandom } from '../../gateway/core/seeded-random.js';

const BEGIN = 1_800_000_000_000;

/** A house of equal talks, as the queueing literature has it. */
export interface Scenario {
  readonly seed: number;
  readonly calls: number;
  /** Share of the calls of each type of call; they sum up to 1. A type is a queue with one skill. */
  readonly types: readonly number[];
  readonly agents: number;
  /** Of the types; agents take turns in having each combination. */
  readonly skillsPerAgent: number;
  readonly ahtMs: number;
  /** Load at a time, in calls in progress if none had to wait. */
  readonly erlangs: number;
  /** The load goes up and down by so many erlangs in an hour. */
  readonly swing?: number;
  /** Mean time until a waiting caller gives up; none does when absent. */
  readonly patienceMs?: number;
  /** Share of calls of a high band; 0 when absent. */
  readonly urgent?: number;
  readonly urgentAre?: 'callers' | 'callbacks';
}

export const URGENT_BAND = 10;
export const USUAL_BAND = 100;

/** Arrivals at random, talks and patience exponential: the same seed gives the same house. */
export function planOf(scenario: Scenario): SimulationPlan {
  return { agents: agentsOf(scenario), calls: callsOf(scenario), ringMs: 0, maxWaitMs: null };
}

function agentsOf({ agents, types, skillsPerAgent }: Scenario): readonly SimulatedAgent[] {
  const sets = combinations(types.length, skillsPerAgent);
  return Array.from({ length: agents }, (_, at) => ({
    agentId: `a${at}`,
    skills: (sets[at % sets.length] ?? []).map((type): SkillLevel => ({ skill: `s${type}`, level: 5 })),
    shift: [{ at: BEGIN, do: 'signIn' }, { at: BEGIN, do: 'ready' }],
  }));
}

/** A shape stretched by a time: the longest rate first, from which times are thinned out where the load is lower. */
function* callsOf(scenario: Scenario): Iterable<SimulatedCall> {
  const { ahtMs, erlangs, swing = 0, patienceMs, urgent = 0, urgentAre = 'callers' } = scenario;
  const random = new SeededRandom(scenario.seed);
  const highest = erlangs + swing;
  let at = BEGIN;
  for (let made = 0; made < scenario.calls; ) {
    at += random.exponential(ahtMs / highest);
    const now = erlangs + swing * Math.sin((2 * Math.PI * (at - BEGIN)) / 3_600_000);
    if (random.next() * highest > now) continue;
    const type = typeOf(scenario.types, random.next());
    const isUrgent = random.next() < urgent;
    yield {
      callId: `c${(made += 1)}`,
      at: Math.round(at),
      queue: `q${type}`,
      needs: [{ skill: `s${type}`, minLevel: 1 }],
      asked: { needs: [], band: null },
      band: isUrgent ? URGENT_BAND : USUAL_BAND,
      ...(isUrgent && urgentAre === 'callbacks' ? { callback: { isReached: true } } : {}),
      patienceMs: patienceMs === undefined ? null : Math.round(random.exponential(patienceMs)),
      talkMs: Math.round(random.exponential(ahtMs)),
      wrapUpMs: 0,
    };
  }
}

function typeOf(shares: readonly number[], lot: number): number {
  let left = lot;
  for (const [type, share] of shares.entries()) {
    left -= share;
    if (left < 0) return type;
  }
  return shares.length - 1;
}

function combinations(of: number, size: number, from = 0): number[][] {
  if (size === 0) return [[]];
  const found: number[][] = [];
  for (let first = from; first <= of - size; first += 1) for (const rest of combinations(of, size - 1, first + 1)) found.push([first, ...rest]);
  return found;
}
