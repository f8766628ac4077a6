import { describe, expect, it, vi } from 'vitest';
import { FigureFold } from '../../gateway/core/acd/figure-fold.js';
import { failed } from '../../gateway/core/errors.js';
import { brand } from '../../gateway/core/ids.js';
import { ANNA, ITEM, useRig, type Rig } from './items-rig.js';

let rig: Rig;
useRig((own) => (rig = own));

describe('an item of another system', () => {
  it('is offered, taken and done on the screen of an agent who can, and its creator sees each step', async () => {
    expect(await rig.items.create(ITEM)).toMatchObject({ ok: true, value: { state: 'queued', waitMs: null } });
    rig.clock.advance(7_000);
    await rig.signIn();
    expect(await rig.shown()).toMatchObject({ channel: 'chat', phase: 'reserved', slots: 3, offer: { item: { itemId: 'chat-1', title: ITEM.title, link: ITEM.link, customer: 'Eva Ek', queue: { name: 'Billing' } } }, open: [] });
    expect(await rig.stateOf('chat-1')).toBe('offered');
    await rig.take();
    expect(await rig.items.find('chat-1')).toMatchObject({ value: { state: 'open', agentId: 'anna', waitMs: 7_000 } });
    expect(await rig.shown()).toMatchObject({ phase: 'ready', offer: null, open: [{ itemId: 'chat-1' }] });
    rig.clock.advance(60_000);
    expect(await rig.agent.done(ANNA, 'chat-1', 'sent it again')).toMatchObject({ ok: true });
    expect(await rig.items.find('chat-1')).toMatchObject({ value: { state: 'completed', agentId: 'anna', item: { end: { note: 'sent it again' } } } });
    expect(await rig.shown()).toMatchObject({ open: [] });
    const facts = await rig.house.facts();
    expect(facts.map((fact) => [fact.type, 'channel' in fact ? fact.channel : null])).toEqual([['call.arrived', 'chat'], ['call.answered', 'chat'], ['call.completed', 'chat']]);
    expect(facts.at(-1)).toMatchObject({ talkMs: 60_000 });
  });

  it('is one item however often it is handed in, also after its end', async () => {
    await rig.items.create(ITEM);
    await rig.items.create(ITEM);
    await rig.signIn();
    expect(await rig.take()).toBe('chat-1');
    expect(await rig.items.create(ITEM)).toMatchObject({ value: { state: 'open' } });
    expect(await rig.shown()).toMatchObject({ offer: null, open: [{ itemId: 'chat-1' }] });
    await rig.items.complete('chat-1', { note: '' });
    expect(await rig.items.create(ITEM)).toMatchObject({ value: { state: 'completed' } });
  });

  it('is another one, and counts anew, where the id is used again after the first is forgotten', async () => {
    await rig.signIn();
    for (const id of ['chat-1', 'chat-1']) {
      rig.clock.advance(86_400_000);
      await rig.items.create({ ...ITEM, id });
      await rig.take();
      await rig.items.complete(id, { note: '' });
      await rig.house.redis.del((await rig.house.keys()).filter((key) => key.endsWith(id)).map((key) => rig.house.prefix + key));
    }
    const ids = (await rig.house.facts()).filter(({ type }) => type === 'call.arrived' || type === 'call.completed').map(({ id }) => id);
    expect(new Set(ids).size).toBe(4);
  });

  it('is one item in whatever order its needs are written', async () => {
    const [billing, talk] = [{ skill: 'billing', minLevel: 1 }, { skill: 'talk', minLevel: 2 }];
    await rig.items.create({ ...ITEM, needs: [billing, talk] });
    expect(await rig.items.create({ ...ITEM, needs: [talk, billing] })).toMatchObject({ ok: true, value: { state: 'queued' } });
    expect(await rig.items.create({ ...ITEM, needs: [billing] })).toMatchObject({ ok: false });
  });

  it('is refused with the reason when another has its id, and when nobody would ever be offered it; then it is not kept', async () => {
    await rig.items.create(ITEM);
    expect(await rig.items.create({ ...ITEM, title: 'Another' })).toMatchObject({ ok: false, error: { code: 'VG_REFUSED', detail: expect.stringContaining('Where is my invoice?') } });
    rig.fault = 'there is no skill "biling"';
    expect(await rig.items.create({ ...ITEM, id: '2' })).toEqual(failed('VG_REFUSED', 'there is no skill "biling"'));
    expect(await rig.items.find('2')).toEqual({ ok: true, value: null });
  });

  it('that was handed in before its rules changed is the same item when it is handed in again', async () => {
    await rig.items.create(ITEM);
    rig.fault = 'no agent has the channel chat';
    expect(await rig.items.create(ITEM)).toMatchObject({ ok: true, value: { state: 'queued' } });
    await rig.items.cancel(ITEM.id);
    expect(await rig.items.create(ITEM)).toMatchObject({ ok: true, value: { state: 'cancelled' } });
  });

  it('can be taken back while it waits, while it is offered and while it is open', async () => {
    const end = async (id: string) => {
      expect(await rig.items.cancel(id)).toMatchObject({ ok: true, value: { state: 'cancelled' } });
      expect(await rig.items.cancel(id)).toMatchObject({ ok: true, value: { state: 'cancelled' } });
    };
    await rig.items.create(ITEM);
    await end('chat-1');
    await rig.signIn();
    await rig.items.create({ ...ITEM, id: 'chat-2' });
    expect(await rig.stateOf('chat-2')).toBe('offered');
    await end('chat-2');
    await rig.items.create({ ...ITEM, id: 'chat-3' });
    await rig.take();
    await end('chat-3');
    expect(await rig.shown()).toMatchObject({ phase: 'ready', offer: null, open: [] });
    expect(await rig.items.cancel('chat-9')).toEqual({ ok: true, value: null });
  });

  it('is completed by its creator once an agent has it, and not before', async () => {
    await rig.items.create(ITEM);
    expect(await rig.items.complete('chat-1', { note: '' })).toMatchObject({ ok: false, error: { code: 'VG_REFUSED' } });
    await rig.signIn();
    await rig.take();
    expect(await rig.agent.done(brand('bo'), 'chat-1', '')).toMatchObject({ ok: false, error: { code: 'VG_REFUSED' } });
    expect(await rig.items.complete('chat-1', { note: '' })).toMatchObject({ ok: true, value: { state: 'completed', agentId: 'anna' } });
    expect(await rig.agent.done(ANNA, 'chat-1', '')).toMatchObject({ ok: true });
  });

  it('is served by the queue’s new rules while it waits, as often as that is said, and is one arrival', async () => {
    rig.minLevel = 9;
    await rig.items.create(ITEM);
    await rig.signIn();
    expect(await rig.stateOf('chat-1')).toBe('queued');
    rig.minLevel = 1;
    await rig.items.followCentre();
    await rig.items.followCentre();
    rig.minLevel = 9;
    await rig.items.followCentre();
    rig.minLevel = 1;
    await rig.items.followCentre();
    expect(await rig.stateOf('chat-1')).toBe('offered');
    expect(await rig.house.facts()).toHaveLength(1);
  });

  it.each([
    ['the queue', () => vi.spyOn(rig.house.queue, 'arrive').mockResolvedValueOnce(failed('VG_STORE', 'away'))],
    ['what is kept of the item', () => vi.spyOn(rig.store, 'find').mockResolvedValueOnce(failed('VG_STORE', 'away'))],
    ['the list of those that wait', () => vi.spyOn(rig.house.queue, 'roster').mockRejectedValueOnce(new Error('away'))],
  ])('is served by the new rules although the store was away as they came: for %s', async (_what, goAway) => {
    rig.minLevel = 9;
    await rig.items.create(ITEM);
    await rig.items.followCentre();
    await rig.signIn();
    rig.minLevel = 1;
    goAway();
    await rig.items.followCentre();
    expect(await rig.stateOf('chat-1')).toBe('queued');
    rig.clock.advance(2_000);
    await vi.waitFor(async () => expect(await rig.stateOf('chat-1')).toBe('offered'));
  });

  it('is offered for as long as its channel says by then', async () => {
    await rig.items.create(ITEM);
    await rig.items.followCentre();
    rig.offerSeconds = 120;
    await rig.items.followCentre();
    const from = rig.clock.now();
    await rig.signIn();
    expect((await rig.shown()).offer?.expiresAt).toBe(from + 120_000);
  });

  it('is served by the new rules also where more wait than a display shows', async () => {
    const many = Array.from({ length: 1_100 }, (_, index) => `chat-${index}`);
    rig.minLevel = 9;
    for (const id of many) await rig.items.create({ ...ITEM, id });
    rig.minLevel = 1;
    await rig.items.followCentre();
    expect((await rig.house.queue.snapshot()).lines).toMatchObject([{ waiting: 1_100 }]);
  });

  it('tells who waits for news as soon as there is some, and else when the time is over', async () => {
    await rig.items.create(ITEM);
    await rig.signIn();
    expect(await rig.items.watch('chat-1', 'queued', 20_000)).toMatchObject({ value: { state: 'offered' } });
    const news = rig.items.watch('chat-1', 'offered', 20_000);
    await rig.take();
    expect(await news).toMatchObject({ value: { state: 'open' } });
    const nothing = rig.items.watch('chat-1', 'open', 20_000);
    rig.clock.advance(20_000);
    expect(await nothing).toMatchObject({ value: { state: 'open' } });
  });

  it.each([
    ['completed', (id: string) => rig.items.complete(id, { note: 'told by mail' })],
    ['cancelled', (id: string) => rig.items.cancel(id)],
  ] as const)('stays %s where whoever ended it died before writing that down, and is not handed in again', async (state, end) => {
    await rig.items.create(ITEM);
    await rig.signIn();
    await rig.take();
    const written = vi.spyOn(rig.store, 'end').mockResolvedValueOnce(failed('VG_STORE', 'the process died'));
    expect((await end('chat-1')).ok).toBe(true);
    expect(written).toHaveBeenCalledOnce();
    expect(await rig.stateOf('chat-1')).toBe(state);
    // The queue forgets work that is over after a minute.
    await rig.house.queue.forget(brand('item-chat-1'));
    rig.clock.advance(60_000);
    expect(await rig.items.find('chat-1')).toMatchObject({ value: { state, agentId: 'anna' } });
    expect(await rig.items.create(ITEM)).toMatchObject({ ok: true, value: { state } });
    expect(await rig.shown()).toMatchObject({ offer: null, open: [] });
  });

  it('ends as the first one said, also where a second was about to end it', async () => {
    await rig.items.create(ITEM);
    await rig.signIn();
    await rig.take();
    const found = await rig.items.find('chat-1');
    await rig.items.complete('chat-1', { note: '' });
    if (found.ok && found.value !== null) await rig.store.intend(found.value.item, { result: 'cancelled', at: rig.clock.now(), agentId: null, note: '' });
    expect(await rig.stateOf('chat-1')).toBe('completed');
  });

  it('is taken back from the agent who took it in the same moment, and counts as answered', async () => {
    await rig.items.create(ITEM);
    await rig.signIn();
    const { intend } = rig.store;
    vi.spyOn(rig.store, 'intend').mockImplementationOnce(async (...about) => {
      await rig.take();
      return intend.apply(rig.store, about);
    });
    expect(await rig.items.cancel('chat-1')).toMatchObject({ ok: true, value: { state: 'cancelled', agentId: 'anna' } });
    expect(await rig.shown()).toMatchObject({ offer: null, open: [] });
    const fold = new FigureFold();
    for (const fact of await rig.house.facts()) fold.observe(fact);
    const now = rig.clock.now();
    expect(fold.figures({ from: now - 3_600_000, to: now + 3_600_000 }, now).queues).toMatchObject([{ channel: 'chat', offered: 1, answered: 1, abandoned: 0, waiting: 0 }]);
  });

  const lose = async (): Promise<void> => {
    await rig.house.queue.drop({ requestId: brand('lost'), callId: brand('item-chat-1') });
    await rig.house.queue.forget(brand('item-chat-1'));
  };

  it('is taken back for good also where the queue lost it, and counts as taken back', async () => {
    await rig.items.create(ITEM);
    await lose();
    expect(await rig.items.cancel('chat-1')).toMatchObject({ ok: true, value: { state: 'cancelled' } });
    expect(await rig.store.find('chat-1')).toMatchObject({ ok: true, value: { end: { result: 'cancelled' } } });
    expect((await rig.house.facts()).at(-1)).toMatchObject({ type: 'call.abandoned', callId: 'item-chat-1' });
  });

  it('is lined up again where the queue lost it, with its place', async () => {
    await rig.items.create(ITEM);
    await lose();
    expect(await rig.stateOf('chat-1')).toBe('lost');
    rig.clock.advance(5_000);
    expect(await rig.items.create(ITEM)).toMatchObject({ value: { state: 'queued' } });
    await rig.signIn();
    await rig.take();
    expect(await rig.items.find('chat-1')).toMatchObject({ value: { waitMs: 5_000 } });
  });
});
