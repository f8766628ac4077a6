import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CallContext } from '../../gateway/core/screen/context.js';
import { AgentPhone, type AgentCall, type AnswerRule } from '../../media/phone/agent-phone.js';
import { bySipCallId, GatewayPair } from '../support/gateway-pair.js';
import { ProcessExchange, type GatewayProcess } from '../support/process-exchange.js';
import type { TestAgent } from '../support/test-agent.js';
import { WISH_FLOW } from '../support/wish-flow.js';

const FLOWS = fileURLToPath(new URL('./flows', import.meta.url));
const CUSTOMER_HZ = 1_000;
const ANNA_HZ = 700;
const AT_ONCE: AnswerRule = { kind: 'after', ms: 50 };
const SOON = { timeoutMs: 5_000 };

/** The content of the fault tests, whose number leads to the wish; a try in vain is repeated sooner than a ring ends. */
async function contentOf(folder: string): Promise<void> {
  await cp(FLOWS, folder, { recursive: true });
  await writeFile(join(folder, 'flows', 'wish.yaml'), WISH_FLOW);
  const centre = await readFile(join(folder, 'contact-centre.yaml'), 'utf8');
  const callback = '    callback: { attempts: 3, retryAfterMinutes: 0.05, ringSeconds: 6 }\n';
  await writeFile(join(folder, 'contact-centre.yaml'), centre.replace('flow: quick', 'flow: wish').replace('    music: default\n', `    music: default\n${callback}`));
}

/** The agent's screen is at a gateway that lives; the callbacks are booked at others, which do not. */
describe('a callback whose gateway is killed with -9', () => {
  let folder: string;
  let exchange: ProcessExchange;
  let customer: AgentPhone;
  let desk: GatewayProcess;
  let anna: TestAgent;
  const killed: GatewayProcess[] = [];
  /** How many calls the customer had at once, each time the phone rang. */
  const atOnce: number[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vx-callback-'));
    await contentOf(folder);
    customer = await AgentPhone.open({ host: '127.0.0.1', user: 'customer', rule: AT_ONCE, maxCalls: 9, say: { kind: 'tone', hz: CUSTOMER_HZ } });
    customer.on('call', () => atOnce.push(customer.calls.size));
    exchange = await ProcessExchange.start({ FLOWS_DIR: folder, OUTBOUND_TRUNK: `127.0.0.1:${customer.agent.port}` });
    desk = exchange.gateway;
    anna = await exchange.agent('anna', { kind: 'auto' }, ANNA_HZ);
  });
  afterAll(async () => {
    await desk.stop();
    await exchange.close();
    await customer.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Booked at a gateway of its own. */
  const book = async (): Promise<{ readonly gateway: GatewayProcess; readonly callId: string }> => {
    const gateway = await exchange.startAnother();
    killed.push(gateway);
    const asking = await new GatewayPair(exchange, [desk, gateway]).callTo(gateway, '');
    await gateway.logged('says', bySipCallId(asking));
    asking.press('1');
    const { callId } = await gateway.logged('callback booked');
    await asking.finished;
    return { gateway, callId: String(callId) };
  };
  const accept = async (): Promise<CallContext> => {
    const { context, offerId } = await anna.next('offer');
    expect(await anna.client.send({ type: 'accept', offerId })).toMatchObject({ ok: true });
    return context;
  };
  const customerRings = async (): Promise<AgentCall> => ((await once(customer, 'call')) as [AgentCall])[0];
  const expectTalk = async (leg: AgentCall): Promise<void> => {
    const phone = await anna.nextCall();
    expect(await Promise.all([leg.waitForTone(ANNA_HZ, SOON), phone.waitForTone(CUSTOMER_HZ, SOON)])).toEqual([true, true]);
  };
  /** The customer hangs up, the agent files, and that was the one end of the call. */
  const expectEnd = async (leg: AgentCall, callId: string): Promise<void> => {
    leg.hangUp();
    expect(await anna.next('callEnded')).toMatchObject({ callId, by: 'caller' });
    expect(await anna.client.send({ type: 'notReady', reason: 'break' })).toMatchObject({ ok: true });
    expect(await anna.client.send({ type: 'wrapUp', callId, disposition: 'other', note: '' })).toMatchObject({ ok: true });
    await desk.logged('call ended', (line) => line['callId'] === callId);
    expect([desk, ...killed].flatMap(({ lines }) => lines).filter((line) => line.msg === 'call ended' && line['callId'] === callId)).toHaveLength(1);
  };

  it('while it is offered: the offer is over, no agent is stuck, and the customer is rung once', async () => {
    const { gateway, callId } = await book();
    await anna.client.send({ type: 'ready' });
    const { offerId } = await anna.next('offer');
    const over = Promise.all([anna.next('agent', ({ state }) => state.phase !== 'reserved'), desk.logged('call taken over', (line) => line['callId'] === callId)]);
    await gateway.kill();
    await over;
    expect(await anna.client.send({ type: 'accept', offerId })).toMatchObject({ ok: false, error: { code: 'VG_OFFER_LOST' } });
    expect(atOnce).toEqual([]);

    const rings = customerRings();
    expect(await anna.client.send({ type: 'ready' })).toMatchObject({ ok: true });
    expect((await accept()).callback?.attempts).toEqual([]);
    const leg = await rings;
    await expectTalk(leg);
    expect(atOnce).toEqual([1]);
    await expectEnd(leg, callId);
  });

  it('while the customer’s phone rings: the try is counted, the agent files it, and the next ring comes after the one that nobody could stop', async () => {
    customer.rule = { kind: 'ring' };
    const first = customerRings();
    const { gateway, callId } = await book();
    await anna.client.send({ type: 'ready' });
    await accept();
    const orphan = await first;
    await anna.nextCall();
    await anna.next('talking', ({ context }) => context.callback?.isRinging === true);
    const over = Promise.all([anna.next('callEnded'), anna.inPhase('wrapUp')]);
    await gateway.kill();
    expect((await over)[0]).toMatchObject({ callId, by: 'system', notReached: { outcome: 'interrupted', againAt: expect.any(Number) } });

    customer.rule = AT_ONCE;
    const again = customerRings();
    expect(await anna.client.send({ type: 'wrapUp', callId, disposition: 'other', note: '' })).toMatchObject({ ok: true });
    expect((await accept()).callback?.attempts).toMatchObject([{ outcome: 'interrupted' }]);
    const leg = await again;
    await expectTalk(leg);
    expect(atOnce).toEqual([1, 1, 1]);
    expect((await orphan.finished).result).toBe('failed');
    await expectEnd(leg, callId);
  });

  it('leaves nothing in the store, and wakes nobody', async () => {
    await vi.waitFor(async () => expect(await exchange.keysOfCalls()).toEqual([]), { timeout: 15_000, interval: 200 });
    expect([desk, ...killed].flatMap(({ lines }) => lines).filter((line) => line['level'] === 'error' || Number(line['level']) >= 50)).toEqual([]);
  });
});
