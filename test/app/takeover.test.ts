import { beforeEach, describe, expect, it } from 'vitest';
import { CallActor } from '../../gateway/app/call-actor.js';
import { Takeover, type TakeoverOptions } from '../../gateway/app/takeover.js';
import type { CallEffect } from '../../gateway/core/call/call-effects.js';
import type { CallState } from '../../gateway/core/call/call-state.js';
import type { CallStore, SavedCall } from '../../gateway/ports/call-store.js';
import type { Queue } from '../../gateway/ports/queue.js';
import { failed, ok } from '../../gateway/core/errors.js';
import type { CallId, LegId, NodeId } from '../../gateway/core/ids.js';
import { at, CALLER, CallStory, OTHER_NODE, PHONE, rulesFor } from '../core/call/call-story.js';
import { actorIn, deferred, FakeTelephony, settle } from '../support/call-fakes.js';
import { FakeClock } from '../support/fake-clock.js';
import { MemoryThread } from '../support/memory-thread.js';
import { KeptLog } from '../support/silent-log.js';

describe('a call whose process died before it was answered', () => {
  const { state } = new CallStory(undefined, { arrival: 'the INVITE' });
  let telephony: FakeTelephony;
  let actor: CallActor;
  let ordered: CallEffect[];
  beforeEach(() => {
    telephony = new FakeTelephony();
    ordered = [];
  });

  let save: (taken: CallActor) => boolean;
  let prepared: Promise<void>;
  let mayAdopt: boolean;
  let removed: string[];
  let takeover: Takeover;
  const actors = new Map<CallId, CallActor>();
  beforeEach(() => {
    save = () => true;
    prepared = Promise.resolve();
    mayAdopt = true;
    removed = [];
    actors.clear();
  });
  const look = async (): Promise<void> => {
    const log = new KeptLog();
    const open = (known: CallState): CallActor => {
      actor = new CallActor(known, { rules: rulesFor(), save: () => Promise.resolve(save(actor)), run: (_self, effect) => ordered.push(effect), log });
      return actor;
    };
    const left = [{ callId: state.callId, node: OTHER_NODE, takeovers: 1, snapshot: JSON.stringify(state) }];
    const store = { adopt: () => Promise.resolve(left.splice(0)), remove: (callId: string) => (removed.push(callId), Promise.resolve()) } as unknown as CallStore;
    takeover = new Takeover({ telephony, store, queue: {} as Queue, thread: new MemoryThread(), node: OTHER_NODE, clock: new FakeClock(), log, actors, prepare: () => prepared, open });
    await takeover.look({ mayAdopt });
    await settle();
  };

  it('is told to the others before anything of it is touched: one of them may be alive', async () => {
    await look();
    expect(telephony.asked).toEqual([`tellTaken ${state.callId} ${OTHER_NODE}`, `adoptArrival ${CALLER}`]);
  });

  it('is left alone while it may live: the store was away', async () => {
    mayAdopt = false;
    await look();
    expect(telephony.asked).toEqual([]);
    mayAdopt = true;
    await takeover.look({ mayAdopt });
    await settle();
    expect(telephony.asked).toContain(`adoptArrival ${CALLER}`);
  });

  it('is left alone when yet another gateway has it by now, as this one stood still while it took the call over', async () => {
    save = (taken) => (taken.stop(), true);
    await look();
    expect(telephony.asked).toEqual([]);
    expect(ordered).toEqual([]);
  });

  it('goes on with the next look when its media server broke off as it was asked for the call', async () => {
    telephony.adoptArrival = () => Promise.reject(new Error('connection lost'));
    await look();
    expect(ordered).toEqual([]);
    telephony.adoptArrival = () => Promise.resolve(true);
    await takeover.look({ mayAdopt: true });
    await settle();
    expect(ordered).toEqual([{ type: 'leg.answer', legId: CALLER }]);
    await takeover.look({ mayAdopt: true });
    await settle();
    expect(ordered).toHaveLength(1);
  });

  it('is known as coming until its legs are here', async () => {
    const flow = deferred<void>();
    prepared = flow.promise;
    await look();
    expect(takeover.goesOn(state.callId)).toBe(true);
    flow.resolve();
    await settle();
    expect(takeover.goesOn(state.callId)).toBe(false);
  });

  it('is not taken from this very gateway, which has it already', async () => {
    actors.set(state.callId, actorIn('answering'));
    await look();
    expect(removed).toEqual([]);
    expect(telephony.asked).toEqual([]);
  });

  it('is answered here while its INVITE is open', async () => {
    await look();
    expect(telephony.asked).toContain(`adoptArrival ${CALLER}`);
    expect(ordered).toEqual([{ type: 'leg.answer', legId: CALLER }]);
    expect(actor.state).toMatchObject({ node: OTHER_NODE, activity: { phase: 'answering' } });
  });

  it('ends with that as its cause when it was answered on a channel that nobody knows', async () => {
    telephony.adoptArrival = () => Promise.resolve(false);
    await look();
    expect(actor.state.activity).toEqual({ phase: 'ended', end: { result: 'serverError', reason: 'gateway-lost' } });
    expect(ordered.map(({ type }) => type)).not.toContain('leg.answer');
  });
});

describe('a call that its process may have ended before it was taken over', () => {
  const nothingKept = { isAlive: false, has: () => Promise.resolve(ok(false)) };
  const endOnRecord = { ...nothingKept, has: () => Promise.resolve(ok(true)) };

  let ends: readonly (object | null)[];
  const orders: [CallEffect['type'], NodeId][] = [];
  /** @returns what became of the call here, and whether it counts as over before */
  const takeOver = async (phase: keyof typeof at, { isAlive, isLost = false, has }: { readonly isAlive: boolean; readonly isLost?: boolean; readonly has: TakeoverOptions['thread']['has'] }) => {
    const { state } = at[phase]();
    const telephony = new FakeTelephony();
    telephony.adopt = () => Promise.resolve(isAlive ? 'alive' : isLost ? 'lost' : 'left');
    const actors: CallActor[] = [];
    const open = (known: CallState): CallActor => {
      const actor = new CallActor(known, { rules: rulesFor(), save: () => Promise.resolve(true), run: ({ state: { node } }, { type }) => orders.push([type, node]), log: new KeptLog() });
      actors.push(actor);
      return actor;
    };
    const store = { adopt: () => Promise.resolve([{ callId: state.callId, node: OTHER_NODE, takeovers: 1, snapshot: JSON.stringify(state) }]) } as unknown as CallStore;
    const takeover = new Takeover({ telephony, store, queue: {} as Queue, thread: { has }, node: OTHER_NODE, clock: new FakeClock(), log: new KeptLog(), actors: new Map(), prepare: () => Promise.resolve(), open });
    await takeover.look({ mayAdopt: true });
    await settle();
    ends = actors.map(({ state: { activity } }) => ('end' in activity ? activity.end : null));
    return actors.map((actor) => ({ phase: actor.state.activity.phase, wasOver: takeover.wasOver(actor) }));
  };

  it('leaves the line by an order of the one who took it over: of the dead one the queue takes none', async () => {
    await takeOver('waiting', nothingKept);
    expect(orders).toContainEqual(['queue.abandon', OTHER_NODE]);
  });

  it('ends as one that the caller left where they did, and as lost by us where our servers lost it', async () => {
    await takeOver('waiting', nothingKept);
    expect(ends).toMatchObject([{ result: 'abandoned' }]);
    await takeOver('waiting', { ...nothingKept, isLost: true });
    expect(ends).toMatchObject([{ result: 'upstreamError' }]);
  });

  it.each(['flow', 'waiting', 'closing', 'transferred'] as const)('was over before, out of %s, when its entry is on record: its process could tell all but the store', async (phase) => {
    expect(await takeOver(phase, endOnRecord)).toEqual([{ phase: 'ended', wasOver: true }]);
  });

  it('ends here when no entry is on record: its process died first', async () => {
    expect(await takeOver('flow', nothingKept)).toEqual([{ phase: 'ended', wasOver: false }]);
  });

  it('ends here when the history does not answer: told twice is better than never', async () => {
    expect(await takeOver('flow', { ...nothingKept, has: () => Promise.resolve(failed('VG_STORE', 'away')) })).toEqual([{ phase: 'ended', wasOver: false }]);
  });

  it('ends here after a talk, whose entry is filed before the agent’s note', async () => {
    expect(await takeOver('conversation', endOnRecord)).toEqual([{ phase: 'wrapUp', wasOver: false }]);
  });

  it('asks nothing of the history while the caller is there: they are served first', async () => {
    let asked = 0;
    const has = () => (asked++, Promise.resolve(ok(true)));
    expect(await takeOver('flow', { isAlive: true, has })).toEqual([{ phase: 'flow', wasOver: false }]);
    expect(asked).toBe(0);
  });
});

describe('a call that this gateway cannot go on with', () => {
  const takeOver = async (snapshot: string) => {
    const { callId } = at.conversation().state;
    const telephony = new FakeTelephony();
    const happened: string[] = [];
    const store = { adopt: () => Promise.resolve([{ callId, node: OTHER_NODE, takeovers: 1, snapshot }]), remove: (id: CallId) => Promise.resolve(happened.push(`remove ${id}`) > 0) } as unknown as CallStore;
    const queue = { drop: ({ callId: id, node }: { readonly callId: CallId; readonly node: NodeId }) => Promise.resolve((happened.push(`drop ${id} ${node}`), ok({ waitMs: null }))) } as unknown as Queue;
    const takeover = new Takeover({ telephony, store, queue, thread: new MemoryThread(), node: OTHER_NODE, clock: new FakeClock(), log: new KeptLog(), actors: new Map(), prepare: () => Promise.resolve(), open: () => null });
    await takeover.look({ mayAdopt: true });
    await settle();
    return { callId, happened, asked: telephony.asked };
  };

  it('is ended where its flow is not known: no agent is bound to it, and nobody is left in silence', async () => {
    const { callId, happened, asked } = await takeOver(JSON.stringify(at.conversation().state));
    expect(happened).toEqual([`drop ${callId} ${OTHER_NODE}`, `remove ${callId}`]);
    expect(asked).toEqual([`tellTaken ${callId} ${OTHER_NODE}`, `hangUp ${CALLER} gateway lost`, `hangUp ${PHONE} gateway lost`]);
  });

  it('is offered to nobody where it cannot be read', async () => {
    const { callId, happened } = await takeOver('half a snapsh');
    expect(happened).toEqual([`drop ${callId} ${OTHER_NODE}`, `remove ${callId}`]);
  });
});

describe('a call that another process has taken from this one', () => {
  const letGo = async (state: CallState, saved = state, times = 1): Promise<readonly string[]> => {
    const telephony = new FakeTelephony();
    Object.assign(telephony, { letGo: (legId: LegId) => void telephony.asked.push(`letGo ${legId}`) });
    const options = { telephony, store: {} as CallStore, queue: {} as Queue, thread: new MemoryThread(), node: OTHER_NODE, clock: new FakeClock(), log: new KeptLog(), actors: new Map(), prepare: () => Promise.resolve(), open: () => null };
    const takeover = new Takeover(options);
    let isStopped = false;
    const actor = { callId: state.callId, state, saved, stop: () => void (isStopped = true), get hasStopped() { return isStopped; } } as unknown as CallActor;
    for (let told = 0; told < times; told += 1) takeover.letGo(actor);
    await settle();
    return telephony.asked;
  };

  it('keeps its legs, which the other one goes on with', async () => {
    expect(await letGo(at.conversation().state)).toEqual([`letGo ${CALLER}`, `letGo ${PHONE}`]);
  });

  it('leaves no phone ringing: the other one does not know of that ring, and who lifted would hear nobody', async () => {
    expect(await letGo(at.ringing().state)).toEqual([`letGo ${CALLER}`, `cancel ${PHONE}`, `hangUp ${PHONE} taken over`]);
  });

  it('leaves no phone lifted that the other one believes to ring: nobody else would ever lay it down', async () => {
    expect(await letGo(at.asked().state, at.ringing().state)).toEqual([`letGo ${CALLER}`, `cancel ${PHONE}`, `hangUp ${PHONE} taken over`]);
    expect(await letGo(at.asked().state, at.waiting().state)).toEqual([`letGo ${CALLER}`, `cancel ${PHONE}`, `hangUp ${PHONE} taken over`]);
  });

  it('is let go of once, however often that is told: a phone that is being laid down is not kept after all', async () => {
    expect(await letGo(at.asked().state, at.ringing().state, 2)).toEqual(await letGo(at.asked().state, at.ringing().state));
  });

  it('is taken over again where the store gives it back and nobody claims it: the other one died before its take-over was kept', async () => {
    const { state } = at.waiting();
    const opened: CallState[] = [];
    const left: SavedCall = { callId: state.callId, node: OTHER_NODE, takeovers: 0, snapshot: JSON.stringify(state) };
    const store = { adopt: () => Promise.resolve([]), owned: () => Promise.resolve([state.callId]), saved: (callIds: readonly CallId[]) => Promise.resolve(callIds.map(() => left)), remove: () => Promise.resolve() } as unknown as CallStore;
    const clock = new FakeClock();
    const takeover = new Takeover({ telephony: new FakeTelephony(), store, queue: {} as Queue, thread: new MemoryThread(), node: OTHER_NODE, clock, log: new KeptLog(), actors: new Map(), prepare: () => Promise.resolve(), open: (known) => (opened.push(known), null) });
    takeover.letGo(new CallActor(state, { rules: rulesFor(), save: () => Promise.resolve(true), run: () => undefined, log: new KeptLog() }));
    await takeover.look({ mayAdopt: true });
    expect(opened).toEqual([]);
    expect(takeover.goesOn(state.callId)).toBe(true);
    clock.advance(5_000);
    await takeover.look({ mayAdopt: true });
    await settle();
    expect(opened).toMatchObject([{ callId: state.callId, node: OTHER_NODE, takeovers: 1 }]);
  });

  it('keeps a caller who was answered meanwhile: the other one goes on with the INVITE', async () => {
    expect(await letGo(at.flow().state, at.answering().state)).toEqual([`letGo ${CALLER}`]);
  });
});
