import { PassThrough, Writable } from 'node:stream';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { choicesFor, readChoice } from '../../../gateway/cli/flow/answer-choice.js';
import { run } from '../../../gateway/cli/flow/run.js';
import type { DeclaredOperation } from '../../../gateway/core/authoring/doubles.js';
import { BillingService } from '../../sample-billing/billing-service.js';
import { printed } from './printed.js';
import { FolderCopy, SampleFolder } from './sample-folder.js';

/** Types these lines from a pipe and gives what is read. */
async function typed(lines: readonly string[], ...args: readonly string[]): Promise<{ readonly status: number; readonly text: string }> {
  return typedAt(false, lines, args);
}

/** The same; `isTerminal`: at a terminal, which shows what is typed. */
async function typedAt(isTerminal: boolean, lines: readonly string[], args: readonly string[]): Promise<{ readonly status: number; readonly text: string }> {
  const stdin = Object.assign(new PassThrough(), { isTTY: isTerminal });
  let text = '';
  const stdout = Object.assign(
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        text += chunk.toString();
        done();
      },
    }),
    { isTTY: isTerminal },
  );
  stdin.end(lines.map((line) => `${line}\n`).join(''));
  const status = await run(args, { stdin, stdout });
  return { status, text };
}

describe('vaxel flow run', () => {
  let samples: SampleFolder;
  beforeEach(() => {
    samples = new SampleFolder();
  });
  afterEach(() => samples.remove());
  const play = (lines: readonly string[], ...args: readonly string[]) => typed(lines, 'invoice-extension', '--flows', samples.path, ...args);

  it('shows what is said and done step by step, takes keys, and ends with what agents would see', async () => {
    const { status, text } = await play(['1', '471100#', '1', '2']);
    expect(status).toBe(0);
    expect(text).toMatch(/from \+46701234567, in sv; back ends answer as invoice-extension\.test\.yaml gives/);
    const steps = ['Hej och välkommen', 'Vill du ha mer tid', '› 1', 'Knappa in fakturanumret', '› 471100#', 'billing.getInvoice invoice=471100', 'billing.getInvoice → ok', 'den femtonde', '› 1', 'billing.extendInvoice → ok', 'Klart.', '› 2', 'Hej då!', 'hung up: solved, after'];
    let from = 0;
    for (const step of steps) {
      expect(text.slice(from)).toContain(step);
      from = text.indexOf(step, from) + step.length;
    }
    expect(text).toMatch(/reason +invoice\.extension\ncustomer +1001 Anna Lindqvist \(numberOnly\)\nshown .*Invoice: 471100/);
  });

  it('speaks the language and takes the number it is given', async () => {
    const { text } = await play([], '--language', 'en', '--from', 'withheld');
    expect(text).toContain('Hello and welcome');
    expect(text).toContain('from a withheld number, in en');
    expect(text).not.toContain('billing.findCustomer');
  });

  it('wait goes on to what happens next; the end of what is typed hangs up', async () => {
    const { text } = await play(['wait']);
    expect(text).toContain('Jag hörde ingen knapptryckning.');
    expect(text).toMatch(/you hung up at main, unsolved/);
  });

  it('hangup hangs up, where tells where, and what is no key is told', async () => {
    const { text } = await play(['where', 'sing', 'hangup', '1']);
    expect(text).toMatch(/at main: \{.*"customer":"1001"/);
    expect(text).toContain('"sing"? keys 0-9');
    expect(text).not.toContain('› 1');
  });

  it('asks what a back end answers, takes values to change, and asks again when it cannot be read', async () => {
    const { text } = await play(['notFound', '1', '4711#', 'opne', 'open status=paid customer=77', '77#', '1470', 'ok customer=77', 'open status=paid customer=77'], '--ask');
    expect(text).toContain('what does billing.findCustomer answer?');
    expect(text).toContain('choose by name or number');
    expect(text).toContain('Den fakturan är redan betald');
  });

  it('asks for what the file of tests does not give', async () => {
    samples.change('flows/invoice-extension.test.yaml', '  billing.getInvoice: open\n', '');
    const { text } = await play(['1', '4711#', 'paid']);
    expect(text).not.toContain('what does billing.findCustomer answer?');
    expect(text).toContain('what does billing.getInvoice answer?');
    expect(text).toContain('Den fakturan är redan betald');
  });

  it('takes the answers from another file with --double', async () => {
    const { text } = await play(['1', '4711#'], '--double', samples.file('flows/invoice-extension.test.yaml'));
    expect(text).toContain('billing.getInvoice → ok');
    expect((await printed((args) => run(args), 'invoice-extension', '--flows', samples.path, '--double', 'nowhere')).text).toContain('--double: there is no nowhere');
  });

  it('calls the real back ends with --real', async () => {
    const billing = await BillingService.start();
    process.env['BILLING_URL'] = billing.url;
    try {
      const { text } = await play(['1', '471130#'], '--real');
      expect(text).toContain('the real back ends answer');
      expect(text).toContain('Den fakturan är redan betald');
    } finally {
      delete process.env['BILLING_URL'];
      await billing.close();
    }
  });

  it.each([
    [['--real'], '--real needs BILLING_URL (billing, knowledge) in the environment'],
    [['--language', 'da'], '--language: the flow speaks sv, nb, en'],
  ])('%s is wrong usage', async (args, words) => {
    const { status, text } = await printed((all) => run(all), 'invoice-extension', '--flows', samples.path, ...args);
    expect([status, text]).toEqual([2, expect.stringContaining(words)]);
  });
});

describe('a PIN that is typed while vaxel flow run plays', () => {
  const folder = new FolderCopy();
  afterAll(() => folder.remove());
  const PIN = '2580';
  /** What steers a terminal may hold any digits. */
  const shown = (text: string): string => text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '');

  it.each<[string, boolean, readonly string[]]>([
    ['from a pipe', false, []],
    ['at a terminal', true, ['--fast']],
    ['from a pipe, told to a program', false, ['--json']],
    ['at a terminal, told to a program', true, ['--fast', '--json']],
  ])('%s is dots, also ahead of the question in one line with other keys; what else is keyed is shown once it counts', async (_how, isTerminal, options) => {
    const { status, text } = await typedAt(isTerminal, [`3${PIN}`, 'hangup'], ['main-menu', '--flows', folder.path, ...options]);
    expect(status).toBe(0);
    expect(text).toContain('billing.checkPin');
    const isJson = options.includes('--json');
    const keyed = isJson ? [...text.matchAll(/"event":"keyed".*"keys":"([^"]*)"/g)].map(([, keys]) => keys) : [...shown(text).matchAll(/^› (.*)$/gm)].map(([, keys]) => keys).filter((line) => line !== 'hangup');
    expect(keyed).toEqual(['3', '••••']);
    expect(shown(text)).not.toContain(PIN);
  });

  it('is dots where it was typed when an answer of a back end was asked for', async () => {
    const { text } = await typed([PIN, 'ok', 'hangup'], 'main-menu', '--flows', folder.path, '--ask');
    expect(text).toContain('"••••"?');
    expect(text).not.toContain(PIN);
  });
});

describe('vaxel flow run --json', () => {
  let samples: SampleFolder;
  beforeEach(() => {
    samples = new SampleFolder();
  });
  afterEach(() => samples.remove());

  /** Every line of the output must be an object. */
  const facts = async (lines: readonly string[], ...args: readonly string[]): Promise<readonly { readonly event: string }[]> => {
    const { text } = await typed(lines, 'invoice-extension', '--flows', samples.path, '--json', ...args);
    return text.trimEnd().split('\n').map((line) => JSON.parse(line) as { event: string });
  };

  it('tells what is said, asked for, keyed, called and answered in its order, one object a line', async () => {
    const told = await facts(['1', '471100#', 'hangup']);
    expect(told.map(({ event }) => event)).toEqual(['began', 'said', 'called', 'answered', 'said', 'asked', 'keyed', 'said', 'asked', 'keyed', 'called', 'answered', 'did', 'said', 'asked', 'ended']);
    expect(told[0]).toMatchObject({ flow: 'invoice-extension', from: '+46701234567', language: 'sv', answers: 'invoice-extension.test.yaml' });
    expect(told[1]).toMatchObject({ ms: 0, node: 'welcome', prompts: ['welcome'], text: expect.stringContaining('Hej och välkommen') as string });
    expect(told[8]).toMatchObject({ node: 'ask-invoice', takes: { as: 'entry', min: 4, max: 12, terminator: '#' } });
    expect(told[9]).toMatchObject({ node: 'ask-invoice', keys: '471100#' });
    expect(told[10]).toMatchObject({ node: 'find-invoice', operation: 'billing.getInvoice', arguments: { invoice: '471100' } });
    expect(told[11]).toMatchObject({ node: 'find-invoice', operation: 'billing.getInvoice', exit: 'ok', result: { status: 'open' } });
  });

  it('ends with result and reason in the words of a test', async () => {
    expect((await facts(['1', '471100#', '1', '2'])).at(-1)).toMatchObject({ event: 'ended', node: 'goodbye', result: { hangup: 'solved' }, reason: 'invoice.extension', customer: { id: '1001' }, shown: { Invoice: '471100' } });
    expect((await facts(['0'])).at(-1)).toMatchObject({ event: 'ended', result: { queue: 'billing' } });
    expect((await facts(['hangup'])).at(-1)).toMatchObject({ event: 'ended', node: 'main', result: { callerHungUp: 'unsolved' }, reason: null });
  });

  it('asks for an answer with what can be answered, and says what it did not understand', async () => {
    const told = await facts(['no', 'lost', 'sing'], '--ask');
    expect(told.filter(({ event }) => event === 'answerWanted')).toEqual([{ event: 'answerWanted', operation: 'billing.findCustomer', choices: expect.arrayContaining([{ name: 'lost', result: null }]) as object }]);
    expect(told.filter(({ event }) => event === 'notUnderstood')).toMatchObject([{ typed: 'no', expected: 'choose by name or number' }, { typed: 'sing' }]);
  });

  it('an answer that never came is the exit error', async () => {
    const told = await facts(['lost'], '--ask');
    expect(told).toContainEqual(expect.objectContaining({ event: 'answered', operation: 'billing.findCustomer', exit: 'error', result: null }));
  });

  it('wrong usage and faults of files are objects too', async () => {
    expect((await printed((all) => run(all), 'nowhere', '--flows', samples.path, '--json')).json).toMatchObject([{ event: 'error' }]);
    samples.change('flows/invoice-extension.yaml', 'start: begin', 'start: nowhere');
    expect((await printed((all) => run(all), 'invoice-extension', '--flows', samples.path, '--json')).json).toMatchObject([{ event: 'problem', what: 'start leads to "nowhere", which does not exist' }]);
  });
});

describe('what a back end could answer', () => {
  const operation: DeclaredOperation = { exits: ['ok', 'notFound', 'error'], arguments: [], response: { number: { type: 'digits', optional: false }, open: { type: 'boolean', optional: false }, size: { type: 'number', optional: true } } };
  const named = { mine: { exit: 'ok', result: { number: '7', open: true } }, other: { exit: 'ok', result: { dueDate: '2027-01-01' } } };
  const choices = choicesFor(operation, named, '2026-12-01');

  it('is the named answers that fit it, its exits, and no answer at all', () => {
    expect(choices.map(({ name }) => name)).toEqual(['mine', 'ok', 'notFound', 'error', 'lost']);
    expect(choices[1]?.answer.result).toEqual({ number: '1001', open: false, size: 1 });
  });

  it.each([
    ['mine', { exit: 'ok', result: { number: '7', open: true } }],
    ['3', { exit: 'notFound' }],
    ['mine open=false size=12', { exit: 'ok', result: { number: '7', open: false, size: 12 } }],
    ['lost', { exit: 'error', afterMs: 'never' }],
    ['9', 'choose by name or number'],
    ['mine colour=red', '"colour" is no field of it; there are number, open, size'],
    ['mine size=big', '"big" is no number'],
    ['mine open=perhaps', '"perhaps" is no boolean'],
  ])('%s', (line, answer) => {
    expect(readChoice(line, choices, operation)).toEqual(answer);
  });
});
