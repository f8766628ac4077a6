import { rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { test } from '../../../gateway/cli/flow/test.js';
import { printed } from './printed.js';
import { SampleFolder } from './sample-folder.js';

const TESTS = 'flows/invoice-extension.test.yaml';

describe('vaxel flow test', () => {
  let samples: SampleFolder;
  beforeEach(() => {
    samples = new SampleFolder();
  });
  afterEach(() => samples.remove());
  const run = (...args: readonly string[]) => printed(test, '--flows', samples.path, ...args);

  it('plays all tests, a line each, and says which share of the ways they took', async () => {
    const { status, text } = await run();
    const lines = text.split('\n');
    expect(status).toBe(0);
    expect(lines[0]).toMatch(/^✓ invoice-extension: .+ \(\d+:\d\d\)$/);
    expect(lines.at(-2)).toMatch(/^invoice-extension: 100 % of the ways taken, (\d+) of \1$/);
    expect(lines.at(-1)).toMatch(/^\d+ passed, 0 failed$/);
  });

  it('a failed test shows its place, what was expected and what was, and the call step by step', async () => {
    const line = samples.change(TESTS, 'said: [left-alone, goodbye]', 'said: [left-alone, paid]');
    const { status, text } = await run('invoice-extension');
    expect(status).toBe(1);
    const from = text.slice(text.indexOf('✗'));
    expect(from).toMatch(/^✗ invoice-extension: No leaves the due date as it is \(/);
    expect(from).toMatch(new RegExp(`\\n    .*${TESTS}:${line}:\\d+\\n      expected  paid is said then\\n      but       after that was said: `));
    expect(from).toMatch(/\n {9}0:\d\d {2}main +“Vill du ha .+” {2}keyed 1\n/);
    expect(from).toMatch(/\n {9}0:\d\d {2}find-invoice +billing\.getInvoice → ok\n/);
    expect(from).toMatch(/\n {9}0:\d\d {2}hung up: told\n/);
    expect(text).toMatch(/passed, 1 failed$/);
  });

  it('a share below the one asked for fails and lists the ways not taken', async () => {
    writeFileSync(samples.file(TESTS), 'caller: { number: "+4671" }\ngiven: { billing.findCustomer: notFound }\ntests:\n  Listening: { then: { at: main } }\n');
    expect((await run()).status).toBe(0);
    const { status, text } = await run('--min', '50');
    expect(status).toBe(1);
    expect(text).toMatch(/invoice-extension: \d % of the ways taken, \d+ of \d+; at least 50 % are asked for/);
    expect(text).toContain('\n    not taken: main: key 1 → want-extension\n');
    expect(text).not.toContain('not taken: find-caller: exit notFound');
    expect((await run('--coverage')).text).toContain('not taken: everywhere: key 0 → person');
  });

  it('a flow without tests has nothing covered', async () => {
    rmSync(samples.file(TESTS));
    expect((await run()).text).toMatch(/invoice-extension: 0 % of the ways taken, 0 of \d+ \(no tests\)/);
    expect((await run('--min', '1')).status).toBe(1);
  });

  it('prints one object a line for machines', async () => {
    const line = samples.change(TESTS, 'said: [left-alone, goodbye]', 'said: [left-alone, paid]');
    const { json } = await run('--json');
    expect(json.find(({ passed }) => passed === false)).toMatchObject({ event: 'test', flow: 'invoice-extension', failures: [{ line, expected: expect.any(String), actual: expect.any(String) }], path: expect.any(Array) });
    expect(json.at(-2)).toMatchObject({ event: 'coverage', flow: 'invoice-extension', percent: expect.any(Number), missing: expect.any(Array) });
    expect(json.at(-1)).toMatchObject({ event: 'tested', failed: 1 });
  });

  it('a file of tests with a fault is refused with line and fix; nothing is played', async () => {
    const line = samples.change(TESTS, 'said: [left-alone, goodbye]', 'said: [left-allone, goodbye]');
    const { status, text } = await run();
    expect(status).toBe(1);
    expect(text).toMatch(new RegExp(`^.*${TESTS}:${line}:\\d+: there is no prompt "left-allone"\\. Fix: `));
    expect(text).not.toContain('✓');
  });

  it.each([[['other'], 'there is no flow "other"; there are '], [['--min', 'all'], '--min: a share from 0 to 100']] as const)('%s is wrong usage', async (args, words) => {
    const { status, text } = await run(...args);
    expect(status).toBe(2);
    expect(text).toContain(words);
  });
});
