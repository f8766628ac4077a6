import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prove } from '../../../gateway/cli/flow/prove.js';
import { test } from '../../../gateway/cli/flow/test.js';
import { projectFile } from '../../../gateway/project.js';
import { printed } from './printed.js';
import { SampleFolder } from './sample-folder.js';

const FLOW = 'flows/invoice-extension.yaml';

describe('vaxel flow prove', () => {
  let samples: SampleFolder;
  beforeEach(() => {
    samples = new SampleFolder();
  });
  afterEach(() => samples.remove());
  const run = (...args: readonly string[]) => printed(prove, '--flows', samples.path, ...args);

  it('says that a flow is proved, how much was looked at, how far an answer and a person are; a warning does not fail, and a part is proved with its flow', async () => {
    samples.change(FLOW, 'reviewBy: 2027-06-01', 'reviewBy: 2020-06-01');
    const { status, text } = await run('own-invoice');
    expect(status).toBe(0);
    expect(text).toContain(`${FLOW}: warning: was to be looked at again by 2020-06-01. Fix: `);
    expect(text.split('\n').slice(-3)).toEqual([
      expect.stringMatching(/^invoice-extension: proved\. 69 nodes and 123 ways, \d+ places and \d+ moves in [\d.]+ s$/),
      '  to an answer: from 2 steps and 17 s (paid) to 3 steps and 30 s (invoice-copy.copy-sent)',
      expect.stringMatching(/^ {2}to a person: from 0 steps and \d+ s \(welcome\) to 1 step and \d+ s \(more\)$/),
    ]);
  });

  it('tells a fault with file, node, fix and the shortest call that shows it', async () => {
    samples.change(FLOW, 'ok: already-extended, notFound: refused', 'ok: already-extended, notFound: already-extended');
    const { status, text } = await run('invoice-extension');
    expect(status).toBe(1);
    expect(text).toContain(`${FLOW} node "already-extended": the prompt "already-extended" says {{invoice.dueDate}}, which is not set on this way. Fix: set it before`);
    expect(text).toMatch(/how: a call from .+ to .+ in \w\w, /);
    expect(text).toMatch(/\n {9}billing\.extendInvoice answers alreadyExtended\n {9}billing\.getInvoice answers notFound\n {4}as a test: \{/);
    expect(text).toMatch(/\ninvoice-extension: 1 fault\. /);
  });

  it.each([
    ['a value that is not set', [['ok: already-extended, notFound: refused', 'ok: already-extended, notFound: already-extended']], { said: ['something-broke'], ended: { queue: 'billing' } }],
    ['a circle', [['noInput: { retries: 2, prompt: no-input, next: person }\n    noMatch: { retries: 2, prompt: no-match, next: person }\n  to-swedish', 'noInput: { retries: 2, prompt: no-input, next: main }\n    noMatch: { retries: 2, prompt: no-match, next: person }\n  to-swedish']], { at: 'main' }],
    ['an end without a word', [['goodbye: { do: hangup, prompt: goodbye }', 'goodbye: { do: hangup }']], { neverSaid: ['goodbye'], ended: { hangup: 'solved' } }],
  ] as const)('its witness is a test that leads there: %s', async (_what, changes, then) => {
    for (const [from, to] of changes) samples.change(FLOW, from, to);
    // What is seen on the way is told, whether all places are looked at or not.
    const { json } = await run('--json', '--places', '1000');
    const found = json.find(({ event }) => event === 'violation');
    const tests = { tests: { 'It happens': { ...(found?.['test'] as object), then } } };
    writeFileSync(samples.file('flows/invoice-extension.test.yaml'), JSON.stringify(tests));
    expect((await printed(test, '--flows', samples.path)).text).toMatch(/1 passed, 0 failed$/);
  });

  it('gives up beyond so many places, and does not call that proved', async () => {
    const { status, text } = await run('--places', '50');
    expect(status).toBe(1);
    expect(text).toMatch(/not looked at: there are more than 50 places to look at\ninvoice-extension: not proved\. /);
  });

  it('wrong usage is one sentence', async () => {
    expect(await run('nowhere')).toMatchObject({ status: 2, text: expect.stringMatching(/^vaxel: there is no flow "nowhere"; there are .*invoice-extension$/) });
    expect((await run('--places', '0')).status).toBe(2);
  });
});

it('all sample flows are proved, one object a line for machines, and nothing is warned of: no menu with more than five choices, no answer farther than three steps', async () => {
  const { json } = await printed(prove, '--flows', projectFile('ivr-flows'), '--json');
  expect(json.filter(({ event }) => event === 'violation' || event === 'gap' || event === 'warning')).toEqual([]);
  expect(json.filter(({ event }) => event === 'proof').map(({ verdict }) => verdict)).toEqual(['proved', 'proved', 'proved']);
  expect(json.find(({ flow }) => flow === 'invoice-extension')).toMatchObject({ event: 'proof', nodes: 69, ways: 123, answers: [{ node: 'invoice-extension.paid', steps: 2 }, {}, {}, {}, { steps: 3 }] });
}, 60_000);
