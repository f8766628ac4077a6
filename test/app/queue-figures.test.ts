import { beforeEach, describe, expect, it } from 'vitest';
import { dayOf, QueueFigures } from '../../gateway/app/queue-figures.js';
import type { NewFact, QueueFact } from '../../gateway/core/acd/queue-fact.js';
import type { OfferReason } from '../../gateway/core/acd/offer-reason.js';
import type { QueueEvent, QueueRoster } from '../../gateway/core/acd/queue-types.js';
import type { CalendarDay } from '../../gateway/core/flow/readers/reader.js';
import { brand, type CallId, type NodeId, type QueueId } from '../../gateway/core/ids.js';
import type { FactArchive, FactStream } from '../../gateway/ports/queue-log.js';
import { FakeClock } from '../support/fake-clock.js';
import { KeptLog } from '../support/silent-log.js';
import { turnsDuring } from '../support/turns.js';

/** One stream for several gateways. */
class FakeStream implements FactStream {
  readonly facts: QueueFact[] = [];
  readonly followed: number[] = [];
  private readonly readers: ((fact: QueueFact) => void)[] = [];

  append(fact: QueueFact): void {
    this.facts.push(fact);
    for (const read of this.readers) read(fact);
  }

  follow(since: number, onFact: (fact: QueueFact) => void): Promise<void> {
    this.followed.push(since);
    this.readers.push(onFact);
    for (const fact of this.facts) onFact(fact);
    return Promise.resolve();
  }

  close = () => Promise.resolve();
}

class FakeArchive implements FactArchive {
  constructor(readonly facts: QueueFact[] = []) {}

  append(fact: QueueFact): void {
    this.facts.push(fact);
  }

  read = (from: number, to: number) => Promise.resolve(this.facts.filter(({ at }) => at >= from && at < to));
  close = () => Promise.resolve();
}

const dayAt = (date: Date): CalendarDay => ({ year: date.getFullYear(), month: date.getMonth() + 1, day: date.getDate() });

describe('the figures of a gateway', () => {
  let clock: FakeClock;
  let stream: FakeStream;
  let archive: FakeArchive;
  beforeEach(() => {
    clock = new FakeClock();
    stream = new FakeStream();
    archive = new FakeArchive();
    waiting = [];
  });
  let waiting: QueueRoster['calls'];
  const gateway = (node = 'gw-1', own = archive) => new QueueFigures({ stream, archive: own, waiting: () => Promise.resolve(waiting), node: brand(node), clock, log: new KeptLog() });
  const arrived = (callId: string, at = clock.now()): NewFact => ({ type: 'call.arrived', id: `${callId}:arrived`, at, callId, queue: 'q', needs: [], asked: [], band: 1, askedBand: null, isReturning: false });
  const offer: Extract<QueueEvent, { type: 'offer.made' }> = { type: 'offer.made', offerId: brand('o'), callId: brand('c'), agentId: brand('anna'), queue: brand('q'), at: 1, expiresAt: 2, queuedAt: 0, callNode: brand('gw-1'), agentNode: brand('gw-2'), assignment: { trigger: 'callCame', alternatives: 0, hasMore: false, relaxations: 0 } };

  const WHY: OfferReason = { ...offer.assignment, needs: [{ skill: 'billing', minLevel: 3 }], preferred: [], strategy: 'longestIdle' };

  it('let others have their turn while a long day is folded, at the start and for a past day', async () => {
    const facts = Array.from({ length: 5_000 }, (_, at): QueueFact => ({ v: 1, ...arrived(`c${at}`, clock.now() - 86_400_000) }) as QueueFact);
    const figures = gateway('gw-1', new FakeArchive(facts));
    expect(await turnsDuring(() => figures.start())).toBeGreaterThan(5);
    const yesterday = dayAt(new Date(clock.now() - 86_400_000));
    expect(await turnsDuring(() => figures.ofDay(yesterday))).toBeGreaterThan(5);
    expect(await turnsDuring(() => figures.offersOf('c1', yesterday))).toBeGreaterThan(5);
    expect((await figures.ofDay(yesterday)).figures.queues).toMatchObject([{ offered: 5_000 }]);
  });

  it('are the same at every gateway, whichever saw the fact', async () => {
    const [one, two] = [gateway('gw-1'), gateway('gw-2', new FakeArchive())];
    await Promise.all([one.start(), two.start()]);
    one.record(arrived('c1'));
    two.record(arrived('c2'));
    expect(one.today().queues).toMatchObject([{ offered: 2, waiting: 2 }]);
    expect(two.today()).toEqual(one.today());
  });

  it('are right after a restart, from the files and what the stream had meanwhile', async () => {
    const before = gateway();
    await before.start();
    before.record(arrived('c1'));
    await before.close();
    stream.append({ v: 1, ...arrived('c2') } as QueueFact);
    const after = gateway('gw-1', new FakeArchive(archive.facts.filter(({ id }) => id === 'c1:arrived')));
    await after.start();
    expect(after.today().queues).toMatchObject([{ offered: 2 }]);
  });

  it('keep each fact once in the files, however often the stream hands it over', async () => {
    const figures = gateway();
    await figures.start();
    for (let times = 0; times < 3; times += 1) figures.record(arrived('c1'));
    expect(archive.facts).toHaveLength(1);
  });

  it('follow the stream from the last fact of the files on', async () => {
    archive.append({ v: 1, ...arrived('c1', clock.now() - 5_000) } as QueueFact);
    await gateway().start();
    expect(stream.followed).toEqual([clock.now() - 5_000]);
  });

  it('come of an offer once: from the gateway that has the caller', () => {
    for (const node of ['gw-1', 'gw-2']) gateway(node).onQueueEvent(offer, WHY);
    expect(stream.facts).toMatchObject([{ type: 'offer.made', callId: 'c', agentId: 'anna', at: 1, why: WHY }]);
  });

  it('tell at every gateway to whom a call was offered, why, and what came of it', async () => {
    const [one, two] = [gateway('gw-1'), gateway('gw-2', new FakeArchive())];
    await Promise.all([one.start(), two.start()]);
    one.onQueueEvent(offer, WHY);
    one.onQueueEvent({ ...offer, offerId: brand('o2'), agentId: brand('bo') }, null);
    two.onQueueEvent({ type: 'offer.lost', offerId: brand('o'), callId: brand('c'), agentId: brand('anna'), why: 'declined', at: 2 }, null);
    one.record({ type: 'call.answered', id: 'o2:answered', at: 3, offerId: 'o2', callId: 'c', agentId: 'bo', queue: 'q', waitMs: 3 });
    const offers = [{ offerId: 'o', agentId: 'anna', queue: 'q', at: 1, why: WHY, end: 'declined' }, { offerId: 'o2', agentId: 'bo', queue: 'q', at: 1, why: null, end: 'answered' }];
    expect(await Promise.all([one.offersOf('c', null), two.offersOf('c', null), one.offersOf('other', null)])).toEqual([offers, offers, null]);
  });

  it('tell of a call by its day from the files, as long as they reach back, also where the offer came after midnight', async () => {
    const before = new Date(2026, 10, 26, 23, 59).getTime();
    const day = { year: 2026, month: 11, day: 26 };
    for (const fact of [{ ...arrived('c', before) }, { type: 'offer.made', id: 'o:made', at: before + 120_000, offerId: 'o', callId: 'c', agentId: 'anna', queue: 'q', why: WHY }, { type: 'offer.made', id: 'p:made', at: before, offerId: 'p', callId: 'd', agentId: 'bo', queue: 'q' }]) archive.append({ v: 1, ...fact } as QueueFact);
    const figures = gateway();
    expect(await figures.offersOf('c', day)).toEqual([{ offerId: 'o', agentId: 'anna', queue: 'q', at: before + 120_000, why: WHY, end: null }]);
    expect(await Promise.all([figures.offersOf('c', null), figures.offersOf('c', { ...day, day: 20 }), figures.offersOf('e', day)])).toEqual([null, null, null]);
  });

  it('come of a lost offer once, although both gateways are told', async () => {
    const figures = gateway();
    await figures.start();
    for (const node of ['gw-1', 'gw-2']) gateway(node).onQueueEvent({ type: 'offer.lost', offerId: brand('o'), callId: brand('c'), agentId: brand('anna'), why: 'declined', at: clock.now() }, null);
    expect(figures.today().agents).toMatchObject([{ agentId: 'anna', declined: 1 }]);
  });

  it('show an agent’s state and its reason', async () => {
    const figures = gateway();
    await figures.start();
    figures.onQueueEvent({ type: 'agent.changed', agentId: brand('anna'), state: { phase: 'notReady', reason: 'lunch', since: 1 }, at: clock.now() }, null);
    expect(figures.today().agents).toMatchObject([{ agentId: 'anna', phase: 'notReady', reason: 'lunch', since: clock.now() }]);
  });

  it('show what waits for days, also after a restart, and no more once it is answered', async () => {
    const days = clock.now() - 3 * 86_400_000;
    const item = { callId: brand<CallId>('item-1'), channel: 'email', queue: brand<QueueId>('q'), node: brand<NodeId>('gw-1'), queuedAt: days, band: 1, needs: [], waitsFor: null, offeredTo: null } as const;
    waiting = [item, { ...item, callId: brand<CallId>('c2'), channel: 'voice', queuedAt: clock.now() }];
    const figures = gateway();
    await figures.start();
    expect(figures.today().queues).toMatchObject([{ queue: 'q', channel: 'email', offered: 0, waiting: 1, longestWaitMs: 3 * 86_400_000 }]);
    figures.record({ type: 'call.answered', id: 'o:answered', at: clock.now(), offerId: 'o', callId: 'item-1', agentId: 'anna', queue: 'q', channel: 'email', waitMs: 3 * 86_400_000 });
    expect(figures.today().queues).toEqual([]);
  });

  it('begin without what waits for days where the queue does not answer', async () => {
    const log = new KeptLog();
    const figures = new QueueFigures({ stream, archive, waiting: () => Promise.reject(new Error('away')), node: brand('gw-1'), clock, log });
    await figures.start();
    expect([figures.today().queues, log.lines.map(({ level }) => level)]).toEqual([[], ['warn']]);
  });

  it('of another day are read from the files', async () => {
    const yesterday = dayOf(clock.now()).from - 3_600_000;
    archive.append({ v: 1, ...arrived('c1', yesterday) } as QueueFact);
    const date = new Date(yesterday);
    const of = await gateway().ofDay({ year: date.getFullYear(), month: date.getMonth() + 1, day: date.getDate() });
    expect(of).toMatchObject({ figures: { queues: [{ offered: 1 }] }, intervals: [{ queues: [{ offered: 1 }] }] });
    expect((await gateway().ofDay(null)).figures.queues).toEqual([]);
  });

  describe('of a past day', () => {
    const { from, to } = dayOf(new Date(2026, 10, 26, 12).getTime());
    const MIN = 60_000;
    const ofDay = (...facts: readonly NewFact[]) => gateway('gw-1', new FakeArchive(facts.map((fact) => ({ v: 1, ...fact }) as QueueFact))).ofDay({ year: 2026, month: 11, day: 26 });
    const anna = (at: number, phase: 'ready' | 'talking' | 'wrapUp' | 'notReady'): NewFact => ({ type: 'agent.changed', id: `anna:${at}:${phase}`, at, agentId: 'anna', phase, reason: null });
    const call = (callId: string) => ({ callId, queue: 'q', offerId: `o-${callId}`, agentId: 'anna' });

    it('have what became after midnight of the calls of the day, and nothing of the next day', async () => {
      const { figures } = await ofDay(
        anna(to - 60 * MIN, 'ready'), arrived('c1', to - MIN), anna(to + MIN, 'talking'), { type: 'call.answered', id: 'a1', at: to + MIN, ...call('c1'), waitMs: 2 * MIN },
        { type: 'call.completed', id: 'd1', at: to + 6 * MIN, ...call('c1'), talkMs: 5 * MIN, holdMs: 0 }, anna(to + 6 * MIN, 'wrapUp'), anna(to + 7 * MIN, 'ready'),
        arrived('c2', to + 8 * MIN), { type: 'agent.changed', id: 'bo', at: to + 8 * MIN, agentId: 'bo', phase: 'ready', reason: null },
      );
      expect(figures.queues).toMatchObject([{ offered: 1, answered: 1, waiting: 0, asaMs: 2 * MIN, talkMs: 5 * MIN, wrapUpMs: MIN, ahtMs: 6 * MIN }]);
      expect(figures.agents).toMatchObject([{ agentId: 'anna', answered: 0, availableMs: 60 * MIN, talkingMs: 0 }]);
    });

    it('have what agents did from midnight on, also where it began before', async () => {
      const { figures, intervals } = await ofDay(anna(from - 30 * MIN, 'ready'), anna(from + 20 * MIN, 'notReady'), { type: 'agent.changed', id: 'bo', at: from - 60 * MIN, agentId: 'bo', phase: 'loggedOut', reason: null });
      expect(figures.agents).toMatchObject([{ agentId: 'anna', availableMs: 20 * MIN, notReadyMs: to - from - 20 * MIN }]);
      expect(intervals[0]?.agents).toMatchObject([{ availableMs: 15 * MIN }]);
    });
  });

  it('are worked out once for all who are told of a change', async () => {
    const figures = gateway();
    await figures.start();
    const told: object[] = [];
    for (let watcher = 0; watcher < 2; watcher += 1) figures.onChange((today) => told.push(today));
    figures.record(arrived('c1'));
    clock.advance(1_000);
    expect(told).toMatchObject([{ queues: [{ offered: 1 }] }, {}]);
    expect(told[0]).toBe(told[1]);
  });

  it('tell of changes together, a second later', async () => {
    const figures = gateway();
    await figures.start();
    let told = 0;
    const end = figures.onChange(() => (told += 1));
    for (let call = 0; call < 5; call += 1) figures.record(arrived(`c${call}`));
    expect(told).toBe(0);
    clock.advance(1_000);
    expect(told).toBe(1);
    end();
    figures.record(arrived('last'));
    clock.advance(1_000);
    expect(told).toBe(1);
  });

  it('know of no estimates at first, and do not trust them', () => {
    expect(gateway().estimates).toEqual([]);
  });
});
