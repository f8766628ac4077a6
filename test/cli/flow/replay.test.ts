import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { replay } from '../../../gateway/cli/flow/replay.js';
import { sourceOf } from '../../../gateway/content.js';
import { ok } from '../../../gateway/core/errors.js';
import { projectFile } from '../../../gateway/project.js';
import { openApi, type OpenApi } from '../../support/api-rig.js';
import { noFlows } from '../../support/no-flows.js';
import { sampleContent } from '../../support/sample-content.js';
import { billingByLot, tapeCall, type CallerMove } from '../../support/taped-call.js';
import { printed } from './printed.js';
import { FolderCopy } from './sample-folder.js';

const AT = Date.parse('2026-11-27T10:00:00Z');
const listen: CallerMove = { do: 'listen' };
const press = (keys: string): CallerMove => ({ do: 'press', keys, gapMs: 250 });
/** Everything goes well. */
const kindBilling = billingByLot((below) => (below === 20 ? 1 : 0));

describe('vaxel flow replay', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vx-replay-'));
  const file = (name: string): string => join(folder, name);
  const calls = file('calls.jsonl');
  const content = sampleContent();

  const record = (flowId: string, index: number, ...moves: readonly CallerMove[]): string => {
    const flow = content.flows.get(flowId);
    if (flow === undefined) throw new Error(`there is no ${flowId}`);
    return JSON.stringify(tapeCall(flow, moves, { callId: `call-${index}`, at: AT + index * 60_000, ani: '+46701234567', dnis: '100', language: 'sv', answer: kindBilling }).recording);
  };
  const draft = (flowId: string, from: string, to: string): string => {
    const text = readFileSync(projectFile('ivr-flows', 'flows', `${flowId}.yaml`), 'utf8');
    if (!text.includes(from)) throw new Error(`${flowId} has no ${from}`);
    writeFileSync(file(`${flowId}.yaml`), text.replace(from, to));
    return file(`${flowId}.yaml`);
  };

  beforeAll(() => {
    const extend = [listen, press('1'), listen, press('471100#'), listen, press('1'), listen, press('2'), { do: 'wait', ms: 9_000 }] as const;
    writeFileSync(calls, `${[record('invoice-extension', 1, ...extend), record('invoice-extension', 2, ...extend), record('invoice-extension', 3, press('0'), { do: 'wait', ms: 9_000 }), record('main-menu', 4, listen, press('1'), ...extend), record('outage', 5, listen)].join('\n')}\n`);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  it('ends with 0 where all callers end as they did, those of other flows left out', async () => {
    const { status, text } = await printed(replay, projectFile('ivr-flows', 'flows', 'invoice-extension.yaml'), '--calls', calls);
    expect(status).toBe(0);
    expect(text.split('\n')).toEqual(['      4  calls of invoice-extension replayed', '      4  same end', '      0  different end', '      0  asked something new', '      0  unknown', '      1  of other flows, left out']);
  });

  it('ends with 1, and groups and lists who ends elsewhere with the local time, also where the draft is a part of the flow that was called', async () => {
    vi.stubEnv('TZ', 'Asia/Tokyo');
    const { status, text } = await printed(replay, draft('invoice-extension', 'exits: { ok: note-moved, alreadyExtended: look-again, refused: refused', 'exits: { ok: refused, alreadyExtended: look-again, refused: note-moved'), '--calls', calls);
    expect(status).toBe(1);
    expect(text).toMatch(/ 3 {2}different end\n +3 {2}was solved, now queue billing; they part at extend: refused instead of note-moved\n/);
    expect(text).toMatch(/2026-11-27 19:01:00 {2}call-1 {2}solved → queue billing\n {4}was {2}extend › note-moved › read-back › .+\n {4}now {2}extend › refused › person/);
  });

  it('prints one object a line with --json', async () => {
    const { json } = await printed(replay, draft('invoice-extension', 'exits: { ok: note-moved, alreadyExtended: look-again, refused: refused', 'exits: { ok: refused, alreadyExtended: look-again, refused: note-moved'), '--calls', calls, '--json');
    expect(json[0]).toEqual({ event: 'replayed', draft: 'invoice-extension', replayed: 4, same: 1, different: 3, askedNew: 0, unknown: 0, unusable: 0, otherVersions: 0, unknownVersions: 0, otherFlows: 1 });
    expect(json.filter(({ event }) => event === 'group').reduce((sum, { calls: count }) => sum + Number(count), 0)).toBe(3);
    expect(json.filter(({ event }) => event === 'caller').map(({ callId }) => callId)).toEqual(['call-1', 'call-2', 'call-4']);
  });

  describe('where the folder has changed since a version was published', () => {
    const changed = new FolderCopy();
    const [main, part, other] = ['main-menu', 'invoice-extension', 'who-is-calling'].map((id) => changed.file(`flows/${id}.yaml`)) as [string, string, string];
    let gateway: OpenApi;

    beforeAll(async () => {
      const text = readFileSync(part, 'utf8');
      writeFileSync(part, text.replace('exits: { ok: note-moved, alreadyExtended: look-again, refused: refused', 'exits: { ok: refused, alreadyExtended: look-again, refused: note-moved'));
      const sources = new Map([...content.flows.values()].map(({ id, version }) => [version, sourceOf(content, id)]));
      gateway = await openApi({ apiToken: 'a-token-for-tests', flows: { ...noFlows, source: (version) => Promise.resolve(ok(sources.get(version) ?? null)) } });
      vi.stubEnv('VAXEL_API_TOKEN', 'a-token-for-tests');
    });
    afterAll(async () => {
      await gateway.close();
      changed.remove();
    });

    const withGateway = (draft: string) => printed(replay, draft, '--calls', calls, '--api', gateway.url);

    it('shows what a part that changed does to callers of that version, as it would be published with the draft', async () => {
      const { status, text } = await withGateway(main);
      expect(status).toBe(1);
      expect(text).toMatch(/ 1 {2}calls of main-menu replayed\n.* 0 {2}same end\n.* 1 {2}different end\n +1 {2}was solved, now queue billing; they part at invoice-extension\/extend: invoice-extension\/refused instead of invoice-extension\/note-moved\n/);
      expect(text).not.toContain('version');
    });

    it('plays all that is no part of the draft as it was published with the version of the call', async () => {
      expect(await withGateway(other)).toMatchObject({ status: 0, text: expect.stringMatching(/ 4 {2}same end\n/) as string });
    });

    it('plays the folder and counts the calls where that version was never published', async () => {
      const lines = readFileSync(calls, 'utf8').split('\n');
      writeFileSync(file('unpublished.jsonl'), lines.join('\n').replaceAll(content.flows.get('main-menu')?.version ?? '', '0123456789abcdef'));
      const { text } = await printed(replay, main, '--calls', file('unpublished.jsonl'), '--api', gateway.url);
      expect(text).toMatch(/\n {6}1 {2}of them recorded on a version that was never published/);
      expect(text).toMatch(/call-4 {2}solved → queue billing \(recorded on version 0123456789abcdef\)\n/);
    });

    it('compares with nothing, and says so, where nobody can be asked what was published', async () => {
      const { status, text } = await printed(replay, main, '--calls', calls, '--var', folder);
      expect(status).toBe(1);
      expect(text.split('\n')).toEqual([
        '      0  calls of main-menu replayed', '      0  same end', '      0  different end', '      0  asked something new', '      0  unknown',
        expect.stringMatching(/^ {6}1 {2}left out, recorded on other versions than the folder's, .*no running gateway was found \(name a gateway with --api/),
        '      4  of other flows, left out',
      ]);
      const refused = await printed(replay, main, '--calls', calls, '--api', 'http://127.0.0.1:1', '--json');
      expect(refused.json).toEqual([expect.objectContaining({ event: 'replayed', replayed: 0, unknownVersions: 1, why: expect.stringContaining('does not answer') as string })]);
    });
  });

  it('takes a draft by any name for the flow that --flow names', async () => {
    writeFileSync(file('new.yaml'), readFileSync(projectFile('ivr-flows', 'flows', 'invoice-extension.yaml')));
    expect((await printed(replay, file('new.yaml'), '--flow', 'invoice-extension', '--calls', calls)).status).toBe(0);
  });

  describe('ends with 2 for wrong input, and names file, line and fix', () => {
    it('of a draft', async () => {
      const { status, text } = await printed(replay, draft('invoice-extension', '1: want-extension', '1: want-extention'), '--calls', calls);
      expect(status).toBe(2);
      expect(text).toMatch(/invoice-extension\.yaml:\d+:\d+.*want-extention.*Fix: /);
    });

    it('of a file of calls', async () => {
      const [first = ''] = readFileSync(calls, 'utf8').split('\n');
      writeFileSync(file('bad.jsonl'), `${first}\n${first.replace('"recording":1', '"recording":9')}\n`);
      const { status, text } = await printed(replay, projectFile('ivr-flows', 'flows', 'invoice-extension.yaml'), '--calls', file('bad.jsonl'));
      expect(status).toBe(2);
      expect(text).toMatch(/bad\.jsonl:2: is a recording of format 9, .*Fix: export it again/);
    });

    it.each([
      ['no draft', [], /name one draft/],
      ['a draft that is not there', ['nowhere.yaml'], /nowhere\.yaml: there is no such file/],
      ['calls that are not there', [projectFile('ivr-flows', 'flows', 'outage.yaml'), '--calls', 'nowhere.jsonl'], /nowhere\.jsonl: there is no such file/],
      ['a time that is none', [projectFile('ivr-flows', 'flows', 'outage.yaml'), '--since', 'soon', '--api', 'http://127.0.0.1:1'], /--since: .*24h/],
      ['a gateway that does not answer', [projectFile('ivr-flows', 'flows', 'outage.yaml'), '--api', 'http://127.0.0.1:1'], /the gateway at http:\/\/127\.0\.0\.1:1 does not answer/],
    ])('of %s', async (_what, args, said) => {
      vi.stubEnv('VAXEL_API_TOKEN', 'a-token-for-tests');
      const { status, text } = await printed(replay, ...args);
      expect(status).toBe(2);
      expect(text).toMatch(said);
    });
  });
});
