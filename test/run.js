#!/usr/bin/env node
/**
 * `npm test`: builds, makes sure that the system programs are there, runs every project of vitest.config.ts, prints the seconds
 * that each folder took against its budget, and ends with `N passed, N failed`.
 *
 *   node test/run.js [--real] [--record] [vitest filters …]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';

/** Seconds a folder of tests may take on two cores in `npm test`. Over it is said, not failed: machines differ. */
const BUDGETS = { core: 15, media: 60, app: 20, 'ivr-flows': 20, adapters: 90, simulation: 25, telephony: 100, system: 90, 'sample-billing': 10, cli: 25 };

const args = process.argv.slice(2);
const isReal = args.includes('--real');
const filters = args.filter((arg) => !arg.startsWith('--'));

const build = spawnSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
if (build.status !== 0) process.exit(build.status ?? 1);

const { ensurePrograms, FOR_TEST } = await import('../dist/gateway/cli/system-programs.js');
const missing = ensurePrograms(FOR_TEST, (line) => console.log(line));
if (missing !== null) {
  console.error(missing);
  process.exit(1);
}

const env = { ...process.env };
if (isReal) {
  const needed = ['VAXEL_REAL_DRACHTIO', 'VAXEL_REAL_FREESWITCH'];
  const absent = needed.filter((name) => !env[name]);
  if (absent.length > 0) {
    console.error(`test:real needs the addresses of running servers: ${absent.join(', ')} (see README, "Real servers").`);
    process.exit(1);
  }
  env['VAXEL_BACKEND'] = 'real';
  if (args.includes('--record')) env['VAXEL_RECORD'] = '1';
}

const folder = mkdtempSync(join(tmpdir(), 'vaxel-test-'));
const report = join(folder, 'report.json');
/** What runs on the servers themselves: the telephony suite, and the take-over of calls from gateways that were killed or cut off. */
const REAL_SUITES = ['test/telephony/', 'test/system/takeover.test.ts', 'test/system/cut-off.test.ts', 'test/system/drained.test.ts'];
const wanted = isReal && filters.length === 0 ? REAL_SUITES : filters;
const started = Date.now();
const run = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', '--reporter=default', '--reporter=json', `--outputFile=${report}`, ...wanted],
  { stdio: 'inherit', env },
);

let summary;
try {
  summary = JSON.parse(readFileSync(report, 'utf8'));
} catch (error) {
  console.error(`no test report: ${error.message}`);
  process.exit(1);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const seconds = new Map();
for (const file of summary.testResults) {
  const [, area = '?'] = relative(process.cwd(), file.name).split(sep);
  seconds.set(area, (seconds.get(area) ?? 0) + (file.endTime - file.startTime) / 1000);
}
console.log('\nseconds by folder (budget)');
for (const [area, spent] of [...seconds].sort()) {
  const budget = BUDGETS[area];
  console.log(`  test/${area}`.padEnd(24), spent.toFixed(1).padStart(7), budget ? ` (${budget})${spent > budget ? '  over budget' : ''}` : '');
}
console.log(`  wall time`.padEnd(24), ((Date.now() - started) / 1000).toFixed(1).padStart(7));
// A file whose preparation failed has no failed test: all of its tests were skipped.
const failedFiles = summary.testResults.filter((file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed')).length;
console.log(`${summary.numPassedTests} passed, ${summary.numFailedTests + failedFiles} failed`);
process.exit(run.status === 0 && summary.numPassedTests > 0 ? 0 : 1);
