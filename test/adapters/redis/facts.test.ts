import { describe, expect, it } from 'vitest';
import { readLuaFile } from '../../../gateway/adapters/redis/scripts.js';
import { FACTS_LENGTH } from '../../../gateway/adapters/redis/fact-stream.js';
import type { FactOfWait, NewFact } from '../../../gateway/core/acd/queue-fact.js';
import { brand, type NodeId } from '../../../gateway/core/ids.js';
import { agentId, callId, rid, useHouses, type House } from './house.js';

let house: House;
useHouses((own) => (house = own));

const QUEUE = 'billing';
const NODE = brand<NodeId>('n1');
const arrived = (name: string): Extract<NewFact, { type: 'call.arrived' }> => ({ type: 'call.arrived', id: `${name}:arrived`, at: house.now, callId: name, queue: QUEUE, needs: [], asked: [], band: 10, askedBand: null, isReturning: false });
const answered = (name: string): FactOfWait<'call.answered'> => ({ type: 'call.answered', channel: 'chat', id: `${name}:answered`, at: house.now, offerId: 'o', callId: name, agentId: 'anna', queue: QUEUE });
const abandoned = (name: string): FactOfWait => ({ type: 'call.abandoned', id: `${name}:left`, at: house.now, callId: name, queue: QUEUE });
const completed = (name: string): Extract<NewFact, { type: 'call.completed' }> => ({ type: 'call.completed', id: `${name}:completed`, at: house.now, callId: name, agentId: 'anna', queue: QUEUE, talkMs: 9_000, holdMs: 0 });

const abandon = (name: string, requestId = rid()) => house.queue.abandon({ requestId, callId: callId(name), node: NODE, why: 'callerLeft', fact: abandoned(name) });
const complete = (name: string, requestId = rid()) => house.queue.complete({ requestId, callId: callId(name), agentId: agentId('anna'), wrapUpMs: 0, fact: completed(name) });
const drop = (name: string) => house.queue.drop({ requestId: rid(), callId: callId(name), fact: abandoned(name) });
const told = async () => (await house.facts()).map((fact) => [fact.type, 'waitMs' in fact ? fact.waitMs : null]);

describe('a fact that comes with an order', () => {
  it('is in the log as soon as the order is carried out, with the wait that the queue knows', async () => {
    await house.arrive('c1', {}, { fact: arrived('c1') });
    expect(await told()).toEqual([['call.arrived', null]]);
    house.now += 4_000;
    await house.agent('anna');
    const { offerId } = await house.offerOf('anna');
    await house.queue.accept({ requestId: rid(), offerId, fact: answered('c1') });
    expect((await told()).at(-1)).toEqual(['call.answered', 4_000]);
    await complete('c1');
    expect((await house.facts()).at(-1)).toEqual({ v: 1, ...completed('c1') });
  });

  it('tells how long the call waited that left, or was dropped', async () => {
    for (const name of ['c1', 'c2']) await house.arrive(name);
    house.now += 700;
    expect(await abandon('c1')).toEqual({ ok: true, value: { waitMs: 700 } });
    expect(await drop('c2')).toEqual({ ok: true, value: { waitMs: 700 } });
    expect(await told()).toEqual([['call.abandoned', 700], ['call.abandoned', 700]]);
  });

  it('is written once however often the order is repeated', async () => {
    const [comes, leaves, ends] = [rid(), rid(), rid()];
    for (const _again of [1, 2]) await house.arrive('c1', {}, { requestId: comes, fact: arrived('c1') });
    for (const _again of [1, 2]) await abandon('c1', leaves);
    await house.agent('anna');
    await house.arrive('c2');
    await house.accept('anna');
    for (const _again of [1, 2]) await complete('c2', ends);
    expect((await told()).map(([type]) => type)).toEqual(['call.arrived', 'call.abandoned', 'call.completed']);
  });

  it('is written of whoever takes the call over as well: the same arrival has the same id', async () => {
    await house.arrive('c1', {}, { fact: arrived('c1') });
    await house.arrive('c1', {}, { node: brand<NodeId>('n2'), fact: arrived('c1') });
    expect((await house.facts()).map(({ id }) => id)).toEqual(['c1:arrived', 'c1:arrived']);
  });

  it('is not written of an order that is refused', async () => {
    await house.agent('anna');
    await house.arrive('c1');
    const { offerId } = await house.offerOf('anna');
    await complete('c1');
    await abandon('c1');
    expect(await told(), 'the caller left').toEqual([['call.abandoned', 0]]);
    await house.queue.accept({ requestId: rid(), offerId, fact: answered('c1') });
    await house.arrive('c1', {}, { fact: arrived('c1') });
    await drop('c1');
    expect(await told()).toHaveLength(1);
  });

  it('is written of a caller who hangs up in the instant at which the agent answers, or a rule sends them elsewhere', async () => {
    await house.agent('anna');
    await house.arrive('c1');
    await house.accept('anna');
    expect(await abandon('c1')).toMatchObject({ ok: false, error: { code: 'VG_NOT_QUEUED' } });
    expect(await abandon('c9')).toMatchObject({ ok: false });
    expect(await told()).toEqual([['call.abandoned', 0], ['call.abandoned', 0]]);
  });

  it('is written of a caller who finds the line full: they came', async () => {
    await house.arrive('c1', {}, { mostWaiting: 0, fact: arrived('c1') });
    expect(await told()).toEqual([['call.arrived', null]]);
  });

  it('does not say of a call that talks that it left the line when it is dropped', async () => {
    await house.agent('anna');
    await house.arrive('c1');
    await house.accept('anna');
    expect(await drop('c1')).toEqual({ ok: true, value: { waitMs: null } });
    expect(await told()).toEqual([]);
  });

  it('tells a callback’s try in vain with the order that ends it, in the line as well as with the agent', async () => {
    const tried = (name: string): Extract<NewFact, { type: 'callback.notReached' }> => ({ type: 'callback.notReached', id: `${name}:tried`, at: house.now, callId: name, offerId: null, queue: QUEUE, why: 'busy', isLast: false });
    await house.agent('anna');
    for (const name of ['c1', 'c2']) await house.arrive(name);
    await house.accept('anna');
    await house.queue.complete({ requestId: rid(), callId: callId('c1'), agentId: agentId('anna'), wrapUpMs: 0, fact: tried('c1') });
    await house.queue.abandon({ requestId: rid(), callId: callId('c2'), node: NODE, why: 'notReached', fact: tried('c2') });
    expect(await house.facts()).toEqual([{ v: 1, ...tried('c1') }, { v: 1, ...tried('c2') }]);
  });

  it('may hold any text', async () => {
    const name = 'å "quoted" \u0000 \u001f \\ 電話';
    await house.arrive('c1', {}, { fact: { ...arrived('c1'), id: name } });
    house.now += 5;
    await house.queue.abandon({ requestId: rid(), callId: callId('c1'), node: NODE, why: 'callerLeft', fact: { ...abandoned('c1'), id: name } });
    expect((await house.facts()).map(({ id }) => id)).toEqual([name, name]);
  });
});

it('writes a fact that comes with no change before those of later orders', async () => {
  const both = [house.queue.log(arrived('c1')), abandon('c1')];
  await Promise.all(both);
  expect(await told()).toEqual([['call.arrived', null], ['call.abandoned', 0]]);
});

it('keeps as many facts whoever writes them', () => {
  expect(readLuaFile('log-fact')).toContain(`'${FACTS_LENGTH}'`);
});
