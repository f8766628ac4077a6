import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openQueue } from '../../gateway/adapters/redis/queue.js';
import { brand, type AgentId } from '../../gateway/core/ids.js';
import { silent } from '../adapters/redis/house.js';
import { ProcessExchange } from '../support/process-exchange.js';

const QUICK_FLOWS = fileURLToPath(new URL('./flows', import.meta.url));
const ANNA = brand<AgentId>('anna');
const BO = brand<AgentId>('bo');

let exchange: ProcessExchange;
beforeAll(async () => {
  exchange = await ProcessExchange.start({ FLOWS_DIR: QUICK_FLOWS });
});
afterAll(() => exchange.close());

it('takes out an agent whose screen was at a gateway that died and comes back nowhere, and leaves who came back alone', async () => {
  const queue = openQueue({ url: exchange.redis.url, tenant: 'test', log: silent });
  const { gateway } = exchange;
  const [anna, bo] = [await exchange.agent('anna'), await exchange.agent('bo')];
  await Promise.all([anna.ready(), bo.ready()]);
  await gateway.kill();
  await exchange.startAnother();
  await exchange.reconnected(bo);
  await expect.poll(() => queue.agentState(ANNA), { timeout: 20_000 }).toMatchObject({ phase: 'notReady', reason: 'screenLost' });
  expect((await queue.agentState(BO)).phase).toBe('ready');
  await queue.close();
});
