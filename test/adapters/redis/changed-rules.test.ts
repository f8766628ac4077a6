import { describe, expect, it } from 'vitest';
import { callId, rid, useHouses, type House } from './house.js';

let house: House;
useHouses((own) => (house = own));

/** Lines up what waits already, by what its queue asks for now. */
describe('a waiting call whose queue has other rules', () => {
  it('follows the queue’s new rules: from the place it has, and at once where somebody idles who can by now', async () => {
    await house.agent('anna', { billing: 3 });
    await house.arrive('early', { billing: 9 });
    house.now += 5_000;
    await house.arrive('late', { billing: 9 });
    expect(await house.arrive('late', { billing: 4 })).toMatchObject({ value: { state: 'queued' } });
    expect(await house.arrive('early', { billing: 3 })).toMatchObject({ value: { state: 'reserved' } });
    expect(await house.arrive('late', { billing: 3 })).toMatchObject({ value: { state: 'queued' } });
    expect(await house.queue.waiting(callId('late'))).toMatchObject({ position: 1, queuedAt: house.now });
    expect(await house.offerOf('anna')).toMatchObject({ callId: 'early' });
    const offers = (await house.outbox()).flatMap((event) => (event.type === 'offer.made' ? [event.assignment] : []));
    expect(offers).toMatchObject([{ trigger: 'callCame', relaxations: 0 }]);
  });

  it('follows the queue’s new rules when the ring that is going on comes to nothing, not before', async () => {
    await house.agent('anna', { billing: 3 });
    await house.agent('bo', { technical: 3 });
    await house.arrive('c1', { billing: 1 });
    expect(await house.arrive('c1', { technical: 1 })).toMatchObject({ value: { state: 'reserved' } });
    const { offerId } = await house.offerOf('anna');
    await house.queue.release({ requestId: rid(), offerId, why: 'declined' });
    expect([await house.phase('anna'), await house.offerOf('bo')]).toMatchObject(['ready', { callId: 'c1' }]);
  });

  it('stands where it stands when it lines up again by the rules it has, with what it has been relaxed to', async () => {
    const later = [{ afterMs: 10_000, needs: [{ skill: 'billing', minLevel: 1 }], band: 5 }];
    await house.arrive('c1', { billing: 9 }, { later });
    house.now += 10_000;
    await house.queue.reap(10);
    const before = await house.queue.roster();
    await house.arrive('c1', { billing: 9 }, { later });
    expect(await house.queue.roster()).toEqual(before);
  });

  it('has them at once also where the clock of the store went back a little meanwhile', async () => {
    await house.agent('anna', { billing: 3 });
    await house.arrive('c1', { billing: 9 });
    house.now -= 200;
    expect(await house.arrive('c1', { billing: 3 })).toMatchObject({ value: { state: 'reserved' } });
  });
});
