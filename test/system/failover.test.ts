import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CallerCall } from '../../media/phone/headless-phone.js';
import { CutLink } from '../support/cut-link.js';
import { ProcessExchange, type LoggedLine } from '../support/process-exchange.js';
import { freePort } from '../support/redis-cluster.js';
import { promote } from '../support/promote.js';
import { launchRedis, type TestRedis } from '../support/redis-server.js';
import type { TestAgent } from '../support/test-agent.js';

const QUICK_FLOWS = fileURLToPath(new URL('./flows', import.meta.url));
const bySipCallId = (call: CallerCall) => (line: LoggedLine): boolean => line['sipCallId'] === call.call.sipCallId;
const inPhase = (call: CallerCall, phase: string) => (line: LoggedLine): boolean => bySipCallId(call)(line) && line['to'] === phase;

/** The replica was cut off from the master when Bo still talked, `served` still waited and nobody knew of `waiting`. */
describe('Redis fails over to a replica that lacks the last writes', () => {
  let exchange: ProcessExchange;
  let master: TestRedis;
  let replica: TestRedis;
  let link: CutLink;
  let anna: TestAgent;
  let bo: TestAgent;
  let served: CallerCall;
  let waiting: CallerCall;

  beforeAll(async () => {
    const port = await freePort();
    master = await launchRedis(['--port', String(port), '--bind', '127.0.0.1', '--repl-diskless-sync-delay', '0']);
    replica = await launchRedis(['--port', '0', '--replicaof', '127.0.0.1', String(port)]);
    link = await CutLink.to(master.socketPath);
    exchange = await ProcessExchange.start({ FLOWS_DIR: QUICK_FLOWS }, undefined, () => Promise.resolve(`unix://${link.path}`));
    anna = await exchange.agent('anna', { kind: 'auto' }, 700);
    bo = await exchange.agent('bo', { kind: 'after', ms: 0 }, 500);
    await bo.ready();
    const talking = await exchange.call('0');
    await bo.next('talking');
    served = await exchange.call('0');
    await exchange.gateway.logged('activity changed', inPhase(served, 'waiting'));
    await promote(replica, master);

    // Of all this the replica knows nothing.
    talking.hangUp();
    const over = await bo.next('callEnded');
    await bo.client.send({ type: 'notReady', reason: 'break' });
    await bo.client.send({ type: 'wrapUp', callId: over.callId, disposition: 'other', note: '' });
    await exchange.gateway.logged('call ended', bySipCallId(talking));
    await anna.client.send({ type: 'ready' });
    await anna.client.send({ type: 'accept', offerId: (await anna.next('offer')).offerId });
    await anna.next('talking');
    waiting = await exchange.call('0');
    await exchange.gateway.logged('activity changed', inPhase(waiting, 'waiting'));

    link.cut();
    await master.stop();
    link.mend(replica.socketPath);
    await exchange.gateway.logged('call store is back');
  });
  afterAll(async () => {
    await exchange.close();
    await link.close();
    await replica.stop();
  });

  const rings = (call: CallerCall): number => exchange.gateway.lines.filter((line) => line.msg === 'phone rings' && bySipCallId(call)(line)).length;

  it('offers nobody twice: who talks goes on talking, and the agent whose talk is over gets the caller who waits', async () => {
    await bo.client.send({ type: 'ready' });
    await bo.next('talking');
    expect(await waiting.waitForTone(500, { timeoutMs: 3_000 })).toBe(true);
    expect(await served.waitForTone(700, { timeoutMs: 3_000 })).toBe(true);
    expect([rings(served), rings(waiting)]).toEqual([1, 1]);
  });

  it('leaves no agent stuck, no call without an end, and no trace in the store', async () => {
    for (const [call, agent] of [[served, anna], [waiting, bo]] as const) {
      call.hangUp();
      const ended = await agent.next('callEnded');
      expect(await agent.client.send({ type: 'wrapUp', callId: ended.callId, disposition: 'other', note: '' })).toMatchObject({ ok: true });
      await agent.inPhase('ready');
      await exchange.gateway.logged('call ended', bySipCallId(call));
    }
    const store = new Redis(replica.socketPath);
    const callIds = new Set(exchange.gateway.lines.map((line) => line['callId']).filter((id) => typeof id === 'string'));
    await vi.waitFor(async () => expect((await store.keys('*')).filter((key) => [...callIds].some((callId) => key.includes(callId)))).toEqual([]), { timeout: 15_000, interval: 200 });
    store.disconnect();
  });

  it('logs nothing that wakes a person', () => {
    expect(exchange.gateway.lines.filter((line) => Number(line['level']) >= 50)).toEqual([]);
    expect(exchange.gateway.text).toBe('');
  });
});
