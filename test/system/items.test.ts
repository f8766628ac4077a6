import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Figures } from '../../gateway/core/acd/figures.js';
import { AGENT_SECRET, Exchange } from '../support/exchange.js';
import type { TestAgent } from '../support/test-agent.js';

const ITEM = { id: 'chat-1', channel: 'chat', queue: 'billing', title: 'Where is my invoice?', link: 'https://chat.example/1', customer: 'Eva Ek', needs: { swedish: 5 } };

describe('a chat of another system, from its creator over HTTP to the screen of an agent', () => {
  let exchange: Exchange;
  let anna: TestAgent;
  beforeAll(async () => {
    exchange = await Exchange.start({ agents: ['anna'] });
    anna = await exchange.agent('anna');
  });
  afterAll(() => exchange.close());

  const ask = async (method: string, path: string, body?: object): Promise<{ status: number; body: Record<string, unknown> }> => {
    const response = await fetch(`${exchange.gateway.httpUrl}/v1/${path}`, { method, headers: { authorization: `Bearer ${AGENT_SECRET}` }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  it('is offered without a ring, accepted, and done, and the creator learns of each step', async () => {
    expect(await ask('POST', 'items', ITEM)).toMatchObject({ status: 201, body: { id: 'chat-1', state: 'queued', needs: { swedish: 5 } } });
    const offered = ask('GET', 'items/chat-1?unless=queued&waitSeconds=20');
    await anna.ready();
    expect(await offered).toMatchObject({ status: 200, body: { state: 'offered', agent: 'anna' } });
    const { offer } = await anna.next('items', (event) => event.offer !== null);
    expect(offer).toMatchObject({ item: { title: ITEM.title, link: ITEM.link, queue: { id: 'billing' } } });
    await anna.inPhase('blocked');
    expect(await anna.client.send({ type: 'accept', offerId: offer?.offerId ?? '' })).toMatchObject({ ok: true });
    expect(await anna.next('items', (event) => event.open.length === 1)).toMatchObject({ channel: 'chat', phase: 'ready', slots: 3, offer: null });
    expect(await ask('GET', 'items/chat-1')).toMatchObject({ body: { state: 'open', agent: 'anna' } });
    expect(await anna.client.send({ type: 'signOut' })).toMatchObject({ ok: false, error: { code: 'VG_AGENT_STATE' } });
    const done = ask('GET', 'items/chat-1?unless=open&waitSeconds=20');
    expect(await anna.client.send({ type: 'done', itemId: 'chat-1', note: 'sent it again' })).toMatchObject({ ok: true });
    expect((await done).body).toMatchObject({ state: 'completed', note: 'sent it again' });
    expect(await ask('GET', 'items/chat-1')).toMatchObject({ body: { state: 'completed', note: 'sent it again' } });
    await anna.inPhase('ready');
    expect(exchange.gateway.counts()).toMatchObject({ legs: 0 });
  });

  it('goes from the screen when its creator takes it back or completes it', async () => {
    await ask('POST', 'items', { ...ITEM, id: 'chat-2' });
    await anna.next('items', (event) => event.offer?.item.itemId === 'chat-2');
    expect(await ask('DELETE', 'items/chat-2')).toMatchObject({ status: 200, body: { state: 'cancelled' } });
    await anna.next('items', (event) => event.offer === null);
    await ask('POST', 'items', { ...ITEM, id: 'chat-3' });
    const { offer } = await anna.next('items', (event) => event.offer !== null);
    await anna.client.send({ type: 'accept', offerId: offer?.offerId ?? '' });
    await anna.next('items', (event) => event.open.length === 1);
    expect(await ask('POST', 'items/chat-3/complete', { note: 'by the bot' })).toMatchObject({ status: 200, body: { state: 'completed', agent: 'anna' } });
    await anna.next('items', (event) => event.open.length === 0);
  });

  it('counts in a row of its own, beside the calls of the queue', async () => {
    const { body } = await ask('GET', 'figures');
    const { queues } = (body as { figures?: Figures }).figures ?? (body as unknown as Figures);
    expect(queues).toMatchObject([{ queue: 'billing', channel: 'chat', offered: 3, answered: 2, abandoned: 1 }]);
  });
});
