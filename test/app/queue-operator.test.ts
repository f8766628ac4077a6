import { beforeEach, describe, expect, it } from 'vitest';
import { AgentSeats } from '../../gateway/app/agent-seats.js';
import { QueueOperator } from '../../gateway/app/queue-operator.js';
import type { RestingCallback } from '../../gateway/core/acd/queue-types.js';
import { SNAPSHOT_VERSION } from '../../gateway/core/call/call-state.js';
import { channelsSchema, toChannelRules } from '../../gateway/core/acd/channel-config.js';
import { ok } from '../../gateway/core/errors.js';
import type { CallStore } from '../../gateway/ports/call-store.js';
import { brand, type AgentId, type CallId, type NodeId, type QueueId } from '../../gateway/core/ids.js';
import type { House} from '../adapters/redis/house.js';
import { agentId, callId, rid, useHouses } from '../adapters/redis/house.js';
import { KeptLog } from '../support/silent-log.js';

const AGENTS = [{ id: agentId('cia'), phone: null, channels: ['chat', 'email'] }, { id: agentId('ada'), phone: null, channels: ['voice', 'chat'] }] as const;
const RULES = toChannelRules(channelsSchema.parse({}));
const restingOf = (call: CallId): RestingCallback => ({ callId: call, number: '+••••••••567', queue: brand('billing'), node: brand('n2'), queuedAt: 1, nextTryAt: 2, tries: 1 });
let house: House;
let log: KeptLog;
let given: string[][];
/** What gateways have of their calls. */
let kept: Map<CallId, Awaited<ReturnType<CallStore['saved']>>[number]>;
let operator: QueueOperator;
/** That rest; the store may be away. */
let resting: CallId[];
let isDrained: boolean;
useHouses((own) => {
  house = own;
  log = new KeptLog();
  const seats = new AgentSeats({
    queue: house.queue, agents: () => AGENTS, centre: () => ({ strategy: 'longestIdle', channels: RULES }), node: brand<NodeId>('n1'), newRequestId: rid,
  });
  given = [];
  kept = new Map();
  resting = [];
  isDrained = false;
  const n1 = brand<NodeId>('n1');
  const gateways = { list: () => Promise.resolve([{ node: n1, calls: 2, isDrained }]), order: (_node: NodeId, wish: boolean) => Promise.resolve((isDrained = wish, ok(null))) };
  const callbacks = { list: () => Promise.resolve(resting.map(restingOf)), drop: (call: CallId) => Promise.resolve(resting.includes(call) ? (resting.splice(resting.indexOf(call), 1), ok(null)) : null) };
  const items = { giveBack: (agent: AgentId, open: readonly CallId[]) => (given.push([agent, ...open]), Promise.resolve(ok(null))) };
  operator = new QueueOperator({ queue: house.queue, seats, items, callbacks, calls: { saved: (calls) => Promise.resolve(calls.flatMap((call) => kept.get(call) ?? [])) }, queues: () => ({ all: ['billing', 'chats'], forCalls: new Set(['billing']) }), gateways, newRequestId: rid, log });
});

const free = () => operator.order({ do: 'free', agent: agentId('anna') }, 'Eva');

describe('an operator', () => {
  it('frees an agent who talks with a call that nobody ends: not ready, and not offered the next call', async () => {
    await house.agent('anna');
    await house.arrive('c1');
    await house.accept('anna');
    await house.arrive('c2');
    expect(await free()).toEqual({ ok: true, value: null });
    expect(await house.phase('anna')).toBe('notReady(freed)');
    expect((await house.queue.roster()).calls.map((call) => call.callId)).toEqual(['c2']);
  });

  describe('and an agent who talks', () => {
    const has = (activity: object) => kept.set(callId('c1'), { callId: callId('c1'), node: brand<NodeId>('n1'), takeovers: 0, snapshot: JSON.stringify({ snapshot: SNAPSHOT_VERSION, activity }) });
    beforeEach(async () => {
      await house.agent('anna');
      await house.arrive('c1');
      await house.accept('anna');
    });

    it.each([
      ['talks', { phase: 'conversation', agentId: 'anna' }],
      ['is being called back', { phase: 'calling', agentId: 'anna' }],
      ['is answered in this moment', { phase: 'waiting', offer: { agentId: 'anna' } }],
    ])('frees them after the call that goes on where the caller %s', async (_how, activity) => {
      has(activity);
      expect(await free()).toEqual({ ok: true, value: null });
      expect(await house.phase('anna')).toBe('talking');
      await house.complete('anna', 'c1');
      expect(await house.phase('anna')).toBe('notReady(freed)');
    });

    it.each([
      ['is with another agent by now', { phase: 'conversation', agentId: 'bo' }],
      ['is over for the gateway', { phase: 'wrapUp', agentId: 'anna' }],
      ['is in a menu', { phase: 'flow' }],
    ])('frees them at once where the call %s', async (_where, activity) => {
      has(activity);
      expect(await free()).toEqual({ ok: true, value: null });
      expect(await house.phase('anna')).toBe('notReady(freed)');
    });
  });

  it('frees an agent who is being rung: the caller keeps the place in line', async () => {
    await house.agent('anna');
    await house.arrive('c1');
    expect(await free()).toEqual({ ok: true, value: null });
    expect(await house.phase('anna')).toBe('notReady(freed)');
    expect(await house.queue.waiting(callId('c1'))).toMatchObject({ position: 1 });
  });

  it('frees an agent who idles: not ready', async () => {
    await house.agent('anna');
    await free();
    expect(await house.phase('anna')).toBe('notReady(freed)');
  });

  it('is told that an agent is not signed in, and who was meant', async () => {
    const unknown = { ok: false, error: { code: 'VG_AGENT_UNKNOWN', detail: '"anna" is not signed in: nobody is' } };
    expect(await free()).toMatchObject(unknown);
    expect(await operator.order({ do: 'logout', agent: agentId('anna') }, 'Eva')).toMatchObject(unknown);
    await house.agent('anna');
    expect(await operator.order({ do: 'logout', agent: agentId('ana') }, 'Eva')).toMatchObject({ ok: false, error: { detail: '"ana" is not signed in: did you mean "anna"?' } });
  });

  it('signs an agent out, after the talk', async () => {
    await house.agent('anna');
    await house.arrive('c1');
    await house.accept('anna');
    await operator.order({ do: 'logout', agent: agentId('anna') }, 'Eva');
    expect(await house.phase('anna')).toBe('talking');
    await house.complete('anna', 'c1');
    expect(await house.phase('anna')).toBe('loggedOut');
  });

  describe('and an agent who takes no calls', () => {
    const cia = (channel: 'chat' | 'email') => house.queue.seatsState(agentId('cia'), channel);
    beforeEach(async () => {
      for (const channel of ['chat', 'email'] as const) {
        await house.queue.signIn({ requestId: rid(), agentId: agentId('cia'), skills: [{ skill: 'billing', level: 5 }], node: brand<NodeId>('n1'), seats: { channel, slots: 2, blocks: [], beside: [] } });
        await house.queue.ready({ requestId: rid(), agentId: agentId('cia'), channel });
      }
      await house.arrive('i1', { billing: 1 }, { channel: 'chat' });
      await house.queue.accept({ requestId: rid(), offerId: (await cia('chat')).offer?.offerId ?? brand('') });
    });

    it('frees them: they get nothing more in any channel, what is open is given back, and what is offered goes to the next with its place', async () => {
      await house.arrive('i2', { billing: 1 }, { channel: 'chat' });
      expect(await cia('chat')).toMatchObject({ offer: { callId: 'i2' }, open: ['i1'] });
      expect(await operator.order({ do: 'free', agent: agentId('cia') }, 'Eva')).toEqual({ ok: true, value: null });
      expect([await cia('chat'), await cia('email')]).toMatchObject([{ phase: 'notReady', reason: 'freed', offer: null }, { phase: 'notReady', reason: 'freed' }]);
      expect(given).toEqual([['cia', 'i1'], ['cia']]);
      expect(await house.queue.workState(callId('i2'))).toMatchObject({ phase: 'queued' });
    });

    it('signs them out, of a channel with something open after that', async () => {
      expect(await operator.order({ do: 'logout', agent: agentId('cia') }, 'Eva')).toEqual({ ok: true, value: null });
      expect([await cia('chat'), await cia('email')]).toMatchObject([{ phase: 'notReady', wish: 'agentLeft' }, { phase: 'loggedOut' }]);
      await house.queue.complete({ requestId: rid(), callId: callId('i1'), agentId: agentId('cia'), channel: 'chat', wrapUpMs: 0 });
      expect(await cia('chat')).toMatchObject({ phase: 'loggedOut' });
    });
  });

  it('frees also who is signed out of calls, and of chats once the open one is over', async () => {
    const ada = { agentId: agentId('ada'), skills: [{ skill: 'billing', level: 5 }], node: brand<NodeId>('n1') };
    await house.queue.signIn({ ...ada, requestId: rid() });
    await house.queue.signIn({ ...ada, requestId: rid(), seats: { channel: 'chat', slots: 2, blocks: [], beside: [] } });
    await house.queue.ready({ requestId: rid(), agentId: ada.agentId, channel: 'chat' });
    await house.arrive('i1', { billing: 1 }, { channel: 'chat' });
    await house.queue.accept({ requestId: rid(), offerId: (await house.queue.seatsState(ada.agentId, 'chat')).offer?.offerId ?? brand('') });
    await operator.order({ do: 'logout', agent: ada.agentId }, 'Eva');
    expect(await operator.order({ do: 'free', agent: ada.agentId }, 'Eva')).toEqual({ ok: true, value: null });
    expect(given).toEqual([['ada', 'i1']]);
    expect(await house.queue.seatsState(ada.agentId, 'chat')).toMatchObject({ phase: 'notReady', reason: 'freed' });
  });

  it('is told that an order is about a caller where a chat, an e-mail or a case is named', async () => {
    await house.arrive('item-i1', { billing: 1 }, { channel: 'chat' });
    for (const order of [{ do: 'drop' }, { do: 'move', queue: brand<QueueId>('billing') }] as const) {
      expect(await operator.order({ ...order, call: callId('item-i1') }, 'Eva')).toMatchObject({ ok: false, error: { code: 'VG_REFUSED' } });
    }
    expect(await house.outbox('n1')).toEqual([]);
  });

  it('moves callers only to queues that there are, and in which somebody takes calls', async () => {
    await house.arrive('c1', undefined, { queue: brand('another') });
    expect(await operator.order({ do: 'move', call: callId('c1'), queue: brand('chats') }, 'Eva')).toMatchObject({ ok: false, error: { code: 'VG_REFUSED', detail: 'nobody who takes calls serves "chats", so the caller would wait in vain: use one of billing' } });
    expect(await house.outbox('n1')).toEqual([]);
    expect(await operator.order({ do: 'move', call: callId('c1'), queue: brand('biling') }, 'Eva')).toMatchObject({ ok: false, error: { detail: 'there is no queue "biling": did you mean "billing"?' } });
    expect(await operator.order({ do: 'move', call: callId('c1'), queue: brand('billing') }, 'Eva')).toEqual({ ok: true, value: null });
  });

  it('sees callbacks that rest, and drops them by the same order as one in line; no other order is about them', async () => {
    const call = callId('c1-cb');
    resting = [call];
    expect(await operator.roster()).toMatchObject({ ok: true, value: { callbacks: [{ callId: call, tries: 1 }] } });
    expect(await operator.order({ do: 'move', call, queue: brand('billing') }, 'Eva')).toMatchObject({ ok: false, error: { code: 'VG_REFUSED', detail: 'the callback "c1-cb" is in no line just now: move it once it is tried again, or drop it' } });
    expect(await operator.order({ do: 'drop', call }, 'Eva')).toEqual({ ok: true, value: null });
    expect(resting).toEqual([]);
    expect(await operator.order({ do: 'drop', call }, 'Eva')).toMatchObject({ ok: false, error: { code: 'VG_NOT_QUEUED' } });
    await house.arrive(call);
    expect(await operator.order({ do: 'drop', call }, 'Eva')).toEqual({ ok: true, value: null });
    expect(await house.outbox('n1')).toMatchObject([{ type: 'call.ordered', callId: call, order: { do: 'drop' } }]);
  });

  it('sees which gateways there are and which of them are drained, drains them and resumes them', async () => {
    const node = brand<NodeId>('n1');
    expect(await operator.order({ do: 'drain', node }, 'Eva')).toEqual({ ok: true, value: null });
    expect(await operator.roster()).toMatchObject({ ok: true, value: { nodes: [{ node: 'n1', calls: 2, isDrained: true }] } });
    expect(await operator.order({ do: 'resume', node }, 'Eva')).toEqual({ ok: true, value: null });
    expect(await operator.roster()).toMatchObject({ ok: true, value: { nodes: [{ node: 'n1', isDrained: false }] } });
    resting = [callId('c1-cb')];
    expect(await operator.roster(), 'but not those that rest, of another gateway').toMatchObject({ value: { nodes: [{ calls: 2 }] } });
  });

  it('leaves a line in the log for every order, with the name and what stood against it', async () => {
    await free();
    expect(log.of('operator’s order')).toMatchObject([{ level: 'warn', fields: { by: 'Eva', order: { do: 'free', agent: 'anna' }, refused: '"anna" is not signed in: nobody is' } }]);
  });
});
