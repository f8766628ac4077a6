import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RedisFactStream } from '../../../gateway/adapters/redis/fact-stream.js';
import type { QueueFact } from '../../../gateway/core/acd/queue-fact.js';
import { startRedis, type TestRedis } from '../../support/redis-server.js';
import { silent } from './house.js';

const left = (id: string): QueueFact => ({ v: 1, id, at: Date.now(), type: 'call.abandoned', callId: id, queue: 'q', waitMs: 1 });

/** Reads until `count` facts came. */
async function heard(stream: RedisFactStream, count: number, since = 0): Promise<string[]> {
  const ids: string[] = [];
  const enough = new AbortController();
  await stream.follow(since, ({ id }) => {
    ids.push(id);
    if (ids.length === count) enough.abort();
  }, enough.signal);
  return ids;
}

describe('the stream of facts', () => {
  let server: TestRedis;
  beforeAll(async () => {
    server = await startRedis({ isDurable: true });
  });
  afterAll(() => server.stop());
  const open = (tenant: string) => new RedisFactStream({ url: server.url, tenant, log: silent });

  it('gives every gateway the facts of all, in one order', async () => {
    const [one, two] = [open('a'), open('a')];
    const both = Promise.all([heard(one, 20), heard(two, 20)]);
    for (let at = 0; at < 10; at += 1) {
      one.append(left(`one${at}`));
      two.append(left(`two${at}`));
    }
    const [first, second] = await both;
    expect(first).toEqual(second);
    expect(first.filter((id) => id.startsWith('one'))).toEqual(Array.from({ length: 10 }, (_, at) => `one${at}`));
    await Promise.all([one.close(), two.close()]);
  });

  it('writes what happened while Redis was away, and reads on after it', { timeout: 30_000 }, async () => {
    const stream = open('b');
    const all = heard(stream, 3);
    stream.append(left('before'));
    await heard(stream, 1);
    const restarted = server.restart();
    stream.append(left('meanwhile'));
    await restarted;
    stream.append(left('after'));
    expect([...new Set(await all)]).toEqual(['before', 'meanwhile', 'after']);
    await stream.close();
  });

  it('writes what was told last before it is closed', async () => {
    const [ending, other] = [open('d'), open('d')];
    const told = heard(other, 2);
    ending.append(left('first'));
    await heard(other, 1);
    ending.append(left('last'));
    await ending.close();
    expect(await told).toEqual(['first', 'last']);
    await other.close();
  });

  it('begins about at the time asked for', async () => {
    const redis = new Redis(server.url);
    await redis.xadd('acd:{c}:ev', '1000-0', 'f', JSON.stringify(left('old')));
    const stream = open('c');
    stream.append(left('new'));
    expect(await heard(stream, 1, Date.now())).toEqual(['new']);
    expect(await heard(stream, 2)).toEqual(['old', 'new']);
    redis.disconnect();
    await stream.close();
  });
});
