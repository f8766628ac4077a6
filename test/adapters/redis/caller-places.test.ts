import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openCallerPlaces } from '../../../gateway/adapters/redis/caller-places.js';
import { CALLER_PLACE, CALLS_OF, storePrefix } from '../../../gateway/adapters/redis/keys.js';
import type { KeptPlace } from '../../../gateway/core/call/kept-place.js';
import { brand, type CallId } from '../../../gateway/core/ids.js';
import type { CallerPlaces } from '../../../gateway/ports/caller-places.js';
import { startRedis, type TestRedis } from '../../support/redis-server.js';
import { KeptLog } from '../../support/silent-log.js';

const NUMBER = '+46701234567';
const CALLBACK: KeptPlace = { why: 'callback', callId: brand<CallId>('c1'), queuedAt: 1_000, at: 2_000, afterMs: 500 };
const CUT_OFF: KeptPlace = { ...CALLBACK, why: 'cutOff' };

describe('a place that is kept for a number', () => {
  let server: TestRedis;
  let redis: Redis;
  let places: CallerPlaces;
  const log = new KeptLog();
  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.url);
    places = openCallerPlaces({ url: server.url, tenant: 'p', log });
    // A caller does not wait for a connection that is being made; these tests do.
    await vi.waitFor(async () => {
      await places.keep(NUMBER, CUT_OFF, 60_000);
      expect(await redis.dbsize()).toBe(1);
    }, { timeout: 10_000 });
  });
  afterAll(async () => {
    await places.close();
    redis.disconnect();
    await server.stop();
  });
  beforeEach(async () => {
    await redis.flushall();
    log.lines.length = 0;
  });

  it('is taken once, however the number is written', async () => {
    await places.keep(NUMBER, CUT_OFF, 60_000);
    expect(await places.take('0046 70-123 45 67')).toEqual(CUT_OFF);
    expect(await places.take(NUMBER)).toBeNull();
  });

  it('is left alone by the call that it belongs to', async () => {
    await places.keep(NUMBER, CALLBACK, 60_000);
    expect(await places.take(NUMBER, CALLBACK.callId)).toBeNull();
    expect(await places.take(NUMBER)).toEqual(CALLBACK);
  });

  it('tells a callback that its customer came by themselves', async () => {
    await places.keep(NUMBER, CALLBACK, 60_000);
    expect(await places.isTaken(CALLBACK.callId)).toBe(false);
    await places.take(NUMBER);
    expect(await places.isTaken(CALLBACK.callId)).toBe(true);
  });

  it('is dropped by its own callback alone', async () => {
    await places.keep(NUMBER, CALLBACK, 60_000);
    await places.drop(NUMBER, brand<CallId>('another'));
    expect(await places.take(NUMBER, CALLBACK.callId)).toBeNull();
    await places.drop(NUMBER, CALLBACK.callId);
    expect(await places.take(NUMBER)).toBeNull();
  });

  it('ends with its time', async () => {
    await places.keep(NUMBER, CALLBACK, 60_000);
    const [key = ''] = await redis.keys('*');
    expect(key).toBe(`${storePrefix('p')}${CALLER_PLACE}${NUMBER}`);
    expect(await redis.pttl(key)).toBeGreaterThan(50_000);
    expect(await redis.pttl(key)).toBeLessThanOrEqual(60_000);
  });

  it.each(['{', '{"why":"other"}'])('is none when it cannot be read, and keeps nobody from lining up: %s', async (text) => {
    await redis.set(`${storePrefix('p')}${CALLER_PLACE}${NUMBER}`, text);
    expect(await places.take(NUMBER)).toBeNull();
    expect(log.lines.map(({ message }) => message)).toEqual(['a kept place could not be read']);
  });

  it('of a call that was cut off and of a callback are two: several people may call from one number', async () => {
    await places.keep(NUMBER, CALLBACK, 60_000);
    await places.keep(NUMBER, { ...CUT_OFF, callId: brand<CallId>('c2') }, 60_000);
    expect(await places.takeCallback(NUMBER)).toEqual(CALLBACK);
    expect([await places.takeCallback(NUMBER), await places.take(NUMBER)]).toEqual([null, { ...CUT_OFF, callId: 'c2' }]);
    await places.keep(NUMBER, CUT_OFF, 60_000);
    await places.keep(NUMBER, CALLBACK, 60_000);
    expect([await places.take(NUMBER), await places.take(NUMBER), await places.take(NUMBER)]).toEqual([CALLBACK, CUT_OFF, null]);
  });

  it('counts the other calls of a number that are going on, until each is over or must have been lost', async () => {
    const [c1, c2] = [{ callId: brand<CallId>('c1'), at: 1_000_000 }, { callId: brand<CallId>('c2'), at: 1_000_500 }];
    await places.began(NUMBER, c1);
    await places.began(NUMBER, c1);
    expect(await places.others(NUMBER, c1)).toBe(0);
    expect(await redis.pttl(`${storePrefix('p')}${CALLS_OF}${NUMBER}`)).toBeGreaterThan(3.9 * 3_600_000);
    await places.began('0046 70-123 45 67', c2);
    expect([await places.others(NUMBER, c1), await places.others(NUMBER, c2), await places.others('+46700000000', c1)]).toEqual([1, 1, 0]);
    expect(await places.others(NUMBER, { ...c2, at: c2.at + 4 * 3_600_000 - 100 })).toBe(0);
    await places.over(NUMBER, c1.callId);
    expect(await places.others(NUMBER, c2)).toBe(0);
  });

  it('of two calls from the number that come at the same moment, goes to one', async () => {
    await places.keep(NUMBER, CALLBACK, 60_000);
    const taken = await Promise.all([places.take(NUMBER), places.take(NUMBER)]);
    expect(taken.filter((place) => place !== null)).toEqual([CALLBACK]);
  });

  it('that was keyed as a national number is the caller’s with an international one, where the country is known', async () => {
    const atHome = openCallerPlaces({ url: server.url, tenant: 'p', country: () => '46', log });
    await vi.waitFor(async () => {
      await atHome.keep('0701234567', CALLBACK, 60_000);
      expect(await redis.dbsize()).toBe(1);
    }, { timeout: 10_000 });
    expect(await atHome.take('+46701234567')).toEqual(CALLBACK);
    await places.keep('0701234567', CALLBACK, 60_000);
    expect(await places.take('+46701234567')).toBeNull();
    await atHome.close();
  });
});
