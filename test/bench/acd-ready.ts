import { openRedis, whenReady, type Connection } from '../../gateway/adapters/redis/connection.js';
import { startRedis } from '../support/redis-server.js';
import { AcdHouse, LARGE, SMALL, times, type HouseSize } from './acd-house.js';
import type { BenchResult } from './bench-result.js';
import { memoryOf, serverUsPerScript } from './rig/redis-cost.js';
import { NaiveQueue } from './rig/naive-queue.js';
import type { RowOptions } from './rows.js';
import { median, rounded } from './statistics.js';
import { judge } from './verdict.js';
import { KeptLog } from '../support/silent-log.js';

/** Of the oldest callers; all of them stand before everybody who can be served. */
const UNSERVABLE = 0.8;

interface Counts {
  readonly rounds: number;
  /** Agents who become ready in a round. */
  readonly readies: number;
  /** Scans of the naive queue in a round. */
  readonly scans: number;
  readonly small: HouseSize;
  readonly large: HouseSize;
}

/**
 * What the server does when an agent becomes ready, microseconds: beside a line whose oldest callers nobody can serve (`acd-hard-backlog`), in a
 * house that is many times larger (`acd-growth`), and against a script that looks through the line from its oldest caller (`acd-vs-naive`);
 * and what a waiting caller takes of the server's memory (`acd-memory`).
 */
export async function run({ isQuick }: RowOptions): Promise<BenchResult[]> {
  const counts: Counts = isQuick
    ? { rounds: 2, readies: 20, scans: 2, small: { ...SMALL, waiting: 1_000 }, large: { ...SMALL, waiting: 4_000 } }
    : { rounds: 5, readies: 400, scans: 10, small: SMALL, large: LARGE };
  const server = await startRedis();
  const raw = openRedis(server.url, new KeptLog());
  const [small, random, hard] = [new AcdHouse(server.url, counts.small, 'small'), new AcdHouse(server.url, counts.large, 'random'), new AcdHouse(server.url, counts.large, 'hard')];
  try {
    await whenReady(raw, 5_000);
    const agents = counts.readies;
    await small.backlog({ unservable: 0, agents });
    const before = await memoryOf(raw);
    await random.backlog({ unservable: 0, agents });
    const bytes = ((await memoryOf(raw)) - before) / counts.large.waiting;
    await hard.backlog({ unservable: UNSERVABLE, agents });
    const naive = await NaiveQueue.of(raw, hard.line);
    const rounds: Round[] = [];
    for (let round = 0; round < counts.rounds; round += 1) {
      rounds.push({
        small: await readyUs(raw, small, agents), random: await readyUs(raw, random, agents), hard: await readyUs(raw, hard, agents),
        naive: await naive.scanUs(Array.from({ length: counts.scans }, (_, at) => hard.skillsOf(round * counts.scans + at))),
      });
    }
    return [...judged(rounds, counts), memory(bytes, counts)];
  } finally {
    for (const house of [small, random, hard]) await house.queue.close();
    raw.disconnect();
    await server.stop();
  }
}

/** Server time of `ready`, microseconds. */
interface Round {
  readonly small: number;
  readonly random: number;
  readonly hard: number;
  readonly naive: number;
}

async function readyUs(redis: Connection, house: AcdHouse, readies: number): Promise<number> {
  await redis.config('RESETSTAT');
  await times(readies, 8, () => house.ready());
  const us = await serverUsPerScript(redis);
  await house.restore();
  return us;
}

function judged(rounds: readonly Round[], counts: Counts): BenchResult[] {
  const of = (side: keyof Round): readonly number[] => rounds.map((round) => round[side]);
  const row = (name: string, [upper, lower]: readonly [keyof Round, keyof Round], goal: { atMost: number } | { atLeast: number }): BenchResult =>
    judge({
      name, kind: 'ratio', unit: `server us of ${upper} / of ${lower}`, goal, rounds: rounds.map((round) => round[upper] / round[lower]), anchors: of('random'),
      detail: { anchor: 'server us of ready on the random backlog', [`${upper}Us`]: rounded(median(of(upper))), [`${lower}Us`]: rounded(median(of(lower))), waiting: counts.large.waiting, readiesPerRound: counts.readies },
    });
  return [row('acd-hard-backlog', ['hard', 'random'], { atMost: 1.3 }), row('acd-growth', ['random', 'small'], { atMost: 1.5 }), row('acd-vs-naive', ['naive', 'hard'], { atLeast: 500 })];
}

function memory(bytes: number, { large }: Counts): BenchResult {
  return judge({
    name: 'acd-memory', kind: 'value', unit: 'bytes of Redis a waiting caller', goal: { atMost: 1_000 }, rounds: [bytes], anchors: [1],
    detail: { anchor: 'none: memory does not vary with the load', waiting: large.waiting, signatures: large.signatures },
  });
}
