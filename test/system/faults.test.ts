import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CallerCall } from '../../media/phone/headless-phone.js';
import type { TestAgent } from '../support/exchange.js';
import { ProcessExchange, type LoggedLine } from '../support/process-exchange.js';
import { SoftswitchProcess } from '../support/softswitch-process.js';

const QUICK_FLOWS = fileURLToPath(new URL('./flows', import.meta.url));
/** What node prints about a rejection or an exception that nobody handled; fsmrf's own words are no fault. */
const FAULT = /Unhandled|Uncaught|^\s+at /im;
const bySipCallId = (call: CallerCall) => (line: LoggedLine): boolean => line['sipCallId'] === call.call.sipCallId;
const inPhase = (call: CallerCall, phase: string) => (line: LoggedLine): boolean => bySipCallId(call)(line) && line['to'] === phase;
/** Calls again and again until a call ends so, at most ten seconds. */
const untilCallEnds = (exchange: ProcessExchange, status: number): Promise<void> =>
  vi.waitFor(async () => expect((await (await exchange.call('2')).finished).status).toBe(status), { timeout: 10_000, interval: 100 });

describe('Redis gone', () => {
  let exchange: ProcessExchange;
  let anna: TestAgent;
  let bo: TestAgent;
  beforeAll(async () => {
    exchange = await ProcessExchange.start({ FLOWS_DIR: QUICK_FLOWS });
    anna = await exchange.agent('anna', { kind: 'auto' }, 700);
    bo = await exchange.agent('bo', { kind: 'after', ms: 0 }, 500);
  });
  afterAll(() => exchange.close());

  it('calls go on from memory, new ones are refused after a while, and all is as before when it is back', async () => {
    const { gateway } = exchange;
    await bo.ready();
    const talking = await exchange.call('0');
    await bo.next('talking');
    const inFlow = await exchange.call('wait:2500 1471100#1');
    await gateway.logged('says', bySipCallId(inFlow));
    const waiting = await exchange.call('0');
    await gateway.logged('activity changed', inPhase(waiting, 'waiting'));

    process.kill(exchange.redis.pid(), 'SIGKILL');
    expect(inFlow.ladder.some((entry) => entry.event === 'keySent')).toBe(false);
    expect((await inFlow.finished).result).toBe('completed');
    expect((await gateway.logged('call ended', bySipCallId(inFlow)))['reason']).toBe('solved');
    expect(exchange.billing.ledger).toHaveLength(1);
    await untilCallEnds(exchange, 503);
    expect(await talking.waitForTone(500, { timeoutMs: 1_000 })).toBe(true);

    await exchange.redis.restart();
    await untilCallEnds(exchange, 200);
    talking.hangUp();
    await bo.next('callEnded');
    await anna.client.send({ type: 'ready' });
    const offer = await anna.next('offer');
    await anna.client.send({ type: 'accept', offerId: offer.offerId });
    await anna.next('talking');
    waiting.hangUp();
    await anna.next('callEnded');
    await vi.waitFor(async () => expect(await exchange.keysOfCalls()).toEqual([]), { timeout: 15_000, interval: 200 });
    expect(gateway.text).not.toMatch(FAULT);
  });
});

describe('the SIP and media server gone', () => {
  let exchange: ProcessExchange;
  let softswitch: SoftswitchProcess;
  beforeAll(async () => {
    softswitch = await SoftswitchProcess.start();
    exchange = await ProcessExchange.start({ FLOWS_DIR: QUICK_FLOWS }, softswitch);
  });
  afterAll(() => exchange.close());
  afterEach(() => expect(exchange.gateway.text).not.toMatch(FAULT));

  it('calls end with a cause, and the next one is served when it is back', async () => {
    const { gateway } = exchange;
    const bo = await exchange.agent('bo', { kind: 'after', ms: 0 }, 500);
    await bo.ready();
    const talking = await exchange.call('0');
    await bo.next('talking');
    const waiting = await exchange.call('0');
    await gateway.logged('activity changed', inPhase(waiting, 'waiting'));
    await softswitch.kill();
    const ended = await gateway.logged('call ended', bySipCallId(waiting));
    expect(ended['reason']).toBe('media-lost');
    const talkEnded = await bo.next('callEnded');
    expect(talkEnded.by).toBe('system');
    await softswitch.startAgain();
    await untilCallEnds(exchange, 200);
  });
});
