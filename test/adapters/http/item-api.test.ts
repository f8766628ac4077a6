import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ItemRoutes } from '../../../gateway/adapters/http/item-api.js';
import type { Item, ItemStanding } from '../../../gateway/core/acd/item.js';
import { failed, ok, type Result } from '../../../gateway/core/errors.js';
import { brand, type AgentId } from '../../../gateway/core/ids.js';
import { openApi, type OpenApi } from '../../support/api-rig.js';

const API_TOKEN = 'a-token-of-another-system';
const BODY = { id: 'chat-1', channel: 'chat', queue: 'billing', title: 'Where is my invoice?' };
const ITEM: Item = { id: 'chat-1', channel: 'chat', queue: brand('billing'), title: 'Where is my invoice?', link: null, customer: null, needs: [], band: null };
const OPEN: ItemStanding = { item: { ...ITEM, createdAt: 5, end: null }, state: 'open', agentId: brand<AgentId>('anna'), waitMs: 7_000 };

describe('items over HTTP', () => {
  let http: OpenApi;
  let asked: unknown[];
  let answer: Result<ItemStanding | null>;
  let created: Result<ItemStanding>;
  beforeEach(async () => {
    asked = [];
    answer = created = ok(OPEN);
    const note = (...call: readonly unknown[]) => (asked.push(call), Promise.resolve(answer));
    const items: ItemRoutes = {
      create: async (item) => (await note('create', item), created),
      find: (id) => note('find', id),
      watch: (...given) => note('watch', ...given),
      cancel: (id) => note('cancel', id),
      complete: (...given) => note('complete', ...given),
    };
    http = await openApi({ items, apiToken: API_TOKEN });
  });
  afterEach(() => http.close());
  const ask = (method: string, path: string, body?: object, token = API_TOKEN) =>
    fetch(`${http.url}/v1/items${path}`, { method, headers: { authorization: `Bearer ${token}` }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });

  it('hands one in with what is not said left to the queue, and says where it is to be seen', async () => {
    const response = await ask('POST', '', BODY);
    expect([response.status, response.headers.get('location')]).toEqual([201, '/v1/items/chat-1']);
    expect(await response.json()).toMatchObject({ id: 'chat-1', state: 'open', agent: 'anna', waitMs: 7_000, needs: {}, endedAt: null });
    expect(asked).toEqual([['create', ITEM]]);
  });

  it.each([
    [{ ...BODY, id: 'a b' }, 'id'],
    [{ ...BODY, id: 'x'.repeat(37) }, 'id'],
    [{ ...BODY, channel: 'voice' }, 'channel'],
    [{ ...BODY, title: ' ' }, 'title'],
    [{ ...BODY, link: 'javascript:alert(1)' }, 'link'],
    [{ ...BODY, needs: { billing: 11 } }, 'needs.billing'],
    [{ ...BODY, band: 512 }, 'band'],
    [{ ...BODY, tittle: 'x' }, 'tittle'],
  ])('refuses %j and names the field', async (body, field) => {
    const response = await ask('POST', '', body);
    expect(response.status).toBe(400);
    expect(JSON.stringify(await response.json())).toContain(field);
    expect(asked).toEqual([]);
  });

  it('shows one, or waits for its next state', async () => {
    await ask('GET', '/chat-1');
    await ask('GET', '/chat-1?unless=open&waitSeconds=20');
    expect(asked).toEqual([['find', 'chat-1'], ['watch', 'chat-1', 'open', 20_000]]);
    expect((await ask('GET', '/chat-1?waitSeconds=600')).status).toBe(400);
  });

  it('takes one back, or says that it is done', async () => {
    expect((await ask('DELETE', '/chat-1')).status).toBe(200);
    expect((await ask('POST', '/chat-1/complete', { note: 'done' })).status).toBe(200);
    expect(asked).toEqual([['cancel', 'chat-1'], ['complete', 'chat-1', { note: 'done' }]]);
  });

  it('tells what stands against it, that there is none, and that it is to be sent again', async () => {
    created = failed('VG_REFUSED', 'there is no queue "sales"');
    const refused = await ask('POST', '', BODY);
    expect([refused.status, await refused.json()]).toEqual([409, { error: { code: 'VG_REFUSED', detail: 'there is no queue "sales"' } }]);
    answer = ok(null);
    expect((await ask('GET', '/chat-1')).status).toBe(404);
    answer = failed('VG_STORE', 'no answer');
    expect((await ask('DELETE', '/chat-1')).headers.get('retry-after')).toBe('2');
  });

  it('is for the API token alone, and for these methods', async () => {
    expect((await ask('POST', '', BODY, 'wrong')).status).toBe(401);
    const refused = await ask('PUT', '/chat-1', BODY);
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD, DELETE']);
    expect(asked).toEqual([]);
  });
});
