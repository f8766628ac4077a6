import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReplayRoutes } from '../../../gateway/adapters/http/replay-api.js';
import { failed, ok } from '../../../gateway/core/errors.js';
import { openApi, type OpenApi } from '../../support/api-rig.js';

const TOKEN = 'api-token-0123456789';
const NOW = Date.parse('2026-11-28T10:00:00Z');
const DAY_MS = 86_400_000;
const FIGURES = { replayed: 1, same: 1, different: 0, askedNew: 0, unknown: 0, unusable: 0, otherVersions: 0, unknownVersions: 0, otherFlows: 0 };

describe('the API of recordings', () => {
  let http: OpenApi;
  let asked: unknown[];
  let pages: () => AsyncIterable<string>;
  let replays: ReplayRoutes;

  beforeEach(async () => {
    asked = [];
    pages = async function* () {
      yield '{"a":1}\n';
      yield await Promise.resolve('{"b":2}\n');
    };
    replays = {
      now: () => NOW,
      recordings: (wanted, limit) => (asked.push({ ...wanted, limit }), Promise.resolve(ok(pages()))),
      replay: (wish) => (asked.push(wish), Promise.resolve(ok({ figures: FIGURES, results: [], callers: [] }))),
    };
    const late: ReplayRoutes = { now: () => replays.now(), recordings: (...args) => replays.recordings(...args), replay: (...args) => replays.replay(...args) };
    http = await openApi({ apiToken: TOKEN, replays: late });
  });
  afterEach(() => http.close());

  const ask = (path: string, body?: string, token = TOKEN) => fetch(`${http.url}${path}`, { headers: { authorization: `Bearer ${token}` }, ...(body === undefined ? {} : { method: 'POST', body }) });

  it('sends recordings line by line, those of the last day where nothing is said', async () => {
    const reply = await ask('/v1/flows/recordings');
    expect(reply.headers.get('content-type')).toBe('application/jsonl; charset=utf-8');
    expect(await reply.text()).toBe('{"a":1}\n{"b":2}\n');
    await (await ask('/v1/flows/recordings?since=2026-11-01T00:00:00Z&until=2026-11-02T00:00:00Z&flow=outage&limit=5')).text();
    expect(asked).toEqual([
      { since: NOW - DAY_MS, until: NOW + DAY_MS, flow: null, limit: 10_000 },
      { since: Date.parse('2026-11-01T00:00:00Z'), until: Date.parse('2026-11-02T00:00:00Z'), flow: 'outage', limit: 5 },
    ]);
  });

  it('breaks off where the store fails in between, so that nobody takes a part for the whole', async () => {
    pages = async function* () {
      yield '{"a":1}\n';
      throw await Promise.resolve(new Error('away'));
    };
    const reply = await ask('/v1/flows/recordings');
    await expect(reply.text()).rejects.toThrow();
  });

  it('answers 503 while the store is away', async () => {
    replays = { ...replays, recordings: () => Promise.resolve(failed('VG_STORE', 'away')) };
    expect((await ask('/v1/flows/recordings')).status).toBe(503);
  });

  it('replays a draft on the calls of the last day, and answers what came of it', async () => {
    const reply = await ask('/v1/flows/replays', JSON.stringify({ flow: 'outage', text: 'purpose: x' }));
    expect(await reply.json()).toEqual({ figures: FIGURES, results: [], callers: [] });
    expect(asked).toEqual([{ flow: 'outage', text: 'purpose: x', since: NOW - DAY_MS, limit: 1_000 }]);
  });

  it('answers 422 with place and fix for a draft that cannot be loaded', async () => {
    replays = { ...replays, replay: () => Promise.resolve(ok({ problems: [{ file: 'outage.yaml', line: 7, column: 3, node: 'menu', what: 'digit 3 leads to "sales", which does not exist', fix: 'add it' }] })) };
    const reply = await ask('/v1/flows/replays', JSON.stringify({ flow: 'outage', text: 'x' }));
    expect(reply.status).toBe(422);
    expect(await reply.json()).toMatchObject({ error: { issues: [{ path: '7:3', message: 'node "menu": digit 3 leads to "sales", which does not exist. Fix: add it' }] } });
  });

  it('answers 409 while another draft is replayed', async () => {
    replays = { ...replays, replay: () => Promise.resolve(failed('VG_REFUSED', 'another draft is being replayed')) };
    expect((await ask('/v1/flows/replays', JSON.stringify({ flow: 'outage', text: 'x' }))).status).toBe(409);
  });

  it.each([
    ['/v1/flows/recordings?limit=0', undefined, 'limit'],
    ['/v1/flows/recordings?since=yesterday', undefined, 'since'],
    ['/v1/flows/recordings?number=1', undefined, 'number'],
    ['/v1/flows/replays', '{"flow":"Outage","text":"x"}', 'flow'],
    ['/v1/flows/replays', '{"flow":"outage","text":"x","limit":9999}', 'limit'],
    ['/v1/flows/replays', 'purpose: x', 'body'],
  ])('refuses %s %s and names the field', async (path, body, field) => {
    const reply = await ask(path, body);
    expect(reply.status).toBe(400);
    expect(JSON.stringify(await reply.json())).toContain(field);
    expect(asked).toEqual([]);
  });

  it('is for holders of the API token alone', async () => {
    expect([(await ask('/v1/flows/recordings', undefined, 'wrong')).status, (await ask('/v1/flows/replays', '{}', 'wrong')).status]).toEqual([401, 401]);
    expect((await ask('/v1/flows/replays')).status).toBe(405);
  });
});
