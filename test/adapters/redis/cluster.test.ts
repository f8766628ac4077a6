import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCallStore } from '../../../gateway/adapters/redis/call-store.js';
import { isRedisUrl } from '../../../gateway/adapters/redis/connection.js';
import { openReleaseStore } from '../../../gateway/adapters/redis/release-store.js';
import { brand, type CallId, type NodeId } from '../../../gateway/core/ids.js';
import { startRedisCluster, type TestCluster } from '../../support/redis-cluster.js';
import { KeptLog } from '../../support/silent-log.js';
import { callId, House } from './house.js';
import { OutboxReader } from './outbox-reader.js';

const [n1, n2] = [brand<NodeId>('n1'), brand<NodeId>('n2')];

/** The queue's contract runs on a cluster too, see queue.test.ts; here is what else the gateway keeps there, and what can happen to its nodes. */
describe('a Redis Cluster', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startRedisCluster();
  });
  afterAll(() => cluster.stop());

  it('keeps each tenant on one node, different ones on different nodes', async () => {
    const houses = Array.from({ length: 12 }, () => new House(cluster.url, { deadlineMs: 20_000 }));
    for (const house of houses) {
      await house.arrive('c1');
      await house.agent('anna');
      expect(await house.accept('anna')).toMatchObject({ ok: true });
    }
    const sizes = await Promise.all(houses[0]?.sizes() ?? []);
    expect(sizes.filter((size) => size > 0).length).toBeGreaterThan(1);
    for (const house of houses) await house.close();
  });

  it('hands over a node’s outbox, and keeps callers, agents and offers while all its servers are killed and started again', async () => {
    const house = new House(cluster.url, { deadlineMs: 20_000 });
    await house.arrive('c1');
    await house.arrive('c2');
    await house.agent('anna');
    const reader = new OutboxReader(house, n1);
    await reader.types(3);
    for (const node of cluster.nodes) await node.restart();
    expect(await house.accept('anna')).toMatchObject({ ok: true });
    expect(await house.queue.waiting(callId('c2'))).toMatchObject({ position: 1 });
    expect(await house.complete('anna', 'c1')).toMatchObject({ ok: true, value: { phase: 'reserved', callId: 'c2' } });
    await reader.until(() => reader.seen.some((event) => event.type === 'offer.made' && event.callId === 'c2'));
    await reader.stop();
    await house.close();
  }, 60_000);

  it('keeps calls for whoever adopts them, phones, and the log of flow versions', async () => {
    const log = new KeptLog();
    let now = 1_800_000_000_000;
    const [dead, adopter] = [1, 2].map(() => openCallStore({ url: cluster.url, tenant: 'calls', log, now: () => now }));
    const releases = openReleaseStore({ url: cluster.url, tenant: 'calls', log });
    if (dead === undefined || adopter === undefined) throw new Error('two stores');
    await dead.heartbeat(n1, 1_000);
    await dead.save({ callId: brand<CallId>('c1'), node: n1, takeovers: 0, version: 1, snapshot: 'as it was' });
    now += 1_000;
    expect(await adopter.adopt(n2)).toEqual([{ callId: 'c1', node: n2, takeovers: 1, snapshot: 'as it was' }]);
    const phone = { aor: 'sip:anna@vaxel', contact: 'sip:anna@127.0.0.1', source: { protocol: 'udp', address: '127.0.0.1', port: 5062 }, expiresAt: Date.now() + 60_000 } as const;
    await adopter.saveRegistration(phone);
    expect(await dead.registration('sip:anna@vaxel')).toEqual(phone);
    const entry = { action: 'publish', flow: 'menu', version: 'a'.repeat(16), author: 'Eva', note: 'why', at: 1 } as const;
    expect(await releases.append(entry, { after: 0, source: null })).toBe('appended');
    expect(await releases.append(entry, { after: 0, source: null })).toBe('changed');
    expect(await releases.entries(0)).toEqual([entry]);
    await Promise.all([dead.close(), adopter.close(), releases.close()]);
  });
});

it.each([
  ['redis://127.0.0.1:6379', true],
  ['/run/redis.sock', true],
  ['redis-cluster://10.0.0.1:6379', true],
  ['redis-cluster://vaxel:s%40cret@10.0.0.1:6379,redis-2.example:6380', true],
  ['redis-cluster://10.0.0.1', false],
  ['redis-cluster://10.0.0.1:6379,', false],
  ['redis-cluster://', false],
])('takes %s for a URL of Redis: %s', (url, isOne) => {
  expect(isRedisUrl(url)).toBe(isOne);
});
