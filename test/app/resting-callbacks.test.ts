import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openCallStore, type RedisCallStore } from '../../gateway/adapters/redis/call-store.js';
import type { CallbackEnd } from '../../gateway/app/call-orders.js';
import { NodeRelay } from '../../gateway/app/node-relay.js';
import { RestingCallbacks } from '../../gateway/app/resting-callbacks.js';
import { CALLBACK_DEFAULTS } from '../../gateway/core/acd/callback-config.js';
import type { CallState } from '../../gateway/core/call/call-state.js';
import { brand, type CallId, type NodeId } from '../../gateway/core/ids.js';
import { House, silent } from '../adapters/redis/house.js';
import { booked, busy, called, RETRY_MS, rulesWith } from '../core/call/callback-story.js';
import { facts } from '../core/call/call-story.js';
import { fakeCentre } from '../support/call-fakes.js';
import { startRedis, type TestRedis } from '../support/redis-server.js';
import { KeptLog } from '../support/silent-log.js';
import { systemClock } from '../support/system-clock.js';

const QUEUE_OF_FAKE = fakeCentre.queue(brand('people'));

/** A gateway with the callbacks that rest at it. */
class Gateway {
  readonly callbacks: RestingCallbacks;
  readonly ended: [CallId, CallbackEnd][] = [];
  readonly log = new KeptLog();
  private readonly abort = new AbortController();

  constructor(house: House, store: RedisCallStore, readonly node: NodeId, private readonly has: readonly CallId[]) {
    const centre = { ...fakeCentre, isOpen: () => false, queue: () => QUEUE_OF_FAKE && { ...QUEUE_OF_FAKE, callback: { ...CALLBACK_DEFAULTS, hours } } };
    this.callbacks = new RestingCallbacks({ store, centre, node, relay: () => relay, log: this.log, calls: { endCallback: (call, order) => Promise.resolve(this.has.includes(call) && this.ended.push([call, order]) > 0) } });
    const relay = new NodeRelay({ queue: house.queue, node, clock: systemClock, log: this.log, answer: (body) => this.callbacks.answer(body) ?? Promise.resolve(null) });
    void house.queue.events(node, (event) => Promise.resolve(event.type === 'node.message' && relay.heard(event.text)).then(() => undefined), this.abort.signal);
  }

  stop(): void {
    this.abort.abort();
  }
}

/** Of the queue's callbacks; they are over just now. */
let hours: string | null;
let server: TestRedis;
let house: House;
let store: RedisCallStore;
let here: Gateway;
let there: Gateway;
const HERE = brand<NodeId>('here');
const THERE = brand<NodeId>('there');
const RESTS = brand<CallId>('call-1-cb');
const WAITS = brand<CallId>('call-2-cb');

beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(async () => {
  hours = null;
  house = new House(server.url, { now: () => 0 });
  store = openCallStore({ url: server.url, tenant: house.tenant, log: silent });
  for (const node of [HERE, THERE]) {
    await house.redis.set(`${house.prefix}pos:${node}`, '0-0');
    await store.heartbeat(node, 60_000);
  }
  here = new Gateway(house, store, HERE, []);
  there = new Gateway(house, store, THERE, [RESTS]);
});
afterEach(async () => {
  here.stop();
  there.stop();
  await store.close();
  await house.close();
});

const resting = () => busy(called()).tell(facts.wrapUpOver).state;
const save = (state: CallState, callId: CallId) => store.save({ callId, node: THERE, takeovers: 0, version: state.version, snapshot: JSON.stringify({ ...state, callId }) });

describe('callbacks that rest at another gateway', () => {
  it('are seen, with the number masked, the next try and the tries so far; none that waits or is tried', async () => {
    const state = resting();
    await save(state, RESTS);
    await save(booked().state, WAITS);
    await save(called().state, brand<CallId>('call-3-cb'));
    if (state.activity.phase !== 'resting') throw new Error('it does not rest');
    const { place, until } = state.activity;
    expect(await here.callbacks.list()).toEqual([{ callId: RESTS, number: '+••••••••567', queue: place.queue, node: THERE, queuedAt: place.queuedAt, nextTryAt: until, tries: 1 }]);
  });

  it('are seen while the agent of a try in vain writes about it', async () => {
    const { state, now } = busy(called());
    expect(state.activity.phase).toBe('wrapUp');
    await save(state, RESTS);
    expect(await here.callbacks.list()).toMatchObject([{ callId: RESTS, nextTryAt: now + RETRY_MS, tries: 1 }]);
  });

  it('have no time of their next try where the hours of their queue do not say when they begin', async () => {
    hours = 'days';
    await save(booked(rulesWith({ mayRing: () => false })).state, RESTS);
    expect(await here.callbacks.list()).toMatchObject([{ callId: RESTS, nextTryAt: null, tries: 0 }]);
  });

  it('are dropped there', async () => {
    await save(resting(), RESTS);
    expect(await here.callbacks.drop(RESTS)).toEqual({ ok: true, value: null });
    expect(await there.callbacks.drop(RESTS)).toEqual({ ok: true, value: null });
    expect(there.ended).toEqual([[RESTS, 'drop'], [RESTS, 'drop']]);
  });

  it('are told there that their customer has come by themselves', async () => {
    await save(resting(), RESTS);
    here.callbacks.supersede(RESTS);
    await vi.waitFor(() => expect(there.ended).toEqual([[RESTS, 'supersede']]));
    expect(here.log.lines).toEqual([]);
  });

  it('are not dropped where they do not rest, or there are none', async () => {
    await save(booked().state, WAITS);
    expect([await here.callbacks.drop(WAITS), await here.callbacks.drop(brand('gone-cb')), await here.callbacks.drop(brand('call-1'))]).toEqual([null, null, null]);
  });

  it('whose gateway is gone are dropped once another one has taken them over: the order is to be given again', async () => {
    await store.save({ callId: RESTS, node: brand<NodeId>('gone'), takeovers: 0, version: 1, snapshot: JSON.stringify(resting()) });
    expect(await here.callbacks.drop(RESTS)).toMatchObject({ ok: false, error: { code: 'VG_STORE', detail: '"call-1-cb" is at the gateway gone, which does not answer: try again' } });
  });
});
