import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallerCall } from '../../media/phone/headless-phone.js';
import { bySipCallId, GatewayPair } from '../support/gateway-pair.js';
import { ProcessExchange, type GatewayProcess, type LoggedLine } from '../support/process-exchange.js';
import type { TestAgent } from '../support/test-agent.js';

const QUICK_FLOWS = fileURLToPath(new URL('./flows', import.meta.url));
const INVOICE = '471100';

/** A process that is stopped looks dead to the others; when it goes on it believes that no time has passed. */
describe('a gateway that is paused until others have taken its calls, and goes on then', () => {
  let exchange: ProcessExchange;
  let paused: GatewayProcess;
  let other: GatewayProcess;
  let pair: GatewayPair;
  let anna: TestAgent;
  let bo: TestAgent;
  let talking: CallerCall;
  let waiting: CallerCall;
  let inFlow: CallerCall;

  beforeAll(async () => {
    exchange = await ProcessExchange.start({ FLOWS_DIR: QUICK_FLOWS });
    paused = exchange.gateway;
    anna = await exchange.agent('anna', { kind: 'auto' }, 700);
    bo = await exchange.agent('bo', { kind: 'after', ms: 0 }, 500);
    await bo.ready();
    talking = await exchange.call('0', { say: { kind: 'tone', hz: 1_000 } });
    await bo.next('talking');
    waiting = await exchange.call('0');
    await paused.logged('activity changed', (line) => bySipCallId(waiting)(line) && line['to'] === 'waiting');
    other = await exchange.startAnother();
    pair = new GatewayPair(exchange, [paused, other]);
    // The order is carried out; its answer finds the gateway paused.
    const committed = once(exchange.billing.events, 'committed');
    inFlow = await pair.callTo(paused, `1${INVOICE}#1`);
    await committed;
    paused.signal('SIGSTOP');
    await Promise.all([talking, waiting, inFlow].map((call) => other.logged('call taken over', bySipCallId(call))));
    [anna, bo] = [await exchange.reconnected(anna), await exchange.reconnected(bo)];
    paused.signal('SIGCONT');
    await Promise.all([talking, waiting, inFlow].map((call) => paused.logged('call lost to another node', (line) => line['callId'] === callIdOf(call))));
  });
  afterAll(async () => {
    await paused.stop();
    await exchange.close();
  });

  const callIdOf = (call: CallerCall): unknown => [...paused.lines, ...other.lines].find(bySipCallId(call))?.['callId'];
  const endsOf = (call: CallerCall): readonly LoggedLine[] => pair.linesOf(call, 'call ended');

  it('carries nothing out twice: one order, read back once, one end', async () => {
    expect((await inFlow.finished).result).toBe('completed');
    await other.logged('call ended', bySipCallId(inFlow));
    expect(exchange.billing.ledger.filter((entry) => entry.invoice === INVOICE)).toHaveLength(1);
    expect(pair.saidTo(inFlow).filter((prompt) => prompt === 'read-back')).toHaveLength(1);
    expect(endsOf(inFlow).map((line) => [line['result'], line['reason']])).toEqual([['completed', 'solved']]);
  });

  it('leaves the talk alone that another gateway has now', async () => {
    expect(await talking.waitForTone(500, { timeoutMs: 2_000 })).toBe(true);
    talking.hangUp();
    const ended = await bo.next('callEnded');
    await bo.client.send({ type: 'notReady', reason: 'break' });
    await bo.client.send({ type: 'wrapUp', callId: ended.callId, disposition: 'other', note: '' });
    await other.logged('call ended', bySipCallId(talking));
    expect(endsOf(talking)).toHaveLength(1);
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
    expect(endsOf(waiting)).toHaveLength(1);
  });

  it('takes new calls again', async () => {
    const call = await pair.callTo(paused, '2');
    expect((await call.finished).result).toBe('completed');
  });

  it('logs nothing that wakes a person, and meets nothing that it does not expect', () => {
    for (const gateway of [paused, other]) {
      expect(gateway.lines.filter((line) => line['level'] === 'error' || Number(line['level']) >= 50)).toEqual([]);
      expect(gateway.text).toBe('');
    }
  });
});
