import { openRedis, whenReady, type Connection } from '../../gateway/adapters/redis/connection.js';
import { startRedis } from '../support/redis-server.js';
import { AcdHouse, DISTINCT, LARGE, rate, SMALL, type HouseSize } from './acd-house.js';
import type { BenchResult } from './bench-result.js';
import { serverCpuUs, serverUsPerScript } from './rig/redis-cost.js';
import type { RowOptions } from './rows.js';
import { median, rounded } from './statistics.js';
import { judge } from './verdict.js';
import { KeptLog } from '../support/silent-log.js';

const IN_FLIGHT = 32;
const SCRIPTS = 3;

interface Plan {
  readonly name: string;
  readonly size: HouseSize;
  readonly atLeast: number;
  /** Agents wait for calls, in place of calls for agents. */
  readonly isLight: boolean;
}

const PLANS: readonly Plan[] = [
  { name: 'acd-cycle', size: LARGE, atLeast: 0.4, isLight: false },
  { name: 'acd-cycle-light', size: LARGE, atLeast: 0.45, isLight: true },
  { name: 'acd-distinct', size: DISTINCT, atLeast: 0.25, isLight: false },
];

/**
 * `acd-cycle` and its kin: what a queue costs next to the cheapest script there is. A cycle is three scripts (a call comes, a talk ends, an agent
 * answers; one of the first two makes the match), events written; the anchor is a script that does nothing, sent by the same client in
 * alternating rounds.
 */
export async function run({ isQuick }: RowOptions): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const plan of PLANS) results.push(await cycles(isQuick ? { ...plan, size: SMALL } : plan, isQuick ? 2 : 7, isQuick ? 200 : 1_200));
  return results;
}

async function cycles(plan: Plan, rounds: number, roundMs: number): Promise<BenchResult> {
  const server = await startRedis();
  const house = new AcdHouse(server.url, plan.size);
  const raw = openRedis(server.url, new KeptLog());
  const listening = new AbortController();
  try {
    await whenReady(raw, 5_000);
    const nothing = String(await raw.script('LOAD', 'return 1'));
    if (plan.isLight) {
      await house.standBy();
      void house.listen(listening.signal);
    } else await house.saturate();
    const measured: Round[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const anchor = await cost(raw, roundMs, () => raw.evalsha(nothing, 1, 'acd:{bench}:'));
      await raw.config('RESETSTAT');
      const cycle = await cost(raw, roundMs, () => (plan.isLight ? house.lightCycle() : house.cycle()));
      measured.push({ anchor, cycle, serverUs: await serverUsPerScript(raw) });
    }
    return judged(plan, measured, house.signaturesPerAgent);
  } finally {
    listening.abort();
    await house.queue.close();
    raw.disconnect();
    await server.stop();
  }
}

/** One side of a round: how often a second, and the processor time that each cost, microseconds. */
interface Cost {
  readonly perSecond: number;
  readonly redisUs: number;
  readonly clientUs: number;
}

interface Round {
  readonly anchor: Cost;
  readonly cycle: Cost;
  readonly serverUs: number;
}

async function cost(redis: Connection, forMs: number, act: () => Promise<unknown>): Promise<Cost> {
  const [server, client] = [await serverCpuUs(redis), process.cpuUsage()];
  let done = 0;
  const perSecond = await rate(forMs, IN_FLIGHT, async () => {
    await act();
    done += 1;
  });
  const used = process.cpuUsage(client);
  return { perSecond, redisUs: ((await serverCpuUs(redis)) - server) / done, clientUs: (used.user + used.system) / done };
}

function judged(plan: Plan, rounds: readonly Round[], signaturesPerAgent: number): BenchResult {
  const of = (figure: (round: Round) => number): number => rounded(median(rounds.map(figure)));
  return judge({
    name: plan.name, kind: 'ratio', unit: '3 x cycles/s / trivial EVALSHA/s', goal: { atLeast: plan.atLeast },
    rounds: rounds.map(({ anchor, cycle }) => (SCRIPTS * cycle.perSecond) / anchor.perSecond), anchors: rounds.map(({ anchor }) => anchor.perSecond),
    detail: {
      anchor: 'trivial EVALSHA a second', cyclesPerSecond: of(({ cycle }) => cycle.perSecond), serverMicrosecondsPerScript: of(({ serverUs }) => serverUs),
      // Processor time is what remains comparable on a busy machine.
      cpuMicroseconds: {
        perScript: { redis: of(({ cycle }) => cycle.redisUs / SCRIPTS), client: of(({ cycle }) => cycle.clientUs / SCRIPTS) },
        perTrivial: { redis: of(({ anchor }) => anchor.redisUs), client: of(({ anchor }) => anchor.clientUs) },
        ratio: of(({ anchor, cycle }) => (SCRIPTS * (anchor.redisUs + anchor.clientUs)) / (cycle.redisUs + cycle.clientUs)),
      },
      signaturesPerAgent: rounded(signaturesPerAgent, 3),
    },
  });
}
