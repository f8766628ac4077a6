import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failed } from '../../../gateway/core/errors.js';
import { brand, type AgentId } from '../../../gateway/core/ids.js';
import { openApi, type OpenApi } from '../../support/api-rig.js';
import { noItems } from '../../support/no-items.js';
import { noTools } from '../../support/no-flows.js';

const TOKEN = 'a-token-of-another-system';
const ITEM = '"id":"chat-1","channel":"chat","queue":"billing","title":"Invoice"';
const NESTED = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('the API and what nobody means to send', () => {
  let http: OpenApi;
  let taken: unknown[];
  beforeEach(async () => {
    taken = [];
    const take = (what: unknown) => (taken.push(what), Promise.resolve(failed('VG_REFUSED', 'not here')));
    http = await openApi({ apiToken: TOKEN, agentOf: () => brand<AgentId>('anna'), isSupervisor: () => true, items: { ...noItems, create: take }, tools: { ...noTools, run: take } });
  });
  afterEach(() => http.close());

  const ask = async (method: string, path: string, body?: string | Uint8Array<ArrayBuffer>, headers: Readonly<Record<string, string>> = {}) => {
    const answer = await fetch(`${http.url}${path}`, { method, headers: { authorization: `Bearer ${TOKEN}`, ...headers }, ...(body === undefined ? {} : { body }) });
    const { error } = (await answer.json()) as { error?: { detail: string } };
    return [answer.status, error?.detail];
  };

  it.each([
    ['a key that an object never has as its own', '/v1/items', `{${ITEM},"needs":{"__proto__":5}}`, 'needs: no key __proto__'],
    ['half a character', '/v1/items', `{${ITEM},"customer":"Eva \\ud83d"}`, 'customer: whole characters: half of one is there'],
    ['half a character in a key', '/v1/flows/tools/check', '{"files":{"\\ud83d":""}}', 'files: whole characters: half of one is there'],
    ['a character that no store takes', '/v1/items', `{${ITEM},"customer":"Eva\\u0000Ek"}`, 'customer: text without the character U+0000'],
    ['what is nested without end', '/v1/flows/menu/run', `{"given":{"x":${NESTED(50_000)}}}`, 'given.x: nested at most 64 deep'],
  ])('are refused %s, and told where', async (_what, path, body, detail) => {
    const [status, told] = await ask('POST', path, body);
    expect([status, told]).toEqual([400, expect.stringContaining(detail) as string]);
    expect(taken).toEqual([]);
  });

  it('takes whole characters of every kind', async () => {
    expect(await ask('POST', '/v1/items', `{${ITEM},"customer":"Åsa 😀 \\ud83d\\ude00 עברית"}`)).toEqual([409, 'not here']);
    expect(taken).toMatchObject([{ customer: 'Åsa 😀 😀 עברית' }]);
  });

  it('says of a compressed body that it is to be sent plain', async () => {
    expect(await ask('POST', '/v1/items', new Uint8Array(gzipSync(`{${ITEM}}`)), { 'content-encoding': 'gzip' })).toEqual([415, 'send the body without Content-Encoding: it is not unpacked here']);
    expect(await ask('PUT', '/v1/centre?check=1', new Uint8Array(gzipSync('domain: x')), { 'content-encoding': 'gzip' })).toEqual([415, 'send the body without Content-Encoding: it is not unpacked here']);
  });

  it.each(['/v1/thread?customer=1&customer=2', '/v1/figures?day=2026-11-28&day=2026-11-29', '/v1/queue/calls/c1?day=2026-11-28&day=2026-11-29', '/v1/flows/recordings?limit=1&limit=2', '/v1/items/chat-1?waitSeconds=1&waitSeconds=2', '/v1/calls/ended?sipCallId=a&sipCallId=b'])(
    'takes nothing that is said twice: %s', async (path) => {
      const [status, told] = await ask('GET', path);
      expect([status, told]).toEqual([400, expect.stringMatching(/^(customer|day|limit|waitSeconds|sipCallId): said twice$/) as string]);
    });

  it('takes no character in an address that no store takes', async () => {
    expect(await ask('GET', '/v1/thread?customer=a%00b')).toEqual([400, 'customer: text without the character U+0000']);
  });

  it('says what is asked for where a call that ended is not named', async () => {
    expect(await ask('GET', '/v1/calls/ended')).toEqual([400, 'sipCallId: it is missing: text']);
  });
});
