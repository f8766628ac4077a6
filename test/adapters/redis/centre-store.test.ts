import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCentreStore } from '../../../gateway/adapters/redis/centre-store.js';
import { openReleaseStore } from '../../../gateway/adapters/redis/release-store.js';
import type { CentreEntry } from '../../../gateway/core/acd/centre-version.js';
import type { CentreStore } from '../../../gateway/ports/centre-store.js';
import { startRedis } from '../../support/redis-server.js';
import { KeptLog } from '../../support/silent-log.js';

const entry = (version: string): CentreEntry => ({ action: 'put', version: version.repeat(16), before: null, changes: ['agent anna: billing 3 → 5'], author: 'Eva', note: 'why', at: 1 });

describe("the log of the contact centre's versions in Redis", () => {
  let server: Awaited<ReturnType<typeof startRedis>>;
  let one: CentreStore;
  let other: CentreStore;
  beforeAll(async () => {
    server = await startRedis();
    const open = (): CentreStore => openCentreStore({ url: server.url, tenant: 't', log: new KeptLog() });
    [one, other] = [open(), open()];
  });
  afterAll(async () => {
    await Promise.all([one.close(), other.close()]);
    await server.stop();
  });

  it('grows by one entry with its text, read by every gateway from where it stands', async () => {
    expect(await one.append(entry('a'), { after: 0, source: { text: 'domain: växel' } })).toBe('appended');
    expect(await other.entries(0)).toEqual([entry('a')]);
    expect(await other.source('a'.repeat(16))).toEqual({ text: 'domain: växel' });
    expect(await other.append(entry('b'), { after: 1, source: { text: 'b' } })).toBe('appended');
    expect(await one.entries(1)).toEqual([entry('b')]);
  });

  it('takes one of two entries that were decided on the same state', async () => {
    const { length } = await one.entries(0);
    const outcomes = await Promise.all([one.append(entry('c'), { after: length, source: { text: 'c' } }), other.append(entry('d'), { after: length, source: { text: 'd' } })]);
    expect(outcomes.sort()).toEqual(['appended', 'changed']);
    expect(await one.entries(0)).toHaveLength(length + 1);
  });

  it('is not that of the flows, and each tenant has its own', async () => {
    const flows = openReleaseStore({ url: server.url, tenant: 't', log: new KeptLog() });
    const stranger = openCentreStore({ url: server.url, tenant: 'u', log: new KeptLog() });
    expect([await flows.entries(0), await stranger.entries(0)]).toEqual([[], []]);
    await Promise.all([flows.close(), stranger.close()]);
  });
});
