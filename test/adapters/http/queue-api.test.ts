import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { QueueRoutes } from '../../../gateway/adapters/http/queue-api.js';
import type { OperatorRoster } from '../../../gateway/core/acd/queue-types.js';
import { failed, ok, type Result } from '../../../gateway/core/errors.js';
import { brand } from '../../../gateway/core/ids.js';
import { openApi, type OpenApi } from '../../support/api-rig.js';

const API_TOKEN = 'operators-token';
const ROSTER: OperatorRoster = {
  nodes: [{ node: brand('n1'), calls: 2, isDrained: true }],
  agents: [{ agentId: brand('anna'), channel: 'voice', node: brand('n1'), state: { phase: 'ready', since: 5 } }],
  calls: [{ callId: brand('c1'), channel: 'voice', queue: brand('billing'), node: brand('n1'), queuedAt: 1, band: 10, needs: [{ skill: 'billing', minLevel: 3 }], waitsFor: null, offeredTo: null }],
  callbacks: [{ callId: brand('c2-cb'), number: '+••••••••567', queue: brand('billing'), node: brand('n1'), queuedAt: 1, nextTryAt: 2, tries: 1 }],
};

describe('the queue over HTTP', () => {
  let http: OpenApi;
  let ordered: Parameters<QueueRoutes['order']>[];
  let answer: Result<null>;
  let roster: Awaited<ReturnType<QueueRoutes['roster']>>;
  beforeEach(async () => {
    ordered = [];
    answer = ok(null);
    roster = ok(ROSTER);
    const queue: QueueRoutes = { roster: () => Promise.resolve(roster), order: (...given) => (ordered.push(given), Promise.resolve(answer)) };
    http = await openApi({ queue, apiToken: API_TOKEN });
  });
  afterEach(() => http.close());
  const headers = (token = API_TOKEN) => ({ authorization: `Bearer ${token}` });
  const give = (body: object, token = API_TOKEN) => fetch(`${http.url}/v1/queue/orders`, { method: 'POST', headers: headers(token), body: JSON.stringify(body) });

  it('shows who is there, who waits, which callbacks rest, and which gateways are drained', async () => {
    const response = await fetch(`${http.url}/v1/queue`, { headers: headers() });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(ROSTER);
    roster = failed('VG_STORE', 'no answer');
    expect((await fetch(`${http.url}/v1/queue`, { headers: headers() })).status).toBe(503);
  });

  it.each([
    { do: 'free', agent: 'anna' },
    { do: 'logout', agent: 'anna' },
    { do: 'drop', call: 'c1' },
    { do: 'move', call: 'c1', queue: 'technical' },
    { do: 'drain', node: 'n1' },
    { do: 'resume', node: 'n1' },
  ])('passes an order on with who gave it: %j', async (order) => {
    expect((await give({ ...order, by: 'Eva' })).status).toBe(200);
    expect(ordered).toEqual([[order, 'Eva']]);
  });

  it('says why an order was refused', async () => {
    answer = failed('VG_NOT_QUEUED', 'there is no such call');
    const response = await give({ do: 'drop', call: 'c9', by: 'Eva' });
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ error: { code: 'VG_NOT_QUEUED', detail: 'there is no such call' } });
  });

  it.each([{ do: 'drop', call: 'c1' }, { do: 'dance', by: 'Eva' }, { do: 'move', call: 'c1', by: 'Eva' }, { do: 'free', agent: 'an na', by: 'Eva' }, { do: 'free', agent: 'anna', by: 'Eva', too: 'much' }])('refuses what is no order: %j', async (body) => {
    expect((await give(body)).status).toBe(400);
    expect(ordered).toEqual([]);
  });

  it('is for the API token alone', async () => {
    expect((await fetch(`${http.url}/v1/queue`)).status).toBe(401);
    expect((await give({ do: 'drop', call: 'c1', by: 'Eva' }, 'wrong')).status).toBe(401);
    expect(ordered).toEqual([]);
  });
});
