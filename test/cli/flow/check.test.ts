import { rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { check } from '../../../gateway/cli/flow/check.js';
import { printed } from './printed.js';
import { SampleFolder } from './sample-folder.js';

const FLOW = 'flows/invoice-extension.yaml';
const CONNECTOR = 'connectors/billing.yaml';

describe('vaxel flow check', () => {
  let samples: SampleFolder;
  beforeEach(() => {
    samples = new SampleFolder();
  });
  afterEach(() => samples.remove());

  it('says what it checked when there is nothing wrong, and which variables a gateway would miss', async () => {
    const { status, text } = await printed(check, samples.path);
    expect(status).toBe(0);
    expect(text).toMatch(/^No problems\. Checked \d+ flows? \(\d+ nodes, \d+ ways\), \d+ prompts in sv, nb, en, \d+ operations of \d+ connectors?, \d+ tests and the contact centre/);
    expect(text).toContain('Not set here, and needed by a running gateway: BILLING_URL (billing, knowledge)');
  });

  it('names each problem of all files with place, node and fix, sorted, and counts them', async () => {
    const lines = [
      samples.change(CONNECTOR, 'timeoutMs: 2000', 'timeoutMs: 20000'),
      samples.change('contact-centre.yaml', 'prompt: call-later', 'prompt: call-sooner'),
      samples.change(FLOW, '{ 1: want-extension, 2: copy,', '{ 1: want-extention, 2: copy,'),
    ];
    const { status, text } = await printed(check, samples.path);
    expect(status).toBe(1);
    const told = text.split('\n');
    expect(told[0]).toMatch(new RegExp(`/${CONNECTOR}:${lines[0]}:\\d+: .+ Fix: .+`));
    expect(told[1]).toMatch(new RegExp(`/contact-centre.yaml:${lines[1]}:\\d+: .+call-sooner.+ Fix: .+`));
    expect(told[2]).toMatch(new RegExp(`/${FLOW}:${lines[2]}:\\d+ node "main": digit 1 leads to "want-extention".+ Fix: .+`));
    expect(text).toContain('3 problems in 3 files');
  });

  it('does not blame flows for a connector file that cannot be read', async () => {
    writeFileSync(samples.file(CONNECTOR), 'operations: 7\n');
    const { json } = await printed(check, samples.path, '--json');
    const files = new Set(json.filter(({ event }) => event === 'problem').map(({ file }) => resolve(String(file))));
    expect(files).toEqual(new Set([samples.file(CONNECTOR)]));
  });

  it('tells the problems of one file when asked for one, and that others have some', async () => {
    samples.change(CONNECTOR, 'timeoutMs: 2000', 'timeoutMs: 20000');
    samples.change(FLOW, 'prompt: welcome', 'prompt: wellcome');
    const one = await printed(check, samples.file(CONNECTOR));
    expect([one.status, one.text.split('\n').length]).toEqual([1, 5]);
    expect(one.text).toMatch(/1 problem in 1 file\nOther files of .+ have \d+ problems?\./);
    expect((await printed(check, samples.file('prompts'))).status).toBe(0);
  });

  it('checks the tests of flows too, their form also when the flow itself is faulty', async () => {
    const tests = 'flows/invoice-extension.test.yaml';
    const line = samples.change(tests, 'at: more', 'at: mor');
    expect((await printed(check, samples.path)).text).toMatch(new RegExp(`${tests}:${line}:\\d+: the flow has no node "mor"\\. Fix: `));
    samples.change(FLOW, 'prompt: welcome', 'prompt: wellcome');
    samples.change(tests, 'at: mor', 'att: more');
    expect((await printed(check, samples.path)).text).toMatch(new RegExp(`${tests}:${line}:\\d+: "att" is not known here`));
  });

  it('prints one object a line for machines; the last counts', async () => {
    const line = samples.change(FLOW, 'prompt: welcome', 'prompt: wellcome');
    const { json } = await printed(check, samples.path, '--json');
    expect(json[0]).toMatchObject({ event: 'problem', file: expect.stringMatching(/flows\/invoice-extension\.yaml$/), line: expect.any(Number), node: null, fix: expect.any(String) });
    expect(json.some((one) => one['node'] === 'welcome' && one['line'] === line)).toBe(true);
    expect(json.at(-1)).toMatchObject({ event: 'checked', problems: json.length - 1 });
  });

  it('a folder without its contact centre is a problem with a fix, not a crash', async () => {
    rmSync(samples.file('contact-centre.yaml'));
    const { status, text } = await printed(check, samples.path);
    expect(status).toBe(1);
    expect(text).toMatch(/contact-centre\.yaml:0:0: the file does not exist\. Fix: /);
  });

  it.each([['nowhere', 'there is no nowhere'], ['/', '/ lies in no folder of flows']])('%s is wrong usage', async (path, words) => {
    const { status, text } = await printed(check, path);
    expect(status).toBe(2);
    expect(text).toContain(words);
  });
});
