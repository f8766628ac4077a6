import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brand, type AgentId } from '../../../gateway/core/ids.js';
import { openApi, type OpenApi } from '../../support/api-rig.js';

const TOKEN = 'a-token-of-another-system';

describe('the methods of the API', () => {
  let http: OpenApi;
  beforeAll(async () => {
    http = await openApi({ apiToken: TOKEN, agentOf: () => brand<AgentId>('anna'), isSupervisor: () => true });
  });
  afterAll(() => http.close());
  const ask = (method: string, path: string) => fetch(`${http.url}${path}`, { method, redirect: 'manual', headers: { authorization: `Bearer ${TOKEN}` } });

  const READ = [
    '/', '/desk', '/health', '/v1/calls/ended?sipCallId=x', '/v1/flows', '/v1/flows/incidents', '/v1/flows/log', '/v1/flows/recordings', '/v1/flows/versions/0123456789abcdef',
    '/v1/figures', '/v1/queue', '/v1/queue/calls/c1', '/v1/messages', '/v1/messages/m1/audio', '/v1/thread?customer=1001', '/v1/centre', '/v1/centre/log', '/v1/items/chat-1',
  ];
  it.each(READ)('answers HEAD as GET, without content, at %s', async (path) => {
    const [got, head] = [await ask('GET', path), await ask('HEAD', path)];
    expect([head.status, head.headers.get('content-type'), head.headers.get('content-length')]).toEqual([got.status, got.headers.get('content-type'), got.headers.get('content-length')]);
    expect(got.status).not.toBe(405);
    expect(await head.text()).toBe('');
  });

  const WRITTEN = ['/v1/interactions', '/v1/flows/replays', '/v1/flows/releases', '/v1/queue/orders', '/v1/messages/m1/done', '/v1/flows/tools/check', '/v1/flows/menu/run', '/v1/items', '/v1/items/chat-1/complete', '/v1/centre/agents/anna'];
  it.each([...READ, ...WRITTEN])('says which there are where one is used that there is not, at %s', async (path) => {
    const refused = await ask('OPTIONS', path);
    expect(refused.status).toBe(405);
    expect(refused.headers.get('allow')).toMatch(READ.includes(path) ? /^GET, HEAD/ : /^(POST|PATCH)$/);
    expect(await refused.json()).toMatchObject({ error: { detail: `allowed here: ${refused.headers.get('allow') ?? ''}` } });
  });
});
