import { describe, expect, it } from 'vitest';
import { CallOrders } from '../../gateway/app/call-orders.js';
import type { CallState } from '../../gateway/core/call/call-state.js';
import { brand } from '../../gateway/core/ids.js';
import { booked, busy, called, rulesWith } from '../core/call/callback-story.js';
import { at, QUEUE } from '../core/call/call-story.js';
import { ListeningActor } from '../support/call-fakes.js';
import { FakeClock } from '../support/fake-clock.js';

const NIGHT = rulesWith({ mayRing: () => false });

function rig(state: CallState) {
  const actor = new ListeningActor(state);
  return { actor, orders: new CallOrders({ actors: new Map([[actor.callId, actor]]), clock: new FakeClock() }) };
}
const toLastResort = { type: 'queue.overflowed', from: QUEUE, rule: 'operator', to: 'lastResort' };

describe('a callback of this gateway', () => {
  it.each([
    ['rests', booked(NIGHT)],
    ['was tried in vain, of which the agent writes', busy(called())],
  ])('is dropped where it %s', async (_where, { state }) => {
    const { actor, orders } = rig(state);
    expect(await orders.endCallback(actor.callId, 'drop')).toBe(true);
    expect(actor.told).toMatchObject([toLastResort]);
  });

  it.each([
    ['is being tried', called()],
    ['stands in line, where the queue passes the order on', booked()],
    ['is none', at.wrapUp()],
  ])('is not dropped between its tries where it %s', async (_where, { state }) => {
    const { actor, orders } = rig(state);
    expect(await orders.endCallback(actor.callId, 'drop')).toBe(false);
    expect(actor.told).toEqual([]);
  });

  it('is told that its customer came, whatever it does', async () => {
    for (const { state } of [booked(NIGHT), called(), busy(called())]) {
      const { actor, orders } = rig(state);
      expect(await orders.endCallback(actor.callId, 'supersede')).toBe(true);
      expect(actor.told).toMatchObject([{ type: 'callback.superseded' }]);
    }
  });

  it('is told nothing when another gateway has it by now', async () => {
    const { actor, orders } = rig(booked(NIGHT).state);
    actor.stop();
    expect(await orders.endCallback(actor.callId, 'drop')).toBe(false);
    expect(await orders.endCallback(brand('another-cb'), 'supersede')).toBe(false);
    expect(actor.told).toEqual([]);
  });
});

it('sends a caller who waits where an operator orders, and nobody else', () => {
  const order = { do: 'move', queue: brand<typeof QUEUE>('others') } as const;
  const [waiting, talking] = [rig(at.waiting().state), rig(at.conversation().state)];
  for (const { actor, orders } of [waiting, talking]) orders.carryOut({ callId: actor.callId, order, at: 1 });
  expect(waiting.actor.told).toMatchObject([{ ...toLastResort, to: { queue: 'others' } }]);
  expect(talking.actor.told).toEqual([]);
});
