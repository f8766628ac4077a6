import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { projectFile } from '../../gateway/project.js';
import type { CallerCall } from '../../media/phone/headless-phone.js';
import { expectNothingLeft } from '../support/contract-case.js';
import type { ServerEvent } from '../../gateway/core/screen/messages.js';
import { AGENT_SECRET, Exchange } from '../support/exchange.js';
import type { TestAgent } from '../support/test-agent.js';

const FLOW = `purpose: Who knows the matter takes it on.
owner: test
reviewBy: 2030-01-01
expect: fewer callers who tell their matter twice
languages: [sv]
start: person
error: person
prompts: {}
nodes:
  person: { do: queue, queue: billing, agent: last, agentForSeconds: 3 }
`;
type OfferEvent = Extract<ServerEvent, { type: 'offer' }>;
const AT_ONCE = { kind: 'after', ms: 0 } as const;

describe('a caller whose flow wishes for the agent of last time', () => {
  let exchange: Exchange;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vx-flows-'));
    cpSync(projectFile('ivr-flows'), folder, { recursive: true });
    writeFileSync(join(folder, 'flows', 'wish.yaml'), FLOW);
    const centre = readFileSync(join(folder, 'contact-centre.yaml'), 'utf8');
    writeFileSync(join(folder, 'contact-centre.yaml'), centre.replace('numbers:\n', 'numbers:\n  "300": { flow: wish, language: sv, lastResort: { do: tell, prompt: call-later } }\n').replaceAll('wrapUpMs: 30000', 'wrapUpMs: 0'));
    exchange = await Exchange.start({ flowsDir: folder });
  });
  afterAll(async () => {
    await exchange.close();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    await Promise.all(exchange.agents.splice(0).map((agent) => agent.close()));
    exchange.thread.interactions.clear();
  });

  const call = (): Promise<CallerCall> => exchange.call('wait:60000', { to: `sip:300@${exchange.sip}` });
  /** Accepts the next offer on the screen; resolves when they talk. */
  const talk = async (agent: TestAgent): Promise<OfferEvent> => {
    const offer = await agent.next('offer');
    await agent.client.send({ type: 'accept', offerId: offer.offerId });
    await agent.next('talking');
    return offer;
  };
  const offersOf = async ({ context }: OfferEvent): Promise<unknown> =>
    (await fetch(`${exchange.gateway.httpUrl}/v1/queue/calls/${context.callId}`, { headers: { authorization: `Bearer ${AGENT_SECRET}-anna` } })).json();
  /** Anna has talked to this caller; both are ready again, Bo for longer. */
  const acquainted = async (): Promise<{ readonly anna: TestAgent; readonly bo: TestAgent }> => {
    const anna = await exchange.agent('anna', AT_ONCE);
    await anna.ready();
    const first = await call();
    await talk(anna);
    const bo = await exchange.agent('bo', AT_ONCE);
    await bo.ready();
    first.hangUp();
    await anna.inPhase('ready');
    await exchange.ended(first.call.sipCallId);
    return { anna, bo };
  };
  const hangUp = async (caller: CallerCall, agent: TestAgent): Promise<void> => {
    caller.hangUp();
    await agent.next('callEnded');
    await exchange.ended(caller.call.sipCallId);
  };

  it('reaches that agent, although another idled longer', async () => {
    const { anna, bo } = await acquainted();
    const caller = await call();
    const offer = await talk(anna);
    expect(offer.why?.en).toBe('the caller was to reach this agent first');
    await vi.waitFor(async () => expect(await offersOf(offer)).toMatchObject({ offers: [{ agentId: 'anna', end: 'answered', why: { trigger: 'personal' }, words: offer.why }] }));
    expect(bo.events.filter(({ event }) => event.type === 'offer')).toEqual([]);
    await hangUp(caller, anna);
    await expectNothingLeft(exchange);
  });

  it('waits for that agent while they talk, no longer than the flow says, and then goes to who is free', async () => {
    const { anna, bo } = await acquainted();
    const talks = await call();
    await talk(anna);
    const caller = await call();
    const offer = await bo.next('offer');
    expect(offer.context.waitMs).toBeGreaterThanOrEqual(3_000);
    expect(offer.why, 'Bo is no supervisor').toBeUndefined();
    await bo.client.send({ type: 'accept', offerId: offer.offerId });
    await bo.next('talking');
    await hangUp(caller, bo);
    await hangUp(talks, anna);
    await expectNothingLeft(exchange);
  });

  it('is not kept waiting for an agent who has a pause', async () => {
    const { anna, bo } = await acquainted();
    await anna.client.send({ type: 'notReady', reason: 'break' });
    await anna.inPhase('notReady');
    const caller = await call();
    const offer = await bo.next('offer');
    expect(offer.context.waitMs).toBeLessThan(2_000);
    await bo.client.send({ type: 'accept', offerId: offer.offerId });
    await bo.next('talking');
    await hangUp(caller, bo);
    await expectNothingLeft(exchange);
  });
});
