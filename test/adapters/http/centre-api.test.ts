import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CentreRoutes } from '../../../gateway/adapters/http/centre-api.js';
import { noCentre } from '../../support/no-flows.js';
import { openApi, type OpenApi } from '../../support/api-rig.js';

const API_TOKEN = 'authors-token';
const LIVE = { version: 'a'.repeat(16), from: 'api', text: 'domain: växel\n' } as const;
const PROBLEM = { file: 'contact-centre.yaml', line: 6, column: 9, node: null, what: 'there is no skill "cooking"', fix: 'add it' };
type Outcome = Awaited<ReturnType<CentreRoutes['put']>>;

describe('the contact centre over HTTP', () => {
  let http: OpenApi;
  let asked: unknown[];
  let outcome: Outcome;
  beforeEach(async () => {
    asked = [];
    outcome = { done: 'applied', live: LIVE, before: 'b'.repeat(16), changes: ['agent anna: billing 3 → 5'], silent: [] };
    const keep = (...given: unknown[]): Promise<Outcome> => (asked.push(given), Promise.resolve(outcome));
    const centre: CentreRoutes = { ...noCentre, live: LIVE, log: [], put: (...given) => keep('put', ...given), setSkills: (...given) => keep('skills', ...given), withdraw: (...given) => keep('withdraw', ...given), tryOut: (text) => (text === 'away' ? Promise.reject(new Error('no answer from Redis')) : Promise.resolve(text === 'bad' ? [PROBLEM] : { version: LIVE.version, changes: [text] })) };
    http = await openApi({ centre, apiToken: API_TOKEN });
  });
  afterEach(() => http.close());
  const SAID = '?author=Eva%20%C3%85&note=spring';
  const ask = (method: string, path: string, { body, match, token = API_TOKEN }: { readonly body?: string; readonly match?: string; readonly token?: string } = {}) =>
    fetch(`${http.url}/v1/centre${path}`, { method, ...(body === undefined ? {} : { body }), headers: { authorization: `Bearer ${token}`, ...(match === undefined ? {} : { 'if-match': match }) } });
  const detail = async (response: Response): Promise<string> => ((await response.json()) as { error: { detail: string } }).error.detail;

  it('gives the YAML that is live, with its version as ETag, and the log', async () => {
    const response = await ask('GET', '');
    expect([response.status, response.headers.get('content-type'), response.headers.get('etag'), await response.text()]).toEqual([200, 'application/yaml; charset=utf-8', `"${LIVE.version}"`, LIVE.text]);
    expect(await (await ask('GET', '/log')).json()).toEqual({ live: { version: LIVE.version, from: 'api' }, log: [] });
  });

  it.each([
    ['GET', ''],
    ['GET', '/log'],
    ['PUT', SAID],
    ['DELETE', SAID],
    ['PATCH', `/agents/anna${SAID}`],
  ])('%s %s is for the API token alone', async (method, path) => {
    expect((await ask(method, path, { token: 'an-agents-token', match: '*' })).status).toBe(401);
    expect(asked).toEqual([]);
  });

  it('says that a text cannot be tried out where what is published cannot be read', async () => {
    const response = await ask('PUT', '?check=1', { body: 'away' });
    expect([response.status, response.headers.get('retry-after'), await detail(response)]).toEqual([503, '2', 'what is published could not be read: no answer from Redis']);
  });

  it('passes a change on with who made it, why, and what they had read', async () => {
    const response = await ask('PUT', SAID, { body: 'domain: å', match: '"x", "y"' });
    expect([response.status, response.headers.get('etag'), await response.json()]).toEqual([200, `"${LIVE.version}"`, { version: LIVE.version, before: 'b'.repeat(16), changes: ['agent anna: billing 3 → 5'], silent: [] }]);
    await ask('PATCH', `/agents/anna${SAID}`, { body: '{"skills":{"billing":5,"english":null}}' });
    await ask('DELETE', SAID, { match: '*' });
    const said = { author: 'Eva Å', note: 'spring' };
    expect(asked).toEqual([
      ['put', 'domain: å', { ...said, ifMatch: ['x', 'y'] }],
      ['skills', 'anna', { billing: 5, english: null }, { ...said, ifMatch: null }],
      ['withdraw', { ...said, ifMatch: 'any' }],
    ]);
  });

  it('replaces nothing for somebody who does not say what they had read', async () => {
    for (const method of ['PUT', 'DELETE']) {
      const response = await ask(method, SAID, method === 'PUT' ? { body: 'domain: a' } : {});
      expect([response.status, await detail(response)]).toEqual([428, expect.stringContaining('If-Match')]);
    }
    expect(asked).toEqual([]);
  });

  it.each([
    ['nobody says who', 'PUT', '?note=spring', 'x', 'author'],
    ['nobody says why', 'PUT', '?author=Eva', 'x', 'note'],
    ['a level is none', 'PATCH', `/agents/anna${SAID}`, '{"skills":{"billing":11}}', 'skills.billing: a level, a whole number from 1 to 10, or null'],
    ['no skill is named', 'PATCH', `/agents/anna${SAID}`, '{"skills":{}}', 'skills'],
    ['something else is to change', 'PATCH', `/agents/anna${SAID}`, '{"skills":{"billing":1},"name":"A"}', 'name'],
  ])('400 when %s', async (_what, method, path, body, said) => {
    const response = await ask(method, path, { body, match: '*' });
    expect([response.status, await detail(response)]).toEqual([400, expect.stringContaining(said)]);
    expect(asked).toEqual([]);
  });

  it.each<readonly [string, Outcome, number, RegExp]>([
    ['somebody was faster', { done: 'stale', live: LIVE, last: { action: 'put', version: LIVE.version, before: null, changes: [], at: 0, author: 'Bo', note: 'summer' } }, 412, /nothing was changed: a{16} is live, .*by Bo at 1970-01-01T00:00:00.000Z \(summer\)/],
    ['there are faults', { done: 'faulty', problems: [PROBLEM, PROBLEM] }, 422, /^nothing was changed, there are 2 faults: contact-centre.yaml:6:9: there is no skill "cooking". Fix: add it$/],
    ['the agent is not known', { done: 'refused', error: { code: 'VG_AGENT_UNKNOWN', detail: 'there is no agent "x"' } }, 404, /there is no agent/],
    ['it stands against the present state', { done: 'refused', error: { code: 'VG_REFUSED', detail: 'not written out' } }, 409, /not written out/],
    ['the store is away', { done: 'refused', error: { code: 'VG_STORE', detail: 'nothing is known to have changed' } }, 503, /nothing is known/],
  ])('says why it was not done: %s', async (_what, given, status, words) => {
    outcome = given;
    const response = await ask('PUT', SAID, { body: 'domain: a', match: '*' });
    expect([response.status, await detail(response)]).toEqual([status, expect.stringMatching(words)]);
  });

  it('tries a text out', async () => {
    expect(await (await ask('PUT', '?check=1', { body: 'what changes' })).json()).toEqual({ version: LIVE.version, changes: ['what changes'] });
    const bad = await ask('PUT', '?check=1', { body: 'bad' });
    expect([bad.status, ((await bad.json()) as { error: { issues: unknown } }).error.issues]).toEqual([422, [{ path: 'contact-centre.yaml:6:9', message: 'there is no skill "cooking". Fix: add it' }]]);
    expect(asked).toEqual([]);
  });

  it('takes no text without end, and no other method', async () => {
    expect((await ask('PUT', SAID, { body: 'x'.repeat(1_000_001), match: '*' })).status).toBe(413);
    const posted = await ask('POST', '');
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD, PUT, DELETE']);
    expect((await ask('GET', '/agents/anna')).status).toBe(405);
    expect((await ask('GET', '/agents')).status).toBe(404);
  });
});
