import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.js';

/**
 * One project a folder of tests, so that each has a seconds budget of its own (see test/run.js). Files of a project share the modules
 * they load: to load them anew for each of 160 files took a minute. So no file leaves anything behind in one.
 */
const project = (name: string, include: string[], extra: object = {}) => ({
  // A long run has many times the cases.
  test: { name, include, testTimeout: process.env['VAXEL_LONG'] === '1' ? 1_200_000 : 20_000, hookTimeout: 30_000, isolate: false, ...extra },
});

/** Calls are mostly waiting, so more of them fit than there are cores. But real servers are one pair, and give a call to any gateway that is connected. */
const workers = (most: number): number => (process.env['VAXEL_BACKEND'] === 'real' ? 1 : most);
const calls = { globalSetup: ['test/support/spoken-prompts.ts'], maxWorkers: workers(4) };
/** Gateways that are processes, and browsers. */
const systems = { ...calls, maxWorkers: workers(3) };

/**
 * A gateway, a softswitch and all phones in one process, a hundred calls through: with two other files beside it on two cores it gets so
 * little time that a prompt of half a second takes longer than a gateway waits.
 */
const ALONE = ['test/system/leaks.test.ts'];

export default defineConfig({
  test: {
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    // What one project has transformed the next one finds on disk, and the next run too.
    experimental: { fsModuleCache: true },
    projects: [
      project('unit', ['test/core/**/*.test.ts', 'test/app/**/*.test.ts', 'test/ivr-flows/**/*.test.ts', 'test/sample-billing/**/*.test.ts', 'test/desk/**/*.test.ts', 'test/cli/**/*.test.ts']),
      project('adapters', ['test/adapters/**/*.test.ts', 'test/simulation/**/*.test.ts']),
      project('media', ['test/media/**/*.test.ts'], { maxWorkers: calls.maxWorkers, sequence: { groupOrder: 1 } }),
      project('telephony', ['test/telephony/**/*.test.ts'], { ...calls, sequence: { groupOrder: 1 }, testTimeout: 60_000, hookTimeout: 60_000 }),
      project('system', ['test/system/**/*.test.ts'], { ...systems, exclude: ALONE, sequence: { groupOrder: 2 }, testTimeout: 120_000, hookTimeout: 120_000 }),
      project('alone', ALONE, { ...calls, maxWorkers: 1, sequence: { groupOrder: 3 }, testTimeout: 120_000, hookTimeout: 120_000 }),
    ],
  },
});
