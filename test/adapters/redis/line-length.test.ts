import { describe, expect, it } from 'vitest';
import { brand, type AgentId } from '../../../gateway/core/ids.js';
import { callId, rid, useHouses, type House } from './house.js';

let house: House;
useHouses((opened) => (house = opened));

const comes = async (call: string, more: Parameters<House['arrive']>[2] = {}) => {
  const arrived = await house.arrive(call, undefined, { mostWaiting: 2, ...more });
  return arrived.ok ? arrived.value.state : arrived.error.code;
};

describe('a line of a limited length', () => {
  it('takes so many and no more, however many come in one moment', async () => {
    const states = await Promise.all(Array.from({ length: 20 }, (_, at) => comes(`c${at}`)));
    expect(states.filter((state) => state === 'queued')).toHaveLength(2);
    expect(states.filter((state) => state === 'full')).toHaveLength(18);
  });

  it('counts who waits for one agent first, in this queue', async () => {
    const personal = { agentId: brand<AgentId>('anna'), forMs: 30_000 };
    await house.agent('anna', { other: 1 });
    await house.arrive('talks', { other: 1 });
    await house.accept('anna');
    await house.arrive('c1', undefined, { personal });
    await house.arrive('c2', undefined, { personal, queue: brand('other') });
    expect([await comes('c3'), await comes('c4')]).toEqual(['queued', 'full']);
  });

  it('counts all who wait in the queue, whatever they need, and nobody of another one', async () => {
    await house.arrive('c1', { billing: 9 });
    await house.arrive('c2', undefined, { queue: brand('other') });
    expect([await comes('c3'), await comes('c4')]).toEqual(['queued', 'full']);
  });

  it('keeps nobody from an agent who is idle', async () => {
    await house.agent('anna');
    await house.arrive('c1', { nobody: 1 });
    await house.arrive('c2', { nobody: 1 });
    expect(await comes('c3')).toBe('reserved');
  });

  it('knows nothing of whom it did not take: they may come again when there is room', async () => {
    const requestId = rid();
    for (const call of ['c1', 'c2']) await comes(call);
    expect(await comes('c3', { requestId })).toBe('full');
    expect(await house.queue.workState(callId('c3'))).toMatchObject({ phase: 'unknown' });
    await house.abandon('c1');
    expect(await comes('c3', { requestId })).toBe('queued');
    expect(await house.queue.waiting(callId('c3'))).toMatchObject({ position: 2 });
  });

  it('holds also for who waits for one agent first', async () => {
    await house.agent('anna', { other: 1 });
    for (const call of ['c1', 'c2']) await comes(call);
    expect(await comes('c3', { personal: { agentId: brand<AgentId>('bo'), forMs: 5_000 } })).toBe('full');
  });

  it('of nobody takes only whom the agent they wish for takes at once', async () => {
    const personal = { agentId: brand<AgentId>('anna'), forMs: 5_000 };
    await house.agent('anna', { other: 1 });
    expect(await comes('c1', { personal, mostWaiting: 0 })).toBe('reserved');
    expect(await comes('c2', { personal, mostWaiting: 0 })).toBe('full');
  });
});
