import { readFile, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChildTools } from '../../gateway/adapters/author-tools/child-tools.js';
import { projectFile } from '../../gateway/project.js';
import { openApi, type OpenApi } from '../support/api-rig.js';

const TOKEN = 'api-token-0123456789';
const MESSAGE = 'flows/message.yaml';
const [SMALL, SAMPLES] = [projectFile('test', 'telephony', 'flows'), projectFile('ivr-flows')];

/** Each command is a process of its own, which takes its time on a busy machine. */
describe('the author’s commands over HTTP', { timeout: 60_000 }, () => {
  let http: OpenApi;
  let flows = SMALL;
  const tools = new ChildTools({ flowsDir: () => flows, command: projectFile('bin', 'vaxel.js') });

  beforeAll(async () => {
    http = await openApi({ apiToken: TOKEN, tools });
  });
  afterAll(() => http.close());

  const ask = async (tool: string, wish: object, token = TOKEN): Promise<{ readonly status: number; readonly body: { readonly status: number; readonly events: readonly { readonly event: string }[]; readonly text: string; readonly error?: { readonly detail: string } } }> => {
    const response = await fetch(`${http.url}/v1/flows/tools/${tool}`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: JSON.stringify(wish) });
    return { status: response.status, body: (await response.json()) as never };
  };
  const draft = (): Promise<string> => readFile(join(SMALL, MESSAGE), 'utf8');

  it('check says what is wrong with a draft, and where; the folder is not touched', async () => {
    const before = await draft();
    const copies = async (): Promise<number> => (await readdir(tmpdir())).filter((name) => name.startsWith('vaxel-tool-')).length;
    const copiesBefore = await copies();
    const { status, body } = await ask('check', { flow: 'message', files: { [MESSAGE]: before.replace(/^start: .*$/m, 'start: nowhere') } });
    expect([status, body.status]).toEqual([200, 1]);
    expect(body.events).toContainEqual(expect.objectContaining({ event: 'problem', file: MESSAGE, line: before.split('\n').findIndex((line) => line.startsWith('start: ')) + 1, what: 'start leads to "nowhere", which does not exist' }));
    expect(await draft()).toBe(before);
    expect(await copies()).toBe(copiesBefore);
  });

  it('test plays the tests beside a flow', async () => {
    flows = SAMPLES;
    const { body } = await ask('test', { flow: 'outage' });
    flows = SMALL;
    expect(body.status).toBe(0);
    expect(body.events.at(-1)).toMatchObject({ passed: expect.any(Number) as number, failed: 0 });
  });

  it('prove proves a flow', async () => {
    const { body } = await ask('prove', { flow: 'legs' });
    expect(body.status).toBe(0);
    expect(body.events).toContainEqual(expect.objectContaining({ event: 'proof', flow: 'legs', verdict: 'proved' }));
  });

  it('run plays a flow as text, with the keys that are sent', async () => {
    const { body } = await ask('run', { flow: 'message', language: 'sv', from: 'withheld' });
    expect(body.text).toContain('the way');
  });

  describe('a call of a flow', () => {
    const play = async (flow: string, wish: object): Promise<{ readonly status: number; readonly type: string | null; readonly text: string }> => {
      const response = await fetch(`${http.url}/v1/flows/${flow}/run`, { method: 'POST', headers: { authorization: `Bearer ${TOKEN}` }, body: JSON.stringify(wish) });
      return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
    };
    const linesOf = (text: string): readonly Readonly<Record<string, unknown>>[] => text.trimEnd().split('\n').map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    const WITHOUT_CODES = { 'billing.findCustomer': 'notFound', 'billing.checkPin': ['wrong', 'anna'], 'billing.getBalance': { exit: 'error' } };
    const ANNA = { anna: { exit: 'ok', result: { customer: '1001', name: 'Anna Lindqvist' } } };

    beforeAll(() => {
      flows = SAMPLES;
    });
    afterAll(() => {
      flows = SMALL;
    });

    it('comes as the objects that `flow run --json` prints, a line each, with the answers that are sent for back ends', async () => {
      const { status, type, text } = await play('balance', { from: '+46701234567', language: 'en', keys: ['1001#', '1111', '2580', 'where'], given: WITHOUT_CODES, answers: ANNA });
      expect([status, type]).toEqual([200, 'application/jsonl; charset=utf-8']);
      const lines = linesOf(text);
      expect(lines[0]).toMatchObject({ event: 'began', flow: 'balance', language: 'en', from: '+46701234567' });
      expect(lines.filter(({ event }) => event === 'answered')).toMatchObject([{ operation: 'billing.checkPin', exit: 'wrong' }, { operation: 'billing.checkPin', exit: 'ok' }, { operation: 'billing.getBalance', exit: 'error' }]);
      expect(lines.at(-1)).toMatchObject({ event: 'ended', customer: { id: '1001' } });
      expect(text).not.toMatch(/1111|2580/);
    });

    it('has no code in it that was typed ahead of its question', async () => {
      const { text } = await play('balance', { from: '+46701234567', keys: ['1001#2580', 'hangup'], given: { ...WITHOUT_CODES, 'billing.checkPin': 'anna' }, answers: ANNA });
      expect(linesOf(text).flatMap(({ event, keys }) => (event === 'keyed' ? [keys] : []))).toEqual(['1001#', '••••']);
      expect(text).not.toContain('2580');
    });

    it('is played on a draft, with the answers of the flow’s own tests where none are sent', async () => {
      const text = await readFile(join(SAMPLES, 'flows', 'outage.yaml'), 'utf8');
      const played = await play('outage', { keys: ['hangup'], files: { 'flows/outage.yaml': `${text}\n# a draft` } });
      const asItStands = await play('outage', { keys: ['hangup'] });
      expect([linesOf(played.text)[0], linesOf(asItStands.text)[0]]).toMatchObject([{ answers: 'outage.test.yaml' }, { answers: 'outage.test.yaml' }]);
      expect(linesOf(played.text)[0]?.['version']).not.toBe(linesOf(asItStands.text)[0]?.['version']);
    });

    it.each<[string, string, object, RegExp]>([
      ['an answer that the back end could not give', 'balance', { given: { 'billing.getBalance': 'gone' } }, /gone.* is neither an answer of this file nor an exit of billing\.getBalance\. Fix: use one of/],
      ['a draft with problems', 'outage', { files: { 'flows/outage.yaml': 'purpose: x' } }, /"path":"flows\/outage\.yaml:1:1"/],
      ['a flow that is not there', 'nowhere', {}, /there is no flow .*nowhere.*: use one of .*balance/],
    ])('is refused with the reason for %s', async (_title, flow, wish, why) => {
      const { status, text } = await play(flow, wish);
      expect([status, text]).toEqual([422, expect.stringMatching(why)]);
    });
  });

  it.each([
    ['mermaid', /^flowchart|^graph|^%%/m],
    ['svg', /<svg/],
    ['page', /<!doctype html>/i],
  ] as const)('diagram draws a flow as %s', async (as, looks) => {
    const { body } = await ask('diagram', { flow: 'message', as });
    expect([body.status, body.text]).toEqual([0, expect.stringMatching(looks)]);
  });

  it.each<[string, string, object, RegExp]>([
    ['a draft that climbs out of the folder', 'check', { files: { '../x.yaml': '' } }, /not a file such as flows\/x\.yaml/],
    ['keys that are none', 'run', { flow: 'outage', keys: 'a' }, /keys 0-9/],
    ['no flow to draw', 'diagram', {}, /say which flow to draw/],
    ['a field that it does not know', 'check', { flows: [] }, /flows/],
  ])('%s is refused with the reason', async (_title, tool, wish, why) => {
    const { status, body } = await ask(tool, wish);
    expect([status, body.error?.detail]).toEqual([400, expect.stringMatching(why)]);
  });

  it('nobody without the token runs anything', async () => {
    expect((await ask('check', {}, 'x'.repeat(20))).status).toBe(401);
  });

  it('one is run at a time, others are asked to come back', async () => {
    const answers = await Promise.all([ask('check', {}), ask('check', {})]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 503]);
  });

  it('one that takes too long is ended', async () => {
    const hurried = new ChildTools({ flowsDir: () => SMALL, command: projectFile('bin', 'vaxel.js'), limitMs: 50 });
    expect(await hurried.run({ tool: 'prove', files: {} })).toMatchObject({ ok: false, error: { detail: 'the command took longer than 0.05 s' } });
  });
});
