import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { registrationKey } from '../../../gateway/adapters/redis/keys.js';
import { brand, type NodeId, type RequestId } from '../../../gateway/core/ids.js';
import { startRedis } from '../../support/redis-server.js';
import type { TestRedis } from '../../support/redis-server.js';
import { startRedisCluster, type TestCluster } from '../../support/redis-cluster.js';
import { agentId, callId, House, offerId, rid } from './house.js';

describe.each([['one server', startRedis], ['a cluster of three nodes', startRedisCluster]] as const)('the queue on %s', (_where, start) => {
  let server: TestRedis | TestCluster;
  let house: House;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    house = new House(server.url);
  });
  afterEach(() => house.close());

  describe('distribution', () => {
    it('offers a waiting call to the agent who becomes ready, and joins them when the phone answers', async () => {
      expect(await house.arrive('c1')).toEqual({ ok: true, value: { state: 'queued' } });
      expect(await house.signIn('anna', { billing: 5 })).toMatchObject({ ok: true, value: { phase: 'notReady', reason: 'signedIn' } });
      house.now += 4_000;
      expect(await house.ready('anna')).toMatchObject({ ok: true, value: { phase: 'reserved', callId: 'c1' } });
      expect(await house.accept('anna')).toEqual({ ok: true, value: { waitMs: 4_000 } });
      expect(await house.phase('anna')).toBe('talking');
      expect(await house.complete('anna', 'c1', 30_000)).toMatchObject({ ok: true, value: { phase: 'wrapUp', until: house.now + 30_000 } });
      house.now += 30_000;
      expect(await house.queue.reap(10)).toBe(1);
      expect(await house.phase('anna')).toBe('ready');
    });

    it('offers an arriving call to the longest idle able agent', async () => {
      await house.agent('anna', { billing: 5 });
      await house.agent('bo', { billing: 5 });
      await house.agent('cia', { technical: 5 });
      expect(await house.arrive('c1')).toEqual({ ok: true, value: { state: 'reserved' } });
      expect(await house.phase('anna')).toBe('reserved');
      expect(await house.arrive('c2', { technical: 3 })).toEqual({ ok: true, value: { state: 'reserved' } });
      expect(await house.phase('cia')).toBe('reserved');
      expect(await house.phase('bo')).toBe('ready');
    });

    it('leaves a call waiting when the idle agent has the skill but not the level', async () => {
      await house.agent('anna', { billing: 3 });
      expect(await house.arrive('c1', { billing: 4 })).toEqual({ ok: true, value: { state: 'queued' } });
    });

    it('serves a higher band first and keeps arrival order within a band', async () => {
      await house.arrive('late', {}, { band: 10 });
      await house.arrive('later', {}, { band: 10 });
      await house.arrive('urgent', {}, { band: 0 });
      const order: string[] = [];
      for (const name of ['a1', 'a2', 'a3']) {
        await house.agent(name);
        order.push((await house.offerOf(name)).callId);
      }
      expect(order).toEqual(['urgent', 'late', 'later']);
    });

    it('tells a caller the place over all needs of the queue, 1 = next', async () => {
      await house.arrive('c1', { billing: 1 });
      await house.arrive('c2', { billing: 9 });
      await house.arrive('c3', { billing: 1 });
      expect(await house.queue.waiting(callId('c3'))).toEqual({ queue: 'billing', position: 3, queuedAt: house.now });
      await house.agent('anna');
      expect(await house.queue.waiting(callId('c3'))).toMatchObject({ position: 2 });
      expect(await house.queue.waiting(callId('c1'))).toBeNull();
    });
  });

  describe('offers', () => {
    it('end with what became of the caller', async () => {
      for (const why of ['callerLeft', 'cutOff', 'elsewhere', 'notReached'] as const) {
        await house.agent(why);
        await house.arrive(`c-${why}`);
        await house.queue.abandon({ requestId: rid(), callId: callId(`c-${why}`), node: brand<NodeId>('n1'), why });
        expect(await house.outbox()).toContainEqual(expect.objectContaining({ type: 'offer.lost', callId: `c-${why}`, why }));
        await house.queue.logout({ requestId: rid(), agentId: agentId(why) });
      }
    });

    it('sends a released call to the next agent with its place, and sets the silent agent to notReady(rona)', async () => {
      await house.arrive('first');
      await house.arrive('second');
      await house.agent('anna');
      const { offerId: lost } = await house.offerOf('anna');
      expect(await house.queue.release({ requestId: rid(), offerId: lost, why: 'noAnswer' })).toEqual({ ok: true, value: null });
      expect(await house.phase('anna')).toBe('notReady(rona)');
      await house.agent('bo');
      expect((await house.offerOf('bo')).callId).toBe('first');
      expect(await house.queue.accept({ requestId: rid(), offerId: lost })).toMatchObject({ ok: false, error: { code: 'VG_OFFER_LOST' } });
    });

    it('refuses an accept after the caller left, and gives the agent the next caller', async () => {
      await house.arrive('c1');
      await house.arrive('c2');
      await house.agent('anna');
      const { offerId: lost } = await house.offerOf('anna');
      house.now += 700;
      expect(await house.abandon('c1')).toEqual({ ok: true, value: { waitMs: 700 } });
      expect(await house.queue.accept({ requestId: rid(), offerId: lost })).toMatchObject({ ok: false, error: { code: 'VG_OFFER_LOST' } });
      expect((await house.offerOf('anna')).callId).toBe('c2');
    });

    it('treats a second accept as a no-op and an unknown offer as lost', async () => {
      await house.agent('anna');
      await house.arrive('c1');
      const { offerId: offer } = await house.offerOf('anna');
      expect(await house.queue.accept({ requestId: rid(), offerId: offer })).toEqual({ ok: true, value: { waitMs: 0 } });
      house.now += 5_000;
      expect(await house.queue.accept({ requestId: rid(), offerId: offer })).toEqual({ ok: true, value: { waitMs: 0 } });
      expect(await house.queue.accept({ requestId: rid(), offerId: offerId('none') })).toMatchObject({ ok: false, error: { code: 'VG_OFFER_LOST' } });
      expect(await house.queue.release({ requestId: rid(), offerId: offer, why: 'noAnswer' })).toMatchObject({ ok: false, error: { code: 'VG_OFFER_LOST' } });
    });

    it('answers a repeat of accept as the first one, also after the talk', async () => {
      await house.agent('anna');
      await house.arrive('c1');
      house.now += 3_000;
      const once = { requestId: rid(), offerId: (await house.offerOf('anna')).offerId };
      expect(await house.queue.accept(once)).toEqual({ ok: true, value: { waitMs: 3_000 } });
      await house.complete('anna', 'c1');
      expect(await house.queue.accept(once)).toEqual({ ok: true, value: { waitMs: 3_000 } });
    });

    it('offers a declined call again after the interval, and the agent nothing else beside it', async () => {
      await house.agent('anna');
      await house.arrive('c1');
      await house.queue.release({ requestId: rid(), offerId: (await house.offerOf('anna')).offerId, why: 'declined' });
      house.now += 5_000;
      await house.queue.reap(5);
      expect(await house.offerOf('anna')).toMatchObject({ callId: 'c1' });
      expect(await house.arrive('c2')).toEqual({ ok: true, value: { state: 'queued' } });
    });

    it('offers each of several declined calls again after its own interval', async () => {
      await house.agent('anna');
      for (const call of ['c1', 'c2']) {
        await house.arrive(call);
        await house.queue.release({ requestId: rid(), offerId: (await house.offerOf('anna')).offerId, why: 'declined' });
        house.now += 2_000;
      }
      await house.abandon('c1');
      house.now += 1_000;
      await house.queue.reap(5);
      expect(await house.phase('anna')).toBe('ready');
      house.now += 2_000;
      await house.queue.reap(5);
      expect(await house.offerOf('anna')).toMatchObject({ callId: 'c2' });
    });

    it('expires an unanswered offer: RONA, and the caller is offered on in the same step', async () => {
      await house.agent('anna');
      await house.agent('bo');
      await house.arrive('c1');
      house.now += 15_000;
      expect(await house.queue.reap(10)).toBe(1);
      expect(await house.phase('anna')).toBe('notReady(rona)');
      expect((await house.offerOf('bo')).callId).toBe('c1');
      const events = await house.outbox();
      expect(events.flatMap((event) => (event.type === 'offer.made' || event.type === 'offer.lost' ? [[event.type, event.agentId]] : []))).toEqual([
        ['offer.made', 'anna'], ['offer.lost', 'anna'], ['offer.made', 'bo'],
      ]);
    });

    it.each(['declined', 'noService'] as const)('does not offer a call to the same agent again before the interval, but offers others: %s', async (why) => {
      await house.agent('anna');
      await house.arrive('c1');
      await house.queue.release({ requestId: rid(), offerId: (await house.offerOf('anna')).offerId, why });
      expect(await house.phase('anna')).toBe('ready');
      expect(await house.queue.waiting(callId('c1'))).not.toBeNull();
      await house.arrive('c2');
      expect((await house.offerOf('anna')).callId).toBe('c2');
      await house.abandon('c2');
      expect(await house.phase('anna')).toBe('ready');
      house.now += 5_000;
      await house.queue.reap(10);
      expect((await house.offerOf('anna')).callId).toBe('c1');
    });
  });

  describe('agent intents', () => {
    it('pauses after the talk when asked while talking, and the last intent wins', async () => {
      await house.agent('anna');
      await house.arrive('c1');
      await house.queue.notReady({ requestId: rid(), agentId: agentId('anna'), reason: 'lunch' });
      expect(await house.phase('anna')).toBe('reserved');
      await house.accept('anna');
      await house.ready('anna');
      await house.queue.notReady({ requestId: rid(), agentId: agentId('anna'), reason: 'short break' });
      await house.complete('anna', 'c1', 10_000);
      expect(await house.phase('anna')).toBe('wrapUp');
      await house.queue.endWrapUp({ requestId: rid(), agentId: agentId('anna') });
      expect(await house.phase('anna')).toBe('notReady(short break)');
    });

    it('ends no wrap-up of another call than was meant: who asked may have lost that call long ago', async () => {
      await house.agent('anna');
      await house.arrive('c1');
      await house.accept('anna');
      await house.complete('anna', 'c1', 10_000);
      const end = (call: string) => house.queue.endWrapUp({ requestId: rid(), agentId: agentId('anna'), callId: callId(call) });
      await end('c0');
      expect(await house.phase('anna')).toBe('wrapUp');
      await end('c1');
      expect(await house.phase('anna')).toBe('ready');
    });

    it('ends wrap-up when the agent becomes ready', async () => {
      await house.agent('anna');
      await house.arrive('c1');
      await house.accept('anna');
      await house.complete('anna', 'c1', 10_000);
      expect(await house.ready('anna')).toMatchObject({ ok: true, value: { phase: 'ready' } });
    });

    it('is ready only while the phone is registered, where one is needed; a refusal stays one', async () => {
      const [refused, later] = [rid(), rid()];
      const ready = (requestId: RequestId) => house.queue.ready({ requestId, agentId: agentId('anna'), phone: 'sip:Anna@vaxel' });
      await house.signIn('anna', { billing: 5 });
      await house.arrive('c1');
      for (let repeat = 0; repeat < 2; repeat += 1) expect(await ready(refused)).toMatchObject({ ok: false, error: { code: 'VG_PHONE_UNREGISTERED' } });
      expect(await house.phase('anna')).toBe('notReady(signedIn)');
      await house.redis.set(registrationKey(house.tenant, 'sip:anna@vaxel'), '{}');
      expect((await ready(refused)).ok).toBe(false);
      expect(await ready(later)).toMatchObject({ ok: true, value: { phase: 'reserved', callId: 'c1' } });
      await house.redis.del(registrationKey(house.tenant, 'sip:anna@vaxel'));
      expect(await ready(later)).toMatchObject({ ok: true, value: { phase: 'reserved', callId: 'c1' } });
    });

    it('gets more time after a talk for asking, up to the longest that the queue allows', async () => {
      const [anna, more] = [agentId('anna'), rid()];
      const extend = (requestId = rid()) => house.queue.extendWrapUp({ requestId, agentId: anna, byMs: 30_000 });
      await house.agent('anna');
      expect(await extend()).toMatchObject({ ok: false, error: { code: 'VG_AGENT_STATE', detail: 'no wrap-up runs' } });
      await house.arrive('c1');
      await house.accept('anna');
      const ended = house.now;
      const done = { requestId: rid(), callId: callId('c1'), agentId: anna, wrapUpMs: 30_000, longestWrapUpMs: 80_000 };
      expect(await house.queue.complete(done)).toMatchObject({ ok: true, value: { until: ended + 30_000, latest: ended + 80_000 } });
      for (let repeat = 0; repeat < 2; repeat += 1) expect(await extend(more)).toMatchObject({ ok: true, value: { phase: 'wrapUp', until: ended + 60_000 } });
      house.now += 30_000;
      expect(await house.queue.reap(10)).toBe(0);
      expect(await extend()).toMatchObject({ ok: true, value: { until: ended + 80_000 } });
      expect(await extend()).toMatchObject({ ok: false, error: { code: 'VG_AGENT_STATE', detail: 'the wrap-up is as long as it may be' } });
      expect((await house.outbox()).at(-1)).toMatchObject({ type: 'agent.changed', state: { phase: 'wrapUp', until: ended + 80_000 } });
      house.now = ended + 80_000;
      expect(await house.queue.reap(10)).toBe(1);
      expect(await house.phase('anna')).toBe('ready');
    });

    it('signs out: an open offer goes on, a talk ends first', async () => {
      await house.agent('anna');
      await house.agent('bo');
      await house.arrive('c1');
      expect(await house.queue.logout({ requestId: rid(), agentId: agentId('anna') })).toEqual({ ok: true, value: { phase: 'loggedOut' } });
      await house.accept('bo');
      expect(await house.queue.logout({ requestId: rid(), agentId: agentId('bo') })).toMatchObject({ ok: true, value: { phase: 'talking' } });
      expect(await house.complete('bo', 'c1', 10_000)).toEqual({ ok: true, value: { phase: 'loggedOut' } });
      expect(await house.ready('bo')).toMatchObject({ ok: false, error: { code: 'VG_AGENT_UNKNOWN' } });
    });

    it('keeps the state when an agent signs in again from another node, and tells the open offer there', async () => {
      await house.agent('anna');
      await house.arrive('c1');
      expect(await house.signIn('anna', { billing: 5 }, 'n2')).toMatchObject({ ok: true, value: { phase: 'reserved', callId: 'c1' } });
      expect((await house.outbox('n2')).map((event) => event.type)).toEqual(['offer.made', 'agent.changed']);
    });
  });
});
