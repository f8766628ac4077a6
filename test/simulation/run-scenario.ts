import { openQueue } from '../../gateway/adapters/redis/queue.js';
import { simulate } from '../../gateway/app/queue-simulation.js';
import type { QueueFact } from '../../gateway/core/acd/queue-fact.js';
import type { Log } from '../../gateway/ports/log.js';
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

/** Waits of the calls after the first `warmUp`, by which the house has filled. */
export async function waitsOf(url: string, scenario: Scenario, warmUp: number): Promise<WaitFigures> {
  let [calls, answered, abandoned, waitMs, quick] = [0, 0, 0, 0, 0];
  await runScenario(url, scenario, (fact) => {
    if (fact.type !== 'call.answered' && fact.type !== 'call.abandoned') return;
    if (Number(fact.callId.slice(1)) <= warmUp) return;
    calls += 1;
    waitMs += fact.waitMs;
    if (fact.type === 'call.abandoned') abandoned += 1;
    else answered += 1;
    if (fact.type === 'call.answered' && fact.waitMs <= 20_000) quick += 1;
  });
  return { abandonment: abandoned / calls, meanWaitMs: waitMs / calls, within20s: quick / answered };
}

/** What chance drew of the scenario, to compare with theory for just that: most of the scatter is in the load, not in the queue. */
export function drawn(scenario: Scenario): { readonly arrivalsPerHour: number; readonly ahtMs: number; readonly agents: number; readonly patienceMs: number } {
  const calls = [...planOf(scenario).calls];
  const mean = (of: (call: (typeof calls)[number]) => number) => calls.reduce((sum, call) => sum + of(call), 0) / calls.length;
  const spanMs = (calls.at(-1)?.at ?? 0) - (calls[0]?.at ?? 0);
  return { arrivalsPerHour: ((calls.length - 1) * 3_600_000) / spanMs, ahtMs: mean((call) => call.talkMs), agents: scenario.agents, patienceMs: mean((call) => call.patienceMs ?? 0) };
}
