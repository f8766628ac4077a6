import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRedis } from '../../support/redis-server.js';
import type { TestRedis } from '../../support/redis-server.js';
import { MUTATIONS } from './property/mutations.js';
import { runCrowd } from './property/run.js';
import { canServe } from './property/universe.js';
import { checkedLibrary, mutated } from './property/wrap.js';

/** Far more than any of them survives. */
const OPERATIONS = 40_000;

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

describe('the property test sees each wrong version of the scripts', () => {
  it.each(MUTATIONS.map((mutation) => [mutation.name, mutation] as const))('killed: %s', { timeout: 120_000 }, async (name, mutation) => {
    const report = await runCrowd(server.url, { seed: 7, operations: OPERATIONS, library: checkedLibrary(canServe(), mutated(mutation)) });
    if (process.env['VAXEL_SHOW'] === '1') process.stdout.write(`${name}: ${report.executed} operations: ${report.faults[0]?.slice(0, 200)}\n`);
    expect(report.faults, `${name} survived ${report.executed} operations`).not.toEqual([]);
  });
});
