import { hasSipp } from '../support/sipp.js';
import type { BenchResult } from './bench-result.js';
import { startBackend } from './rig/backend.js';
import { cleanRate } from './rig/clean-rate.js';
import type { Highest, Search } from './rig/highest.js';
import { Program } from './rig/program.js';
import { sippAnswers, sippLoad } from './rig/sipp-load.js';
import type { RowOptions } from './rows.js';
import { rounded } from './statistics.js';
import { judge, notMeasured } from './verdict.js';

const ROW = { name: 'sip-cps', kind: 'ratio', unit: 'clean cps / SIPp<->SIPp clean cps', goal: { atLeast: 0.05 } } as const;

/**
 * `sip-cps`: how many answered and ended calls a second a drachtio-srf application takes through the SIP server without media, next to
 * what SIPp does with itself on the same cores. The gateway itself answers no call without an endpoint: `sip-ivr-cps` and `setup` measure it.
 */
export async function run({ isQuick }: RowOptions): Promise<BenchResult[]> {
  if (!hasSipp) return [notMeasured(ROW, 'SIPp is not installed (apt-get install sip-tester)')];
  const seconds = isQuick ? 1 : 2.5;
  const limits = { closeness: isQuick ? 1.7 : 1.08, budgetMs: isQuick ? 6_000 : 26_000 };
  const anchor = await againstItself({ from: isQuick ? 200 : 1_500, atMost: isQuick ? 400 : 8_000, ...limits }, seconds);
  const app = await throughDrachtio({ from: isQuick ? 20 : 150, atMost: isQuick ? 50 : 4_000, ...limits }, seconds);
  return [
    judge({
      ...ROW, rounds: [app.amount / anchor.amount], anchors: [...anchor.machine, ...app.machine],
      detail: { anchor: 'speed of the machine between the tries', cps: rounded(app.amount), sippCps: rounded(anchor.amount), tried: app.tried, sippTried: anchor.tried },
    }),
  ];
}

async function againstItself(search: Search, seconds: number): Promise<Highest> {
  const answers = await sippAnswers();
  try {
    return await cleanRate(search, (cps) => load(answers.target, cps, seconds));
  } finally {
    await answers.close();
  }
}

async function throughDrachtio(search: Search, seconds: number): Promise<Highest> {
  const backend = await startBackend();
  const { drachtio, sip } = backend;
  const { program } = await Program.start({
    path: 'test/bench/programs/fixed-answer.js',
    env: { DRACHTIO_HOST: drachtio.host, DRACHTIO_PORT: String(drachtio.port), DRACHTIO_SECRET: drachtio.secret },
  });
  try {
    return await cleanRate(search, async (cps) => {
      const result = await load(`${sip.host}:${sip.port}`, cps, seconds);
      await backend.whenIdle(5_000);
      return result;
    });
  } finally {
    await program.stop();
    await backend.close();
  }
}

const load = (target: string, cps: number, seconds: number) => sippLoad({ scenario: 'uac', target, service: 'bench', cps, calls: Math.round(cps * seconds), callLimitMs: 4_000 });
