import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MessageRoutes } from '../../../gateway/adapters/http/message-api.js';
import { failed, ok } from '../../../gateway/core/errors.js';
import { brand, type AgentId } from '../../../gateway/core/ids.js';
import type { VoiceMessage } from '../../../gateway/core/thread/voice-message.js';
import { openApi, type OpenApi } from '../../support/api-rig.js';

const TOKEN = 'agent-token-abcdefgh';
const CHAT_TOKEN = 'agent-token-without-voice';
const API_TOKEN = 'api-token-0123456789';
const MESSAGE: VoiceMessage = { id: 'call-1-m2', callId: 'call-1', at: 1, durationMs: 23_000, number: '+46701234567', customer: null, reason: null, language: 'sv', flow: 'main-menu' };
const SOUND = Buffer.from('RIFF....WAVE');

describe('the API of voice messages', () => {
  let http: OpenApi;
  let routes: Omit<MessageRoutes, 'takesCalls'>;
  let dealtWith: unknown[];
  beforeEach(async () => {
    dealtWith = [];
    routes = {
      open: () => Promise.resolve(ok([MESSAGE])),
      sound: (id) => Promise.resolve(id === MESSAGE.id ? SOUND : null),
      done: (agentId, what) => (dealtWith.push({ agentId, ...what }), Promise.resolve(what.id === MESSAGE.id ? ok(null) : failed('VG_REFUSED', 'somebody has'))),
    };
    http = await openApi({
      agentOf: (token) => ({ [TOKEN]: brand<AgentId>('anna'), [CHAT_TOKEN]: brand<AgentId>('cia') })[token] ?? null,
      apiToken: API_TOKEN,
      messages: { takesCalls: (agentId) => agentId === 'anna', open: () => routes.open(), sound: (id) => routes.sound(id), done: (agentId, what) => routes.done(agentId, what) },
    });
  });
  afterEach(() => http.close());

  const ask = (path: string, init: RequestInit = {}) => fetch(`${http.url}${path}`, { ...init, headers: { authorization: `Bearer ${TOKEN}` } });

  it('lists what nobody has dealt with', async () => {
    expect(await (await ask('/v1/messages')).json()).toEqual({ messages: [MESSAGE] });
    routes = { ...routes, open: () => Promise.resolve(failed('VG_STORE', 'gone')) };
    expect((await ask('/v1/messages')).status).toBe(503);
  });

  it('serves the sound whole, to nobody’s cache', async () => {
    const answer = await ask(`/v1/messages/${MESSAGE.id}/audio`);
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([200, 'audio/wav', 'no-store']);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(SOUND);
    expect((await ask('/v1/messages/another/audio')).status).toBe(404);
  });

  it('takes that it is done, with a note or without, from the agent whose token it is', async () => {
    const done = (id: string, body?: string) => ask(`/v1/messages/${id}/done`, { method: 'POST', ...(body === undefined ? {} : { body }) });
    expect((await done(MESSAGE.id, '{"note":"called back"}')).status).toBe(200);
    expect((await done(MESSAGE.id)).status).toBe(200);
    expect((await done('another')).status).toBe(409);
    expect(dealtWith).toEqual([{ agentId: 'anna', id: MESSAGE.id, note: 'called back' }, { agentId: 'anna', id: MESSAGE.id, note: '' }, { agentId: 'anna', id: 'another', note: '' }]);
  });

  it.each(['no json', '{"note":1}', '{"text":"x"}', `{"note":"${'x'.repeat(4_001)}"}`])('refuses a note that it does not understand (%#)', async (body) => {
    expect((await ask(`/v1/messages/${MESSAGE.id}/done`, { method: 'POST', body })).status).toBe(400);
    expect(dealtWith).toEqual([]);
  });

  it.each([['no token', {}], ['an unknown token', { authorization: 'Bearer nobody' }], ['the API token', { authorization: `Bearer ${API_TOKEN}` }]])('refuses %s', async (_what, headers) => {
    for (const path of ['/v1/messages', `/v1/messages/${MESSAGE.id}/audio`]) expect((await fetch(http.url + path, { headers: headers as Record<string, string> })).status).toBe(401);
    expect((await fetch(`${http.url}/v1/messages/${MESSAGE.id}/done`, { method: 'POST', headers: headers as Record<string, string> })).status).toBe(401);
    expect(dealtWith).toEqual([]);
  });

  it('keeps what callers said from an agent who takes no calls: they cannot call back', async () => {
    const headers = { authorization: `Bearer ${CHAT_TOKEN}` };
    const answers = await Promise.all(
      [['/v1/messages'], [`/v1/messages/${MESSAGE.id}/audio`], [`/v1/messages/${MESSAGE.id}/done`, 'POST']].map(([path, method = 'GET']) => fetch(`${http.url}${path}`, { method, headers })),
    );
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
    expect(dealtWith).toEqual([]);
  });

  it.each(['/v1/messages/../../etc/passwd/audio', '/v1/messages/..%2f..%2fetc%2fpasswd/audio', '/v1/messages/a.b/audio', '/v1/messages//audio', `/v1/messages/${'a'.repeat(121)}/audio`])('has nothing at %s', async (path) => {
    expect((await ask(path)).status).toBe(404);
  });
});
