import { loadavg } from 'node:os';
import type { Redis } from 'ioredis';
import { openRedis, whenReady } from '../../gateway/adapters/redis/connection.js';
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
    const rounds: { trivial: number; cycles: number; ratio: number; serverUs: number }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const trivial = await rate(ROUND_MS, IN_FLIGHT, () => raw.evalsha(nothing, 1, 'acd:{bench}:'));
      await raw.config('RESETSTAT');
      const cycles = await rate(ROUND_MS, IN_FLIGHT, () => house.cycle());
      rounds.push({ trivial, cycles, ratio: (3 * cycles) / trivial, serverUs: await usPerScript(raw) });
    }
    return [judge(rounds, house.signaturesPerAgent)];
  } finally {
    await house.queue.close();
    raw.disconnect();
    await server.stop();
  }
}

function judge(rounds: readonly { trivial: number; cycles: number; ratio: number; serverUs: number }[], signaturesPerAgent: number): BenchResult {
  const anchors = rounds.map((one) => one.trivial);
  const spread = (Math.max(...anchors) - Math.min(...anchors)) / median(anchors);
  const ratio = median(rounds.map((one) => one.ratio));
  return {
    name: 'acd-cycle',
    ratio: Number(ratio.toFixed(3)),
    unit: '3 x cycles/s / trivial EVALSHA/s',
    goal: `>= ${GOAL.toFixed(2)}`,
    detail: {
      verdict: spread > ANCHOR_SPREAD ? `not judged: the anchor varied by ${Math.round(spread * 100)} %` : ratio >= GOAL ? 'met' : 'missed',
      rounds: rounds.map((one) => Number(one.ratio.toFixed(3))),
      cyclesPerSecond: Math.round(median(rounds.map((one) => one.cycles))),
      trivialPerSecond: Math.round(median(anchors)),
      anchorSpread: Number(spread.toFixed(2)),
      serverMicrosecondsPerScript: Number(median(rounds.map((one) => one.serverUs)).toFixed(1)),
      signaturesPerAgent: Number(signaturesPerAgent.toFixed(1)),
      loadAverage: loadavg().map((one) => Number(one.toFixed(1))),
    },
  };
}

async function usPerScript(redis: Redis): Promise<number> {
  const stats = await redis.info('commandstats');
  return Number(/cmdstat_fcall:.*usec_per_call=([0-9.]+)/.exec(stats)?.[1] ?? Number.NaN);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
