import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openReleaseStore } from '../../../gateway/adapters/redis/release-store.js';
import type { FlowSource, Release } from '../../../gateway/core/flow/release.js';
import type { ReleaseStore } from '../../../gateway/ports/release-store.js';
import { startRedis } from '../../support/redis-server.js';
import { KeptLog } from '../../support/silent-log.js';

const entry = (version: string): Release => ({ action: 'publish', flow: 'menu', version: version.repeat(16), author: 'Eva', note: 'why', at: 1 });
const source: FlowSource = { flow: 'menu', files: [{ kind: 'flow', name: 'flows/menu.yaml', text: 'å' }] };

describe('the log of flow versions in Redis', () => {
  let server: Awaited<ReturnType<typeof startRedis>>;
  let one: ReleaseStore;
  let other: ReleaseStore;

  beforeAll(async () => {
    server = await startRedis();
    const open = (): ReleaseStore => openReleaseStore({ url: server.url, tenant: 't', log: new KeptLog() });
    [one, other] = [open(), open()];
  });
  afterAll(async () => {
    await Promise.all([one.close(), other.close()]);
    await server.stop();
  });

  it('grows by one entry, read by every gateway from where it stands', async () => {
    expect(await one.append(entry('a'), { after: 0, source })).toBe('appended');
    expect(await other.entries(0)).toEqual([entry('a')]);
    expect(await other.append(entry('b'), { after: 1, source: null })).toBe('appended');
    expect(await one.entries(1)).toEqual([entry('b')]);
    expect(await one.source('a'.repeat(16))).toEqual(source);
    expect(await one.source('b'.repeat(16))).toBeNull();
  });

  it('takes one of two entries that were decided on the same state', async () => {
    const length = (await one.entries(0)).length;
    for (let round = 0; round < 20; round += 1) {
      const outcomes = await Promise.all([one.append(entry('c'), { after: length + round, source: null }), other.append(entry('d'), { after: length + round, source: null })]);
      expect(outcomes.filter((outcome) => outcome === 'appended')).toHaveLength(1);
    }
    expect(await one.entries(0)).toHaveLength(length + 20);
  });

  it('rejects when the store is not reachable', async () => {
    const nowhere = openReleaseStore({ url: 'redis://127.0.0.1:1', tenant: 't', log: new KeptLog() });
    await expect(nowhere.entries(0)).rejects.toThrow('not reachable');
    await nowhere.close();
  });
});
