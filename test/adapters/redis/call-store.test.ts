import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openCallStore } from '../../../gateway/adapters/redis/call-store.js';
import type { RedisCallStore } from '../../../gateway/adapters/redis/call-store.js';
import type { ScriptClient } from '../../../gateway/adapters/redis/connection.js';
import { storePrefix } from '../../../gateway/adapters/redis/keys.js';
import { brand } from '../../../gateway/core/ids.js';
import type { CallId, NodeId } from '../../../gateway/core/ids.js';
import { startRedis } from '../../support/redis-server.js';
import type { TestRedis } from '../../support/redis-server.js';
import { silent } from './house.js';

const n1 = brand<NodeId>('n1');
const n2 = brand<NodeId>('n2');
const n3 = brand<NodeId>('n3');
const call = (name: string): CallId => brand(name);

let server: TestRedis;
let redis: Redis;
let tenants = 0;
let tenant = '';
let now = 1_000;
const opened: RedisCallStore[] = [];

function open(wrapClient?: (client: ScriptClient) => ScriptClient): RedisCallStore {
  const store = openCallStore({ url: server.url, tenant, log: silent, now: () => now, ...(wrapClient ? { wrapClient } : {}) });
  opened.push(store);
  return store;
}
const snapshotOf = (name: string) => redis.hget(`${storePrefix(tenant)}s:${name}`, 'snap');

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});
beforeEach(() => {
  tenant = `s${(tenants += 1)}`;
  now = 1_000;
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

describe('snapshots', () => {
  it('never lets an older version overwrite a newer one', async () => {
    const store = open();
    await store.save({ callId: call('c1'), node: n1, takeovers: 0, version: 2, snapshot: 'two' });
    await store.save({ callId: call('c1'), node: n1, takeovers: 0, version: 1, snapshot: 'one' });
    expect(await snapshotOf('c1')).toBe('two');
    await store.save({ callId: call('c1'), node: n1, takeovers: 0, version: 3, snapshot: 'three' });
    expect(await snapshotOf('c1')).toBe('three');
  });

  it('are read as they were saved last, with the node that has each; there is none of a call that is over', async () => {
    const store = open();
    await store.save({ callId: call('c1'), node: n1, takeovers: 0, version: 1, snapshot: 'one' });
    await store.save({ callId: call('c1'), node: n1, takeovers: 0, version: 2, snapshot: 'two' });
    await store.save({ callId: call('c2'), node: n2, takeovers: 0, version: 1, snapshot: 'x' });
    await store.remove(call('c2'));
    expect(await store.saved([call('c1'), call('c2'), call('c3')])).toEqual([{ callId: 'c1', node: n1, takeovers: 0, snapshot: 'two' }]);
  });

  it('leaves nothing of a removed call', async () => {
    const store = open();
    await store.save({ callId: call('c1'), node: n1, takeovers: 0, version: 1, snapshot: 'x' });
    await store.remove(call('c1'));
    expect(await redis.keys(`${storePrefix(tenant)}*`)).toEqual([]);
  });

  it('gives up within 250 ms when Redis does not answer, and saves again when it does', async () => {
    const store = open();
    await store.save({ callId: call('c1'), node: n1, takeovers: 0, version: 1, snapshot: 'one' });
    process.kill(server.pid(), 'SIGSTOP');
    const began = performance.now();
    try {
      await expect(store.save({ callId: call('c1'), node: n1, takeovers: 0, version: 2, snapshot: 'two' })).rejects.toThrow(/no answer/);
      expect(performance.now() - began).toBeLessThan(1_000);
      await expect(store.registration('sip:anna@vaxel')).rejects.toThrow(/no answer/);
    } finally {
      process.kill(server.pid(), 'SIGCONT');
    }
    await store.save({ callId: call('c1'), node: n1, takeovers: 0, version: 3, snapshot: 'three' });
    expect(await snapshotOf('c1')).toBe('three');
  });
});

describe('adoption', () => {
  it('says who has a call and how it stands, also after it was taken over, and of a removed one that nobody has it', async () => {
    const [first, second] = [open(), open()];
    await first.heartbeat(n1, 500);
    await first.save({ callId: call('c1'), node: n1, takeovers: 0, version: 1, snapshot: 'x' });
    expect(await second.ownerOf(call('c1'))).toBe(n1);
    now += 501;
    await second.adopt(n2);
    expect([await first.ownerOf(call('c1')), (await first.saved([call('c1')]))[0]?.snapshot]).toEqual([n2, 'x']);
    await second.remove(call('c1'));
    expect([await first.ownerOf(call('c1')), await first.saved([call('c1')])]).toEqual([null, []]);
  });

  it('gives each call of a dead node to exactly one adopter, and none of a living one', async () => {
    const [a, b, c] = [open(), open(), open()];
    await a.heartbeat(n1, 1_000);
    for (let i = 0; i < 120; i += 1) await a.save({ callId: call(`c${i}`), node: n1, takeovers: 0, version: 1, snapshot: `s${i}` });
    await b.heartbeat(n2, 60_000);
    await c.heartbeat(n3, 60_000);
    await Promise.all([a.noteDrained(n1, true), b.noteDrained(n2, true), c.noteDrained(n3, true)]);
    await c.noteDrained(n3, false);
    expect(await b.adopt(n2)).toEqual([]);
    now += 1_000;
    const [forB, forC] = await Promise.all([b.adopt(n2), c.adopt(n3)]);
    const all = [...forB, ...forC];
    expect(all.length).toBe(120);
    expect(new Set(all.map((one) => one.callId)).size).toBe(120);
    expect(all.every((one) => one.snapshot === one.callId.replace('c', 's'))).toBe(true);
    expect(await b.adopt(n2)).toEqual([]);
    expect(await b.nodes(), 'the dead one is gone').toEqual([n2, n3]);
    expect(await a.drained(), 'here as well').toEqual([n2]);
  });

  it('fences a process that was taken for dead: it can neither save nor remove what it lost', async () => {
    const [zombie, adopter] = [open(), open()];
    expect(await zombie.heartbeat(n1, 1_000)).toMatchObject({ lease: 'lapsed' });
    expect(await zombie.heartbeat(n1, 1_000)).toMatchObject({ lease: 'kept' });
    await zombie.save({ callId: call('c1'), node: n1, takeovers: 0, version: 5, snapshot: 'old' });
    now += 1_000;
    expect(await adopter.adopt(n2)).toEqual([{ callId: 'c1', node: n2, takeovers: 1, snapshot: 'old' }]);
    await expect(zombie.save({ callId: call('c1'), node: n1, takeovers: 0, version: 9, snapshot: 'zombie' })).rejects.toMatchObject({ name: 'CallTaken' });
    // It hears of it with its next heartbeat, before it has anything to save.
    expect(await zombie.heartbeat(n1, 1_000)).toMatchObject({ lease: 'lapsed' });
    await zombie.remove(call('c1'));
    expect(await snapshotOf('c1')).toBe('old');
    await adopter.save({ callId: call('c1'), node: n2, takeovers: 1, version: 6, snapshot: 'new' });
    expect(await snapshotOf('c1')).toBe('new');
  });

  it('does not lose a call whose adoption reply was lost', async () => {
    const dead = open();
    await dead.heartbeat(n1, 1_000);
    await dead.save({ callId: call('c1'), node: n1, takeovers: 0, version: 1, snapshot: 'x' });
    now += 1_000;
    let losses = 1;
    const adopter = open((client) => ({
      function: (subcommand, source) => client.function(subcommand, source),
      fcall: async (name, keys, ...args) => {
        const reply = await client.fcall(name, keys, ...args);
        if (Array.isArray(reply) && losses > 0) {
          losses -= 1;
          throw new Error('connection lost');
        }
        return reply;
      },
    }));
    expect(await adopter.adopt(n2)).toEqual([{ callId: 'c1', node: n2, takeovers: 1, snapshot: 'x' }]);
    expect(losses).toBe(0);
  });
});

describe('registrations', () => {
  const anna = { aor: 'sip:anna@vaxel', contact: 'sip:anna@127.0.0.1:5070', source: { protocol: 'udp', address: '127.0.0.1', port: 5070 } } as const;

  it('finds a phone by its address of record until it expires', async () => {
    const store = open();
    const registration = { ...anna, expiresAt: Date.now() + 60_000 };
    await store.saveRegistration(registration);
    expect(await store.registration('sip:Anna@vaxel')).toEqual(registration);
    await store.saveRegistration({ ...anna, expiresAt: Date.now() - 1 });
    expect(await store.registration('sip:anna@vaxel')).toBeNull();
  });

  it('forgets a phone that was removed', async () => {
    const store = open();
    await store.saveRegistration({ ...anna, expiresAt: Date.now() + 60_000 });
    await store.removeRegistration('sip:anna@vaxel');
    expect(await store.registration('sip:anna@vaxel')).toBeNull();
  });
});
