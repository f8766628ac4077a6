import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLOSE_CODES } from '../../gateway/core/screen/close-codes.js';
import type { CallerCall } from '../../media/phone/headless-phone.js';
import { bySipCallId, GatewayPair } from '../support/gateway-pair.js';
import { ProcessExchange, type GatewayProcess } from '../support/process-exchange.js';
import type { TestAgent } from '../support/test-agent.js';

const QUICK_FLOWS = fileURLToPath(new URL('./flows', import.meta.url));
const CALLER_HZ = 1_000;
const ANNA_HZ = 700;
const SOON = { timeoutMs: 5_000 };
/** A pop that a stalled machine acknowledges late does not hold up the ring: then the order says nothing. */
const TRIES = 10;

describe('an agent whose screen is at one gateway, and callers at another', () => {
  let exchange: ProcessExchange;
  let desk: GatewayProcess;
  let callers: GatewayProcess;
  let pair: GatewayPair;
  let anna: TestAgent;
  let bo: TestAgent;
  let talk: CallerCall;

  beforeAll(async () => {
    exchange = await ProcessExchange.start({ FLOWS_DIR: QUICK_FLOWS });
    desk = exchange.gateway;
    anna = await exchange.agent('anna', { kind: 'auto' }, ANNA_HZ);
    bo = await exchange.agent('bo', { kind: 'ring' });
    callers = await exchange.startAnother();
    pair = new GatewayPair(exchange, [desk, callers]);
  });
  afterAll(async () => {
    await desk.stop();
    await exchange.close();
  });

  /** In the flow at the gateway that has no screens. */
  const inFlow = async (): Promise<CallerCall> => {
    const call = await pair.callTo(callers, '');
    await callers.logged('says', bySipCallId(call));
    return call;
  };

  it('has the caller’s context on the screen before the phone rings', async () => {
    const seen: string[] = [];
    bo.client.on('event', ({ type }) => type === 'offer' && seen.push('pop'));
    bo.phone.on('call', () => seen.push('ring'));
    await bo.ready();
    for (let tries = 0, isInTime = false; !isInTime; tries += 1) {
      expect(tries, 'pops acknowledged late').toBeLessThan(TRIES);
      seen.length = 0;
      const caller = await inFlow();
      caller.press('0');
      const { context } = await bo.next('offer');
      expect(context.path.length).toBeGreaterThan(0);
      await bo.nextCall();
      isInTime = (await callers.logged('offer shown', bySipCallId(caller)))['isAcknowledged'] === true;
      if (isInTime) expect(seen).toEqual(['pop', 'ring']);
      // The queue and the call tell the screen each for itself: which comes first is open.
      const over = Promise.all([bo.next('offerClosed'), bo.inPhase('ready')]);
      caller.hangUp();
      expect((await over)[0].why).toBe('callerLeft');
    }
    await bo.client.send({ type: 'notReady', reason: 'break' });
  });

  it('has calls at the screen that was opened last, and the older one at the other gateway is told that it has stopped', async () => {
    const stopped = once(bo.client, 'closed');
    const again = await exchange.agent('bo', { kind: 'ring' });
    expect(await stopped).toEqual([CLOSE_CODES.replaced]);
    await again.ready();
    const caller = await inFlow();
    caller.press('0');
    await again.next('offer');
    await again.nextCall();
    const over = again.next('offerClosed');
    caller.hangUp();
    await over;
    await again.client.send({ type: 'notReady', reason: 'break' });
  });

  it('accepts on the screen, and both hear each other', async () => {
    await anna.ready();
    talk = await inFlow();
    talk.say({ kind: 'tone', hz: CALLER_HZ });
    talk.press('0');
    const { offerId } = await anna.next('offer');
    expect(await anna.client.send({ type: 'accept', offerId })).toMatchObject({ ok: true });
    const leg = await anna.nextCall();
    await anna.next('talking');
    expect(await Promise.all([talk.waitForTone(ANNA_HZ, SOON), leg.waitForTone(CALLER_HZ, SOON)])).toEqual([true, true]);
  });

  it('hangs up on the screen, files the wrap-up, and is ready', async () => {
    const { callId } = await callers.logged('call arrived', bySipCallId(talk));
    const over = Promise.all([anna.next('callEnded'), anna.inPhase('wrapUp')]);
    expect(await anna.client.send({ type: 'hangUp', callId: String(callId) })).toMatchObject({ ok: true });
    expect((await over)[0]).toMatchObject({ callId, by: 'agent' });
    expect((await talk.finished).ladder.at(-1)).toMatchObject({ event: 'ended', by: 'remote' });
    expect(await anna.client.send({ type: 'wrapUp', callId: String(callId), disposition: 'other', note: 'far' })).toMatchObject({ ok: true });
    await anna.inPhase('ready');
    const ended = await callers.logged('call ended', bySipCallId(talk));
    expect([ended['result'], ended['reason']]).toEqual(['completed', 'agent-hung-up']);
  });

  it('has no trouble from the death of that gateway: what is finished is not taken over, and the next caller comes from where the screen is', async () => {
    const next = await inFlow();
    await callers.kill();
    await desk.logged('call taken over', bySipCallId(next));
    next.press('0');
    const { offerId, context } = await anna.next('offer');
    expect(context.callId).not.toBe((await callers.logged('call arrived', bySipCallId(talk)))['callId']);
    await anna.client.send({ type: 'accept', offerId });
    await anna.next('talking');
    expect(await next.waitForTone(ANNA_HZ, SOON)).toBe(true);
    next.hangUp();
    expect((await anna.next('callEnded')).by).toBe('caller');
    expect(pair.linesOf(talk, 'call taken over')).toEqual([]);
    expect(pair.linesOf(talk, 'call ended')).toHaveLength(1);
  });

  it('logs nothing that wakes a person', () => {
    expect([desk, callers].flatMap(({ lines }) => lines).filter((line) => line['level'] === 'error' || Number(line['level']) >= 50)).toEqual([]);
    expect([desk.text, callers.text]).toEqual(['', '']);
  });
});
