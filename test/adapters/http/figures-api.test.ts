import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FigureRoutes } from '../../../gateway/adapters/http/figures-api.js';
import { brand, type AgentId } from '../../../gateway/core/ids.js';
import { openApi, type OpenApi } from '../../support/api-rig.js';

const AGENT_TOKEN = 'agent-token-abcdefgh';
const API_TOKEN = 'api-token-0123456789';
const FIGURES = { from: 1, to: 2, blockedCallers: { byNumber: 0, withheld: 0 }, queues: [], agents: [], agentsByPhase: { ready: 3 } };

describe('the API of figures', () => {
  let http: OpenApi;
  let asked: Parameters<FigureRoutes['ofDay']>[0][];
  beforeEach(async () => {
    asked = [];
    http = await openApi({
      agentOf: (token) => (token === AGENT_TOKEN ? brand<AgentId>('anna') : null),
      apiToken: API_TOKEN,
      figures: { offersOf: () => Promise.resolve(null), ofDay: (day) => (asked.push(day), Promise.resolve({ figures: FIGURES, intervals: [FIGURES], estimates: { pairs: 0 } })) },
    });
  });
  afterEach(() => http.close());
  const ask = (query = '', token: string | null = AGENT_TOKEN) => fetch(`${http.url}/v1/figures${query}`, { headers: token === null ? {} : { authorization: `Bearer ${token}` } });

  it('gives those of today without a day, to an agent and to who has the API token', async () => {
    expect(await (await ask()).json()).toEqual({ ...FIGURES, estimates: { pairs: 0 } });
    expect((await ask('', API_TOKEN)).status).toBe(200);
    expect(asked).toEqual([null, null]);
  });

  it('gives those of a day, by intervals when asked for', async () => {
    expect(await (await ask('?day=2026-11-07&intervals=true')).json()).toEqual({ ...FIGURES, estimates: { pairs: 0 }, intervals: [FIGURES] });
    expect(asked).toEqual([{ year: 2026, month: 11, day: 7 }]);
  });

  it('refuses who has no token', async () => {
    expect([(await ask('', null)).status, (await ask('', 'another-token-0123456')).status]).toEqual([401, 401]);
    expect(asked).toEqual([]);
  });

  it.each(['?day=yesterday', '?day=2026-02-30', '?intervals=yes', '?dya=2026-11-07'])('refuses what it does not understand: %s', async (query) => {
    expect((await ask(query)).status).toBe(400);
    expect(asked).toEqual([]);
  });
});
