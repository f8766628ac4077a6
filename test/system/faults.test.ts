import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CallerCall } from '../../media/phone/headless-phone.js';
import { startDrachtio } from '../../media/softswitch/drachtio/start.js';
import { startFreeswitch } from '../../media/softswitch/freeswitch/start.js';
import type { TestAgent } from '../support/test-agent.js';
import { musicOfTests } from '../support/music.js';
import { ProcessExchange, type LoggedLine } from '../support/process-exchange.js';
import { KeptLog } from '../support/silent-log.js';
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
    const over = await bo.next('callEnded');
    await bo.client.send({ type: 'notReady', reason: 'break' });
    await bo.client.send({ type: 'wrapUp', callId: over.callId, disposition: 'other', note: '' });
    await anna.client.send({ type: 'ready' });
    const offer = await anna.next('offer');
    await anna.client.send({ type: 'accept', offerId: offer.offerId });
    await anna.next('talking');
    waiting.hangUp();
    const filed = await anna.client.send({ type: 'wrapUp', callId: (await anna.next('callEnded')).callId, disposition: 'other', note: '' });
    expect(filed.ok).toBe(true);
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
    await exchange.call('0');
    await bo.next('talking');
    const waiting = await exchange.call('0');
    await gateway.logged('activity changed', inPhase(waiting, 'waiting'));
    await softswitch.kill();
    const ended = await gateway.logged('call ended', bySipCallId(waiting));
    expect([ended['result'], ended['reason']]).toEqual(['upstreamError', 'media-lost']);
    const talkEnded = await bo.next('callEnded');
    expect(talkEnded.by).toBe('system');
    await softswitch.startAgain();
    await untilCallEnds(exchange, 200);
  });
});

describe('the SIP server alone gone', () => {
  const secret = 'test-secret';
  let exchange: ProcessExchange;
  let media: Awaited<ReturnType<typeof startFreeswitch>>;
  let sip: Awaited<ReturnType<typeof startDrachtio>>;
  const openSip = (ports: { readonly sip: number; readonly admin: number }) =>
    startDrachtio({ host: '127.0.0.1', sipPort: ports.sip, adminHost: '127.0.0.1', adminPort: ports.admin, secret, log: new KeptLog() });

  beforeAll(async () => {
    media = await startFreeswitch({ host: '127.0.0.1', sipPort: 0, eslPort: 0, eslPassword: secret, mohDir: await musicOfTests(), log: new KeptLog() });
    sip = await openSip({ sip: 0, admin: 0 });
    exchange = await ProcessExchange.start({ FLOWS_DIR: QUICK_FLOWS }, {
      kind: 'softswitch',
      sip: sip.sip,
      drachtio: { ...sip.admin, secret },
      freeswitch: { ...media.esl, secret },
      counts: () => null,
      close: async () => {
        await sip.close();
        await media.close();
      },
    });
  });
  afterAll(() => exchange.close());

  it('a restart without its dialogs ends the calls with a cause, and frees their channels', async () => {
    const { gateway } = exchange;
    const waiting = await exchange.call('0');
    await gateway.logged('activity changed', inPhase(waiting, 'waiting'));
    const ports = { sip: sip.sip.port, admin: sip.admin.port };
    await sip.close();
    await gateway.logged('SIP server lost');
    sip = await openSip(ports);
    const ended = await gateway.logged('call ended', bySipCallId(waiting));
    expect([ended['result'], ended['reason']]).toEqual(['upstreamError', 'sip-server-lost']);
    await vi.waitFor(() => expect(media.counts()).toMatchObject({ channels: 0, rtpSessions: 0 }), { timeout: 5_000 });
    await untilCallEnds(exchange, 200);
    expect(gateway.text).not.toMatch(FAULT);
  });
});
