import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PCMA } from '../../media/sip/offer-answer.js';
import { DEMO_CALLER, Exchange } from '../support/exchange.js';

describe('self-service by keypad', () => {
  let exchange: Exchange;
  beforeAll(async () => {
    exchange = await Exchange.start();
  });
  afterAll(() => exchange.close());

  it.concurrent('extends the invoice once and reads the new date back', async () => {
    const before = await exchange.invoice('471100');
    const call = await exchange.call('wait:600 1 wait:400 471100# wait:400 1 wait:1500 2');
    const report = await call.finished;
    expect(report.result).toBe('completed');
    const after = await exchange.invoice('471100');
    const days = (Date.parse(after.dueDate) - Date.parse(before.dueDate)) / 86_400_000;
    expect(days).toBe(30);
    expect((await exchange.ledger()).filter((entry) => entry.invoice === '471100')).toHaveLength(1);
    expect([...exchange.thread.interactions.values()].map((one) => one.data.result)).toContain('completed/solved');
    expect(exchange.log.lines.filter((line) => line.level === 'error')).toEqual([]);
  });

  it.concurrent.each([
    ['tones', '471101'],
    ['info', '471102'],
  ] as const)('takes keys as %s from a phone without telephone-event, each of them once', async (keyMode, invoice) => {
    const call = await exchange.call(`wait:600 1 wait:400 ${invoice}# wait:400 1 wait:1500 2`, { codecs: [PCMA], keyMode });
    expect((await call.finished).result).toBe('completed');
    expect((await exchange.ledger()).filter((entry) => entry.invoice === invoice)).toHaveLength(1);
  });

  it.concurrent('bridges caller and agent so that both hear each other', async () => {
    const agent = await exchange.agent('anna', { kind: 'auto' }, 700);
    await agent.ready();
    const call = await exchange.call('wait:600 0', { say: { kind: 'tone', hz: 1_000 } });
    const offer = await agent.next('offer');
    expect(offer.context.caller.number).toBe(DEMO_CALLER);
    const arrived = new Promise<{ waitForTone(hz: number, o: { timeoutMs: number }): Promise<boolean> }>((resolve) => agent.phone.once('call', resolve));
    await agent.client.send({ type: 'accept', offerId: offer.offerId });
    const leg = await arrived;
    await agent.next('talking');
    expect(await call.waitForTone(700, { timeoutMs: 3_000 })).toBe(true);
    expect(await leg.waitForTone(1_000, { timeoutMs: 3_000 })).toBe(true);
    call.hangUp();
    const ended = await agent.next('callEnded');
    expect(ended.by).toBe('caller');
    const wrapUpEnds = async (): Promise<number> => {
      const { state } = await agent.next('agent', (event) => event.state.phase === 'wrapUp');
      return state.phase === 'wrapUp' ? state.until : 0;
    };
    const first = await wrapUpEnds();
    expect(await agent.client.send({ type: 'moreTime' })).toMatchObject({ ok: true });
    expect(await wrapUpEnds()).toBe(first + 30_000);
    const filed = await agent.client.send({ type: 'wrapUp', callId: ended.callId, disposition: 'other', note: 'rang for the test' });
    expect(filed.ok).toBe(true);
    await agent.inPhase('ready');
  });
});
