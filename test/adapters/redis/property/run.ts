import { Redis } from 'ioredis';
import type { Library, QueueScript } from '../../../../gateway/adapters/redis/scripts.js';
import { Crowd, takeOutcome, type CrowdOptions } from './crowd.js';
import { Oracle } from './oracle.js';
import type { Operation } from './oracle-model.js';
import { Random } from './random.js';
import { canServe } from './universe.js';

const CONNECTIONS = 4;
const PHASE = 300;
/** So many acts, and what the checks found is read: a wrong script need not go on. */
const LOOK_EVERY = 40;

export interface RunReport {
  readonly executed: number;
  /** The first things that went wrong; empty = all invariants held and the oracle agreed. */
  readonly faults: readonly string[];
  readonly offers: number;
  readonly repeats: number;
  readonly verbs: Readonly<Record<string, number>>;
}

/** Runs the crowd for at least `operations` executed scripts on an empty server, or until something is wrong. */
export async function runCrowd(url: string, how: { readonly seed: number; readonly operations: number; readonly library: Library<QueueScript>; readonly often?: CrowdOptions['often'] }): Promise<RunReport> {
  const redis = new Redis(url);
  await redis.flushall();
  const crowd = new Crowd({ url, tenant: 'p', random: new Random(how.seed), library: how.library, connections: CONNECTIONS, ...(how.often === undefined ? {} : { often: how.often }) });
  const oracle = new Oracle(canServe());
  const faults: string[] = [];
  const verbs: Record<string, number> = {};
  let [executed, offers, repeats, phases] = [0, 0, 0, 0];
  const look = async (): Promise<void> => {
    const outcome = await takeOutcome(redis);
    faults.push(...outcome.violations);
    for (const line of outcome.operations) {
      const op = readOperation(line);
      executed += 1;
      offers += op.made.length;
      repeats += op.isRepeat ? 1 : 0;
      verbs[op.verb] = (verbs[op.verb] ?? 0) + 1;
      const wrong = faults.length < 5 ? oracle.judge(op) : null;
      if (wrong !== null) faults.push(`oracle: ${wrong}`);
    }
  };
  let acts = 0;
  const act = async (): Promise<void> => {
    if (faults.length > 0) return;
    await crowd.act(phases % 2 === 1 ? 'heavy' : 'light');
    if ((acts += 1) % LOOK_EVERY === 0) await look();
  };
  try {
    while (executed < how.operations && faults.length === 0) {
      phases += 1;
      await inParallel(CONNECTIONS, PHASE, act).catch((error: unknown) => faults.push(`script failed: ${String(error)}`));
      if (phases % 4 === 0 && faults.length === 0) {
        await crowd.settle();
        // I11: with the clock past all leases nothing is left reserved.
        const left = await redis.zrange('acd:{p}:lease', 0, -1, 'WITHSCORES');
        const overdue = left.filter((_, at) => at % 2 === 1 && Number(left[at]) <= crowd.now);
        if (overdue.length > 0) faults.push(`I11: ${overdue.length} offers outlived their lease`);
      }
      await look();
    }
  } finally {
    await crowd.close();
    redis.disconnect();
  }
  return { executed, faults: faults.slice(0, 5), offers, repeats, verbs };
}

async function inParallel(width: number, times: number, act: () => Promise<void>): Promise<void> {
  let left = times;
  const one = async () => {
    while ((left -= 1) >= 0) await act();
  };
  await Promise.all(Array.from({ length: width }, one));
}

function readOperation(line: string): Operation {
  const read = JSON.parse(line) as Operation;
  // Lua writes an empty list as an object.
  return { ...read, made: Array.isArray(read.made) ? read.made : [] };
}
