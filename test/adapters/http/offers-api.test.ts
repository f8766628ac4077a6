import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LoggedOffer } from '../../../gateway/core/acd/offers-of-calls.js';
import { brand, type AgentId } from '../../../gateway/core/ids.js';
import { openApi, type OpenApi } from '../../support/api-rig.js';
import { noFigures } from '../../support/no-figures.js';

const [SUPERVISOR, AGENT, API_TOKEN] = ['supervisor-token-abcdefgh', 'agent-token-abcdefgh', 'api-token-0123456789'];
const OFFER: LoggedOffer = { offerId: 'o', agentId: 'anna', queue: 'q', at: 1, end: 'answered', why: { trigger: 'personal', alternatives: 0, hasMore: false, relaxations: 0, needs: [], preferred: [], strategy: 'longestIdle' } };
const OLD: LoggedOffer = { ...OFFER, offerId: 'old', why: null };

describe('the API of the offers of a call', () => {
  let http: OpenApi;
  beforeEach(async () => {
    http = await openApi({
      agentOf: () => brand<AgentId>('anna'),
      isSupervisor: (token) => token === SUPERVISOR,
      apiToken: API_TOKEN,
      figures: { ...noFigures, offersOf: (callId, day) => Promise.resolve(callId === 'call-1' || callId === 'item-chat_1' ? [OLD, OFFER] : callId === 'older' && day?.day === 27 ? [OLD] : null) },
    });
  });
  afterEach(() => http.close());
  const ask = (call: string, token: string | null) => fetch(`${http.url}/v1/queue/calls/${call}`, { headers: token === null ? {} : { authorization: `Bearer ${token}` } });

  it.each([SUPERVISOR, API_TOKEN])('tells to whom a call was offered and why, with the sentence, to the token %s', async (token) => {
    const words = { en: 'the caller was to reach this agent first', sv: 'kunden skulle först till just den här agenten', nb: 'kunden skulle først til akkurat denne agenten' };
    expect(await (await ask('call-1', token)).json()).toEqual({ callId: 'call-1', offers: [{ ...OLD, words: null }, { ...OFFER, words }] });
  });

  it('tells the same of a chat, an e-mail or a case, by the id that the queue has for it', async () => {
    expect((await ask('item-chat_1', SUPERVISOR)).status).toBe(200);
  });

  it('refuses an agent who is no supervisor, and who has no token', async () => {
    expect([(await ask('call-1', AGENT)).status, (await ask('call-1', null)).status]).toEqual([401, 401]);
  });

  it('tells of a call that is no longer among the latest by its day', async () => {
    expect(await (await ask('older?day=2026-11-27', SUPERVISOR)).json()).toEqual({ callId: 'older', offers: [{ ...OLD, words: null }] });
    expect([(await ask('older?day=2026-11-28', SUPERVISOR)).status, (await ask('older?day=yesterday', SUPERVISOR)).status, (await ask('older?days=1', SUPERVISOR)).status]).toEqual([404, 400, 400]);
  });

  it('says so when the call was not offered to anybody of late', async () => {
    const unknown = await ask('call-2', SUPERVISOR);
    expect(unknown.status).toBe(404);
    expect(((await unknown.json()) as { readonly error: { readonly detail: string } }).error.detail).toContain('?day=2026-11-28');
  });
});
