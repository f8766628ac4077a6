import { noFlows } from '../../support/no-flows.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FlowRoutes } from '../../../gateway/adapters/http/flow-api.js';
import { failed, ok } from '../../../gateway/core/errors.js';
import { openApi, type OpenApi } from '../../support/api-rig.js';

const API_TOKEN = 'api-token-0123456789';

describe('POST /v1/flows/releases', () => {
  let http: OpenApi;
  let released: unknown[];

  beforeEach(async () => {
    released = [];
    const written = { action: 'withdraw' as const, flow: 'menu', at: 1 };
    const release: FlowRoutes['release'] = (asked) => {
      released.push(asked);
      return Promise.resolve(asked.flow === 'menu' ? ok({ ...written, author: asked.author, note: asked.note }) : failed('VG_REFUSED', 'there is no such flow'));
    };
    http = await openApi({ apiToken: API_TOKEN, flows: { ...noFlows, release } });
  });
  afterEach(() => http.close());

  const wish = { action: 'publish', flow: 'menu', author: 'Eva', note: 'summer hours' };
  const post = (body: unknown, token = API_TOKEN): Promise<Response> =>
    fetch(`${http.url}/v1/flows/releases`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify(body) });

  it('hands the wish to the gateway and answers what was written', async () => {
    const response = await post(wish);
    expect([response.status, released]).toEqual([201, [wish]]);
    expect(await response.json()).toMatchObject({ flow: 'menu', author: 'Eva' });
  });

  it('answers 409 with the reason when something stands against it', async () => {
    const response = await post({ ...wish, flow: 'other' });
    expect([response.status, await response.json()]).toEqual([409, { error: { code: 'VG_REFUSED', detail: 'there is no such flow' } }]);
  });

  it.each([[{ ...wish, note: '' }, 'note'], [{ ...wish, action: 'shout' }, 'action'], [{ ...wish, percent: 100 }, 'percent'], [7, 'body']])('refuses %j, naming the field', async (body, field) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(field);
    expect(released).toEqual([]);
  });

  it('wants the API token, for reading too', async () => {
    expect((await post(wish, 'x'.repeat(20))).status).toBe(401);
    for (const path of ['/v1/flows', '/v1/flows/log', '/v1/flows/versions/0123456789abcdef']) {
      expect((await fetch(http.url + path)).status).toBe(401);
      expect((await fetch(http.url + path, { headers: { authorization: `Bearer ${API_TOKEN}` } })).status).toBe(200);
    }
    expect(released).toEqual([]);
  });
});

describe('GET /v1/flows/versions/<version>', () => {
  const source = { flow: 'menu', files: [{ kind: 'flow' as const, name: 'flows/menu.yaml', text: 'purpose: x' }] };
  const answer = async (of: FlowRoutes['source'], version: string): Promise<readonly [number, unknown]> => {
    const http = await openApi({ apiToken: API_TOKEN, flows: { ...noFlows, source: of } });
    const response = await fetch(`${http.url}/v1/flows/versions/${version}`, { headers: { authorization: `Bearer ${API_TOKEN}` } });
    const body: unknown = await response.json();
    await http.close();
    return [response.status, body];
  };

  it('answers the files that were published as that version, and null for one that never was', async () => {
    const of: FlowRoutes['source'] = (version) => Promise.resolve(ok(version === '0123456789abcdef' ? source : null));
    expect(await answer(of, '0123456789abcdef')).toEqual([200, { source }]);
    expect(await answer(of, 'fedcba9876543210')).toEqual([200, { source: null }]);
    expect((await answer(of, 'live'))[0]).toBe(404);
  });

  it('answers 503 while the log of versions is away: nobody takes that for a version that never was', async () => {
    expect((await answer(() => Promise.resolve(failed('VG_STORE', 'away')), '0123456789abcdef'))[0]).toBe(503);
  });
});
