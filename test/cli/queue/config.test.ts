import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CentreRoutes } from '../../../gateway/adapters/http/centre-api.js';
import { config } from '../../../gateway/cli/queue/config.js';
import { openApi, type OpenApi } from '../../support/api-rig.js';
import { noCentre } from '../../support/no-flows.js';
import { printed } from '../flow/printed.js';

const LIVE = { version: 'a'.repeat(16), from: 'api', text: 'domain: vaxel\n' } as const;
const FAULT = { file: 'contact-centre.yaml', line: 6, column: 9, node: null, what: 'there is no skill "cooking"', fix: 'add it' };

describe('vaxel queue config', () => {
  let http: OpenApi;
  let folder: string;
  let asked: unknown[];
  let outcome: Awaited<ReturnType<CentreRoutes['put']>>;
  beforeEach(async () => {
    vi.stubEnv('VAXEL_API_TOKEN', 'authors-token');
    folder = await mkdtemp(join(tmpdir(), 'vx-config-'));
    await writeFile(join(folder, 'new.yaml'), 'domain: new\n');
    asked = [];
    outcome = { done: 'applied', live: LIVE, before: 'b'.repeat(16), changes: ['agent anna: billing 3 → 5'], silent: [] };
    const keep = (...given: unknown[]): Promise<typeof outcome> => (asked.push(given), Promise.resolve(outcome));
    const log = [{ action: 'put' as const, version: LIVE.version, before: 'b'.repeat(16), changes: ['agent anna: billing 3 → 5'], at: Date.UTC(2026, 10, 28, 9), author: 'Eva', note: 'spring' }];
    const centre: CentreRoutes = { ...noCentre, live: LIVE, log, put: (...given) => keep('put', ...given), setSkills: (...given) => keep('skills', ...given), withdraw: (...given) => keep('withdraw', ...given), tryOut: () => Promise.resolve([FAULT, FAULT]) };
    http = await openApi({ centre, apiToken: 'authors-token' });
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await http.close();
    await rm(folder, { recursive: true });
  });
  const run = (...args: readonly string[]) => printed(config, ...args, '--api', http.url);
  const said = { author: 'Eva', note: 'spring' };

  it("changes an agent's skills", async () => {
    const { status, text } = await run('skill', 'anna', 'billing=5', 'english=-', '--note', 'spring', '--author', 'Eva');
    expect([status, text.trim()]).toEqual([0, `${LIVE.version} changed\n  agent anna: billing 3 → 5`]);
    expect(asked).toEqual([['skills', 'anna', { billing: 5, english: null }, { ...said, ifMatch: null }]]);
  });

  it('puts a file over the version that was read, and withdraws it', async () => {
    expect((await run('put', join(folder, 'new.yaml'), '--over', LIVE.version, '--note', 'spring', '--author', 'Eva')).status).toBe(0);
    expect((await run('withdraw', '--over', LIVE.version, '--note', 'spring', '--author', 'Eva')).status).toBe(0);
    expect(asked).toEqual([['put', 'domain: new\n', { ...said, ifMatch: [LIVE.version] }], ['withdraw', { ...said, ifMatch: [LIVE.version] }]]);
  });

  it('says why it was refused, with every fault, and which gateways have not confirmed', async () => {
    const { status, text } = await run('put', join(folder, 'new.yaml'), '--check');
    expect([status, text.match(/contact-centre.yaml:6:9: there is no skill "cooking". Fix: add it/g)?.length]).toEqual([1, 2]);
    outcome = { done: 'stale', live: LIVE, last: null };
    expect((await run('skill', 'anna', 'billing=5', '--note', 'n')).text).toContain('Read it again');
    outcome = { done: 'applied', live: LIVE, before: LIVE.version, changes: ['x'], silent: ['gateway-2-1234'] };
    expect((await run('skill', 'anna', 'billing=5', '--note', 'n')).text).toContain('gateway-2-1234 did not confirm it yet');
  });

  it('tells what is live and who changed what, in local time', async () => {
    vi.stubEnv('TZ', 'Asia/Tokyo');
    expect((await run('log')).text.trim()).toBe(`${LIVE.version} is live, put over the file\n2026-11-28 18:00:00  ${LIVE.version} is live, was ${'b'.repeat(16)} (Eva: spring)\n  agent anna: billing 3 → 5`);
    expect((await run('show', '--json')).json).toEqual([{ event: 'centre', version: LIVE.version, yaml: LIVE.text }]);
  });

  it.each([
    ['billing=11: a level is a whole number from 1 to 10; billing=- takes the skill away', ['skill', 'anna', 'billing=11', '--note', 'n']],
    ['billing=0: a level is a whole number from 1 to 10; billing=- takes the skill away', ['skill', 'anna', 'english=-', 'billing=0', '--note', 'n']],
    ['billing=2.5: a level is a whole number from 1 to 10; billing=- takes the skill away', ['skill', 'anna', 'billing=2.5', '--note', 'n']],
    ['Billing 3: write it as billing=5, or billing=- to take the skill away', ['skill', 'anna', 'Billing 3', '--note', 'n']],
    ['Anna: an agent is named as in contact-centre.yaml, with lower case letters, digits and hyphens', ['skill', 'Anna', 'billing=3', '--note', 'n']],
    ['name the agent and what to change, such as `skill anna billing=5 english=-`', ['skill', '--note', 'n']],
    ['--note: say why in 1 to 500 characters, for whoever reads the log', ['skill', 'anna', 'billing=5', '--note', ' ']],
    ['--note: say why in 1 to 500 characters, for whoever reads the log', ['skill', 'anna', 'billing=5', '--note', 'x'.repeat(501)]],
    ['--author: a name of 1 to 100 characters', ['withdraw', '--note', 'n', '--over', 'x', '--author', 'x'.repeat(101)]],
    ['all: that is too much, `vaxel queue config log` takes no name', ['log', 'all']],
    ['x: that is too much, `vaxel queue config withdraw` takes no name', ['withdraw', 'x', '--note', 'n', '--over', 'x']],
    ['b.yaml: that is too much, one file can be put at a time', ['put', 'a.yaml', 'b.yaml', '--check']],
  ])('says with place and allowed range, before anything is asked: %s', async (why, args) => {
    const { status, text } = await run(...args);
    expect([status, text.replace(/^vaxel[a-z ]*: /, '')]).toEqual([2, why]);
    expect(asked).toEqual([]);
  });

  it.each([[['skill', 'anna', 'billing', '--note', 'n']], [['skill', 'anna', 'billing=5']], [['put', 'x.yaml', '--note', 'n']], [['withdraw', '--note', 'n']], [['fly']]])('is not understood: %j', async (args) => {
    await writeFile(join(folder, 'x.yaml'), '');
    const named = args.map((arg) => (arg === 'x.yaml' ? join(folder, arg) : arg));
    expect((await run(...named)).status).toBe(2);
    expect(asked).toEqual([]);
  });
});
