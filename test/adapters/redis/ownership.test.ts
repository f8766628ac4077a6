import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCallStore, type RedisCallStore } from '../../../gateway/adapters/redis/call-store.js';
import { StoreError, type ScriptClient } from '../../../gateway/adapters/redis/connection.js';
import { brand, type AgentId, type NodeId, type QueueId } from '../../../gateway/core/ids.js';
import { callId, rid, silent, useHouses, type House } from './house.js';

const [n1, n2, n3] = [brand<NodeId>('n1'), brand<NodeId>('n2'), brand<NodeId>('n3')];
const LEASE_MS = 1_000;

let house: House;
useHouses((opened) => (house = opened));
let store: RedisCallStore;
beforeEach(() => {
  store = openCallStore({ url: house.url, tenant: house.tenant, log: silent, now: () => house.now });
});
afterEach(() => store.close());

/** n1 begins a call, and stands still for longer than its lease: n2 has the call. What n1 had ordered may come yet. */
async function begunByOneAndTakenByTheOther(call: string): Promise<void> {
  await store.heartbeat(n1, LEASE_MS);
  await store.save({ callId: callId(call), node: n1, takeovers: 0, version: 1, snapshot: 'one' });
}
async function takeOver(): Promise<void> {
  house.now += LEASE_MS;
  await store.adopt(n2);
}

const taken = { ok: false, error: { code: 'VG_TAKEN' } };
const nodeOf = (call: string) => store.ownerOf(callId(call));
const offersIn = async (node: NodeId) => (await house.outbox(node)).filter(({ type }) => type === 'offer.made').length;

describe('who has lost a call', () => {
  it('lines it up no more: neither before the other one does nor after', async () => {
    await begunByOneAndTakenByTheOther('c1');
    await takeOver();
    expect(await house.arrive('c1', undefined, { node: n1 })).toMatchObject(taken);
    expect(await house.arrive('c1', undefined, { node: n2 })).toMatchObject({ ok: true });
    expect(await house.arrive('c1', undefined, { node: n1 })).toMatchObject(taken);
    expect(await nodeOf('c1')).toBe(n2);
    await house.agent('anna', undefined, 'n3');
    expect(await offersIn(n1)).toBe(0);
    expect(await offersIn(n2)).toBe(1);
  });

  it('does not undo an offer that was told to it before the other one has lined the call up: that one is told then', async () => {
    await begunByOneAndTakenByTheOther('c1');
    await house.arrive('c1', undefined, { node: n1 });
    await takeOver();
    await house.agent('anna', undefined, 'n3');
    expect(await offersIn(n1)).toBe(1);
    expect(await house.abandon('c1', rid(), 'n1')).toMatchObject(taken);
    await house.arrive('c1', undefined, { node: n2 });
    expect(await offersIn(n2)).toBe(1);
    expect(await house.accept('anna')).toMatchObject({ ok: true });
  });

  it('takes it out of no line, as long as it is not the one who has it again', async () => {
    await begunByOneAndTakenByTheOther('c1');
    await house.arrive('c1', undefined, { node: n1 });
    await takeOver();
    expect(await house.abandon('c1', rid(), 'n1')).toMatchObject(taken);
    expect(await house.queue.waiting(callId('c1'))).toMatchObject({ position: 1 });
    await store.heartbeat(n2, LEASE_MS);
    house.now += LEASE_MS;
    await store.adopt(n1);
    expect(await house.abandon('c1', rid(), 'n1')).toMatchObject({ ok: true });
  });

  it('drops it no more, as an operator can', async () => {
    await begunByOneAndTakenByTheOther('c1');
    await takeOver();
    await house.arrive('c1', undefined, { node: n2 });
    expect(await house.queue.drop({ requestId: rid(), callId: callId('c1'), node: n1 })).toMatchObject(taken);
    expect(await house.queue.waiting(callId('c1'))).toMatchObject({ position: 1 });
    expect(await house.queue.drop({ requestId: rid(), callId: callId('c1') })).toMatchObject({ ok: true });
  });

  it('does not state that it talks', async () => {
    await begunByOneAndTakenByTheOther('c1');
    await takeOver();
    await house.agent('anna');
    const talk = { requestId: rid(), callId: callId('c1'), queue: brand<QueueId>('billing'), agentId: brand<AgentId>('anna'), node: n1, queuedAt: house.now, waitMs: 0 };
    expect(await house.queue.assertTalk(talk)).toMatchObject(taken);
    expect(await house.phase('anna')).toBe('ready');
    expect(await house.queue.assertTalk({ ...talk, node: n2 })).toMatchObject({ ok: true });
    expect(await house.phase('anna')).toBe('talking');
  });

  it('does not bring it back when the other one has ended it', async () => {
    await begunByOneAndTakenByTheOther('c1');
    await takeOver();
    await store.save({ callId: callId('c1'), node: n2, takeovers: 1, version: 2, snapshot: 'two' });
    await store.remove(callId('c1'));
    await expect(store.save({ callId: callId('c1'), node: n1, takeovers: 0, version: 9, snapshot: 'one' })).rejects.toMatchObject({ name: 'CallTaken' });
    expect(await house.arrive('c1', undefined, { node: n1 })).toMatchObject(taken);
    expect(await store.owned(n2)).toEqual([]);
    house.now += LEASE_MS;
    expect(await store.adopt(n3)).toEqual([]);
  });

  it('does not bring it back either when the end was written twice, as the first reply was lost', async () => {
    await begunByOneAndTakenByTheOther('c1');
    await takeOver();
    for (let time = 0; time < 2; time += 1) await store.remove(callId('c1'));
    await expect(store.save({ callId: callId('c1'), node: n1, takeovers: 0, version: 9, snapshot: 'one' })).rejects.toMatchObject({ name: 'CallTaken' });
  });
});

describe('a take-over whose reply is lost', () => {
  let isLost = true;
  let far: RedisCallStore;
  beforeEach(() => {
    isLost = true;
    const losing = (client: ScriptClient): ScriptClient => ({ ...client, fcall: async (...args) => {
      const reply = await client.fcall(...args);
      if (isLost && args[0].includes('adopt')) throw new StoreError('no answer from Redis');
      return reply;
    } });
    far = openCallStore({ url: house.url, tenant: house.tenant, log: silent, now: () => house.now, wrapClient: losing });
  });
  afterEach(() => far.close());

  const takenUnheard = async (): Promise<void> => {
    await begunByOneAndTakenByTheOther('c1');
    house.now += LEASE_MS;
    await far.heartbeat(n2, LEASE_MS);
    await expect(far.adopt(n2)).rejects.toThrow();
    isLost = false;
  };

  it('is heard of when it is asked for again, and until then leaves no call of this node’s that it does not know', async () => {
    await takenUnheard();
    expect(await nodeOf('c1')).toBe(n2);
    expect(await far.owned(n2)).toEqual([]);
    expect(await far.adopt(n2)).toEqual([{ callId: 'c1', node: n2, takeovers: 1, snapshot: 'one' }]);
    expect(await far.owned(n2)).toEqual(['c1']);
  });

  it('gives no call that yet another node has taken over meanwhile', async () => {
    await takenUnheard();
    house.now += LEASE_MS;
    await store.adopt(n3);
    expect(await far.adopt(n2)).toEqual([]);
    expect(await nodeOf('c1')).toBe(n3);
  });
});

describe('a store that went back to before a take-over', () => {
  const saveAs = (node: NodeId, takeovers: number, version = 9) => store.save({ callId: callId('c1'), node, takeovers, version, snapshot: `as ${node} knows it` });
  const isLost = { name: 'CallTaken' };

  /** n2 has taken the call over from n1, of which the store knows nothing any more. */
  beforeEach(async () => {
    await begunByOneAndTakenByTheOther('c1');
    const back = await kept();
    await takeOver();
    await saveAs(n2, 1, 2);
    await back();
    expect(await nodeOf('c1')).toBe(n1);
  });

  /** What the store has now can be put back. */
  async function kept(): Promise<() => Promise<void>> {
    const keys = (await house.redis.keys('*')).filter((key) => key.includes(`{${house.tenant}}`));
    const values = await Promise.all(keys.map(async (key) => ({ key, value: await house.redis.dumpBuffer(key) })));
    return async () => {
      for (const { key, value } of values) await house.redis.restore(key, 0, value, 'REPLACE');
    };
  }

  it('gives the call to who took it over last, as soon as they speak, and not back', async () => {
    await saveAs(n2, 1);
    expect([await nodeOf('c1'), await store.owned(n1), await store.owned(n2)]).toEqual([n2, [], ['c1']]);
    await expect(saveAs(n1, 0)).rejects.toMatchObject(isLost);
    expect(await house.arrive('c1', undefined, { node: n1 })).toMatchObject(taken);
    expect(await house.arrive('c1', undefined, { node: n2 })).toMatchObject({ ok: true });
  });

  it('does so also when the one before has spoken first', async () => {
    await saveAs(n1, 0, 12);
    await saveAs(n2, 1);
    expect(await store.saved([callId('c1')])).toEqual([{ callId: 'c1', node: n2, takeovers: 1, snapshot: 'as n2 knows it' }]);
  });

  it('gives it to one of two who took it over, the first that speaks', async () => {
    house.now += LEASE_MS;
    await store.adopt(n3);
    await expect(saveAs(n2, 1)).rejects.toMatchObject(isLost);
    expect(await nodeOf('c1')).toBe(n3);
  });

  it('is told of its end by who took it over last, after which nobody brings it back', async () => {
    const other = openCallStore({ url: house.url, tenant: house.tenant, log: silent, now: () => house.now });
    await other.heartbeat(n2, LEASE_MS);
    await other.remove(callId('c1'));
    expect(await nodeOf('c1')).toBe(n1);
    await other.remove(callId('c1'), 1);
    await other.close();
    expect([await nodeOf('c1'), await store.owned(n1)]).toEqual([null, []]);
    await expect(saveAs(n1, 0)).rejects.toMatchObject(isLost);
  });

  it('counts the take-overs on, when it is taken over from there', async () => {
    await saveAs(n2, 1);
    await store.heartbeat(n2, LEASE_MS);
    house.now += LEASE_MS;
    expect(await store.adopt(n3)).toMatchObject([{ node: n3, takeovers: 2 }]);
    await expect(saveAs(n2, 1)).rejects.toMatchObject(isLost);
  });
});

it.each([0, 1, 2, 3])('leaves no agent in a talk with a caller who waits, when the answer of who had the call before comes amid the orders that undo it: before order %i', async (late) => {
  await house.agent('anna');
  await house.arrive('c1');
  const { offerId } = await house.offerOf('anna');
  const orders: (() => Promise<unknown>)[] = [

    () => house.queue.release({ requestId: rid(), offerId, why: 'legFailed' }),
    () => house.complete('anna', 'c1'),
    () => house.arrive('c1', undefined, { node: n2, isReturning: true }),
  ];
  orders.splice(late, 0, () => house.queue.accept({ requestId: rid(), offerId }));
  for (const order of orders) await order();
  expect(await house.phase('anna')).not.toBe('talking');
  expect(await house.queue.workState(callId('c1'))).toMatchObject({ phase: (await house.phase('anna')) === 'reserved' ? 'offered' : 'queued' });
});

it('believes whoever speaks of a call that the store has no snapshot of', async () => {
  expect(await house.arrive('c1', undefined, { node: n1 })).toMatchObject({ ok: true });
  expect(await house.abandon('c1', rid(), 'n2')).toMatchObject({ ok: true });
});
