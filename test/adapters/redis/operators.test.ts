import { describe, expect, it, vi } from 'vitest';
import type { Talk } from '../../../gateway/ports/queue.js';
import { brand, type NodeId, type QueueId } from '../../../gateway/core/ids.js';
import type { House} from './house.js';
import { agentId, callId, rid, useHouses } from './house.js';
import { OutboxReader } from './outbox-reader.js';

let house: House;
useHouses((own) => (house = own));

describe('what operators see', () => {
  it('is everybody signed in and every call that waits or is offered', async () => {
    await house.agent('anna', { billing: 5 });
    await house.signIn('bo', { technical: 5 }, 'n2');
    await house.signIn('cia', {});
    await house.queue.logout({ requestId: rid(), agentId: agentId('cia') });
    await house.arrive('c1', { billing: 1 }, { band: 7 });
    house.now += 2_000;
    await house.arrive('c2', { billing: 1 });
    const { agents, calls } = await house.queue.roster();
    expect(agents.map((one) => [one.agentId, one.node, one.state.phase]).sort()).toEqual([['anna', 'n1', 'reserved'], ['bo', 'n2', 'notReady']]);
    expect(calls).toEqual([
      { callId: 'c2', channel: 'voice', queue: 'billing', node: 'n1', queuedAt: house.now, band: 10, needs: [{ skill: 'billing', minLevel: 1 }], waitsFor: null, offeredTo: null },
      { callId: 'c1', channel: 'voice', queue: 'billing', node: 'n1', queuedAt: house.now - 2_000, band: 7, needs: [{ skill: 'billing', minLevel: 1 }], waitsFor: null, offeredTo: 'anna' },
    ]);
  });
});

describe('an order about a waiting call', () => {
  it('reaches the process that holds it', async () => {
    await house.arrive('c1', {}, { node: brand<NodeId>('n2') });
    expect(await house.queue.order(callId('c1'), { do: 'move', queue: brand<QueueId>('technical') })).toEqual({ ok: true, value: null });
    expect(await house.queue.order(callId('c1'), { do: 'drop' })).toEqual({ ok: true, value: null });
    expect((await house.outbox('n2')).flatMap((event) => (event.type === 'call.ordered' ? [event] : []))).toEqual([
      { type: 'call.ordered', callId: 'c1', order: { do: 'move', queue: 'technical' }, at: house.now },
      { type: 'call.ordered', callId: 'c1', order: { do: 'drop' }, at: house.now },
    ]);
  });

  it('is refused when it is to move the call where it is, also while it is offered', async () => {
    const move = () => house.queue.order(callId('c1'), { do: 'move', queue: brand<QueueId>('billing') });
    await house.arrive('c1');
    expect(await move()).toMatchObject({ ok: false, error: { code: 'VG_REFUSED', detail: 'the call is in billing already' } });
    await house.agent('anna');
    expect(await move()).toMatchObject({ ok: false, error: { code: 'VG_REFUSED' } });
    expect(await house.outbox('n1')).not.toContainEqual(expect.objectContaining({ type: 'call.ordered' }));
  });

  it('is refused when the call does not wait', async () => {
    expect(await house.queue.order(callId('c1'), { do: 'drop' })).toMatchObject({ ok: false, error: { code: 'VG_NOT_QUEUED', detail: 'there is no such call' } });
    await house.agent('anna');
    await house.arrive('c2');
    await house.accept('anna');
    expect(await house.queue.order(callId('c2'), { do: 'drop' })).toMatchObject({ ok: false, error: { detail: 'the call does not wait: connected' } });
  });
});

describe('a call that is dropped', () => {
  const drop = (name: string, requestId = rid()) => house.queue.drop({ requestId, callId: callId(name) });

  it('frees the agent who talks with it, without wrap-up, for the next caller', async () => {
    await house.agent('anna');
    await house.arrive('c1');
    await house.accept('anna');
    await house.arrive('c2');
    expect(await drop('c1')).toEqual({ ok: true, value: { waitMs: null } });
    expect(await house.offerOf('anna')).toMatchObject({ callId: 'c2' });
  });

  it('frees the agent to whom it is offered, and leaves the line', async () => {
    await house.agent('anna');
    await house.arrive('c1');
    await house.arrive('c2', { billing: 9 });
    house.now += 700;
    for (const call of ['c1', 'c2']) expect(await drop(call)).toEqual({ ok: true, value: { waitMs: 700 } });
    expect(await house.phase('anna')).toBe('ready');
    expect((await house.keys()).filter((key) => /^(q:|h$|lease|relax)/.test(key))).toEqual([]);
  });

  it('is dropped once: a repeat changes nothing, another order finds it over', async () => {
    await house.arrive('c1');
    const requestId = rid();
    expect(await drop('c1', requestId)).toEqual(await drop('c1', requestId));
    expect(await drop('c1')).toMatchObject({ ok: false, error: { code: 'VG_NOT_QUEUED' } });
    expect(await drop('c9')).toMatchObject({ ok: false, error: { code: 'VG_NOT_QUEUED', detail: 'call unknown' } });
  });
});

describe('a talk that a process states after the store lost what it knew', () => {
  const talk = (call: string, agent: string): Talk => ({ requestId: rid(), callId: callId(call), queue: brand<QueueId>('billing'), agentId: agentId(agent), node: brand<NodeId>('n1'), queuedAt: house.now - 9_000, waitMs: 4_000 });
  const isTalking = async (agent: string, call: string) => expect(await house.queue.agentState(agentId(agent))).toMatchObject({ phase: 'talking', callId: call });

  it('is taken as it is when nothing is known of it, and ends as any other', async () => {
    expect(await house.queue.assertTalk(talk('c1', 'anna'))).toEqual({ ok: true, value: null });
    await isTalking('anna', 'c1');
    await house.signIn('anna', { billing: 5 });
    await isTalking('anna', 'c1');
    await house.arrive('c2');
    expect(await house.complete('anna', 'c1')).toMatchObject({ ok: true, value: { phase: 'reserved', callId: 'c2' } });
  });

  it.each([0, 5_000])('leaves an agent who has signed in nowhere since signed out after it: nobody is made ready (wrap-up %i ms)', async (wrapUpMs) => {
    await house.queue.assertTalk(talk('c1', 'anna'));
    await house.complete('anna', 'c1', wrapUpMs);
    house.now += 5_000;
    await house.queue.reap(5);
    expect(await house.phase('anna')).toBe('loggedOut');
    await house.signIn('anna', { billing: 5 });
    expect(await house.phase('anna')).toBe('notReady(signedIn)');
  });

  it('also where the store remembers that they had signed out', async () => {
    await house.agent('anna');
    await house.queue.logout({ requestId: rid(), agentId: agentId('anna') });
    await house.queue.assertTalk(talk('c1', 'anna'));
    expect(await house.complete('anna', 'c1')).toMatchObject({ ok: true, value: { phase: 'loggedOut' } });
  });

  it('takes the call out of the line, where it stands again', async () => {
    await house.arrive('c1', { rare: 1 });
    await house.queue.assertTalk(talk('c1', 'anna'));
    await isTalking('anna', 'c1');
    expect(await house.queue.waiting(callId('c1'))).toBeNull();
  });

  it('withdraws the call from another agent to whom it was offered again, and the agent from another call', async () => {
    await house.agent('bo', { billing: 5 });
    await house.arrive('c1');
    await house.agent('anna', { billing: 5 });
    await house.arrive('c2');
    await house.queue.assertTalk(talk('c1', 'anna'));
    await isTalking('anna', 'c1');
    expect(await house.offerOf('bo')).toMatchObject({ callId: 'c2' });
  });

  it('changes nothing when the store knows it', async () => {
    await house.agent('anna');
    await house.arrive('c1');
    await house.accept('anna');
    const before = await house.outbox();
    await house.queue.assertTalk(talk('c1', 'anna'));
    expect(await house.outbox()).toEqual(before);
  });
});

describe('a message from gateway to gateway', () => {
  it('reaches one that has read nothing yet', async () => {
    const started = brand<NodeId>('just-started');
    const reader = new OutboxReader(house, started);
    // Its first wait for something to read takes 5 s.
    await vi.waitFor(async () => expect(await house.queue.send(started, 'hello')).toBe(true), 2_500);
    await reader.until(() => reader.seen.length > 0);
    expect(reader.seen).toMatchObject([{ type: 'node.message', text: 'hello' }]);
    await reader.stop();
  });

  it('is not written for one that does not exist', async () => {
    expect(await house.queue.send(brand<NodeId>('nowhere'), 'hello')).toBe(false);
  });
});
