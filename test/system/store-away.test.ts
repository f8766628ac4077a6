import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { STORE_KEY_NAMES, storePrefix } from '../../gateway/adapters/redis/keys.js';
import type { CallerCall } from '../../media/phone/headless-phone.js';
import { bySipCallId, GatewayPair } from '../support/gateway-pair.js';
import { ProcessExchange, type GatewayProcess } from '../support/process-exchange.js';

const QUICK_FLOWS = fileURLToPath(new URL('./flows', import.meta.url));

let exchange: ProcessExchange;
let gateways: readonly [GatewayProcess, GatewayProcess];
beforeAll(async () => {
  exchange = await ProcessExchange.start({ FLOWS_DIR: QUICK_FLOWS });
  const first = exchange.gateway;
  gateways = [first, await exchange.startAnother()];
});
afterAll(async () => {
  await gateways[0].stop();
  await exchange.close();
});

/** The leases of both have run out when Redis answers again. */
async function awayForLong(): Promise<void> {
  const redis = new Redis(exchange.redis.socketPath);
  const nodes = `${storePrefix('test')}${STORE_KEY_NAMES.NODES}`;
  for (const node of await redis.zrange(nodes, 0, -1)) await redis.zadd(nodes, 1, node);
  redis.disconnect();
  await exchange.redis.restart();
}

it('takes no call from a gateway that lives when Redis was away for longer than its lease', async () => {
  const pair = new GatewayPair(exchange, gateways);
  const calls: CallerCall[] = [];
  for (const gateway of gateways) {
    const call = await pair.callTo(gateway, '0');
    await gateway.logged('activity changed', (line) => bySipCallId(call)(line) && line['to'] === 'waiting');
    calls.push(call);
  }
  for (let time = 1; time <= 3; time += 1) {
    const told = gateways.flatMap(({ lines }) => lines);
    await awayForLong();
    await Promise.all(gateways.map((gateway) => gateway.logged('call store is back', (line) => !told.includes(line))));
  }
  expect(gateways.flatMap(({ lines }) => lines).filter(({ msg }) => msg === 'call taken over')).toEqual([]);
  for (const [at, gateway] of gateways.entries()) {
    const call = calls[at];
    call?.hangUp();
    await gateway.logged('call ended', (line) => line['sipCallId'] === call?.call.sipCallId);
  }
});
