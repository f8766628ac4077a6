import { Redis } from 'ioredis';
import { expect, vi } from 'vitest';
import type { TestRedis } from './redis-server.js';

/** Makes a master of the replica. Resolves when it has all that was written until now, and takes no more of it. */
export async function promote(replica: TestRedis, master: TestRedis): Promise<void> {
  const [from, to] = [new Redis(master.socketPath), new Redis(replica.socketPath)];
  await vi.waitFor(async () => expect(await from.call('WAIT', 1, 100)).toBe(1), { timeout: 15_000, interval: 50 });
  await to.call('REPLICAOF', 'NO', 'ONE');
  for (const client of [from, to]) client.disconnect();
}
