import { openRedis, whenReady } from '../../gateway/adapters/redis/connection.js';
import { startRedis } from '../support/redis-server.js';
import { AcdHouse, LARGE, SMALL } from './acd-house.js';
import type { BenchResult } from './bench-result.js';
import { rest } from './rig/backend.js';
import type { RowOptions } from './rows.js';
import { median, percentile, rounded } from './statistics.js';
import { judge } from './verdict.js';
import { KeptLog } from '../support/silent-log.js';

const PER_SECOND = 200;

/**
 * `acd-tail`: agents become ready at a steady rate, whatever the last one took, in a large house with a long line; next to a script that does
 * nothing at the same rate by the same client. Rounds alternate.
 */
export async function run({ isQuick }: RowOptions): Promise<BenchResult[]> {
  const [rounds, perRound] = isQuick ? [2, 40] : [5, 800];
  const server = await startRedis();
  const house = new AcdHouse(server.url, isQuick ? { ...SMALL, waiting: 2_000 } : LARGE);
  const raw = openRedis(server.url, new KeptLog());
  try {
    await whenReady(raw, 5_000);
    const nothing = String(await raw.script('LOAD', 'return 1'));
    await house.backlog({ unservable: 0, agents: perRound });
    const times: { readonly ready: readonly number[]; readonly trivial: readonly number[] }[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const trivial = await openLoop(perRound, () => raw.evalsha(nothing, 1, 'acd:{bench}:'));
      const ready = await openLoop(perRound, () => house.ready());
      await house.restore();
      // The first round warms up.
      if (round > 0) times.push({ ready, trivial });
    }
    const p99 = (side: 'ready' | 'trivial'): readonly number[] => times.map((round) => percentile(round[side], 99));
    const p50 = (side: 'ready' | 'trivial'): readonly number[] => times.map((round) => median(round[side]));
    return [
      judge({
        name: 'acd-tail', kind: 'ratio', unit: 'p99 of ready / p99 of a trivial EVALSHA', goal: { atMost: 3 },
        rounds: p99('ready').map((ready, at) => ready / (p99('trivial')[at] ?? Number.NaN)), anchors: p50('trivial'),
        detail: { anchor: 'p50 of a trivial EVALSHA, ms', readyP99Ms: rounded(median(p99('ready'))), trivialP99Ms: rounded(median(p99('trivial'))), readyP50Ms: rounded(median(p50('ready'))), perSecond: PER_SECOND, perRound },
      }),
    ];
  } finally {
    await house.queue.close();
    raw.disconnect();
    await server.stop();
  }
}

/** Does it so often at the steady rate. It is sent when it is due, whether or not the last one is done. @returns how long each took, ms */
async function openLoop(count: number, act: () => Promise<unknown>): Promise<readonly number[]> {
  const begun = performance.now();
  const took: Promise<number>[] = [];
  for (let at = 0; at < count; at += 1) {
    const due = begun + (at * 1_000) / PER_SECOND;
    await rest(Math.max(0, due - performance.now()));
    const sent = performance.now();
    took.push(act().then(() => performance.now() - sent));
  }
  return Promise.all(took);
}
