import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRedis } from '../../support/redis-server.js';
import type { TestRedis } from '../../support/redis-server.js';
import { MUTATIONS } from './property/mutations.js';
import { runCrowd } from './property/run.js';
import { canServe } from './property/universe.js';
import { checkedLibrary, mutated } from './property/wrap.js';

/** Crowds that are tried one after the other: what one never comes to do, the next does at once. */
const SEEDS = [11, 2, 3, 4, 7, 12, 1, 5, 6, 8, 9, 10];
/** A crowd that has not met the fault by now is seldom about to; all of them together are far more than any mutant survives. */
const OPERATIONS = 1_000;
const OPERATIONS_OF_THE_LAST = 40_000;

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

describe('the property test sees each wrong version of the scripts', () => {
  it.each(MUTATIONS.map((mutation) => [mutation.name, mutation] as const))('killed: %s', { timeout: 120_000 }, async (name, mutation) => {
    const library = checkedLibrary(canServe(), mutated(mutation));
    let executed = 0;
    for (const seed of SEEDS) {
      const report = await runCrowd(server.url, { seed, operations: seed === SEEDS.at(-1) ? OPERATIONS_OF_THE_LAST : OPERATIONS, library, ...(mutation.often === undefined ? {} : { often: mutation.often }) });
      executed += report.executed;
      if (report.faults.length === 0) continue;
      if (process.env['VAXEL_SHOW'] === '1') process.stdout.write(`${name}: ${executed} operations: ${report.faults[0]?.slice(0, 200)}\n`);
      return;
    }
    expect.fail(`${name} survived ${executed} operations`);
  });
});
