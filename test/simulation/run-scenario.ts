import { openQueue } from '../../gateway/adapters/redis/queue.js';
import { simulate } from '../../gateway/app/queue-simulation.js';
import type { QueueFact } from '../../gateway/core/acd/queue-fact.js';
import type { Log } from '../../gateway/ports/log.js';
import type { Waited } from './one-line.js';
import { planOf, type Scenario } from './scenario.js';

const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
let runs = 0;

/** Plays the scenario through the queue's own scripts in virtual time. */
export async function runScenario(url: string, scenario: Scenario, onFact: (fact: QueueFact) => void): Promise<void> {
  const clock = { now: 0 };
  const queue = openQueue({ url, tenant: `run${(runs += 1)}`, log: silent, now: () => clock.now, deadlineMs: 30_000 });
  try {
    await simulate(planOf(scenario), { clock, queue, onFact });
  } finally {
    await queue.close();
  }
}

export interface WaitFigures {
  /** Share of the calls that gave up. */
  readonly abandonment: number;
  /** Wait of all, those who gave up included, mean. */
  readonly meanWaitMs: number;
  /** Share of the answered calls that waited 20 s at most. */
  readonly within20s: number;
}

/** How each call's wait ended, by arrival. */
export async function waitsOfCalls(url: string, scenario: Scenario): Promise<readonly Waited[]> {
  const waits: Waited[] = [];
  await runScenario(url, scenario, (fact) => {
    if (fact.type === 'call.answered' || fact.type === 'call.abandoned') waits[placeOf(fact)] = { callId: fact.callId, isAnswered: fact.type === 'call.answered', waitMs: fact.waitMs };
  });
  return waits;
}

/** The simulated calls are named c1, c2, … */
const placeOf = ({ callId }: { readonly callId: string }): number => Number(callId.slice(1)) - 1;

/** Figures of the calls after the first `warmUp`, by which the house has filled. */
export function figuresOf(waits: Iterable<Waited>, warmUp: number): WaitFigures {
  let [calls, answered, waitMs, quick] = [0, 0, 0, 0];
  for (const wait of waits) {
    if (placeOf(wait) < warmUp) continue;
    calls += 1;
    waitMs += wait.waitMs;
    if (!wait.isAnswered) continue;
    answered += 1;
    if (wait.waitMs <= 20_000) quick += 1;
  }
  return { abandonment: (calls - answered) / calls, meanWaitMs: waitMs / calls, within20s: quick / answered };
}

export const waitsOf = async (url: string, scenario: Scenario, warmUp: number): Promise<WaitFigures> => figuresOf(await waitsOfCalls(url, scenario), warmUp);

/** What chance drew of the scenario, to compare with theory for just that: most of the scatter is in the load, not in the queue. */
export function drawn(scenario: Scenario): { readonly arrivalsPerHour: number; readonly ahtMs: number; readonly agents: number; readonly patienceMs: number } {
  let [calls, first, last, talkMs, patienceMs] = [0, 0, 0, 0, 0];
  for (const call of planOf(scenario).calls) {
    if (calls === 0) first = call.at;
    last = call.at;
    calls += 1;
    talkMs += call.talkMs;
    patienceMs += call.patienceMs ?? 0;
  }
  return { arrivalsPerHour: ((calls - 1) * 3_600_000) / (last - first), ahtMs: talkMs / calls, agents: scenario.agents, patienceMs: patienceMs / calls };
}
