import { beforeEach, describe, expect, it } from 'vitest';
import { brand, type NodeId } from '../../../gateway/core/ids.js';
import { agentId, rid, useHouses, type House } from './house.js';

let house: House;
useHouses((own) => (house = own));

describe('leastOccupied, of two who signed in together and were on calls for half an hour of the first', () => {
  const HALF_HOUR_MS = 1_800_000;
  const wait = (ms: number) => (house.now += ms);
  /** The agent is alone: nobody else is ready. */
  const talks = async (name: string, call: string, ms: number, needs: Record<string, number> = { billing: 1 }) => {
    await house.arrive(call, needs);
    await house.accept(name);
    wait(ms);
    await house.complete(name, call);
  };
  const takes = async (call: string): Promise<string> => {
    await house.arrive(call);
    return (await house.phase('idle')) === 'reserved' ? 'idle' : 'other';
  };
  beforeEach(async () => {
    for (const name of ['idle', 'other']) await house.queue.signIn({ requestId: rid(), agentId: agentId(name), skills: [{ skill: 'billing', level: 5 }, { skill: name, level: 5 }], strategy: 'leastOccupied', node: brand<NodeId>('n1') });
    for (const name of ['other', 'idle']) {
      await house.ready(name);
      await talks(name, `first-${name}`, HALF_HOUR_MS);
      if (name === 'other') await house.queue.notReady({ requestId: rid(), agentId: agentId(name), reason: 'break' });
    }
  });

  it('takes the one who has idled for an hour before the one who comes back from as long a break', async () => {
    wait(2 * HALF_HOUR_MS);
    await house.ready('other');
    expect(await takes('next')).toBe('idle');
  });

  it('takes the one who has idled before the one who was on a call meanwhile', async () => {
    wait(HALF_HOUR_MS);
    await house.ready('other');
    await talks('other', 'second', HALF_HOUR_MS / 6, { other: 1 });
    expect(await takes('next')).toBe('idle');
  });
});
