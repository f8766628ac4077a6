import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { recordings } from '../../gateway/cli/flow/recordings.js';
import { replay } from '../../gateway/cli/flow/replay.js';
import { recordingSchema } from '../../gateway/core/recording/recording.js';
import { projectFile } from '../../gateway/project.js';
import { printed } from '../cli/flow/printed.js';
import { AGENT_SECRET, Exchange } from '../support/exchange.js';
import { historyFolder, startHistory, type HistoryServer } from '../support/history-server.js';

const MAIN_NUMBER = '+46771000200';
const PIN = '2580';
/** Times may hold any digits; what is keyed or answered is no time. */
const TIMES = /"+(at|ms|after|tookMs|times|waitMs|talkMs|version)"+:\s*(\[[^\]]*\]|"*[0-9a-f.]+"*)|\d\d:\d\d:\d\d\.\d+/g;
const hasPin = (text: string): boolean => new RegExp(`(?<![0-9a-f])${PIN}(?![0-9a-f])`).test(text.replace(TIMES, ''));

describe('a call through the gateway and its replay', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vx-replay-'));
  const file = join(folder, 'calls.jsonl');
  let history: HistoryServer;
  let data: Awaited<ReturnType<typeof historyFolder>>;
  let exchange: Exchange;

  beforeAll(async () => {
    data = await historyFolder();
    history = await startHistory(data.path);
    vi.stubEnv('VAXEL_API_TOKEN', AGENT_SECRET);
    exchange = await Exchange.start({ config: { databaseUrl: history.url } });
    const call = await exchange.call(`wait:600 3 wait:1500 ${PIN} wait:2500`, { to: `sip:${MAIN_NUMBER}@${exchange.sip}` });
    await vi.waitFor(() => expect(exchange.log.of('connector returned').map(({ fields }) => fields['operation'])).toContain('billing.getBalance'), { timeout: 20_000 });
    call.hangUp();
    await vi.waitFor(() => expect(exchange.log.of('call ended')).toHaveLength(1), 10_000);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await exchange.close();
    await history.stop();
    await data.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const api = () => ['--api', exchange.gateway.httpUrl];

  it('is exported with its keys, the answers of the back ends and its end, secrets as their count', async () => {
    const exported = await vi.waitFor(async () => {
      const done = await printed(recordings, ...api());
      expect(done.json).toHaveLength(1);
      return done;
    }, 10_000);
    expect(exported.status).toBe(0);
    writeFileSync(file, `${exported.text}\n`);
    const recording = recordingSchema.parse(exported.json[0]);
    expect(recording).toMatchObject({ flow: 'main-menu', ani: '+46701234567', dnis: MAIN_NUMBER, end: { kind: 'callerLeft', as: 'solved' } });
    expect(recording.events.flatMap((event) => (event.did === 'keyed' ? [[event.node, event.keys]] : []))).toEqual([['main', '3'], ['who-is-calling/ask-pin', '••••']]);
    expect(recording.events.flatMap((event) => (event.did === 'asked' ? [[event.call, event.exit]] : []))).toEqual([['billing.findCustomer', 'ok'], ['billing.checkPin', 'ok'], ['billing.getBalance', 'ok']]);
  });

  it('leaves the code nowhere in the database and in no line of the log', async () => {
    const client = new pg.Client({ connectionString: history.url });
    await client.connect();
    const tables = await client.query<{ name: string }>(`SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`);
    let text = '';
    for (const { name } of tables.rows) text += (await client.query<{ row: string }>(`SELECT one::text AS row FROM "${name}" one`)).rows.map(({ row }) => row).join('\n');
    await client.end();
    expect(text).toContain('who-is-calling/ask-pin');
    expect(hasPin(text)).toBe(false);
    expect(hasPin(JSON.stringify(exchange.log.lines))).toBe(false);
    expect(hasPin(`${text}{"keys":"${PIN}"}`)).toBe(true);
  });

  it('ends as it did on the version that was live, from the file and from the gateway', async () => {
    const live = projectFile('ivr-flows', 'flows', 'main-menu.yaml');
    expect(await printed(replay, live, '--calls', file, '--json')).toMatchObject({ status: 0, json: [{ event: 'replayed', replayed: 1, same: 1 }] });
    expect(await printed(replay, live, ...api(), '--json')).toMatchObject({ status: 0, json: [{ event: 'replayed', replayed: 1, same: 1 }] });
  });

  it('is listed with both ends and where the ways part, for a draft that leads elsewhere', async () => {
    const draft = join(folder, 'main-menu.yaml');
    const text = readFileSync(projectFile('ivr-flows', 'flows', 'main-menu.yaml'), 'utf8').replace('3: balance, 4', '3: goodbye, 5: balance, 4');
    writeFileSync(draft, text);
    const told = await printed(replay, draft, '--calls', file);
    expect(told.status).toBe(1);
    expect(told.text).toContain('was hung up solved, now told; they part at main: goodbye instead of balance');
    const answer = await fetch(`${exchange.gateway.httpUrl}/v1/flows/replays`, { method: 'POST', headers: { authorization: `Bearer ${AGENT_SECRET}` }, body: JSON.stringify({ flow: 'main-menu', text }) });
    expect(await answer.json()).toMatchObject({ figures: { replayed: 1, different: 1 }, results: [{ was: 'hung up solved', now: 'told', calls: 1 }], callers: [{ parting: { node: 'main', was: 'balance', now: 'goodbye' } }] });
  });
});
