import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCallStore } from '../../../gateway/adapters/redis/call-store.js';
import { openQueue } from '../../../gateway/adapters/redis/queue.js';
import { brand, type AgentId } from '../../../gateway/core/ids.js';
import { startRedis } from '../../support/redis-server.js';
import type { TestRedis } from '../../support/redis-server.js';
import { silent } from './house.js';

/** Longer than a command to the call store may take. */
const PAUSE_MS = 400;

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

/** The whole process does nothing else for so long; what is sent was sent before. */
function standStill(): void {
  for (const until = performance.now() + PAUSE_MS; performance.now() < until; );
}

describe('a process that stood still for longer than Redis may take', () => {
  it('reads the registration that came meanwhile', async () => {
    const store = openCallStore({ url: server.url, tenant: 'still', log: silent, now: () => Date.now() });
    await store.registration('sip:anna@vaxel');
    const asked = store.registration('sip:anna@vaxel');
    await new Promise(setImmediate);
    standStill();
    await expect(asked).resolves.toBeNull();
    await store.close();
  });

  it('reads the answer of the queue that came meanwhile', async () => {
    const queue = openQueue({ url: server.url, tenant: 'still', log: silent, now: () => Date.now(), deadlineMs: PAUSE_MS / 2 });
    const anna = brand<AgentId>('anna');
    await queue.agentState(anna).catch(() => undefined);
    const asked = queue.agentState(anna);
    await new Promise(setImmediate);
    standStill();
    await expect(asked).resolves.toMatchObject({ phase: 'loggedOut' });
    await queue.close();
  });
});
