import { beforeEach, describe, expect, it } from 'vitest';
import type { Centre, QueueSettings } from '../../gateway/app/centre.js';
import { LineUp, type LineUpOptions } from '../../gateway/app/line-up.js';
import type { QueueSnapshot } from '../../gateway/core/acd/queue-types.js';
import { brand, type CallId } from '../../gateway/core/ids.js';
import type { KeptPlace } from '../../gateway/core/call/kept-place.js';
import type { Place } from '../../gateway/core/acd/waiting-lines.js';
import { signatureText } from '../../gateway/core/acd/skills.js';
import { failed, ok } from '../../gateway/core/errors.js';
import type { Arrival, Queue } from '../../gateway/ports/queue.js';
import { ANNA, QUEUE } from '../core/call/call-story.js';
import { actorIn, effectOf, fakeCentre, ListeningActor, NO_PLACES, NO_WISHES } from '../support/call-fakes.js';
import { FakeClock } from '../support/fake-clock.js';

const NOBODY: QueueSnapshot = { lines: [{ id: 's', text: signatureText('voice', 'people', { needs: [] }), queue: QUEUE, waiting: 4 }], pools: [] };

const KEPT: KeptPlace = { why: 'cutOff', callId: brand<CallId>('before'), queuedAt: 1_000, at: 2_000, afterMs: 1_000 };

describe('lining up', () => {
  let clock: FakeClock;
  let actor: ListeningActor;
  let arrivals: Arrival[];
  let state: 'queued' | 'full';
  let estimateMs: number | null;
  let estimated: Place[];
  let snapshot: () => Promise<QueueSnapshot>;
  const lines = (settings: Partial<QueueSettings>, centre: Partial<Centre> = {}, places: LineUpOptions['places'] = NO_PLACES, wishes: LineUpOptions['wishes'] = NO_WISHES, asked?: Queue) => {
    const queue = asked ?? { arrive: (arrival: Arrival) => (arrivals.push(arrival), Promise.resolve(ok({ state }))), snapshot: () => snapshot() } as unknown as Queue;
    const all: Centre = { ...fakeCentre, queue: (id) => ({ ...fakeCentre.queue(QUEUE), ...settings, id }) as QueueSettings, ...centre };
    return new LineUp({ queue, centre: all, clock, places, wishes, waits: { spokenWaitOf: () => null, waitOfComing: (place) => (estimated.push(place), estimateMs) } });
  };
  beforeEach(() => {
    clock = new FakeClock();
    actor = actorIn('waiting');
    arrivals = [];
    estimated = [];
    state = 'queued';
    estimateMs = 600_001;
    snapshot = () => Promise.resolve(NOBODY);
  });
  const comes = () => effectOf('waiting', 'queue.arrive');

  it('gives the queue what is needed now and later, and the centre’s strategy', async () => {
    await lines({ ageing: [{ afterMs: 60_000, band: 5 }], prefer: [{ skill: 'norwegian', minLevel: 1 }] }, { strategy: () => 'linear' }).arrive(actor, comes());
    expect(arrivals[0]).toMatchObject({ band: 100, preferred: [{ skill: 'norwegian' }], later: [{ afterMs: 60_000, band: 5 }], strategy: 'linear' });
  });

  it('gives the queue the agent who is waited for first, with the place as it is kept', async () => {
    const personal = { agentId: ANNA, forMs: 20_000 };
    const asked: number[] = [];
    const wishes = { personalOf: (_actor: unknown, _effect: unknown, queuedAt: number) => (asked.push(queuedAt), Promise.resolve(personal)) };
    await lines({}, {}, { ...NO_PLACES, resume: () => Promise.resolve(KEPT) }, wishes).arrive(actor, comes());
    expect([arrivals[0]?.personal, asked]).toEqual([personal, [KEPT.queuedAt]]);
    expect(arrivals[0]?.fact, 'no estimate is held against that wait').toMatchObject({ type: 'call.arrived', isPersonal: true });
  });

  it('is one arrival however often a caller lines up, until the queue has other rules', async () => {
    const stays = { ...comes(), mayOverflow: false };
    await lines({}).arrive(actor, stays);
    await lines({}).arrive(actor, { ...stays, requestId: 'r2' });
    await lines({ needs: [{ skill: 'talk', minLevel: 5 }] }).arrive(actor, { ...stays, requestId: 'r3' });
    const [first, second, third] = arrivals.map(({ fact }) => fact?.id);
    expect([first === second, first === third]).toEqual([true, false]);
  });

  it('keeps the place that the caller has where the one kept for the number is a later one', async () => {
    const place = { ...comes().place, queuedAt: KEPT.queuedAt - 500 };
    await lines({}, {}, { ...NO_PLACES, resume: () => Promise.resolve(KEPT) }).arrive(actor, { ...comes(), place, isReturning: true });
    expect(arrivals).toMatchObject([{ queuedAt: KEPT.queuedAt - 500 }]);
  });

  it('estimates the wait of a caller who comes from another queue by the place they keep', async () => {
    const place = { ...comes().place, queuedAt: clock.now() - 600_000 };
    await lines({ overflow: { estimate: { overSeconds: 600, to: 'lastResort' } } }).arrive(actor, { ...comes(), place, isReturning: true });
    expect(estimated).toMatchObject([{ arrivedAt: place.queuedAt }]);
  });

  it.each([
    ['closed', { closed: { hours: 'office', waiting: 'stay', to: 'lastResort' } }],
    ['nobody', { nobody: { to: 'lastResort' } }],
    ['length', { length: { over: 4, to: 'lastResort' } }],
    ['estimate', { estimate: { overSeconds: 600, to: 'lastResort' } }],
  ] as const)('tells a caller who comes of the rule %s instead', async (rule, overflow) => {
    const toLog = await lines({ overflow }, { isOpen: () => false }).arrive(actor, comes());
    expect(arrivals).toEqual([]);
    expect(actor.told).toMatchObject([{ type: 'queue.overflowed', from: QUEUE, rule, to: 'lastResort' }]);
    expect(toLog, 'it counts as offered to the queue').toMatchObject({ type: 'call.arrived', queue: QUEUE });
  });

  it('has the agent whom a caller wishes for take them at once where nobody else can, and sends them elsewhere where that one does not idle', async () => {
    const personal = { agentId: ANNA, forMs: 20_000 };
    const lineUp = lines({ overflow: { nobody: { to: 'lastResort' } } }, {}, NO_PLACES, { personalOf: () => Promise.resolve(personal) });
    const wishes = { ...comes(), place: { ...comes().place, agent: { agentId: ANNA, forMs: 20_000 } } };
    await lineUp.arrive(actor, wishes);
    expect([arrivals, actor.told]).toMatchObject([[{ personal, mostWaiting: 0 }], []]);
    state = 'full';
    await lineUp.arrive(actor, wishes);
    expect(actor.told).toMatchObject([{ type: 'queue.overflowed', rule: 'nobody', to: 'lastResort' }]);
  });

  it('takes a kept place up where the agent whom the caller wishes for has taken them, as their callback is needed no more, and leaves it where not', async () => {
    const lineUp = lines({ overflow: { nobody: { to: 'lastResort' } } }, {}, { ...NO_PLACES, resume: () => Promise.resolve(KEPT) }, { personalOf: () => Promise.resolve({ agentId: ANNA, forMs: 20_000 }) });
    const wishes = { ...comes(), place: { ...comes().place, agent: { agentId: ANNA, forMs: 20_000 } } };
    await lineUp.arrive(actor, wishes);
    expect(actor.told).toMatchObject([{ type: 'place.resumed', kept: KEPT }]);
    state = 'full';
    await lineUp.arrive(actor, wishes);
    expect(actor.told.map(({ type }) => type)).toEqual(['place.resumed', 'queue.overflowed']);
  });

  it.each([
    ['closed', { closed: { hours: 'office', waiting: 'stay', to: 'lastResort' } }],
    ['nobody', { nobody: { to: 'lastResort' } }],
  ] as const)('leaves a kept place where it is while %s', async (rule, overflow) => {
    let taken = 0;
    const places = { ...NO_PLACES, resume: () => Promise.resolve((taken += 1, KEPT)) };
    await lines({ overflow }, { isOpen: () => false }, places).arrive(actor, comes());
    expect(actor.told).toMatchObject([{ type: 'queue.overflowed', rule }]);
    expect(taken).toBe(0);
  });

  it('sends a caller elsewhere where others took the last places of the line in the same moment', async () => {
    state = 'full';
    const toLog = await lines({ overflow: { length: { over: 5, to: 'lastResort' } } }).arrive(actor, comes());
    expect(arrivals).toMatchObject([{ mostWaiting: 5, fact: { type: 'call.arrived' } }]);
    expect(actor.told).toMatchObject([{ type: 'queue.overflowed', from: QUEUE, rule: 'length', to: 'lastResort' }]);
    expect(toLog, 'the queue has logged it').toBeNull();
  });

  it('counts nobody against who stands in line, or has a kept place', async () => {
    const overflow = { length: { over: 5, to: 'lastResort' } } as const;
    await lines({ overflow }).arrive(actor, { ...comes(), mayOverflow: false });
    await lines({ overflow }, {}, { ...NO_PLACES, resume: () => Promise.resolve(KEPT) }).arrive(actor, comes());
    expect(arrivals.map(({ mostWaiting }) => mostWaiting)).toEqual([undefined, undefined]);
  });

  it('takes a kept place, however many wait', async () => {
    await lines({ overflow: { length: { over: 4, to: 'lastResort' } } }, {}, { ...NO_PLACES, resume: () => Promise.resolve(KEPT) }).arrive(actor, comes());
    expect(arrivals).toMatchObject([{ queuedAt: KEPT.queuedAt }]);
    expect(actor.told).toMatchObject([{ type: 'place.resumed', kept: KEPT }]);
    expect(arrivals[0]?.fact, 'estimates go by the place, and a replay by whose it is').toMatchObject({ type: 'call.arrived', at: clock.now(), queuedAt: KEPT.queuedAt, placeOf: KEPT.callId });
  });

  it('says in the log when a callback that rested was offered first', async () => {
    const effect = comes();
    await lines({}).arrive(actor, { ...effect, mayOverflow: false, isReturning: true, place: { ...effect.place, offeredAt: 1_000 } });
    expect(arrivals[0]?.fact).toMatchObject({ type: 'call.arrived', at: clock.now(), offeredAt: 1_000 });
  });

  it('asks no rule of a caller who comes back to the line', async () => {
    await lines({ overflow: { nobody: { to: 'lastResort' } } }).arrive(actor, { ...comes(), mayOverflow: false });
    expect(arrivals).toHaveLength(1);
  });

  it('lets a caller line up when the store does not say who is there', async () => {
    snapshot = () => Promise.reject(new Error('away'));
    await lines({ overflow: { nobody: { to: 'lastResort' } } }).arrive(actor, comes());
    expect(arrivals).toHaveLength(1);
  });

  it('sends who waits elsewhere when the wait is over', () => {
    const overflow = { wait: { overSeconds: 60, to: 'lastResort' } } as const;
    const { place } = comes();
    expect(lines({ overflow }).overflowWaiting(actor, { place, since: clock.now() - 59_000 })).toBe(false);
    expect(lines({ overflow }).overflowWaiting(actor, { place, since: clock.now() - 60_000 })).toBe(true);
    expect(actor.told).toMatchObject([{ type: 'queue.overflowed', rule: 'wait' }]);
  });

  it('sends nobody elsewhere for a talk that was before: of who lost an agent, or has the place of a call that broke', () => {
    const overflow = { wait: { overSeconds: 60, to: 'lastResort' } } as const;
    const place = { ...comes().place, queuedAt: clock.now() - 3_600_000 };
    expect(lines({ overflow }).overflowWaiting(actor, { place, since: clock.now() - 20_000 })).toBe(false);
  });

  it('counts for a caller who comes from another queue what they waited there, not what was before', async () => {
    const overflow = { wait: { overSeconds: 60, to: 'lastResort' } } as const;
    const from = (since: number) => {
      const { activity } = actor.state;
      return new ListeningActor({ ...actor.state, activity: activity.phase === 'waiting' ? { ...activity, since } : activity });
    };
    const effect = { ...comes(), isReturning: true, place: { ...comes().place, queuedAt: clock.now() - 3_600_000 } };
    const [short, long] = [from(clock.now() - 20_000), from(clock.now() - 60_000)];
    for (const one of [short, long]) await lines({ overflow }).arrive(one, effect);
    expect([short.told, long.told]).toMatchObject([[], [{ type: 'queue.overflowed', rule: 'wait' }]]);
  });

  it('asks the store whose the call is where the queue says that another gateway has it, and goes on only where nobody has', async () => {
    for (const isLost of [true, false]) {
      const own = actorIn('waiting');
      own.saveAnew = () => (isLost && own.stop(), Promise.resolve(true));
      const queue = { arrive: () => Promise.resolve(failed('VG_TAKEN', 'another node has the call')), snapshot } as unknown as Queue;
      await lines({}, {}, NO_PLACES, NO_WISHES, queue).arrive(own, comes());
      expect(own.told.map(({ type }) => type)).toEqual(isLost ? [] : ['queue.failed']);
      expect(own.kept.of('the queue did not take the call')).toHaveLength(isLost ? 0 : 1);
    }
  });

  it.each([
    ['is a fault of ours', 0, 'error'],
    ['is no fault where the process before had said so as its last act', 1, 'warn'],
  ] as const)('goes on without the queue where that says that the call is over, which %s', async (_what, takeovers, level) => {
    const own = new ListeningActor({ ...actorIn('waiting').state, takeovers });
    const queue = { arrive: () => Promise.resolve(failed('VG_NOT_QUEUED', 'call ended')), snapshot } as unknown as Queue;
    await lines({}, {}, NO_PLACES, NO_WISHES, queue).arrive(own, comes());
    expect(own.told).toMatchObject([{ type: 'queue.failed', code: 'VG_NOT_QUEUED' }]);
    expect(own.kept.lines.map((line) => line.level)).toEqual([level]);
  });

  it('serves by anybody a caller whose queue is no longer configured', async () => {
    await lines({}, { queue: () => null }).arrive(actor, comes());
    expect(arrivals[0]).toMatchObject({ needs: [], band: 100, ringTimeoutMs: 15_000 });
  });
});
