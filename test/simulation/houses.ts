import type { Scenario } from './scenario.js';

type House = Omit<Scenario, 'seed' | 'calls'>;

/** One skill, callers with patience: the cases that Erlang A has an exact answer for. */
export const IMPATIENT: Readonly<Record<string, House & { readonly patienceMs: number }>> = {
  'a quiet house': { types: [1], agents: 50, skillsPerAgent: 1, ahtMs: 60_000, erlangs: 48, patienceMs: 120_000 },
  'a busy house': { types: [1], agents: 45, skillsPerAgent: 1, ahtMs: 60_000, erlangs: 48, patienceMs: 120_000 },
  'a house with far too few agents': { types: [1], agents: 100, skillsPerAgent: 1, ahtMs: 180_000, erlangs: 140, patienceMs: 180_000 },
};

const SIX = [1 / 6, 1 / 6, 1 / 6, 1 / 6, 1 / 6, 1 / 6];
const SKEWED = [0.3, 0.2, 0.15, 0.15, 0.1, 0.1];
const SKILLED = { agents: 90, skillsPerAgent: 2, ahtMs: 180_000 } as const;

/** Six types of calls, two skills an agent: where estimates by type fail, as types help each other out. */
export const MULTI_SKILL: Readonly<Record<string, House>> = {
  'a steady load': { ...SKILLED, types: SKEWED, erlangs: 84 },
  'a load that comes and goes': { ...SKILLED, types: SIX, erlangs: 84, swing: 12 },
  'more calls than agents, and little patience': { ...SKILLED, types: SIX, erlangs: 95, patienceMs: 180_000 },
  'a third of urgent calls': { ...SKILLED, types: SIX, erlangs: 84, swing: 12, urgent: 0.3 },
};

/** Calls that come by no caller's hand pass the others. */
export const URGENT_CALLBACKS: House = { ...SKILLED, types: SIX, erlangs: 84, swing: 12, urgent: 0.5, urgentAre: 'callbacks' };

/** The same load on agents with more and more skills; with all six they are one pool. */
export const pooling = (skillsPerAgent: number): House => ({ types: SIX, agents: 90, skillsPerAgent, ahtMs: 180_000, erlangs: 84 });
