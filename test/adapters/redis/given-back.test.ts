import { beforeEach, describe, expect, it } from 'vitest';
import { agentId, callId, rid, useHouses, type House } from './house.js';
import { seated } from './seated.js';

let house: House;
useHouses((own) => (house = own));

const { agent, item, seats, complete, accept } = seated(() => house);

describe('an agent with an item', () => {
  beforeEach(() => agent('anna'));

  it('gives an item back to its line in one step, with its place: it is never with two, and its slot is free', async () => {
    for (const name of ['i1', 'i2', 'i3']) {
      await item(name);
      await accept('anna');
    }
    await item('i4');
    await house.queue.notReady({ requestId: rid(), agentId: agentId('anna'), channel: 'chat', reason: 'freed' });
    const back = { isReturning: true, from: agentId('anna'), requestId: rid(), channel: 'chat' as const };
    expect(await house.arrive('i1', { billing: 1 }, back)).toEqual({ ok: true, value: { state: 'queued' } });
    expect(await seats('anna')).toMatchObject({ phase: 'notReady', open: ['i2', 'i3'] });
    await agent('bo', ['chat']);
    expect([await accept('bo'), await accept('bo')]).toEqual(['i1', 'i4']);
    // The order comes twice.
    expect(await house.arrive('i1', { billing: 1 }, back)).toMatchObject({ ok: true });
    expect(await seats('bo')).toMatchObject({ open: ['i1', 'i4'] });
  });

  it('gives back no item that is over, waits already or is with somebody else: it stays where it is', async () => {
    const back = (from: string) => house.arrive('i1', { billing: 1 }, { isReturning: true, from: agentId(from), requestId: rid(), channel: 'chat' });
    const refused = { ok: false, error: { code: 'VG_NOT_QUEUED' } };
    expect(await back('anna')).toMatchObject(refused);
    await item('i1');
    expect(await back('anna')).toMatchObject(refused);
    await accept('anna');
    expect(await back('bo')).toMatchObject(refused);
    expect(await seats('anna')).toMatchObject({ open: ['i1'] });
    await complete('anna', 'i1');
    expect(await back('anna')).toMatchObject(refused);
    expect([await house.queue.workState(callId('i1')), await seats('anna')]).toMatchObject([{ phase: 'ended' }, { phase: 'ready', open: [] }]);
  });

  it('an order to give back that was refused stays refused, also where the agent takes the item later', async () => {
    await item('i1');
    const back = { isReturning: true, from: agentId('anna'), requestId: rid(), channel: 'chat' as const };
    expect(await house.arrive('i1', { billing: 1 }, back)).toMatchObject({ ok: false });
    await accept('anna');
    expect(await house.arrive('i1', { billing: 1 }, back)).toMatchObject({ ok: false });
    expect(await seats('anna')).toMatchObject({ open: ['i1'] });
  });

  it('has not idled for longest when an item was given back', async () => {
    await agent('bo', ['voice']);
    await item('i1');
    await accept('anna');
    await house.queue.notReady({ requestId: rid(), agentId: agentId('anna'), channel: 'chat', reason: 'freed' });
    await house.arrive('i1', { billing: 1 }, { isReturning: true, from: agentId('anna'), channel: 'chat' });
    await house.arrive('c1');
    expect([await house.phase('anna'), await house.phase('bo')]).toEqual(['ready', 'reserved']);
  });

  it('may be offered an item anew that was given back, and is free of it when it is done', async () => {
    await item('i1');
    await accept('anna');
    expect(await house.arrive('i1', { billing: 1 }, { isReturning: true, from: agentId('anna'), channel: 'chat' })).toEqual({ ok: true, value: { state: 'reserved' } });
    expect([await accept('anna'), await seats('anna')]).toMatchObject(['i1', { open: ['i1'] }]);
    await complete('anna', 'i1');
    expect(await seats('anna')).toMatchObject({ phase: 'ready', open: [] });
    expect(await house.phase('anna')).toBe('ready');
  });
});
