import { beforeEach, describe, expect, it } from 'vitest';
import { agentId, callId, offerId, rid, useHouses, type House } from './house.js';
import { BLOCKS, seated, SLOTS } from './seated.js';

let house: House;
useHouses((own) => (house = own));

const { signIn, agent, item, seats, complete, accept } = seated(() => house);

describe('an agent with seats in several channels', () => {
  beforeEach(() => agent('anna'));

  it('is offered work of each channel by the same rules, told as an item and never as a call', async () => {
    expect(await item('i1')).toEqual({ ok: true, value: { state: 'reserved' } });
    expect(await seats('anna')).toMatchObject({ phase: 'reserved', offer: { callId: 'i1', expiresAt: house.now + 15_000 }, open: [] });
    const events = await house.outbox();
    expect(events.filter(({ type }) => type.startsWith('item'))).toMatchObject([{ type: 'item.offered', callId: 'i1', agentId: 'anna', channel: 'chat', queue: 'billing' }]);
    expect(events.filter(({ type }) => type.startsWith('offer'))).toEqual([]);
  });

  it('who comes back from work, or from a break beside it, has not idled for longest', async () => {
    await agent('bo', ['voice']);
    await item('i1');
    await accept('anna');
    await complete('anna', 'i1');
    await house.arrive('c1');
    expect([await house.phase('anna'), await house.phase('bo')]).toEqual(['ready', 'reserved']);
    await house.abandon('c1');
    await item('i2');
    await accept('anna');
    await house.queue.notReady({ requestId: rid(), agentId: agentId('anna'), reason: 'lunch' });
    await house.ready('anna');
    await house.queue.drop({ requestId: rid(), callId: callId('i2') });
    await house.arrive('c2');
    expect([await house.phase('anna'), await house.phase('bo')]).toEqual(['ready', 'reserved']);
  });

  it('keeps the turn where a chat was offered and not taken', async () => {
    await agent('bo', ['voice']);
    await item('i1');
    await house.queue.drop({ requestId: rid(), callId: callId('i1') });
    await house.arrive('c1');
    expect([await house.phase('anna'), await house.phase('bo')]).toEqual(['reserved', 'ready']);
  });

  it('takes as many chats as there are slots, one offer at a time, and no more', async () => {
    for (const name of ['i1', 'i2', 'i3', 'i4']) await item(name);
    const taken = [await accept('anna'), await accept('anna'), await accept('anna')];
    expect(taken).toEqual(['i1', 'i2', 'i3']);
    expect(await seats('anna')).toEqual({ phase: 'full', since: house.now, reason: '', wish: null, offer: null, open: ['i1', 'i2', 'i3'] });
    expect(await house.queue.workState(callId('i4'))).toMatchObject({ phase: 'queued', agentId: null });
  });

  it('is offered the next as soon as a slot is free', async () => {
    for (const name of ['i1', 'i2', 'i3', 'i4']) await item(name);
    for (let slot = 0; slot < 3; slot += 1) await accept('anna');
    await complete('anna', 'i2');
    expect(await seats('anna')).toMatchObject({ phase: 'reserved', offer: { callId: 'i4' }, open: ['i1', 'i3'] });
    expect(await house.queue.workState(callId('i2'))).toMatchObject({ phase: 'ended', agentId: 'anna' });
  });

  it('gets no call beside a chat, not even beside the offer of one, and is given it when the last is done', async () => {
    await item('i1');
    expect(await house.phase('anna')).toBe('blocked');
    await house.arrive('c1');
    await accept('anna');
    await item('i2');
    await accept('anna');
    await complete('anna', 'i1');
    expect(await house.phase('anna')).toBe('blocked');
    await complete('anna', 'i2');
    expect(await house.offerOf('anna')).toMatchObject({ callId: 'c1' });
    expect((await seats('anna')).phase).toBe('blocked');
  });

  it('gets no chat beside a call until its wrap-up is over', async () => {
    await house.arrive('c1');
    await item('i1');
    await house.accept('anna');
    await house.complete('anna', 'c1', 5_000);
    expect((await seats('anna')).phase).toBe('blocked');
    house.now += 5_000;
    await house.queue.reap(10);
    expect(await seats('anna')).toMatchObject({ phase: 'reserved', offer: { callId: 'i1' } });
    expect(await house.phase('anna')).toBe('blocked');
  });

  it('is asked again for a chat when the caller leaves before the answer', async () => {
    await house.arrive('c1');
    await item('i1');
    await house.abandon('c1');
    expect(await seats('anna')).toMatchObject({ offer: { callId: 'i1' } });
  });

  it('loses the place in the channel by an offer that nobody answers; the item keeps its own', async () => {
    await item('i1');
    await item('i2');
    house.now += 15_000;
    await house.queue.reap(10);
    expect(await seats('anna')).toMatchObject({ phase: 'notReady', since: house.now, reason: 'rona', offer: null, open: [] });
    await agent('bo');
    expect(await accept('bo')).toBe('i1');
  });

  it('who leaves an offer unanswered is offered nothing that waits in the channels which it blocked: nobody is there', async () => {
    await item('i1');
    await house.arrive('c1');
    house.now += 15_000;
    await house.queue.reap(10);
    expect([await house.phase('anna'), (await seats('anna')).phase]).toEqual(['notReady(rona)', 'notReady']);
    expect((await house.outbox()).filter(({ type }) => type === 'offer.made')).toEqual([]);
    await house.abandon('c1');
    for (const channel of ['voice', 'chat'] as const) await house.queue.ready({ requestId: rid(), agentId: agentId('anna'), channel });
    await accept('anna');
    await complete('anna', 'i1');
    await house.arrive('c2');
    await item('i2');
    await house.queue.release({ requestId: rid(), offerId: (await house.offerOf('anna')).offerId, why: 'noAnswer' });
    expect([await house.phase('anna'), (await seats('anna')).phase]).toEqual(['notReady(rona)', 'notReady']);
  });

  it('who declines an offer is asked for what it blocked', async () => {
    await item('i1');
    await house.arrive('c1');
    const { offer } = await seats('anna');
    await house.queue.release({ requestId: rid(), offerId: offer?.offerId ?? offerId(''), why: 'declined' });
    expect(await house.offerOf('anna')).toMatchObject({ callId: 'c1' });
  });

  it('keeps what is open through a break, and gets nothing more', async () => {
    await item('i1');
    await accept('anna');
    await house.queue.notReady({ requestId: rid(), agentId: agentId('anna'), channel: 'chat', reason: 'lunch' });
    await item('i2');
    expect(await seats('anna')).toMatchObject({ phase: 'notReady', reason: 'lunch', wish: null, offer: null, open: ['i1'] });
    expect(await house.phase('anna')).toBe('blocked');
    await complete('anna', 'i1');
    expect(await house.phase('anna')).toBe('ready');
    expect(await house.queue.workState(callId('i2'))).toMatchObject({ phase: 'queued' });
  });

  it('is told of a break that is wanted while all slots are taken, and of its taking back, as items have no end that would tell it', async () => {
    for (const name of ['i1', 'i2', 'i3']) await item(name);
    for (let slot = 0; slot < 3; slot += 1) await accept('anna');
    const told = async () => (await house.outbox()).filter(({ type }) => type === 'seats.changed').length;
    const before = await told();
    await house.queue.notReady({ requestId: rid(), agentId: agentId('anna'), channel: 'chat', reason: 'lunch' });
    expect([await told() - before, await seats('anna')]).toMatchObject([1, { phase: 'full', wish: 'lunch' }]);
    await house.queue.ready({ requestId: rid(), agentId: agentId('anna'), channel: 'chat' });
    expect([await told() - before, await seats('anna')]).toMatchObject([2, { phase: 'full', wish: null }]);
    await house.queue.logout({ requestId: rid(), agentId: agentId('anna'), channel: 'chat' });
    expect([await told() - before, await seats('anna')]).toMatchObject([3, { phase: 'full', wish: 'agentLeft' }]);
  });

  it('signs out of a channel only after what is open there', async () => {
    await item('i1');
    await accept('anna');
    await house.queue.logout({ requestId: rid(), agentId: agentId('anna'), channel: 'chat' });
    expect(await seats('anna')).toMatchObject({ phase: 'notReady', open: ['i1'] });
    await complete('anna', 'i1');
    expect((await seats('anna')).phase).toBe('loggedOut');
  });

  it('is free of an item that its creator withdraws, offered or open', async () => {
    await item('i1');
    await house.abandon('i1');
    expect(await seats('anna')).toMatchObject({ phase: 'ready', open: [] });
    await item('i2');
    await accept('anna');
    await house.queue.drop({ requestId: rid(), callId: callId('i2') });
    expect(await seats('anna')).toMatchObject({ phase: 'ready', open: [] });
    expect(await house.phase('anna')).toBe('ready');
  });

  it('completes no item that they do not have, whatever else is open', async () => {
    await item('i1');
    await accept('anna');
    expect(await complete('anna', 'i2')).toMatchObject({ ok: false, error: { code: 'VG_AGENT_STATE' } });
  });

  it('is told when one of several items is done', async () => {
    for (const name of ['i1', 'i2']) {
      await item(name);
      await accept('anna');
    }
    const told = async () => (await house.outbox()).filter(({ type }) => type === 'seats.changed').length;
    const before = await told();
    await complete('anna', 'i1');
    expect(await told()).toBe(before + 1);
  });

  it('is not offered a declined chat again in the next slot', async () => {
    await item('i1');
    const { offer } = await seats('anna');
    await house.queue.release({ requestId: rid(), offerId: offer?.offerId ?? offerId(''), why: 'declined' });
    await item('i2');
    expect(await accept('anna')).toBe('i2');
    expect((await seats('anna')).phase).toBe('ready');
    house.now += 5_000;
    await house.queue.reap(10);
    expect(await seats('anna')).toMatchObject({ offer: { callId: 'i1' } });
  });

  it('counts each repeated request once', async () => {
    await item('i1');
    const { offer } = await seats('anna');
    const once = { requestId: rid(), offerId: offer?.offerId ?? offerId('') };
    expect(await house.queue.accept(once)).toEqual(await house.queue.accept(once));
    expect((await seats('anna')).open).toEqual(['i1']);
  });
});

describe('the rules of channels', () => {
  it('let channels go side by side that do not block one another', async () => {
    await agent('anna', ['voice', 'chat', 'email'], { ...BLOCKS, voice: ['chat'], email: [] });
    await item('e1', 'email');
    await accept('anna', 'email');
    await house.arrive('c1');
    expect(await house.offerOf('anna')).toMatchObject({ callId: 'c1' });
    await item('e2', 'email');
    expect((await seats('anna', 'email')).offer).toMatchObject({ callId: 'e2' });
    expect((await seats('anna', 'chat')).phase).toBe('blocked');
  });

  it('count from the next sign-in on, for what goes on as well', async () => {
    await agent('anna');
    await item('i1');
    expect(await house.phase('anna')).toBe('blocked');
    await signIn('anna', ['voice', 'chat'], { ...BLOCKS, chat: [], voice: [] });
    expect(await house.phase('anna')).toBe('ready');
    await signIn('anna');
    expect(await house.phase('anna')).toBe('blocked');
  });

  it('count for slots too: what is open stays, and nothing more comes than there is room for', async () => {
    await agent('anna');
    for (const name of ['i1', 'i2']) await item(name);
    await accept('anna');
    await complete('anna', await accept('anna'));
    await signIn('anna', ['voice', 'chat'], BLOCKS, { ...SLOTS, chat: 1 });
    await item('i3');
    expect(await seats('anna')).toMatchObject({ phase: 'full', offer: null, open: ['i1'] });
    await signIn('anna', ['voice', 'chat'], BLOCKS, { ...SLOTS, chat: 2 });
    expect(await seats('anna')).toMatchObject({ phase: 'reserved', offer: { callId: 'i3' }, open: ['i1'] });
  });

  it('hold for a channel in which the agent signs in while busy in another', async () => {
    await agent('anna', ['voice']);
    await house.arrive('c1');
    await agent('anna', ['voice', 'chat']);
    expect((await seats('anna')).phase).toBe('blocked');
  });

  it('keep the calls of a queue and its chats apart when places are counted', async () => {
    await item('i1');
    await house.arrive('c1');
    expect(await house.queue.waiting(callId('c1'))).toMatchObject({ queue: 'billing', position: 1 });
  });
});
