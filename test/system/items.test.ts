import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Figures } from '../../gateway/core/acd/figures.js';
import type { QueueRoster } from '../../gateway/core/acd/queue-types.js';
import { projectFile } from '../../gateway/project.js';
import { AGENT_SECRET, Exchange } from '../support/exchange.js';
import type { TestAgent } from '../support/test-agent.js';

const ITEM = { id: 'chat-1', channel: 'chat', queue: 'billing', title: 'Where is my invoice?', link: 'https://chat.example/1', customer: 'Eva Ek', needs: { swedish: 5 } };

describe('a chat of another system, from its creator over HTTP to the screen of an agent', () => {
  let exchange: Exchange;
  let anna: TestAgent;
  beforeAll(async () => {
    exchange = await Exchange.start({ agents: ['anna', 'cia'] });
    anna = await exchange.agent('anna');
  });
  afterAll(() => exchange.close());

  const putCentre = (from: string, to: string): Promise<number> =>
    fetch(`${exchange.gateway.httpUrl}/v1/centre?author=Eva&note=test`, {
      method: 'PUT', headers: { authorization: `Bearer ${AGENT_SECRET}`, 'if-match': '*' }, body: readFileSync(projectFile('ivr-flows', 'contact-centre.yaml'), 'utf8').replace(from, to),
    }).then(({ status }) => status);
  const ask = async (method: string, path: string, body?: object): Promise<{ status: number; body: Record<string, unknown> }> => {
    const response = await fetch(`${exchange.gateway.httpUrl}/v1/${path}`, { method, headers: { authorization: `Bearer ${AGENT_SECRET}` }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  const figures = async (): Promise<Figures> => {
    const { body } = await ask('GET', 'figures');
    return (body as { figures?: Figures }).figures ?? (body as unknown as Figures);
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

  it('is refused where nobody would ever be offered it, with the skill that is wrong', async () => {
    const refusals = [{ swedsh: 5 }, { carpentry: 1 }, { technical: 9 }].map(async (needs) => ask('POST', 'items', { ...ITEM, id: 'chat-9', needs }));
    expect((await Promise.all(refusals)).map(({ status, body }) => [status, (body as { error?: { detail: string } }).error?.detail])).toEqual([
      [409, 'there is no skill "swedsh" in the contact centre\'s file: did you mean "swedish"?'],
      [409, 'there is no skill "carpentry" in the contact centre\'s file: use one of billing, technical, swedish, norwegian, english'],
      [409, expect.stringContaining('no agent with the channel chat has technical 9, so the item would wait in vain')],
    ]);
    expect(await ask('GET', 'items/chat-9')).toMatchObject({ status: 404 });
  });

  it('counts in a row of its own, beside the calls of the queue', async () => {
    const { queues } = await figures();
    expect(queues).toMatchObject([{ queue: 'billing', channel: 'chat', offered: 3, answered: 2, abandoned: 1 }]);
  });

  it('goes to an agent without a phone, who is ready without one, takes it, has a break beside it, and is done', async () => {
    expect(await putCentre('\nagents:\n', '\nagents:\n  cia: { name: Cia Holm, skills: { billing: 5, swedish: 5 }, channels: [chat, case] }\n')).toBe(200);
    expect(await anna.client.send({ type: 'notReady', reason: 'lunch' })).toMatchObject({ ok: true });
    const cia = await exchange.agentWithoutPhone('cia');
    await cia.ready();
    await ask('POST', 'items', { ...ITEM, id: 'chat-4' });
    const { offer } = await cia.next('items', (event) => event.offer !== null);
    expect(await cia.client.send({ type: 'accept', offerId: offer?.offerId ?? '' })).toMatchObject({ ok: true });
    expect(await ask('GET', 'items/chat-4?unless=offered&waitSeconds=20')).toMatchObject({ body: { state: 'open', agent: 'cia' } });
    expect(await cia.client.send({ type: 'notReady', reason: 'break' })).toMatchObject({ ok: true });
    await cia.inPhase('notReady');
    expect(await cia.client.send({ type: 'done', itemId: 'chat-4', note: 'by hand' })).toMatchObject({ ok: true });
    expect(await ask('GET', 'items/chat-4?unless=open&waitSeconds=20')).toMatchObject({ body: { state: 'completed', agent: 'cia', note: 'by hand' } });
    await expect.poll(async () => (await figures()).agents.filter(({ agentId }) => agentId === 'cia')).toMatchObject([{ phase: 'notReady', reason: 'break', offered: 1, answered: 1 }]);
    const { agents: roster } = (await ask('GET', 'queue')).body as unknown as QueueRoster;
    expect(roster.filter(({ agentId }) => agentId === 'cia').map(({ channel }) => channel).sort()).toEqual(['case', 'chat']);
    expect(await ask('POST', 'queue/orders', { do: 'logout', agent: 'cia', by: 'Eva' })).toMatchObject({ status: 200 });
    await cia.inPhase('loggedOut');
  });
});
