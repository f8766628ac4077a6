import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STORE_KEY_NAMES, storePrefix } from '../../gateway/adapters/redis/keys.js';
import type { CallerCall } from '../../media/phone/headless-phone.js';
import { CutLink } from '../support/cut-link.js';
import { bySipCallId } from '../support/gateway-pair.js';
import { ProcessExchange, type GatewayProcess } from '../support/process-exchange.js';
import { freePort } from '../support/redis-cluster.js';
import { promote } from '../support/promote.js';
import { launchRedis, type TestRedis } from '../support/redis-server.js';
import type { TestAgent } from '../support/test-agent.js';

const QUICK_FLOWS = fileURLToPath(new URL('./flows', import.meta.url));

/** One gateway stood still, another took its calls over; of that the replica which is the master now knows nothing: it names the one before. */
describe('Redis goes back to before a take-over, and both gateways live', () => {
  let exchange: ProcessExchange;
  let master: TestRedis;
  let replica: TestRedis;
  let link: CutLink;
  let before: GatewayProcess;
  let now: GatewayProcess;
  let anna: TestAgent;
  let bo: TestAgent;
  let talking: CallerCall;
  let waiting: CallerCall;
  let inFlow: CallerCall;

  beforeAll(async () => {
    const port = await freePort();
    master = await launchRedis(['--port', String(port), '--bind', '127.0.0.1', '--repl-diskless-sync-delay', '0']);
    replica = await launchRedis(['--port', '0', '--replicaof', '127.0.0.1', String(port)]);
    link = await CutLink.to(master.socketPath);
    exchange = await ProcessExchange.start({ FLOWS_DIR: QUICK_FLOWS, REDIS_URL: `unix://${link.path}` });
    before = exchange.gateway;
    anna = await exchange.agent('anna', { kind: 'auto' }, 700);
    bo = await exchange.agent('bo', { kind: 'after', ms: 0 }, 500);
    await bo.ready();
    talking = await exchange.call('0');
    await bo.next('talking');
    waiting = await exchange.call('0');
    await before.logged('activity changed', (line) => bySipCallId(waiting)(line) && line['to'] === 'waiting');
    inFlow = await exchange.call();
    await before.logged('says', bySipCallId(inFlow));
    now = await exchange.startAnother();
    await promote(replica, master);

    const calls = [talking, waiting, inFlow];
    before.signal('SIGSTOP');
    await Promise.all(calls.map((call) => now.logged('call taken over', bySipCallId(call))));
    before.signal('SIGCONT');
    await Promise.all(calls.map((call) => before.logged('call lost to another node', (line) => line['callId'] === callIdOf(call))));
    [anna, bo] = [await exchange.reconnected(anna), await exchange.reconnected(bo)];
    link.cut();
    await master.stop();
    await prolonged();
    const told = [before, now].flatMap(({ lines }) => lines);
    link.mend(replica.socketPath);
    await Promise.all([before, now].map((gateway) => gateway.logged('call store is back', (line) => !told.includes(line))));
  });
  afterAll(async () => {
    await before.stop();
    await exchange.close();
    await link.close();
    await replica.stop();
  });

  /** What takes a second in a house takes longer here: in the replica too both gateways have their leases yet. */
  const prolonged = async (): Promise<void> => {
    const store = new Redis(replica.socketPath);
    const nodes = `${storePrefix('test')}${STORE_KEY_NAMES.NODES}`;
    for (const node of await store.zrange(nodes, 0, -1)) await store.zadd(nodes, Date.now() + 60_000, node);
    store.disconnect();
  };
  const callIdOf = (call: CallerCall): unknown => before.lines.find(bySipCallId(call))?.['callId'];
  const endsOf = (call: CallerCall) => [before, now].flatMap(({ lines }) => lines).filter((line) => line.msg === 'call ended' && bySipCallId(call)(line));

  it('leaves the caller in line to the gateway that has them, which gets them an agent', async () => {
    await anna.client.send({ type: 'ready' });
    const offer = await anna.next('offer', (event) => event.context.waitMs > 0);
    await anna.client.send({ type: 'accept', offerId: offer.offerId });
    await anna.next('talking');
    expect(await waiting.waitForTone(700, { timeoutMs: 3_000 })).toBe(true);
    waiting.hangUp();
    const ended = await anna.next('callEnded');
    await anna.client.send({ type: 'notReady', reason: 'break' });
    await anna.client.send({ type: 'wrapUp', callId: ended.callId, disposition: 'other', note: '' });
    await now.logged('call ended', bySipCallId(waiting));
  });

  it('leaves the talk and its agent alone', async () => {
    expect(await talking.waitForTone(500, { timeoutMs: 3_000 })).toBe(true);
    talking.hangUp();
    const ended = await bo.next('callEnded');
    expect(await bo.client.send({ type: 'wrapUp', callId: ended.callId, disposition: 'other', note: '' })).toMatchObject({ ok: true });
    await bo.inPhase('ready');
    await now.logged('call ended', bySipCallId(talking));
  });

  it('serves the caller in the flow there as well, and ends each call once', async () => {
    inFlow.hangUp();
    await now.logged('call ended', bySipCallId(inFlow));
    expect([talking, waiting, inFlow].map((call) => endsOf(call).length)).toEqual([1, 1, 1]);
    expect(before.lines.filter(({ msg }) => msg === 'the store brought back a call that is over')).toEqual([]);
  });

  it('logs nothing that wakes a person', () => {
    for (const gateway of [before, now]) {
      expect(gateway.lines.filter((line) => Number(line['level']) >= 50)).toEqual([]);
      expect(gateway.text).toBe('');
    }
  });
});
