import { afterEach, expect, it, vi } from 'vitest';
import { versions } from '../../../gateway/cli/flow/release.js';
import { openApi } from '../../support/api-rig.js';
import { noFlows } from '../../support/no-flows.js';
import { printed } from './printed.js';

const TOKEN = 'a-token-for-tests';

afterEach(() => void vi.unstubAllEnvs());

it('vaxel flow versions says of each flow, by name, what serves its callers: the file, the published version, or the file in place of one that the gateway cannot load; and who released what, in local time', async () => {
  const published = { version: 'b'.repeat(16), share: null };
  const list = () => Promise.resolve([
    { flow: 'outage', file: 'a'.repeat(16), live: null, isRefused: false },
    { flow: 'balance', file: 'a'.repeat(16), live: published, isRefused: false },
    { flow: 'menu', file: 'a'.repeat(16), live: published, isRefused: true },
  ]);
  const log = () => Promise.resolve([{ action: 'publish' as const, flow: 'menu', version: published.version, at: Date.UTC(2026, 10, 28, 9), author: 'Eva', note: 'spring' }]);
  const api = await openApi({ apiToken: TOKEN, flows: { ...noFlows, list, log } });
  vi.stubEnv('VAXEL_API_TOKEN', TOKEN);
  try {
    const { status, text, json } = await printed(versions, '--api', api.url, '--json');
    expect([status, json.filter(({ event }) => event === 'flow').map(({ flow, isRefused }) => [flow, isRefused])], text).toEqual([0, [['balance', false], ['menu', true], ['outage', false]]]);
    vi.stubEnv('TZ', 'Asia/Tokyo');
    const lines = (await printed(versions, '--api', api.url)).text.split('\n');
    expect(lines[0]).toContain('bbbbbbbbbbbbbbbb published; the file is another one');
    expect(lines[1]).toContain('bbbbbbbbbbbbbbbb published; but the gateway cannot load it');
    expect(lines[2]).toContain('aaaaaaaaaaaaaaaa from its file');
    expect(lines[3]).toBe(`2026-11-28 18:00  menu ${'b'.repeat(16)} is live (Eva: spring)`);
  } finally {
    await api.close();
  }
});
