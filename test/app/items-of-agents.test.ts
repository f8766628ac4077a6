import { describe, expect, it } from 'vitest';
import { brand, type CallId } from '../../gateway/core/ids.js';
import { ANNA, ITEM, useRig, type Rig } from './items-rig.js';

let rig: Rig;
useRig((own) => (rig = own));

it('an item whose agent is set free goes back to its line with its place, and to the next who can', async () => {
  await rig.signIn();
  await rig.items.create(ITEM);
  await rig.take();
  rig.clock.advance(3_000);
  const open = [brand<CallId>('item-chat-1'), brand<CallId>('item-gone')];
  await rig.seats.notReady(ANNA, 'freed');
  await rig.items.create({ ...ITEM, id: 'chat-2' });
  expect(await rig.items.giveBack(brand('bo'), open)).toMatchObject({ ok: true });
  expect(await rig.stateOf('chat-1')).toBe('open');
  expect(await rig.items.giveBack(ANNA, open)).toMatchObject({ ok: true });
  expect(await rig.stateOf('chat-1')).toBe('queued');
  expect(await rig.shown()).toMatchObject({ open: [] });
  expect((await rig.house.facts()).at(-1)).toMatchObject({ type: 'call.arrived', isReturning: true, at: rig.clock.now() });
  await rig.seats.ready(ANNA);
  expect(await rig.take()).toBe('chat-1');
  expect(await rig.items.find('chat-1')).toMatchObject({ value: { state: 'open', waitMs: 3_000 } });
});

it('an item whose queue is no more, as after it was renamed, is served by anybody, also when its agent is set free', async () => {
  rig.minLevel = 9;
  await rig.items.create(ITEM);
  await rig.signIn();
  rig.isQueueGone = true;
  await rig.items.followCentre();
  expect(await rig.take()).toBe('chat-1');
  await rig.seats.notReady(ANNA, 'freed');
  expect(await rig.items.giveBack(ANNA, [brand<CallId>('item-chat-1')])).toMatchObject({ ok: true });
  expect(await rig.stateOf('chat-1')).toBe('queued');
  expect(await rig.shown()).toMatchObject({ open: [] });
});

describe('an agent with calls and chats', () => {
  it('who does not answer a chat gets no calls either, until they say that they are back', async () => {
    await rig.signIn();
    await rig.items.create(ITEM);
    rig.clock.advance(30_000);
    await rig.house.queue.reap(10);
    await rig.seats.missed(ANNA);
    expect(await rig.house.phase('anna')).toBe('notReady(rona)');
    expect(await rig.stateOf('chat-1')).toBe('queued');
    await rig.seats.ready(ANNA);
    expect(await rig.shown()).toMatchObject({ offer: { item: { itemId: 'chat-1' } } });
  });

  it('declines one and is not offered it again at once', async () => {
    await rig.signIn();
    await rig.items.create(ITEM);
    const { offer } = await rig.shown();
    const offerId = brand<never>(offer?.offerId ?? '');
    expect(rig.agent.isItem(offerId)).toBe(true);
    expect(await rig.agent.decline(ANNA, offerId)).toMatchObject({ ok: true });
    expect(await rig.shown()).toMatchObject({ phase: 'ready', offer: null });
    expect(await rig.agent.accept(ANNA, offerId)).toMatchObject({ ok: false, error: { code: 'VG_OFFER_LOST' } });
  });

  it('is busy, and not to be signed out, while a chat is open', async () => {
    await rig.signIn();
    expect(await rig.seats.isBusy(ANNA)).toBe(false);
    await rig.items.create(ITEM);
    await rig.take();
    expect(await rig.seats.isBusy(ANNA)).toBe(true);
  });
});
