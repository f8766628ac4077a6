import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { expectNothingLeft, FLOWS_OF_TESTS } from '../support/contract-case.js';
import { askMediaServer } from '../support/event-socket.js';
import { Exchange } from '../support/exchange.js';

/** Leads to the queue of the agent. */
const KEY = 3;

describe("the media endpoint of an agent's phone", () => {
  let exchange: Exchange;
  beforeAll(async () => {
    exchange = await Exchange.start({ flowsDir: FLOWS_OF_TESTS, agents: ['talk-a'] });
  });
  afterAll(() => exchange.close());

  const spares = () => exchange.gateway.counts()['spareEndpoints'];
  const channels = async () => Number(/^(\d+) total/m.exec(await askMediaServer(exchange.backend.freeswitch, 'show channels count'))?.[1]);

  it('is there while a caller waits, serves the ring, and is made again when that brought no talk', async () => {
    const caller = await exchange.call(`wait:400 ${KEY}`);
    // It counts from the moment it is asked for.
    await vi.waitFor(() => expect(spares()).toBe(1), { timeout: 5_000 });
    await vi.waitFor(async () => expect(await channels()).toBe(2), { timeout: 5_000 });
    const agent = await exchange.agent('talk-a', { kind: 'ring' });
    const offered = agent.next('offer');
    await agent.client.send({ type: 'ready' });
    const { offerId } = await offered;
    await agent.client.send({ type: 'accept', offerId });
    await agent.nextCall();
    expect(spares()).toBe(0);
    expect(await channels()).toBe(2);
    await agent.client.send({ type: 'decline', offerId });
    await vi.waitFor(() => expect(spares()).toBe(1), { timeout: 5_000 });
    caller.hangUp();
    await caller.finished;
    await expectNothingLeft(exchange);
  });
});
