import { beforeEach, describe, expect, it } from 'vitest';
import { QueueEffects } from '../../gateway/app/queue-effects.js';
import type { NewFact } from '../../gateway/core/acd/queue-fact.js';
import type { AgentState } from '../../gateway/core/acd/queue-types.js';
import { failed, ok, type Result } from '../../gateway/core/errors.js';
import type { Queue } from '../../gateway/ports/queue.js';
import { ANNA, NODE, OFFER, QUEUE } from '../core/call/call-story.js';
import { actorIn, deferred, effectOf, fakeCentre, settle, type ListeningActor, NO_PLACES, NO_WISHES } from '../support/call-fakes.js';
import { FakeClock } from '../support/fake-clock.js';

type Asked = { readonly what: string; readonly request: Readonly<Record<string, unknown>> };

/** Answers every command as the test set it, and notes each. */
class ScriptedQueue {
  readonly asked: Asked[] = [];
  readonly answers: Record<string, (() => unknown)[]> = {};
  private readonly first: Readonly<Record<string, unknown>> = {
    arrive: ok({ state: 'queued' }),
    accept: ok({ waitMs: 700 }),
    abandon: ok({ waitMs: 5 }),
    release: ok(null),
    complete: ok({ phase: 'wrapUp', callId: 'call-1', until: 0, since: 0 }),
    endWrapUp: ok({ phase: 'ready', since: 0 }),
    log: ok(null),
    notReady: ok({ phase: 'talking', callId: 'call-1', since: 0 }),
    waiting: { queue: QUEUE, position: 2, queuedAt: 0 },
  };

  /** The next answers to a command, one after the other. */
  will(what: string, ...answers: readonly (() => unknown)[]): void {
    this.answers[what] = [...(this.answers[what] ?? []), ...answers];
  }

  /** What the queue was given to log. */
  get facts(): readonly NewFact[] {
    const given = this.asked.map(({ what, request }) => (what === 'log' ? request : request['fact']));
    return given.filter((fact) => fact !== undefined) as NewFact[];
  }

  get names(): readonly string[] {
    return this.asked.map(({ what }) => what);
  }

  port(): Queue {
    return new Proxy({} as Queue, {
      get: (_target, what: string) => async (request: Readonly<Record<string, unknown>>) => {
        this.asked.push({ what, request });
        const next = this.answers[what]?.shift();
        return next === undefined ? this.first[what] : await next();
      },
    });
  }
}

const PLACE = { queue: QUEUE, needs: [], band: 10, queuedAt: 5 };
const away = (): Result<never> => failed('VG_STORE', 'no answer');

describe('a call’s orders to the queue', () => {
  let queue: ScriptedQueue;
  let clock: FakeClock;
  let effects: QueueEffects;
  let actor: ListeningActor;
  beforeEach(() => {
    queue = new ScriptedQueue();
    clock = new FakeClock();
    effects = new QueueEffects({ queue: queue.port(), centre: fakeCentre, clock, places: NO_PLACES, wishes: NO_WISHES, waits: { spokenWaitOf: () => ({ fromMinutes: 2, toMinutes: 5 }), waitOfComing: () => null } });
    actor = actorIn('waiting');
  });

  it('are carried out one after the other: leaving the agent comes before lining up again', async () => {
    const slow = deferred<Result<AgentState>>();
    queue.will('complete', () => slow.promise);
    const complete = effectOf('wrapUp', 'queue.complete');
    const both = [effects.run(actor, complete), effects.run(actor, effectOf('waiting', 'queue.arrive'))];
    await settle();
    expect(queue.names).toEqual(['complete']);
    slow.resolve(ok({ phase: 'ready', since: 1 }));
    await Promise.all(both);
    expect(queue.names).toEqual(['complete', 'arrive']);
  });

  it('go on after one that failed', async () => {
    queue.will('release', () => Promise.reject(new Error('a bug')));
    const released = effects.run(actor, { type: 'queue.release', requestId: 'r', offerId: OFFER, why: 'declined' });
    const arrived = effects.run(actor, effectOf('waiting', 'queue.arrive'));
    await expect(released).rejects.toThrow('a bug');
    await arrived;
    expect(queue.names).toEqual(['release', 'arrive']);
    await effects.settled(actor.callId);
  });

  it('tell no place that nobody knows', async () => {
    queue.will('waiting', () => Promise.reject(new Error('away')));
    await effects.run(actor, { type: 'queue.askPosition' });
    expect(actor.told).toEqual([{ type: 'queue.placed', at: clock.now(), position: null, wait: null }]);
  });

  it('line up with the queue’s own needs, ring time and the node of the call', async () => {
    const arrive = effectOf('waiting', 'queue.arrive');
    await effects.run(actor, { ...arrive, place: { ...arrive.place, needs: [{ skill: 'english', minLevel: 1 }] } });
    expect(queue.asked[0]?.request).toMatchObject({ needs: [{ skill: 'talk', minLevel: 3 }, { skill: 'english', minLevel: 1 }], ringTimeoutMs: 12_000, node: 'gw-1', isReturning: false });
    expect(actor.told).toEqual([]);
  });

  it('tell the call when the queue does not take it', async () => {
    queue.will('arrive', away);
    await effects.run(actor, effectOf('waiting', 'queue.arrive'));
    expect(actor.told).toEqual([{ type: 'queue.failed', at: clock.now(), code: 'VG_STORE' }]);
  });

  it('bring the verdict about a lifted phone', async () => {
    const accept = effectOf('asked', 'queue.accept');
    await effects.run(actor, accept);
    queue.will('accept', () => failed('VG_OFFER_LOST', 'caller left'));
    await effects.run(actor, accept);
    expect(actor.told).toEqual([
      { type: 'offer.accepted', at: clock.now(), offerId: OFFER, waitMs: 700 },
      { type: 'offer.refused', at: clock.now(), offerId: OFFER, code: 'VG_OFFER_LOST' },
    ]);
  });

  it('ask a store that keeps silent again under the same request id', async () => {
    queue.will('accept', away, away);
    const done = effects.run(actor, effectOf('asked', 'queue.accept'));
    for (let again = 0; again < 2; again++) {
      await settle();
      clock.advance(500);
    }
    await done;
    expect(queue.asked).toHaveLength(3);
    expect(new Set(queue.asked.map(({ request }) => request['requestId'])).size).toBe(1);
    expect(actor.told).toMatchObject([{ type: 'offer.accepted' }]);
  });

  it('do not leave a lifted phone in silence for longer than 2 s', async () => {
    queue.will('accept', ...Array.from({ length: 20 }, () => away));
    const done = effects.run(actor, effectOf('asked', 'queue.accept'));
    for (let again = 0; again < 4; again++) {
      await settle();
      clock.advance(500);
    }
    await done;
    expect(actor.told).toMatchObject([{ type: 'offer.refused', code: 'VG_STORE' }]);
  });

  it.each([
    ['complete', effectOf('wrapUp', 'queue.complete')],
    ['release', { type: 'queue.release', requestId: 'r', offerId: OFFER, why: 'declined' }],
    ['endWrapUp', { type: 'queue.endWrapUp', requestId: 'r', agentId: ANNA }],
    ['abandon', { type: 'queue.abandon', requestId: 'r', offeredTo: null, place: PLACE, why: 'callerLeft' }],
  ] as const)('keep an end up until the store is back: %s', async (what, effect) => {
    queue.will(what, ...Array.from({ length: 40 }, () => away));
    const done = effects.run(actor, effect);
    for (let again = 0; again < 40; again++) {
      await settle();
      clock.advance(500);
    }
    await done;
    expect(queue.names).toEqual(Array.from({ length: 41 }, () => what));
  });

  it('set an agent free whose phone won against the hang-up by a hair', async () => {
    queue.will('abandon', () => failed('VG_NOT_QUEUED', 'it talks'));
    await effects.run(actor, { type: 'queue.abandon', requestId: 'r', offeredTo: ANNA, place: PLACE, why: 'callerLeft' });
    expect(queue.names).toEqual(['abandon', 'complete']);
    expect(queue.asked[1]?.request).toMatchObject({ agentId: ANNA, wrapUpMs: 0 });
    expect(queue.facts).toMatchObject([{ type: 'call.abandoned', callId: actor.callId, queue: QUEUE }]);
  });

  it.each([
    ['whose connection broke', 'cutOff', 'as cut off', true],
    ['who hangs up', 'callerLeft', 'as one who gave up', undefined],
  ] as const)('are recorded of a caller %s in the line: %s, %s', async (_who, why, _how, isCutOff) => {
    await effects.run(actor, { type: 'queue.abandon', requestId: 'r', offeredTo: null, place: PLACE, why });
    expect(queue.facts).toMatchObject([{ type: 'call.abandoned', callId: actor.callId, queue: QUEUE, at: clock.now() }]);
    expect(queue.facts[0]).toEqual(expect.objectContaining(isCutOff === undefined ? {} : { isCutOff }));
    expect(queue.facts.map((fact) => 'isCutOff' in fact)).toEqual([isCutOff === true]);
  });

  it('leave the agents alone when nobody was offered the call', async () => {
    queue.will('abandon', () => failed('VG_NOT_QUEUED', 'unknown'));
    await effects.run(actor, { type: 'queue.abandon', requestId: 'r', offeredTo: null, place: PLACE, why: 'callerLeft' });
    expect(queue.names).toEqual(['abandon']);
  });

  it('tell the queue what became of the caller, for the agent who was offered the call', async () => {
    for (const why of ['callerLeft', 'cutOff', 'lastResort', 'overflow', { offerId: OFFER, why: 'busy', isLast: false }] as const) await effects.run(actor, { type: 'queue.abandon', requestId: 'r', offeredTo: ANNA, place: PLACE, why });
    expect(queue.asked.map(({ request }) => request['why'])).toEqual(['callerLeft', 'cutOff', 'elsewhere', 'elsewhere', 'notReached']);
  });

  it('free no agent where another gateway has the call by now', async () => {
    queue.will('abandon', () => failed('VG_TAKEN', 'another node has the call'));
    await effects.run(actor, { type: 'queue.abandon', requestId: 'r', offeredTo: ANNA, place: PLACE, why: 'callerLeft' });
    expect(queue.names).toEqual(['abandon']);
  });

  it('count a call as gone elsewhere whose former gateway died before it had left the line', async () => {
    queue.will('drop', () => ok({ waitMs: 700 }), () => ok({ waitMs: 700 }));
    for (const left of [QUEUE, null]) await effects.run(actor, { type: 'queue.drop', requestId: 'r', left });
    expect(queue.names).toEqual(['drop', 'drop']);
    expect(queue.facts).toMatchObject([{ type: 'call.overflowed', callId: actor.callId, queue: QUEUE }]);
  });

  it('leave nothing of a call in the store that had ended before its offer came', async () => {
    queue.will('abandon', away, () => failed('VG_NOT_QUEUED', 'it has left'));
    const undone = effects.offerMetNobody({ offerId: OFFER, callId: actor.callId, node: NODE });
    await settle();
    clock.advance(500);
    await undone;
    expect(queue.names).toEqual(['abandon', 'abandon', 'forget']);
    expect(queue.asked[1]?.request).toMatchObject({ node: NODE });
  });

  it('give the agent the queue’s wrap-up time after a talk', async () => {
    await effects.run(actor, effectOf('wrapUp', 'queue.complete'));
    expect(queue.asked[0]?.request).toMatchObject({ agentId: ANNA, wrapUpMs: 30_000 });
    expect(actor.told).toEqual([]);
  });

  it('end the wrap-up at once when the queue gave none', async () => {
    queue.will('complete', () => ok({ phase: 'ready', since: 1 }));
    await effects.run(actor, effectOf('wrapUp', 'queue.complete'));
    expect(actor.told).toEqual([{ type: 'wrapUp.over', at: clock.now(), agentId: ANNA }]);
  });

  it('take an agent whose phone was lost out of the line first', async () => {
    await effects.run(actor, { ...effectOf('wrapUp', 'queue.complete'), afterwards: 'notReady' });
    expect(queue.names).toEqual(['notReady', 'complete']);
    expect(queue.asked[0]?.request).toMatchObject({ reason: 'legFailed' });
    expect(queue.asked[1]?.request).toMatchObject({ wrapUpMs: 0 });
  });

  it('bring the facts with them that are to be logged of them', async () => {
    for (const effect of [effectOf('waiting', 'queue.arrive'), effectOf('wrapUp', 'queue.complete'), { type: 'queue.abandon', requestId: 'r', offeredTo: null, place: PLACE, why: 'lastResort' }] as const) await effects.run(actor, effect);
    expect(queue.facts).toMatchObject([
      { type: 'call.arrived', callId: actor.callId, queue: QUEUE, needs: [{ skill: 'talk', minLevel: 3 }], asked: [], isReturning: false, at: clock.now() },
      { type: 'call.completed', callId: actor.callId, agentId: ANNA, queue: QUEUE },
      { type: 'call.overflowed', callId: actor.callId, queue: QUEUE },
    ]);
    expect(new Set(queue.facts.map(({ id }) => id)).size).toBe(3);
  });

  it('are recorded with the agent who answered', async () => {
    await effects.run(actorIn('asked'), effectOf('asked', 'queue.accept'));
    expect(queue.facts).toEqual([]);
    await effects.run(actorIn('joined'), effectOf('joined', 'queue.logAnswer'));
    expect(queue.facts).toMatchObject([{ type: 'call.answered', id: `${OFFER}:answered`, offerId: OFFER, agentId: ANNA, queue: QUEUE, waitMs: 4_000 }]);
  });

  it('are recorded of a callback’s try in vain as that, and neither as a talk nor as a leave', async () => {
    await effects.run(actor, { ...effectOf('wrapUp', 'queue.complete'), talkMs: null });
    expect(queue.facts, 'an agent who was lost before the customer was rung').toEqual([]);
    const tried = { offerId: OFFER, why: 'busy', isLast: true } as const;
    await effects.run(actor, { ...effectOf('wrapUp', 'queue.complete'), talkMs: null, tried });
    await effects.run(actor, { type: 'queue.abandon', requestId: 'r', offeredTo: null, place: PLACE, why: tried });
    await effects.run(actor, { type: 'queue.abandon', requestId: 'try-2', offeredTo: null, place: PLACE, why: { ...tried, offerId: null } });
    expect(queue.facts).toMatchObject([
      { type: 'callback.notReached', callId: actor.callId, id: `${OFFER}:tried`, ...tried },
      { type: 'callback.notReached', id: `${OFFER}:tried` },
      { type: 'callback.notReached', id: 'try-2:left', offerId: null },
    ]);
  });

  it('are recorded of a callback whose customer came by themselves as an arrival that went elsewhere', async () => {
    queue.will('abandon', () => failed('VG_NOT_QUEUED', 'unknown'));
    const own = new QueueEffects({ queue: queue.port(), centre: fakeCentre, clock, places: { ...NO_PLACES, isSuperseded: () => Promise.resolve(true) }, wishes: NO_WISHES, waits: { spokenWaitOf: () => null, waitOfComing: () => null } });
    await own.run(actor, effectOf('waiting', 'queue.arrive'));
    await own.run(actor, { type: 'queue.abandon', requestId: 'r', offeredTo: null, place: PLACE, why: 'overflow' });
    expect(queue.facts).toMatchObject([{ type: 'call.arrived' }, { type: 'call.overflowed' }]);
  });

  it('are the same arrival for whoever takes the call over', async () => {
    const arrive = effectOf('waiting', 'queue.arrive');
    for (const requestId of ['first', 'after the crash']) await effects.run(actor, { ...arrive, requestId });
    expect(queue.facts[0]?.id).toBe(queue.facts[1]?.id);
  });

  it('are the same talk for whoever states its end again', async () => {
    const complete = effectOf('wrapUp', 'queue.complete');
    for (const requestId of ['first', 'after the store came back']) await effects.run(actor, { ...complete, requestId });
    expect(queue.facts).toHaveLength(2);
    expect(queue.facts[0]?.id).toBe(queue.facts[1]?.id);
  });

  it('bring the place in line, or none', async () => {
    await effects.run(actor, { type: 'queue.askPosition' });
    queue.will('waiting', () => null);
    await effects.run(actor, { type: 'queue.askPosition' });
    expect(actor.told).toMatchObject([{ type: 'queue.placed', position: 2 }, { type: 'queue.placed', position: null }]);
  });
});
