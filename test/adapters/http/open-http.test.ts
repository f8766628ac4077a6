import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openHttp, type OpenHttp } from '../../../gateway/adapters/http/open-http.js';
import { failed, ok, type Result } from '../../../gateway/core/errors.js';
import { brand, type AgentId } from '../../../gateway/core/ids.js';
import type { Interaction, ThreadEntry } from '../../../gateway/core/thread/interaction.js';
import { noRoutes } from '../../support/api-rig.js';
import { KeptLog } from '../../support/silent-log.js';

const AGENT_TOKEN = 'agent-token-abcdefgh';
const API_TOKEN = 'api-token-0123456789';
const ENTRY: ThreadEntry = { id: 'e', at: '2026-10-01T10:00:00.000Z', channel: 'chat', summary: 's', reason: null, result: null, agent: null, note: null };
const EVENT = {
  specversion: '1.0',
  id: 'chat-1',
  source: '/chat',
  type: 'vaxel.chat.dialogue',
  subject: '1001',
  time: '2026-10-01T10:00:00Z',
  data: { channel: 'chat', direction: 'in', summary: 'Asked for a copy' },
};

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

describe('the HTTP server', () => {
  let folder: string;
  let http: OpenHttp;
  let log: KeptLog;
  let appended: Interaction[];
  let asked: unknown[];
  let stored: Result<null>;
  let isUp: boolean;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vaxel-http-'));
    await writeFile(join(folder, 'index.html'), '<!doctype html><title>desk</title>');
    await writeFile(join(folder, 'main.js'), 'export {};');
    await writeFile(join(folder, 'secret.env'), 'TOKEN=1');
    log = new KeptLog();
    appended = [];
    asked = [];
    stored = ok(null);
    isUp = true;
    http = await openHttp({
      host: '127.0.0.1',
      port: 0,
      deskFolders: [folder],
      log,
      routes: {
        ...noRoutes,
        health: () => ({ isUp, calls: 2 }),
        agentOf: (token) => (token === AGENT_TOKEN ? brand<AgentId>('anna') : null),
        apiToken: API_TOKEN,
        thread: {
          append: (interaction) => {
            appended.push(interaction);
            return Promise.resolve(stored);
          },
          recent: (who, limit) => {
            asked.push({ ...who, limit });
            return Promise.resolve(stored.ok ? ok([ENTRY]) : stored);
          },
        },
      },
    });
  });
  afterEach(async () => {
    await http.close();
    await http.close();
    await rm(folder, { recursive: true, force: true });
    expect(log.text()).not.toContain(AGENT_TOKEN);
    expect(log.text()).not.toContain(API_TOKEN);
  });

  /** A request whose path is sent exactly as written; `fetch` would tidy it up. */
  const ask = (path: string, options: { readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string | Buffer } = {}): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port: http.port, path, method: options.method ?? 'GET', headers: options.headers ?? {} }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
      });
      sent.on('error', reject);
      sent.end(options.body);
    });
  const post = (body: string | Buffer, headers: Readonly<Record<string, string>> = {}): Promise<Reply> =>
    ask('/v1/interactions', { method: 'POST', body, headers: { 'Content-Type': 'application/cloudevents+json', Authorization: `Bearer ${API_TOKEN}`, ...headers } });
  const errorOf = (reply: Reply): { readonly code: string; readonly detail: string; readonly issues?: readonly { readonly path: string }[] } =>
    (JSON.parse(reply.body) as { error: { code: string; detail: string } }).error;

  describe('the desk', () => {
    it('is served with a strict content policy and never kept by a cache', async () => {
      const page = await ask('/desk/');
      expect(page).toMatchObject({ status: 200, body: '<!doctype html><title>desk</title>' });
      expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(page.headers['cache-control']).toBe('no-store');
      expect(page.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
      expect(page.headers['content-security-policy']).not.toContain('unsafe');
      expect(page.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer' });
    });

    it('revalidates scripts by their ETag', async () => {
      const script = await ask('/desk/main.js');
      expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
      const again = await ask('/desk/main.js', { headers: { 'If-None-Match': String(script.headers.etag) } });
      expect(again).toMatchObject({ status: 304, body: '' });
    });

    it('answers HEAD without a body', async () => {
      expect(await ask('/desk/', { method: 'HEAD' })).toMatchObject({ status: 200, body: '', headers: { 'content-length': '34' } });
    });

    it.each(['/', '/desk'])('leads from %s to the page', async (path) => {
      expect(await ask(path)).toMatchObject({ status: 302, headers: { location: '/desk/' } });
    });

    it.each([
      '/desk/../secret.env',
      '/desk/..%2f..%2fetc/passwd',
      '/desk/%2e%2e/package.json',
      '/desk/secret.env',
      '/desk/main.js/',
      '/desk//etc/passwd',
      '/desk/main.js%00.html',
      '/desk/__proto__',
      '/nothing',
      '//evil.example/desk/',
    ])('has nothing at %s', async (path) => {
      expect((await ask(path)).status).toBe(404);
    });

    it('refuses other methods and names those allowed', async () => {
      expect(await ask('/desk/', { method: 'DELETE' })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
      expect(await ask('/v1/interactions')).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    });
  });

  describe('GET /health', () => {
    it('answers 200 while calls can be served and 503 otherwise', async () => {
      expect(await ask('/health')).toMatchObject({ status: 200, body: '{"isUp":true,"calls":2}' });
      isUp = false;
      expect((await ask('/health')).status).toBe(503);
    });
  });

  describe('GET /v1/thread', () => {
    const auth = { Authorization: `Bearer ${AGENT_TOKEN}` };

    it('answers the newest entries of a customer or a number', async () => {
      const reply = await ask('/v1/thread?customer=1001&limit=5', { headers: auth });
      expect(JSON.parse(reply.body)).toEqual({ entries: [ENTRY] });
      await ask('/v1/thread?number=%2B46701234567', { headers: auth });
      expect(asked).toEqual([
        { customerId: '1001', number: null, limit: 5 },
        { customerId: null, number: '+46701234567', limit: 20 },
      ]);
    });

    it.each([
      ['no token', {}],
      ['an unknown token', { Authorization: 'Bearer nobody' }],
      ['another scheme', { Authorization: `Basic ${AGENT_TOKEN}` }],
      ['the API token', { Authorization: `Bearer ${API_TOKEN}` }],
    ])('refuses %s', async (_what, headers) => {
      expect(await ask('/v1/thread?customer=1001', { headers: headers as Record<string, string> })).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer realm="vaxel"' } });
      expect(asked).toEqual([]);
    });

    it.each([
      ['/v1/thread', 'customer'],
      ['/v1/thread?customer=', 'customer'],
      ['/v1/thread?customer=1&limit=0', 'limit'],
      ['/v1/thread?customer=1&limit=many', 'limit'],
    ])('refuses %s and names the field', async (path, field) => {
      const reply = await ask(path, { headers: auth });
      expect(reply.status).toBe(400);
      expect(errorOf(reply).issues?.[0]?.path).toBe(field);
    });

    it('answers 503 with Retry-After while the store is away', async () => {
      stored = failed('VG_STORE', 'no answer');
      expect(await ask('/v1/thread?customer=1', { headers: auth })).toMatchObject({ status: 503, headers: { 'retry-after': '2' } });
    });
  });

  describe('POST /v1/interactions', () => {
    it('stores a CloudEvent', async () => {
      expect(await post(JSON.stringify(EVENT))).toMatchObject({ status: 202, body: '{"id":"chat-1"}' });
      expect(appended).toMatchObject([{ id: 'chat-1', subject: '1001', data: { path: [] } }]);
    });

    it.each([
      ['no id', { ...EVENT, id: undefined }, 'id'],
      ['a wrong version', { ...EVENT, specversion: '0.3' }, 'specversion'],
      ['a time that is none', { ...EVENT, time: 'yesterday' }, 'time'],
      ['an unknown channel', { ...EVENT, data: { ...EVENT.data, channel: 'fax' } }, 'data.channel'],
      ['a negative wait', { ...EVENT, data: { ...EVENT.data, waitMs: -1 } }, 'data.waitMs'],
      ['a path that is none', { ...EVENT, data: { ...EVENT.data, path: [{ at: 1, node: 2 }] } }, 'data.path.0.node'],
      ['a list of events', [EVENT], ''],
    ])('refuses %s with 400 and the path of the field', async (_what, event, path) => {
      const reply = await post(JSON.stringify(event));
      expect(reply.status).toBe(400);
      expect(errorOf(reply).issues?.[0]?.path).toBe(path);
      expect(appended).toEqual([]);
    });

    it.each([
      ['half a JSON', '{"specversion":'],
      ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
      ['nothing', ''],
    ])('refuses %s with 400', async (_what, body) => {
      const reply = await post(body);
      expect(reply.status).toBe(400);
      expect(errorOf(reply).code).toBe('VG_BAD_MESSAGE');
    });

    it('refuses other content types with 415', async () => {
      expect((await post(JSON.stringify(EVENT), { 'Content-Type': 'text/plain' })).status).toBe(415);
    });

    it('refuses a body over 256 KB with 413, announced or not', async () => {
      const large = JSON.stringify({ ...EVENT, data: { ...EVENT.data, note: 'x'.repeat(300_000) } });
      expect((await post(large)).status).toBe(413);
      expect((await post(large, { 'Transfer-Encoding': 'chunked' })).status).toBe(413);
      expect(appended).toEqual([]);
    });

    it('wants the API token', async () => {
      expect((await post(JSON.stringify(EVENT), { Authorization: `Bearer ${AGENT_TOKEN}` })).status).toBe(401);
      expect((await post(JSON.stringify(EVENT), { Authorization: '' })).status).toBe(401);
      expect(appended).toEqual([]);
    });

    it('answers 503 while the store is away, so that the sender repeats', async () => {
      stored = failed('VG_STORE', 'no answer');
      expect(await post(JSON.stringify(EVENT))).toMatchObject({ status: 503, headers: { 'retry-after': '2' } });
    });
  });

  it.each([
    ['a port that is taken', () => ({ host: '127.0.0.1', port: http.port }), () => `HTTP: port ${http.port} of 127.0.0.1 is taken by another program, perhaps another gateway (\`ss -lntp\` lists who listens): end that one, or name a free port with HTTP_PORT (with \`vaxel up\`: --http-port)`],
    ['an address of another machine', () => ({ host: '192.0.2.1', port: 0 }), () => 'HTTP: 192.0.2.1 is no address of this machine: name one with HTTP_HOST'],
  ])('says of %s which setting to change', async (_what, at, told) => {
    await expect(openHttp({ ...at(), deskFolders: [folder], log, routes: noRoutes })).rejects.toThrow(told());
  });

  it.each(['GARBAGE\r\n\r\n', 'GET /desk/ HTTP/9.9\r\n\r\n', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(40_000)}\r\n\r\n`])('outlives malformed requests (%#)', async (text) => {
    await new Promise<void>((resolve) => {
      const socket = connect(http.port, '127.0.0.1', () => socket.end(text));
      socket.on('error', () => resolve());
      socket.on('close', () => resolve());
      socket.resume();
    });
    expect((await ask('/health')).status).toBe(200);
  });
});
