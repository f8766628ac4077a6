import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Figures, QueueFigures } from '../../gateway/core/acd/figures.js';
import type { DeskClient } from '../../gateway/cli/desk-client.js';
import { AGENT_SECRET, Exchange } from '../support/exchange.js';
import { FLOWS_OF_TESTS } from '../support/contract-case.js';

const AGENTS = ['talk-a', 'abandon-a', 'hold-a'];
const API = { authorization: `Bearer ${AGENT_SECRET}`, 'content-type': 'application/json' };

/** The first figures that are as wanted, of those that the gateway pushes. */
function figuresLike(client: DeskClient, isWanted: (figures: Figures) => boolean): Promise<Figures> {
  return new Promise((resolve) => {
    client.on('message', (message) => {
      if (message.type === 'figures' && isWanted(message.figures)) resolve(message.figures);
    });
  });
}
const queueOf = (figures: Figures, name: string): QueueFigures | undefined => figures.queues.find(({ queue }) => queue === name);

describe('the figures of real calls', () => {
  let exchange: Exchange;
  beforeAll(async () => {
    exchange = await Exchange.start({ flowsDir: FLOWS_OF_TESTS, agents: AGENTS });
  });
  afterAll(() => exchange.close());

  it('count who was answered and who gave up, live and on request', async () => {
    const agent = await exchange.agent('talk-a', { kind: 'auto' });
    await agent.ready();
    const answered = figuresLike(agent.client, (figures) => queueOf(figures, 'talk')?.talkMs !== undefined && (queueOf(figures, 'talk')?.talkMs ?? 0) > 0);
    const abandoned = figuresLike(agent.client, (figures) => queueOf(figures, 'abandon')?.abandoned === 1);
    expect(await agent.client.send({ type: 'watchFigures', isOn: true, hasAgents: true })).toMatchObject({ ok: true });

    const caller = await exchange.call('wait:400 3');
    const { offerId } = await agent.next('offer');
    await agent.client.send({ type: 'accept', offerId });
    const callee = await agent.nextCall();
    await agent.next('talking');
    callee.hangUp();
    await caller.finished;
    expect(queueOf(await answered, 'talk')).toMatchObject({ offered: 1, answered: 1, abandoned: 0, waiting: 0 });

    const waiting = figuresLike(agent.client, (figures) => queueOf(figures, 'abandon')?.waiting === 1);
    const impatient = await exchange.call('wait:400 8');
    await waiting;
    impatient.hangUp();
    await abandoned;

    const response = await fetch(`${exchange.gateway.httpUrl}/v1/figures`, { headers: { authorization: `Bearer ${AGENT_SECRET}` } });
    const figures = (await response.json()) as Figures;
    expect(queueOf(figures, 'abandon')).toMatchObject({ offered: 1, answered: 0, abandoned: 1, waiting: 0 });
    expect(figures.agents).toMatchObject([{ agentId: 'talk-a', offered: 1, answered: 1, missed: 0 }]);
    expect(figures.agents[0]?.talkingMs).toBeGreaterThan(0);
  });

  it('count a talk to its end whose agent an operator sets free meanwhile, and who has it on the screen until then', async () => {
    const agent = await exchange.agent('hold-a', { kind: 'after', ms: 0 });
    await agent.ready();
    const counted = figuresLike(agent.client, (figures) => (queueOf(figures, 'hold')?.talkMs ?? 0) > 0);
    await agent.client.send({ type: 'watchFigures', isOn: true, hasAgents: false });
    const caller = await exchange.call('wait:400 0');
    const { callId } = await agent.next('talking');

    const api = `${exchange.gateway.httpUrl}/v1/queue`;
    const freed = await fetch(`${api}/orders`, { method: 'POST', headers: API, body: JSON.stringify({ do: 'free', agent: 'hold-a', by: 'Eva' }) });
    expect(freed.status).toBe(200);
    const { agents } = (await (await fetch(api, { headers: API })).json()) as { readonly agents: readonly { readonly agentId: string; readonly state: object }[] };
    expect(agents.find(({ agentId }) => agentId === 'hold-a')?.state).toMatchObject({ phase: 'talking', callId });

    expect(await agent.client.send({ type: 'hangUp', callId })).toMatchObject({ ok: true });
    await caller.finished;
    await agent.next('agent', ({ state }) => state.phase === 'notReady' && state.reason === 'freed');
    expect(queueOf(await counted, 'hold')).toMatchObject({ answered: 1 });
  });
});
