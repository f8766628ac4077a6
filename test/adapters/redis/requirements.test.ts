import { describe, expect, it } from 'vitest';
import type { Strategy } from '../../../gateway/core/acd/queue-types.js';
import { brand, type NodeId } from '../../../gateway/core/ids.js';
import { agentId, callId, rid, useHouses, type House } from './house.js';

let house: House;
useHouses((own) => (house = own));

const need = (skill: string, minLevel = 1) => ({ skill, minLevel });
const assignmentOf = async (call: string) => (await house.outbox()).flatMap((event) => (event.type === 'offer.made' && event.callId === call ? [event.assignment] : [])).at(-1);

/** Signs in with a strategy, in this order of skills, and makes ready. */
async function agent(name: string, skills: readonly (readonly [string, number])[], strategy: Strategy, order = 0) {
  await house.queue.signIn({ requestId: rid(), agentId: agentId(name), skills: skills.map(([skill, level]) => ({ skill, level })), strategy, order, node: brand<NodeId>('n1') });
  return house.ready(name);
}

describe('what a call needs as its wait grows', () => {
  it('drops a skill after its time, without a step of anybody but the clock, and goes to the agent who idles', async () => {
    await house.agent('anna', { billing: 5 });
    await house.arrive('c1', { billing: 1, norwegian: 5 }, { later: [{ afterMs: 30_000, needs: [need('billing')], band: 10 }] });
    house.now += 29_999;
    expect(await house.queue.reap(10)).toBe(0);
    expect(await house.phase('anna')).toBe('ready');
    house.now += 1;
    expect(await house.queue.reap(10)).toBe(1);
    expect(await house.offerOf('anna')).toMatchObject({ callId: 'c1' });
    expect(await assignmentOf('c1')).toEqual({ trigger: 'callCame', alternatives: 0, hasMore: false, relaxations: 1 });
  });

  it('keeps the place: a relaxed call goes before those who came after it', async () => {
    await house.arrive('early', { billing: 9 }, { later: [{ afterMs: 10_000, needs: [need('billing')], band: 10 }] });
    house.now += 5_000;
    await house.arrive('late', { billing: 1 });
    house.now += 5_000;
    await house.queue.reap(10);
    expect(await house.agent('anna', { billing: 3 })).toMatchObject({ value: { callId: 'early' } });
  });

  it('goes to the next band at a set wait, before all who came later in that band', async () => {
    await house.arrive('patient', {}, { band: 20, later: [{ afterMs: 60_000, needs: [], band: 10 }] });
    house.now += 30_000;
    await house.arrive('regular', {}, { band: 10 });
    house.now += 30_000;
    await house.arrive('newest', {}, { band: 10 });
    await house.queue.reap(10);
    expect(await house.agent('anna')).toMatchObject({ value: { callId: 'patient' } });
    expect(await house.agent('bo')).toMatchObject({ value: { callId: 'regular' } });
  });

  it('catches up after a ring that was not answered', async () => {
    await house.agent('anna', { billing: 5, norwegian: 5 });
    await house.agent('bo', { billing: 5 });
    await house.arrive('c1', { billing: 1, norwegian: 5 }, { later: [{ afterMs: 10_000, needs: [need('billing')], band: 10 }] });
    house.now += 15_000;
    await house.queue.reap(10);
    expect(await house.offerOf('bo')).toMatchObject({ callId: 'c1' });
    expect(await house.phase('anna')).toBe('notReady(rona)');
  });

  it('has the place of its first arrival where the store lost it, however late it says so', async () => {
    const queuedAt = house.now;
    house.now += 60_000;
    await house.arrive('later');
    house.now += 1_000;
    await house.arrive('lost', {}, { queuedAt });
    expect(await house.agent('anna')).toMatchObject({ value: { callId: 'lost' } });
    expect(await house.accept('anna')).toMatchObject({ value: { waitMs: 61_000 } });
  });

  it('refuses more changes than a route holds', async () => {
    const later = Array.from({ length: 17 }, (_, at) => ({ afterMs: at * 1_000, needs: [], band: 10 }));
    expect(await house.arrive('c1', {}, { later })).toMatchObject({ ok: false, error: { code: 'VG_BAD_MESSAGE' } });
  });
});

describe('a preferred agent', () => {
  const personal = { agentId: agentId('anna'), forMs: 20_000 };

  /** anna talks, so she is there to be waited for; bo idles. */
  async function annaTalks() {
    await house.agent('anna', { other: 1 });
    await house.arrive('talk', { other: 1 });
    await house.accept('anna');
    await house.agent('bo', { billing: 5 });
  }

  it('is waited for while at work, although others idle, and needs no skill for it', async () => {
    await annaTalks();
    expect(await house.arrive('c1', { billing: 1 }, { personal })).toMatchObject({ value: { state: 'queued' } });
    expect(await house.phase('bo')).toBe('ready');
    expect(await house.complete('anna', 'talk')).toMatchObject({ value: { phase: 'reserved', callId: 'c1' } });
    expect(await assignmentOf('c1')).toMatchObject({ trigger: 'personal' });
  });

  it('is taken at once when idle, although another idled longer', async () => {
    await house.agent('bo', { billing: 5 });
    house.now += 60_000;
    await house.agent('anna', {});
    await house.arrive('c1', { billing: 1 }, { personal });
    expect(await house.offerOf('anna')).toMatchObject({ callId: 'c1' });
  });

  it('is waited for no longer than said', async () => {
    await annaTalks();
    await house.arrive('c1', { billing: 1 }, { personal });
    house.now += 20_000;
    await house.queue.reap(10);
    expect(await house.offerOf('bo')).toMatchObject({ callId: 'c1' });
  });

  it.each([
    ['is signed out', () => house.queue.logout({ requestId: rid(), agentId: agentId('anna') })],
    ['has a pause', () => house.queue.notReady({ requestId: rid(), agentId: agentId('anna'), reason: 'lunch' })],
  ])('is not waited for when the agent %s', async (_when, leave) => {
    await house.agent('bo', { billing: 5 });
    await house.agent('anna', {});
    await leave();
    await house.arrive('c1', { billing: 1 }, { personal });
    expect(await house.offerOf('bo')).toMatchObject({ callId: 'c1' });
  });

  it.each([
    ['wants a pause', () => house.queue.notReady({ requestId: rid(), agentId: agentId('anna'), reason: 'lunch' })],
    ['wants to go home', () => house.queue.logout({ requestId: rid(), agentId: agentId('anna') })],
  ])('is waited for no longer once they %s after the talk', async (_what, wish) => {
    await annaTalks();
    await house.arrive('before', { billing: 1 }, { personal });
    await wish();
    await house.queue.reap(10);
    expect(await house.offerOf('bo')).toMatchObject({ callId: 'before' });
    await house.agent('cia', { billing: 5 });
    await house.arrive('after', { billing: 1 }, { personal });
    expect(await house.offerOf('cia')).toMatchObject({ callId: 'after' });
  });

  it.each(['declined', 'noAnswer'] as const)('who was offered the call in vain (%s) is not waited for: it goes on at once with its place', async (why) => {
    await house.agent('bo', { billing: 5 });
    await house.agent('anna', {});
    await house.arrive('c1', { billing: 1 }, { personal });
    const { offerId } = await house.offerOf('anna');
    await house.queue.release({ requestId: rid(), offerId, why });
    expect(await house.offerOf('bo')).toMatchObject({ callId: 'c1' });
  });

  it('takes the calls of their own line in the order of all: an older or more urgent call goes first', async () => {
    await house.agent('anna', { billing: 5, other: 1 });
    await house.arrive('talk', { other: 1 });
    await house.accept('anna');
    await house.arrive('older', { billing: 1 });
    await house.arrive('mine', { billing: 1 }, { personal });
    expect(await house.complete('anna', 'talk')).toMatchObject({ value: { callId: 'older' } });
    expect((await house.queue.waiting(callId('mine')))?.position).toBe(1);
  });

  it('leaves the caller the place in line that was said, also when they are waited for no longer', async () => {
    await house.agent('anna', { other: 1 });
    await house.arrive('talk', { other: 1 });
    await house.accept('anna');
    await house.arrive('older', { billing: 1 });
    await house.arrive('mine', { billing: 1 }, { personal });
    const before = await house.queue.waiting(callId('mine'));
    house.now += 20_000;
    await house.queue.reap(10);
    expect([before?.position, (await house.queue.waiting(callId('mine')))?.position]).toEqual([2, 2]);
  });
});

describe('what is told of why this agent', () => {
  const personal = { agentId: agentId('anna'), forMs: 20_000 };

  it('is how many other idle agents could, of all skills', async () => {
    for (const [name, skills] of [['anna', { billing: 5 }], ['bo', { billing: 5 }], ['cia', { billing: 9, technical: 1 }], ['dag', { technical: 9 }]] as const) await house.agent(name, skills);
    await house.arrive('c1', { billing: 3 });
    expect(await assignmentOf('c1')).toEqual({ trigger: 'callCame', alternatives: 2, hasMore: false, relaxations: 0 });
  });

  it('is how many other waiting calls the agent can serve', async () => {
    await house.arrive('c1', { billing: 3 });
    await house.arrive('c2', { billing: 3 });
    await house.arrive('c3', { technical: 1 });
    await house.arrive('c4', { rare: 1 });
    await house.agent('anna', { billing: 5, technical: 5 });
    expect(await assignmentOf('c1')).toMatchObject({ trigger: 'agentCame', alternatives: 2, hasMore: false });
  });

  it('says so when there are too many kinds of agents to count', async () => {
    for (let level = 1; level <= 10; level += 1) await house.agent(`a${level}`, { billing: level });
    for (let level = 1; level <= 10; level += 1) await house.arrive(`define${level}`, { billing: level, rare: 1 });
    await house.arrive('c1', { billing: 1 });
    expect(await assignmentOf('c1')).toMatchObject({ alternatives: 2, hasMore: true });
  });

  it('does not take the end of waiting for one agent for a relaxation', async () => {
    await house.agent('anna', { other: 1 });
    await house.arrive('talk', { other: 1 });
    await house.accept('anna');
    await house.arrive('c1', { billing: 1, norwegian: 1 }, { personal, later: [{ afterMs: 60_000, needs: [need('billing')], band: 10 }] });
    house.now += 20_000;
    await house.queue.reap(10);
    await house.agent('bo', { billing: 5, norwegian: 5 });
    expect(await assignmentOf('c1')).toMatchObject({ trigger: 'agentCame', relaxations: 0 });
  });
});

describe('who is taken of several', () => {
  it('prefers agents with the preferred skills, though they idle for a shorter time', async () => {
    await house.agent('anna', { billing: 5 });
    house.now += 60_000;
    await house.agent('bo', { billing: 5, norwegian: 5 });
    await house.arrive('c1', { billing: 1 }, { preferred: [need('norwegian', 5)] });
    expect(await house.offerOf('bo')).toMatchObject({ callId: 'c1' });
    await house.arrive('c2', { billing: 1 }, { preferred: [need('norwegian', 5)] });
    expect(await house.offerOf('anna')).toMatchObject({ callId: 'c2' });
  });

  it('mostSkilled: takes the highest level', async () => {
    await house.agent('anna', { billing: 5 });
    await house.agent('bo', { billing: 9 });
    await house.arrive('c1', { billing: 1 }, { strategy: 'mostSkilled' });
    expect(await house.offerOf('bo')).toMatchObject({ callId: 'c1' });
  });

  it('primaryFirst: gives an agent the calls of their first skill, though others wait longer, but never before a higher band', async () => {
    await house.arrive('first', { technical: 1 });
    await house.arrive('own', { billing: 1 });
    await house.arrive('urgent', { technical: 1 }, { band: 0 });
    const skills = [['billing', 5], ['technical', 5]] as const;
    const taken = [];
    for (const name of ['a', 'b', 'c']) {
      await agent(name, skills, 'primaryFirst');
      taken.push((await house.offerOf(name)).callId);
    }
    expect(taken).toEqual(['urgent', 'own', 'first']);
  });

  it('linear: takes the first of the file who idles', async () => {
    await agent('third', [['billing', 5]], 'linear', 3);
    await agent('first', [['billing', 5]], 'linear', 1);
    await agent('second', [['billing', 5]], 'linear', 2);
    await house.arrive('c1');
    await house.arrive('c2');
    expect([await house.phase('first'), await house.phase('second'), await house.phase('third')]).toEqual(['reserved', 'reserved', 'ready']);
  });

  it('goes by another strategy, or another order of the file, from the next decision on, also for who idles already', async () => {
    for (const name of ['second', 'first']) await agent(name, [['billing', 5]], 'longestIdle');
    const inOrder = async (...names: readonly string[]) => {
      for (const [order, name] of names.entries()) await house.queue.signIn({ requestId: rid(), agentId: agentId(name), skills: [{ skill: 'billing', level: 5 }], strategy: 'linear', order, node: brand<NodeId>('n1') });
    };
    await inOrder('first', 'second');
    await house.arrive('c1');
    expect([await house.phase('first'), await house.phase('second')]).toEqual(['reserved', 'ready']);
    await inOrder('second', 'first');
    await house.abandon('c1');
    await house.arrive('c2');
    expect([await house.phase('first'), await house.phase('second')]).toEqual(['ready', 'reserved']);
  });

  it('leastOccupied: takes who spent the smallest share of their time on calls', async () => {
    await agent('busy', [['billing', 5]], 'leastOccupied');
    await house.arrive('c1');
    house.now += 2_000;
    await house.accept('busy');
    house.now += 58_000;
    await house.complete('busy', 'c1');
    house.now += 1_000;
    await agent('fresh', [['billing', 5]], 'leastOccupied');
    await house.arrive('c2');
    expect(await house.offerOf('fresh')).toMatchObject({ callId: 'c2' });
  });
});

it('shows at one moment what waits in each line and who is there, by what they can', async () => {
  await house.agent('anna', { billing: 5 });
  await house.agent('bo', { billing: 5 });
  await house.agent('cia', { technical: 3 });
  await house.arrive('talk', { technical: 1 });
  await house.arrive('c1', { rare: 1 });
  const personal = { agentId: agentId('cia'), forMs: 9_000 };
  await house.arrive('c2', { billing: 9 }, { personal });
  await house.arrive('c3', { billing: 1 });
  await house.arrive('c4', { technical: 9 }, { personal, queue: brand('technical') });
  await house.arrive('c5', { billing: 9 }, { personal });
  const { lines, pools } = await house.queue.snapshot();
  expect(lines.map(({ id, text, queue, waiting }) => [id.startsWith('@') ? id : text, queue, waiting])).toEqual([['voice|billing|rare:1||', 'billing', 1], ['@cia', 'billing', 2], ['@cia', 'technical', 1]]);
  expect(pools.map(({ text, notReady, working, idle }) => [text, notReady, working, idle]).sort()).toEqual([['voice|billing:5|', 0, 2, 1], ['voice|technical:3|', 0, 1, 0]]);
});

it('reads what an earlier release wrote, which had fewer fields', async () => {
  await house.redis.set(`${house.prefix}a:anna`, ['loggedOut', '', 'n1', '', '', '1', '', '', '', '', '', ''].join('\0') + '\0');
  await house.redis.set(`${house.prefix}c:c1`, ['ended', ...Array.from({ length: 10 }, () => '')].join('\0') + '\0');
  expect(await house.agent('anna')).toMatchObject({ ok: true, value: { phase: 'ready' } });
  expect(await house.arrive('c1')).toMatchObject({ ok: false, error: { code: 'VG_NOT_QUEUED' } });
});
