import { EventEmitter, once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openRedis, whenReady, type Connection } from '../../../gateway/adapters/redis/connection.js';
import { tellOutages } from '../../../gateway/adapters/redis/outage.js';
import { openQueue } from '../../../gateway/adapters/redis/queue.js';
import { startRedis } from '../../support/redis-server.js';
import { KeptLog } from '../../support/silent-log.js';

const AWAY = 'Redis is not reachable, trying again: calls go on, no new ones are taken until it is (does it run, and is REDIS_URL right?)';
const told = (log: KeptLog): readonly string[] => log.lines.map(({ message }) => message);

/** A connection whose state the test decides. */
class Line extends EventEmitter {
  status = 'connecting';

  fails(): void {
    this.status = 'reconnecting';
    this.emit('error', new Error('connect ECONNREFUSED'));
  }

  comes(): void {
    this.status = 'ready';
    this.emit('ready');
  }

  ends(): void {
    this.status = 'end';
    this.emit('end');
  }
}

function lines(log: KeptLog, count: number): readonly Line[] {
  const all = Array.from({ length: count }, () => new Line());
  for (const line of all) tellOutages(line as unknown as Connection, log);
  return all;
}

describe('of a Redis that is away', () => {
  afterEach(() => void vi.useRealTimers());

  it('is told once, however many connections of the process cannot be made, and once that it is back, when all are', () => {
    const log = new KeptLog();
    const all = lines(log, 9);
    for (let attempt = 0; attempt < 5; attempt++) for (const line of all) line.fails();
    expect(told(log)).toEqual([AWAY]);
    for (const line of all) {
      expect(told(log)).toEqual([AWAY]);
      line.comes();
    }
    expect(told(log)).toEqual([AWAY, 'Redis is back']);
  });

  it('an operator is reminded after a minute, five more and then every half an hour', () => {
    vi.useFakeTimers();
    const log = new KeptLog();
    const [line] = lines(log, 1);
    line?.fails();
    const reminders = (): readonly unknown[] => log.of('Redis is still not reachable').map(({ fields }) => fields['awayS']);
    vi.advanceTimersByTime(59_999);
    expect(reminders()).toEqual([]);
    vi.advanceTimersByTime(70 * 60_000);
    expect(reminders()).toEqual([60, 360, 2_160, 3_960]);
    line?.comes();
    vi.advanceTimersByTime(60 * 60_000);
    expect(reminders()).toHaveLength(4);
  });

  it('nothing is told by a connection that was closed, nor that Redis is back', () => {
    vi.useFakeTimers();
    const log = new KeptLog();
    const [line] = lines(log, 1);
    line?.fails();
    line?.ends();
    vi.advanceTimersByTime(60 * 60_000);
    expect(told(log)).toEqual([AWAY]);
  });

  it('is told in one line and one more, when it dies and comes again under a running queue', async () => {
    const log = new KeptLog();
    const server = await startRedis();
    const queue = openQueue({ url: server.url, tenant: 't', log });
    const others = Array.from({ length: 4 }, () => openRedis(server.url, log));
    await Promise.all(others.map((redis) => once(redis, 'ready')));
    process.kill(server.pid(), 'SIGKILL');
    for (let attempt = 0; attempt < 2; attempt++) await Promise.all(others.map((redis) => new Promise((resolve) => redis.once('error', resolve))));
    expect(told(log)).toEqual([AWAY]);
    await server.restart();
    await vi.waitFor(() => expect(told(log)).toEqual([AWAY, 'Redis is back']), { timeout: 10_000, interval: 20 });
    for (const redis of others) redis.disconnect();
    await queue.close();
    await server.stop();
  });
});

it('lets any number of commands wait for a connection, and node has nothing to warn of', async () => {
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const redis = openRedis('redis://127.0.0.1:1', new KeptLog());
  expect(await Promise.all(Array.from({ length: 30 }, () => whenReady(redis, 1)))).not.toContain(true);
  redis.disconnect();
  expect(warned).not.toHaveBeenCalled();
  warned.mockRestore();
});
