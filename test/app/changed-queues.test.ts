import { describe, expect, it } from 'vitest';
import { ChangedQueues } from '../../gateway/app/changed-queues.js';
import { brand, type QueueId } from '../../gateway/core/ids.js';

const BILLING = brand<QueueId>('billing');
const ORDERS = brand<QueueId>('orders');

describe('queues whose callers line up by other rules', () => {
  const world: { maxWaitMs: number; levels: Record<string, number> } = { maxWaitMs: 60_000, levels: { billing: 1, orders: 1 } };
  const queues = new ChangedQueues((id) => [world.maxWaitMs, world.levels[id] === undefined ? null : { needs: [{ skill: 'x', minLevel: world.levels[id] }] }]);

  it('are those that changed since the last look, and those never looked at', () => {
    expect([...queues.look([BILLING, BILLING])]).toEqual([BILLING]);
    expect([...queues.look([BILLING, ORDERS])]).toEqual([ORDERS]);
    expect([...queues.look([BILLING, ORDERS])]).toEqual([]);
    world.levels['billing'] = 2;
    expect([...queues.look([BILLING, ORDERS])]).toEqual([BILLING]);
  });

  it('are those whose rules went there and back while nobody waited: whoever came meanwhile has the ones between', () => {
    world.levels['billing'] = 3;
    queues.look([ORDERS]);
    world.levels['billing'] = 2;
    expect([...queues.look([BILLING, ORDERS])]).toEqual([BILLING]);
  });

  it('are all of them with another limit that counts for each, and one that is gone', () => {
    world.maxWaitMs = 30_000;
    expect(queues.look([BILLING, ORDERS]).size).toBe(2);
    delete world.levels['orders'];
    expect([...queues.look([BILLING, ORDERS])]).toEqual([ORDERS]);
  });

  it('are those that did not come to line up anew', () => {
    queues.forget(BILLING);
    expect([...queues.look([BILLING, ORDERS])]).toEqual([BILLING]);
  });
});
