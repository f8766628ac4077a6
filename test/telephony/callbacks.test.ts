import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { projectFile } from '../../gateway/project.js';
import { AgentPhone, type AgentCall } from '../../media/phone/agent-phone.js';
import { expectNothingLeft } from '../support/contract-case.js';
import { askMediaServer } from '../support/event-socket.js';
import { Exchange } from '../support/exchange.js';
import type { TestAgent } from '../support/test-agent.js';

const FLOW = `purpose: Who would wait long is called back.
owner: test
reviewBy: 2030-01-01
expect: nobody waits in vain
languages: [sv]
start: wish
error: person
vars: { number: { type: text, label: number } }
prompts:
  right: { sv: "Vi ringer {{number|digits}}. Tryck ett." }
  other: { sv: Slå numret och fyrkant. }
  thanks: { sv: Vi ringer. }
nodes:
  wish:
    do: callback
    prompt: right
    enter: other
    into: number
    queue: billing
    reason: invoice
    confirmed: thanks
    refused: person
    noInput: { retries: 0, next: person }
    noMatch: { retries: 0, next: person }
  thanks: { do: hangup, prompt: thanks }
  person: { do: queue, queue: billing }
`;
const CUSTOMER_HZ = 1_000;
const AGENT_HZ = 440;
const SOON = { timeoutMs: 5_000 };
const BOOKED = 'completed/callback-booked';

describe('a callback', () => {
  let exchange: Exchange;
  let customer: AgentPhone;
  let folder: string;
  beforeAll(async () => {
    customer = await AgentPhone.open({ host: '127.0.0.1', user: 'customer', rule: { kind: 'after', ms: 50 }, say: { kind: 'tone', hz: CUSTOMER_HZ } });
    folder = mkdtempSync(join(tmpdir(), 'vx-flows-'));
    cpSync(projectFile('ivr-flows'), folder, { recursive: true });
    writeFileSync(join(folder, 'flows', 'wish.yaml'), FLOW);
    const centre = readFileSync(join(folder, 'contact-centre.yaml'), 'utf8');
    const number = '{ flow: wish, language: sv, lastResort: { do: tell, prompt: call-later } }';
    writeFileSync(join(folder, 'contact-centre.yaml'), centre.replace('numbers:\n', `numbers:\n  "300": ${number}\n`).replace('    relax:', '    callback: { offerAfterSeconds: 5, retryAfterMinutes: 0.05, attempts: 2, ringSeconds: 5 }\n    relax:').replaceAll('wrapUpMs: 30000', 'wrapUpMs: 0'));
    exchange = await Exchange.start({ flowsDir: folder, config: { outboundTrunk: `127.0.0.1:${customer.agent.port}` } });
  });
  afterAll(async () => {
    await exchange.close();
    await customer.close();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    await Promise.all(exchange.agents.splice(0).map((agent) => agent.close()));
    exchange.thread.interactions.clear();
  });

  const results = () => [...exchange.thread.interactions.values()].map(({ data }) => data.result);
  const book = async (): Promise<void> => {
    const call = await exchange.call('wait:400 1', { to: `sip:300@${exchange.sip}` });
    expect(await exchange.ended(call.call.sipCallId)).toMatchObject({ reason: 'callback-booked' });
    expect(results()).toEqual([BOOKED]);
  };
  const accept = async (agent: TestAgent) => {
    const offer = await agent.next('offer');
    await agent.client.send({ type: 'accept', offerId: offer.offerId });
    return offer;
  };
  const customerRings = async (): Promise<AgentCall> => {
    const [call] = (await once(customer, 'call')) as [AgentCall];
    return call;
  };
  const expectTalk = async (leg: AgentCall, phone: AgentCall): Promise<void> => {
    expect(await Promise.all([leg.waitForTone(AGENT_HZ, SOON), phone.waitForTone(CUSTOMER_HZ, SOON)])).toEqual([true, true]);
  };

  it('waits for an agent, who sees why before the phone rings; then the customer is rung and both talk', async () => {
    await book();
    const rung = customerRings();
    const agent = await exchange.agent('anna');
    await agent.client.send({ type: 'ready' });
    const { context } = await accept(agent);
    expect(context.callback).toMatchObject({ via: 'flow', number: '+46701234567', isRinging: false, attempts: [] });
    expect(context).toMatchObject({ statedReason: 'invoice', caller: { number: '+46701234567' }, shown: [{ label: 'number', value: '+46701234567' }] });
    const phone = await agent.nextCall();
    expect((await agent.next('talking')).context.callback?.isRinging).toBe(true);
    const leg = await rung;
    expect((await agent.next('talking')).context.callback?.isRinging).toBe(false);
    await expectTalk(leg, phone);
    const over = agent.next('callEnded');
    leg.hangUp();
    expect(await over).toMatchObject({ by: 'caller' });
    await vi.waitFor(() => expect(results()).toEqual([BOOKED, 'completed/caller-hung-up']));
    await expectNothingLeft(exchange);
  });

  it('is booked by a key from the line, keeps the place, and the caller is told', async () => {
    const call = await exchange.call('wait:400 #', { to: `sip:300@${exchange.sip}` });
    await vi.waitFor(() => expect(exchange.log.of('says', call.call.sipCallId).at(-1)?.fields['prompts']).toEqual(['queue.callbackOffer']), { timeout: 30_000 });
    call.press('1');
    expect(await exchange.ended(call.call.sipCallId)).toMatchObject({ result: 'completed', reason: 'callback-booked' });
    const said = exchange.log.of('says', call.call.sipCallId).flatMap((line) => line.fields['prompts']);
    expect(said.slice(-2)).toEqual(['queue.callbackOffer', 'queue.callbackBooked']);
    const rung = customerRings();
    const agent = await exchange.agent('anna');
    await agent.client.send({ type: 'ready' });
    const { context } = await accept(agent);
    expect(context.callback?.via).toBe('line');
    // The wait of the caller is that of the callback.
    expect(context.waitMs).toBeGreaterThan(5_000);
    const [phone, leg] = await Promise.all([agent.nextCall(), rung]);
    await expectTalk(leg, phone);
    leg.hangUp();
    await vi.waitFor(() => expect(results()).toEqual([BOOKED, 'completed/caller-hung-up']));
    await expectNothingLeft(exchange);
  });

  it('gives way to the customer who calls again: the new call has its place, and the agent sees that', async () => {
    await book();
    const again = await exchange.call('wait:400 #', { to: `sip:300@${exchange.sip}` });
    await vi.waitFor(() => expect(results()).toContain('completed/callback-superseded'));
    const agent = await exchange.agent('anna');
    await agent.client.send({ type: 'ready' });
    const { context } = await accept(agent);
    expect(context.callback).toBeUndefined();
    expect(context.resumed).toMatchObject({ why: 'callback' });
    await agent.next('talking');
    again.hangUp();
    await exchange.ended(again.call.sipCallId);
    await expectNothingLeft(exchange);
  });

  it('booked on a number that was keyed as at home is that of the customer who calls with the country in front', async () => {
    const call = await exchange.call('wait:400 2 wait:400 0701234567# wait:400 1', { to: `sip:300@${exchange.sip}`, from: '+46709876543' });
    expect(await exchange.ended(call.call.sipCallId)).toMatchObject({ reason: 'callback-booked' });
    const again = await exchange.call('wait:400 #', { to: `sip:300@${exchange.sip}`, from: '+46701234567' });
    await vi.waitFor(() => expect(results()).toContain('completed/callback-superseded'));
    again.hangUp();
    await exchange.ended(again.call.sipCallId);
    await expectNothingLeft(exchange);
  });

  it('of two calls from the number at once goes to the first in the line; the other has its own place, and each ends by itself', async () => {
    await book();
    const lineUp = async () => {
      const call = await exchange.call('wait:400 #', { to: `sip:300@${exchange.sip}` });
      await vi.waitFor(() => expect(exchange.log.of('activity changed', call.call.sipCallId).at(-1)?.fields['to']).toBe('waiting'), { timeout: 5_000 });
      return { call, callId: exchange.facts.callIdOf(call.call.sipCallId) };
    };
    const first = await lineUp();
    const second = await lineUp();
    const [anna, bo] = [await exchange.agent('anna'), await exchange.agent('bo', { kind: 'after', ms: 50 })];
    await anna.client.send({ type: 'ready' });
    await accept(anna);
    // The second call came after the first one lined up.
    const { context } = await anna.next('talking');
    expect([context.callId, context.resumed?.why, context.otherCalls]).toEqual([first.callId, 'callback', 1]);
    await bo.client.send({ type: 'ready' });
    const offered = await bo.next('offer');
    expect([offered.context.callId, offered.context.resumed, offered.context.otherCalls]).toEqual([second.callId, undefined, 1]);
    await bo.next('talking');
    first.call.hangUp();
    await exchange.ended(first.call.call.sipCallId);
    expect(bo.events.map(({ event }) => event.type)).not.toContain('callEnded');
    second.call.hangUp();
    await exchange.ended(second.call.call.sipCallId);
    expect(results().filter((result) => result === 'completed/callback-superseded')).toHaveLength(1);
    await expectNothingLeft(exchange);
  });

  it('is not needed by a caller who was cut off by us: who calls again has the place, and the agent sees how long ago that was', async () => {
    const first = await exchange.call('wait:400 #', { to: `sip:300@${exchange.sip}` });
    await vi.waitFor(() => expect(exchange.log.of('activity changed', first.call.sipCallId).at(-1)?.fields['to']).toBe('waiting'));
    await askMediaServer(exchange.backend.freeswitch, `uuid_kill ${await exchange.channelOf(first.call.sipCallId, 'callerLeg')}`);
    expect(await exchange.ended(first.call.sipCallId)).toMatchObject({ result: 'upstreamError' });
    const again = await exchange.call('wait:400 #', { to: `sip:300@${exchange.sip}` });
    await vi.waitFor(() => expect(exchange.log.of('activity changed', again.call.sipCallId).at(-1)?.fields['to']).toBe('waiting'));
    const agent = await exchange.agent('anna');
    await agent.client.send({ type: 'ready' });
    const { context } = await accept(agent);
    expect(context.resumed).toMatchObject({ why: 'cutOff', afterMs: expect.any(Number) });
    await agent.next('talking');
    again.hangUp();
    await exchange.ended(again.call.sipCallId);
    await expectNothingLeft(exchange);
  });

  it('is tried again when the customer is busy, and the agent sees what the first try came to', async () => {
    await book();
    customer.rule = { kind: 'reject', status: 486 };
    const agent = await exchange.agent('anna');
    await agent.client.send({ type: 'ready' });
    await accept(agent);
    expect(await agent.next('callEnded')).toMatchObject({ by: 'system', notReached: { outcome: 'busy', againAt: expect.any(Number) } });
    customer.rule = { kind: 'after', ms: 50 };
    const rung = customerRings();
    const { context } = await accept(agent);
    expect(context.callback?.attempts).toMatchObject([{ outcome: 'busy' }]);
    const [phone, leg] = await Promise.all([agent.nextCall().then(() => agent.nextCall()), rung]);
    await expectTalk(leg, phone);
    const over = agent.next('callEnded');
    phone.hangUp();
    expect(await over).toMatchObject({ by: 'agent' });
    await vi.waitFor(() => expect(results()).toEqual([BOOKED, 'upstreamError/customer-busy', 'completed/agent-hung-up']));
    await expectNothingLeft(exchange);
  });
});
