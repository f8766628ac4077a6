import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallerCall } from '../../media/phone/headless-phone.js';
import { bySipCallId, GatewayPair } from '../support/gateway-pair.js';
import { ProcessExchange, type GatewayProcess, type LoggedLine } from '../support/process-exchange.js';
import { CutLink } from '../support/cut-link.js';
import { historyFolder, startHistory, type HistoryServer } from '../support/history-server.js';
import type { TestAgent } from '../support/test-agent.js';

const QUICK_FLOWS = fileURLToPath(new URL('./flows', import.meta.url));
const INVOICE = '471100';

/** A process without a way to Redis looks dead to the others, but still hears of its calls and could go on with them. */
describe('a gateway that is cut off from Redis until others have taken its calls, and finds back when they are over', () => {
  let exchange: ProcessExchange;
  let link: CutLink;
  let cutOff: GatewayProcess;
  let other: GatewayProcess;
  let pair: GatewayPair;
  let anna: TestAgent;
  let bo: TestAgent;
  let talking: CallerCall;
  let waiting: CallerCall;
  let inFlow: CallerCall;
  let served: CallerCall;
  let data: Awaited<ReturnType<typeof historyFolder>>;
  let history: HistoryServer;

  beforeAll(async () => {
    // The way to it is another than that to Redis.
    data = await historyFolder();
    history = await startHistory(data.path);
    exchange = await ProcessExchange.start({ FLOWS_DIR: QUICK_FLOWS, DATABASE_URL: history.url }, undefined, async (redis) => {
      link = await CutLink.to(redis.socketPath);
      return `unix://${link.path}`;
    });
    cutOff = exchange.gateway;
    anna = await exchange.agent('anna', { kind: 'auto' }, 700);
    bo = await exchange.agent('bo', { kind: 'after', ms: 0 }, 500);
    await bo.ready();
    talking = await exchange.call('0', { say: { kind: 'tone', hz: 1_000 } });
    await bo.next('talking');
    waiting = await exchange.call('0');
    await cutOff.logged('activity changed', (line) => bySipCallId(waiting)(line) && line['to'] === 'waiting');
    inFlow = await exchange.call('');
    served = await exchange.call('');
    await Promise.all([inFlow, served].map((call) => cutOff.logged('says', bySipCallId(call))));
    other = await exchange.startAnother();
    pair = new GatewayPair(exchange, [cutOff, other]);
    await Promise.all([cutOff, other].map((gateway) => gateway.logged('history is up')));
    link.cut();
    served.press('2');
    await cutOff.logged('call ended', bySipCallId(served));
    await Promise.all([talking, waiting, inFlow, served].map((call) => other.logged('call taken over', bySipCallId(call))));
    [anna, bo] = [await exchange.reconnected(anna), await exchange.reconnected(bo)];
  });
  afterAll(async () => {
    await cutOff.stop();
    await exchange.close();
    await link.close();
    await history.stop();
    await data.remove();
  });

  const endsOf = (call: CallerCall): readonly LoggedLine[] => pair.linesOf(call, 'call ended');

  it('says nothing to callers whom another serves: one order, read back once', async () => {
    for (const key of `1${INVOICE}#1`) inFlow.press(key);
    expect((await inFlow.finished).result).toBe('completed');
    await other.logged('call ended', bySipCallId(inFlow));
    expect(exchange.billing.ledger.filter((entry) => entry.invoice === INVOICE)).toHaveLength(1);
    expect(pair.saidTo(inFlow).filter((prompt) => prompt === 'read-back')).toHaveLength(1);
  });

  it('has no call ended anew whose end it could only tell to the history', async () => {
    await other.logged('call was over before it was taken over', bySipCallId(served));
    expect(endsOf(served).map((line) => [line['result'], line['reason']])).toEqual([['completed', 'told']]);
    expect(await Promise.all([cutOff, other].map((gateway) => exchange.endOf(served, gateway)))).toEqual([{ result: 'completed', reason: 'told' }, null]);
  });

  it('leaves the talk alone', async () => {
    expect(await talking.waitForTone(500, { timeoutMs: 2_000 })).toBe(true);
    talking.hangUp();
    const ended = await bo.next('callEnded');
    await bo.client.send({ type: 'notReady', reason: 'break' });
    await bo.client.send({ type: 'wrapUp', callId: ended.callId, disposition: 'other', note: '' });
    await other.logged('call ended', bySipCallId(talking));
  });

  it('leaves the caller in line to the other gateway, who gets one agent', async () => {
    await anna.client.send({ type: 'ready' });
    const offer = await anna.next('offer', (event) => event.context.waitMs > 0);
    await anna.client.send({ type: 'accept', offerId: offer.offerId });
    await anna.next('talking');
    expect(await waiting.waitForTone(700, { timeoutMs: 3_000 })).toBe(true);
    waiting.hangUp();
    const ended = await anna.next('callEnded');
    await anna.client.send({ type: 'wrapUp', callId: ended.callId, disposition: 'other', note: '' });
    await other.logged('call ended', bySipCallId(waiting));
  });

  it('takes new calls when it has found back, and has nothing left of the old ones', async () => {
    link.mend();
    await cutOff.logged('call store is back');
    const call = await pair.callTo(cutOff, '2');
    expect((await call.finished).result).toBe('completed');
    for (const old of [inFlow, talking, waiting]) expect(endsOf(old)).toHaveLength(1);
    expect(endsOf(inFlow).map((line) => [line['result'], line['reason']])).toEqual([['completed', 'solved']]);
  });

  it('logs nothing that wakes a person but the loss of Redis, and meets nothing that it does not expect', () => {
    for (const gateway of [cutOff, other]) {
      expect(gateway.lines.filter((line) => line['level'] === 'error' || Number(line['level']) >= 50)).toEqual([]);
      expect(gateway.text).toBe('');
    }
  });
});
