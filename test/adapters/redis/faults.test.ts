import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { brand } from '../../../gateway/core/ids.js';
import type { NodeId } from '../../../gateway/core/ids.js';
import { startRedis } from '../../support/redis-server.js';
import type { TestRedis } from '../../support/redis-server.js';
import { openQueue } from '../../../gateway/adapters/redis/queue.js';
import { OutboxReader } from './outbox-reader.js';
import { agentId, callId, House, offerId, rid, silent } from './house.js';

const n1 = brand<NodeId>('n1');
let server: TestRedis;
const houses: House[] = [];
const open = (...args: ConstructorParameters<typeof House> extends [string, ...infer R] ? R : never): House => {
  const house = new House(server.url, ...args);
  houses.push(house);
  return house;
};

beforeEach(async () => {
  server = await startRedis({ isDurable: true });
});
afterEach(async () => {
  for (const house of houses.splice(0)) await house.close();
  await server.stop();
});

/** Collects a node's events and lets the test wait for a number of them. */
describe('the outbox', () => {
  it('hands over events in order, and goes on where the last reader of the node stopped', async () => {
    const house = open();
    const first = new OutboxReader(house, n1);
    await house.agent('anna');
    await house.arrive('c1');
    expect(await first.types(4)).toEqual(['notReady', 'ready', 'offer.made', 'reserved']);
    await first.stop();
    await house.accept('anna');
    await house.complete('anna', 'c1', 5_000);
    const second = new OutboxReader(house, n1);
    expect(await second.types(2)).toEqual(['talking', 'wrapUp']);
    await second.stop();
  });

  it('loses nothing when its connections are killed', async () => {
    const house = open();
    const reader = new OutboxReader(house, n1);
    await house.agent('anna');
    await reader.types(2);
    for (let i = 0; i < 5; i += 1) {
      await house.redis.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      await house.queue.notReady({ requestId: rid(), agentId: agentId('anna'), reason: `pause ${i}` });
      await house.ready('anna');
    }
    const reasons = () => reader.seen.flatMap((event) => (event.type === 'agent.changed' && event.state.phase === 'notReady' ? [event.state.reason] : []));
    await reader.until(() => reasons().includes('pause 4'));
    // At least once: a kill before the position was written hands the last batch over again.
    expect(reasons().filter((reason, at, all) => all.indexOf(reason) === at)).toEqual(['signedIn', 'pause 0', 'pause 1', 'pause 2', 'pause 3', 'pause 4']);
    await reader.stop();
  });

  it('hands an event over again when the handler failed, and passes a hopeless one over', async () => {
    const house = open();
    const calls: string[] = [];
    const reader = new OutboxReader(house, n1, (event) => {
      const phase = event.type === 'agent.changed' ? event.state.phase : event.type;
      calls.push(phase);
      if (phase === 'notReady') throw new Error('not now');
    });
    await house.agent('anna');
    expect(await reader.types(1)).toEqual(['ready']);
    expect(calls).toEqual(['notReady', 'notReady', 'notReady', 'ready']);
    await reader.stop();
  });

  it('tells an offer to the node of the call and to the node of the agent', async () => {
    const house = open();
    await house.agent('anna', { billing: 5 }, 'n2');
    await house.arrive('c1');
    const [atCall, atAgent] = [await house.outbox('n1'), await house.outbox('n2')];
    expect(atCall).toEqual([expect.objectContaining({ type: 'offer.made', callId: 'c1', agentId: 'anna', callNode: 'n1', agentNode: 'n2', expiresAt: house.now + 15_000 })]);
    expect(atAgent.map((event) => event.type)).toEqual(['agent.changed', 'agent.changed', 'offer.made', 'agent.changed']);
  });
});

describe('a lost reply', () => {
  it('is asked for again with the same request id and changes nothing twice', async () => {
    let losses = 0;
    const house = open({
      wrapClient: (client) => ({
        function: (subcommand, source) => client.function(subcommand, source),
        fcall: async (name, keys, ...args) => {
          const reply = await client.fcall(name, keys, ...args);
          if ((losses += 1) % 2 === 1) throw new Error('connection lost');
          return reply;
        },
      }),
    });
    await house.agent('anna');
    expect(await house.arrive('c1')).toEqual({ ok: true, value: { state: 'reserved' } });
    const { offerId: offer } = await house.offerOf('anna');
    expect(await house.queue.accept({ requestId: rid(), offerId: offer })).toEqual({ ok: true, value: { waitMs: 0 } });
    expect(await house.complete('anna', 'c1', 0)).toMatchObject({ ok: true, value: { phase: 'ready' } });
    expect((await house.outbox()).map((event) => event.type)).toEqual(['agent.changed', 'agent.changed', 'offer.made', 'agent.changed', 'agent.changed', 'agent.changed']);
  });

  it('does not bring back what a repeated refusal refused', async () => {
    const house = open();
    const request = rid();
    expect(await house.ready('anna', request)).toMatchObject({ ok: false, error: { code: 'VG_AGENT_UNKNOWN' } });
    await house.signIn('anna', { billing: 1 });
    expect(await house.ready('anna', request)).toMatchObject({ ok: false, error: { code: 'VG_AGENT_UNKNOWN' } });
    expect(await house.phase('anna')).toBe('notReady(signedIn)');
  });

  it('does not queue a caller whose hang-up overtook the arrival', async () => {
    const house = open();
    await house.abandon('c1');
    expect(await house.arrive('c1')).toMatchObject({ ok: false, error: { code: 'VG_NOT_QUEUED' } });
    expect((await house.keys()).some((key) => key.startsWith('q:'))).toBe(false);
  });
});

describe('Redis gone', () => {
  it('answers VG_STORE within the limit, and works again when Redis does', async () => {
    const house = open({ deadlineMs: 300 });
    await house.agent('anna');
    process.kill(server.pid(), 'SIGSTOP');
    try {
      const request = rid();
      expect(await house.ready('anna', request)).toMatchObject({ ok: false, error: { code: 'VG_STORE' } });
      await expect(house.queue.reap(1)).rejects.toThrow(/no answer/);
      process.kill(server.pid(), 'SIGCONT');
      expect(await house.ready('anna', request)).toMatchObject({ ok: true, value: { phase: 'ready' } });
    } finally {
      process.kill(server.pid(), 'SIGCONT');
    }
  });

  it('keeps callers, agents, places and offers over a restart', async () => {
    const house = open({ deadlineMs: 10_000 });
    await house.arrive('c1');
    await house.arrive('c2');
    await house.agent('anna');
    const reader = new OutboxReader(house, n1);
    await reader.types(3);
    await server.restart();
    expect(await house.accept('anna')).toMatchObject({ ok: true });
    expect(await house.queue.waiting(callId('c2'))).toMatchObject({ position: 1 });
    expect(await house.complete('anna', 'c1')).toMatchObject({ ok: true, value: { phase: 'reserved', callId: 'c2' } });
    await reader.until(() => reader.seen.some((event) => event.type === 'offer.made' && event.callId === 'c2'));
    await reader.stop();
  });

  it('goes on after all data was lost: signatures and pools are written again', async () => {
    const house = open();
    await house.agent('anna');
    await house.arrive('c1');
    await house.redis.flushall();
    await house.agent('anna');
    expect(await house.arrive('c2')).toEqual({ ok: true, value: { state: 'reserved' } });
    await house.redis.flushall();
    expect(await house.arrive('c3')).toEqual({ ok: true, value: { state: 'queued' } });
    await house.agent('bo');
    expect((await house.offerOf('bo')).callId).toBe('c3');
  });
});

describe('Redis without the functions', () => {
  it('loads them again, also when several nodes meet the loss at the same time', async () => {
    const house = open();
    const other = openQueue({ url: server.url, tenant: house.tenant, log: silent, now: () => house.now });
    await house.agent('anna');
    await house.redis.function('FLUSH');
    const done = await Promise.all([house.arrive('c1'), other.abandon({ requestId: rid(), callId: callId('c2'), node: brand<NodeId>('n1'), why: 'callerLeft' }), house.arrive('c3')]);
    expect(done.map((one) => one.ok)).toEqual([true, false, true]);
    expect(await house.phase('anna')).toBe('reserved');
    await other.close();
  });
});

describe('several nodes', () => {
  it('lets another process take a waiting caller over with place and queuedAt', async () => {
    const house = open();
    await house.arrive('c1');
    await house.arrive('c2');
    house.now += 1_000;
    expect(await house.arrive('c1', { billing: 1 }, { node: brand('n2') })).toEqual({ ok: true, value: { state: 'queued' } });
    expect(await house.queue.waiting(callId('c1'))).toMatchObject({ position: 1, queuedAt: house.now - 1_000 });
    await house.agent('anna', { billing: 5 }, 'n3');
    expect((await house.outbox('n2'))[0]).toMatchObject({ type: 'offer.made', callId: 'c1', callNode: 'n2', queuedAt: house.now - 1_000 });
    expect(await house.outbox('n1')).toEqual([]);
  });

  it('lines a caller up now whose gateway has a clock that is ahead of the store’s, and offers them to who idles', async () => {
    const house = open();
    await house.agent('anna', { billing: 3 });
    await house.arrive('c1', { billing: 1 }, { queuedAt: house.now + 400 });
    expect(await house.offerOf('anna')).toMatchObject({ callId: 'c1' });
  });

  it('puts a caller whose agent was lost back to the head of the line', async () => {
    const house = open();
    await house.arrive('c1');
    await house.arrive('c2');
    await house.agent('anna');
    await house.accept('anna');
    house.now += 60_000;
    await house.arrive('c3');
    await house.arrive('c1', { billing: 1 }, { isReturning: true });
    expect(await house.queue.waiting(callId('c1'))).toMatchObject({ position: 1, queuedAt: house.now - 60_000 });
    expect(await house.complete('anna', 'c1')).toMatchObject({ ok: true, value: { phase: 'reserved', callId: 'c1' } });
  });

  it('uses changed skills from the next decision on', async () => {
    const house = open();
    await house.agent('anna', { technical: 5 });
    await house.arrive('c1', { billing: 2 });
    expect(await house.phase('anna')).toBe('ready');
    expect(await house.signIn('anna', { billing: 2 })).toMatchObject({ ok: true, value: { phase: 'reserved', callId: 'c1' } });
  });
});

describe('what is left', () => {
  it('leaves no key of a finished call, however it ended', async () => {
    const house = open();
    await house.agent('anna');
    await house.agent('bo');
    await house.arrive('warm');
    await house.abandon('warm');
    await house.queue.forget(callId('warm'));
    const before = await house.keys();
    for (let i = 0; i < 100; i += 1) {
      const name = `c${i}`;
      await house.arrive(name);
      const agent = (await house.phase('anna')) === 'reserved' ? 'anna' : 'bo';
      if (i % 4 === 0) await house.abandon(name);
      else if (i % 4 === 1) await house.queue.release({ requestId: rid(), offerId: (await house.offerOf(agent)).offerId, why: 'declined' });
      else {
        await house.accept(agent);
        if (i % 4 === 2) await house.arrive(name, { billing: 1 }, { isReturning: true });
        await house.complete(agent, name);
      }
      await house.abandon(name);
      await house.queue.forget(callId(name));
    }
    house.now += 60_000;
    while ((await house.queue.reap(100)) > 0);
    expect(await house.keys()).toEqual(before);
  });

  it('lets what was not forgotten expire by itself', async () => {
    const house = open();
    await house.arrive('c1');
    await house.abandon('c1');
    await house.agent('anna');
    await house.queue.logout({ requestId: rid(), agentId: agentId('anna') });
    for (const key of ['c:c1', 'a:anna']) expect(await house.redis.pttl(house.prefix + key), key).toBeGreaterThan(0);
  });

  it('does not forget a call that is not over, and says so', async () => {
    const house = open();
    await house.arrive('c1');
    expect([await house.queue.forget(callId('c1')), await house.queue.forget(callId('nobody'))]).toEqual([false, true]);
    expect(await house.queue.waiting(callId('c1'))).toMatchObject({ position: 1 });
  });
});

describe('repair', () => {
  it('sweeps together a caller and an agent who were left apart by a change from outside, and finds nothing otherwise', async () => {
    const house = open();
    await house.agent('anna', { technical: 5 });
    await house.arrive('c1', { billing: 1 });
    expect(await house.queue.sweep(10)).toBe(0);
    const [signature] = Object.keys(await house.redis.hgetall(`${house.prefix}sig`));
    const [pool] = Object.keys(await house.redis.hgetall(`${house.prefix}pool`));
    await house.redis.zadd(`${house.prefix}ps:${pool}`, 0, String(signature));
    expect(await house.queue.sweep(10)).toBe(1);
    expect((await house.offerOf('anna')).callId).toBe('c1');
  });
});

describe('bad input', () => {
  it('refuses ids and reasons that would break records', async () => {
    const house = open();
    await house.agent('anna');
    for (const bad of ['', ' ', 'a|b', 'a\nb', 'x'.repeat(201)]) {
      expect(await house.queue.accept({ requestId: rid(), offerId: offerId(bad) })).toMatchObject({ ok: false, error: { code: 'VG_BAD_MESSAGE' } });
      expect(await house.arrive(bad)).toMatchObject({ ok: false, error: { code: 'VG_BAD_MESSAGE' } });
    }
    for (const bad of ['', 'a|b', 'a\u001fb']) {
      expect(await house.queue.notReady({ requestId: rid(), agentId: agentId('anna'), reason: bad })).toMatchObject({ ok: false, error: { code: 'VG_BAD_MESSAGE' } });
    }
    expect(await house.phase('anna')).toBe('ready');
  });
});
