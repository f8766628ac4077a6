import { expect, it } from 'vitest';
import { OffersOfCalls } from '../../../gateway/core/acd/offers-of-calls.js';
import type { QueueFact } from '../../../gateway/core/acd/queue-fact.js';

it('remembers the offers of the latest calls, and a call that is offered again is a late one', () => {
  const offers = new OffersOfCalls();
  const made = (call: number): QueueFact => ({ v: 1, id: `${call}`, at: call, type: 'offer.made', offerId: `o${call}`, callId: `c${call}`, agentId: 'anna', queue: 'q' });
  for (let call = 0; call < 5_000; call += 1) offers.observe(made(call));
  offers.observe({ ...made(0), offerId: 'again' } as QueueFact);
  offers.observe(made(5_000));
  expect([offers.of('c1'), offers.of('c0')?.map(({ offerId }) => offerId), offers.of('c5000')]).toMatchObject([null, ['o0', 'again'], [{ end: null }]]);
});

it('tells of an offer whose customer was not reached', () => {
  const offers = new OffersOfCalls();
  offers.observe({ v: 1, id: '1', at: 1, type: 'offer.made', offerId: 'o1', callId: 'cb', agentId: 'anna', queue: 'q' });
  offers.observe({ v: 1, id: '2', at: 2, type: 'callback.notReached', callId: 'cb', offerId: 'o1', queue: 'q', why: 'busy', isLast: false });
  expect(offers.of('cb')).toMatchObject([{ offerId: 'o1', end: 'notReached' }]);
});
