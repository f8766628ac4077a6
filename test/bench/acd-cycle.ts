import { loadavg } from 'node:os';
import { openRedis, whenReady, type Connection } from '../../gateway/adapters/redis/connection.js';
import { startRedis } from '../support/redis-server.js';
import { AcdHouse, rate } from './acd-house.js';
import type { BenchResult } from './bench-result.js';

const ROUNDS = 7;
const ROUND_MS = 1_200;
const IN_FLIGHT = 32;
/** An anchor that varies more than this says that the machine was busy with other things. */
const ANCHOR_SPREAD = 0.25;
const GOAL = 0.4;

/**
 * `acd-cycle`: what a full queue costs next to the cheapest script there is. A cycle is three scripts (arrive, complete with the next
 * match, accept), events written; the anchor is a script that does nothing, sent by the same client in alternating rounds.
 */
export async function run(): Promise<BenchResult[]> {
  const server = await startRedis();
  const house = new AcdHouse(server.url, { agents: 5_000, signatures: 500, profiles: 200, waiting: 50_000 });
  const raw = openRedis(server.url);
  try {
    await whenReady(raw, 5_000);
    const nothing = String(await raw.script('LOAD', 'return 1'));
    await house.saturate();
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const anchor = await measured(raw, () => raw.evalsha(nothing, 1, 'acd:{bench}:'));
      await raw.config('RESETSTAT');
      const cycle = await measured(raw, () => house.cycle());
      rounds.push({ anchor, cycle, serverUs: await usPerScript(raw) });
    }
    return [judge(rounds, house.signaturesPerAgent)];
  } finally {
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

async function measured(redis: Connection, act: () => Promise<unknown>): Promise<Cost> {
  const [server, client] = [await serverCpuUs(redis), process.cpuUsage()];
  let done = 0;
  const perSecond = await rate(ROUND_MS, IN_FLIGHT, async () => {
    await act();
    done += 1;
  });
  const used = process.cpuUsage(client);
  return { perSecond, redisUs: ((await serverCpuUs(redis)) - server) / done, clientUs: (used.user + used.system) / done };
}

function judge(rounds: readonly Round[], signaturesPerAgent: number): BenchResult {
  const anchors = rounds.map((one) => one.anchor.perSecond);
  const spread = (Math.max(...anchors) - Math.min(...anchors)) / median(anchors);
  const ratios = rounds.map((one) => (3 * one.cycle.perSecond) / one.anchor.perSecond);
  const ratio = median(ratios);
  const of = (cost: (round: Round) => number) => Number(median(rounds.map(cost)).toFixed(1));
  return {
    name: 'acd-cycle',
    ratio: Number(ratio.toFixed(3)),
    unit: '3 x cycles/s / trivial EVALSHA/s',
    goal: `>= ${GOAL.toFixed(2)}`,
    detail: {
      verdict: spread > ANCHOR_SPREAD ? `not judged: the anchor varied by ${Math.round(spread * 100)} %` : ratio >= GOAL ? 'met' : 'missed',
      rounds: ratios.map((one) => Number(one.toFixed(3))),
      cyclesPerSecond: Math.round(median(rounds.map((one) => one.cycle.perSecond))),
      trivialPerSecond: Math.round(median(anchors)),
      anchorSpread: Number(spread.toFixed(2)),
      serverMicrosecondsPerScript: of((one) => one.serverUs),
      // Processor time is what remains comparable on a busy machine.
      cpuMicroseconds: {
        perScript: { redis: of((one) => one.cycle.redisUs / 3), client: of((one) => one.cycle.clientUs / 3) },
        perTrivial: { redis: of((one) => one.anchor.redisUs), client: of((one) => one.anchor.clientUs) },
        ratio: Number(median(rounds.map(({ anchor, cycle }) => (3 * (anchor.redisUs + anchor.clientUs)) / (cycle.redisUs + cycle.clientUs))).toFixed(3)),
      },
      signaturesPerAgent: Number(signaturesPerAgent.toFixed(1)),
      loadAverage: loadavg().map((one) => Number(one.toFixed(1))),
    },
  };
}

/** Processor time of the server's main thread so far, microseconds. */
async function serverCpuUs(redis: Connection): Promise<number> {
  const info = await redis.info('cpu');
  const seconds = (name: string) => Number(new RegExp(`${name}:([0-9.]+)`).exec(info)?.[1] ?? Number.NaN);
  return (seconds('used_cpu_user_main_thread') + seconds('used_cpu_sys_main_thread')) * 1e6;
}

async function usPerScript(redis: Connection): Promise<number> {
  const stats = await redis.info('commandstats');
  return Number(/cmdstat_fcall:.*usec_per_call=([0-9.]+)/.exec(stats)?.[1] ?? Number.NaN);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
