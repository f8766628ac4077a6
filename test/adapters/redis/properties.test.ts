import { afterAll, beforeAll, expect, it } from 'vitest';
import { startRedis } from '../../support/redis-server.js';
import type { TestRedis } from '../../support/redis-server.js';
import { runCrowd } from './property/run.js';
import { canServe } from './property/universe.js';
import { checkedLibrary } from './property/wrap.js';

const isLong = process.env['VAXEL_LONG'] === '1';
const OPERATIONS = isLong ? 1_000_000 : 20_000;

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

it(`holds every invariant and agrees with the oracle over ${OPERATIONS} random operations from 4 connections`, { timeout: isLong ? 7_200_000 : 240_000 }, async () => {
  const seed = Number(process.env['VAXEL_SEED'] ?? '20261122');
  const report = await runCrowd(server.url, { seed, operations: OPERATIONS, library: checkedLibrary(canServe()) });
  expect(report.faults, `seed ${seed}`).toEqual([]);
  expect(report.executed).toBeGreaterThanOrEqual(OPERATIONS);
  // The run is worth something only when every verb, many offers and many repeats were in it.
  expect(report.offers).toBeGreaterThan(OPERATIONS / 20);
  expect(report.repeats).toBeGreaterThan(OPERATIONS / 50);
  expect(Object.values(report.verbs).every((count) => count > OPERATIONS / 200), JSON.stringify(report)).toBe(true);
});
