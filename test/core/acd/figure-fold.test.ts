import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FigureFold, INTERVAL_MS } from '../../../gateway/core/acd/figure-fold.js';
import { figuresSchema } from '../../../gateway/core/acd/figures.js';
import type { QueueFact } from '../../../gateway/core/acd/queue-fact.js';
import { Day, DAY, S, type Open } from './told-day.js';

describe('figures of a queue', () => {
  it('take the service level of those answered in time, without those who left at once', () => {
    const day = new Day();
    for (const [at, wait] of [[0, 10], [1, 20], [2, 21]] as const) day.arrives(`c${at}`, at).answered(`c${at}`, at + wait, wait);
    day.arrives('short', 50).abandoned('short', 55, 5).arrives('long', 60).abandoned('long', 66, 6);
    expect(day.queue()).toMatchObject({
      offered: 5, answered: 3, abandoned: 2, shortAbandoned: 1, abandonment: 0.4, abandonmentWithoutShort: 0.25,
      serviceLevel: { share: 0.5, withinMs: 20_000, shortMs: 5_000, variant: 'answeredWithin/offeredWithoutShortAbandons' },
      asaMs: 17_000, longestAnsweredWaitMs: 21_000, waiting: 0, longestWaitMs: null,
    });
  });

  it('leave out of the service level who may still be answered in time, and count who waits too long already', () => {
    const day = new Day().arrives('c1', 0).answered('c1', 5, 5).arrives('c2', 10);
    expect(day.queue(30).serviceLevel.share).toBe(1);
    expect(day.queue(31)).toMatchObject({ serviceLevel: { share: 0.5 }, waiting: 1, longestWaitMs: 21_000 });
  });

  it('count a call that went to the last resort as offered and not answered', () => {
    const day = new Day().arrives('c1', 0).tell({ type: 'call.overflowed', at: 60 * S, callId: 'c1', queue: 'q', waitMs: 60 * S });
    expect(day.queue()).toMatchObject({ offered: 1, overflowed: 1, abandoned: 0, serviceLevel: { share: 0 } });
  });

  it('take handling time of talk, hold and wrap-up', () => {
    const day = new Day().anna('ready', 0).arrives('c1', 10).answered('c1', 20, 10).tell({ type: 'call.completed', at: 120 * S, callId: 'c1', agentId: 'anna', queue: 'q', talkMs: 90 * S, holdMs: 10 * S });
    day.anna('wrapUp', 120).anna('ready', 150);
    expect(day.queue()).toMatchObject({ ahtMs: 130 * S, talkMs: 90 * S, holdMs: 10 * S, wrapUpMs: 30 * S });
  });

  it('take a wrap-up that the agent made longer as one, from its beginning', () => {
    const day = new Day().anna('ready', 0).arrives('c1', 0).answered('c1', 0, 0).over('c1', 60, 60).anna('wrapUp', 80).anna('wrapUp', 100);
    expect(day.agent(110)).toMatchObject({ phase: 'wrapUp', since: DAY + 60 * S, wrapUpMs: 50 * S });
    day.anna('ready', 120);
    expect(day.queue()).toMatchObject({ wrapUpMs: 60 * S, ahtMs: 120 * S });
    expect(day.agent(120).wrapUpMs).toBe(60 * S);
  });

  it('count nobody as gone who never came to a line', () => {
    expect(new Day().abandoned('c1', 60, 0).figures(100).queues).toEqual([]);
  });

  it('count an answer that is told again once', () => {
    const day = new Day().anna('ready', 0).arrives('c1', 0).answered('c1', 5, 5).answered('c1', 300, 5);
    expect(day.queue()).toMatchObject({ offered: 1, answered: 1, asaMs: 5 * S });
    expect(day.agent(300).answered).toBe(1);
  });

  it('count a call that lost its agent once, whatever became of it then', () => {
    const day = new Day().arrives('c1', 0).answered('c1', 5, 5).over('c1', 10, 5).arrives('c1', 10, true);
    expect(day.queue(15)).toMatchObject({ offered: 1, answered: 1, waiting: 1 });
    expect(day.answered('c1', 40, 40).queue(50)).toMatchObject({ offered: 1, answered: 1, asaMs: 5_000, waiting: 0 });
  });

  it('count a call that another queue sent on in both: as overflowed there, as offered here', () => {
    const day = new Day().arrives('c1', 0).tell({ type: 'call.overflowed', at: 60 * S, callId: 'c1', queue: 'q', waitMs: 60 * S });
    day.tell({ type: 'call.arrived', at: 60 * S, callId: 'c1', queue: 'r', needs: [], asked: [], band: 100, askedBand: null, isReturning: true });
    expect(day.figures(100).queues).toMatchObject([{ queue: 'q', offered: 1, overflowed: 1, waiting: 0 }, { queue: 'r', offered: 1, waiting: 1 }]);
  });

  it('count a call in the interval in which it arrived', () => {
    const border = INTERVAL_MS / S;
    const day = new Day().arrives('c1', border - 10).answered('c1', border + 10, 20);
    expect(day.figures(2_000, { from: 0, to: INTERVAL_MS }).queues).toMatchObject([{ offered: 1, answered: 1 }]);
    expect(day.figures(2_000, { from: INTERVAL_MS, to: 2 * INTERVAL_MS }).queues).toEqual([]);
  });

  it('count as offered, and place by how long it waited, a call whose arrival the log does not tell', () => {
    const day = new Day().answered('c1', INTERVAL_MS / S + 10, 20);
    expect(day.figures(2_000, { from: 0, to: INTERVAL_MS }).queues).toMatchObject([{ answered: 1, offered: 1 }]);
  });

  it('show who waits now also when they arrived before the span', () => {
    const day = new Day().arrives('c1', 0);
    expect(day.figures(1_000, { from: INTERVAL_MS, to: 2 * INTERVAL_MS }).queues).toMatchObject([{ offered: 0, waiting: 1, longestWaitMs: 1_000_000, serviceLevel: { share: null } }]);
  });
});

describe('figures of an agent', () => {
  it('take occupancy of talk and wrap-up against being available, without breaks', () => {
    const day = new Day().anna('notReady', 0).anna('ready', 100).anna('reserved', 200).answered('c1', 210, 1).over('c1', 250, 40).anna('ready', 260).anna('notReady', 300);
    expect(day.agent(400)).toMatchObject({ phase: 'notReady', since: DAY + 300 * S, answered: 1, talkingMs: 40 * S, wrapUpMs: 10 * S, availableMs: 150 * S, notReadyMs: 200 * S, occupancy: 0.25 });
  });

  it('tell declined offers from those that rang out', () => {
    const day = new Day().anna('ready', 0);
    for (const [at, why] of ['declined', 'noAnswer', 'expired', 'callerLeft', 'busy'].entries()) {
      day.tell({ type: 'offer.made', at: at * S, offerId: `o${at}`, callId: 'c', agentId: 'anna', queue: 'q' }, { type: 'offer.lost', at: at * S, offerId: `o${at}`, callId: 'c', agentId: 'anna', why });
    }
    expect(day.agent(10)).toMatchObject({ offered: 5, declined: 1, missed: 2, answered: 0 });
  });

  it('split time at the borders of intervals', () => {
    const day = new Day().anna('ready', 0).anna('loggedOut', (2.5 * INTERVAL_MS) / S);
    const available = [0, 1, 2].map((at) => day.figures(99_999, { from: at * INTERVAL_MS, to: (at + 1) * INTERVAL_MS }).agents[0]?.availableMs);
    expect(available).toEqual([INTERVAL_MS, INTERVAL_MS, INTERVAL_MS / 2]);
  });

  it('count as work, not as available, the time in which a chat is open beside free slots', () => {
    const day = new Day().anna('ready', 0).opens('chat1', 100).opens('chat2', 150).closes('chat1', 200);
    expect(day.agent(250)).toMatchObject({ phase: 'ready', since: DAY, answered: 2, availableMs: 100 * S, otherWorkMs: 150 * S });
    expect(day.closes('chat2', 300).agent(400)).toMatchObject({ phase: 'ready', availableMs: 200 * S, otherWorkMs: 200 * S, occupancy: 0.5 });
  });

  it('count a call as a call and a pause as a pause also while a chat is open', () => {
    const day = new Day().anna('ready', 0).opens('chat1', 100).anna('talking', 150).anna('notReady', 200).anna('ready', 260);
    expect(day.agent(300)).toMatchObject({ talkingMs: 50 * S, notReadyMs: 60 * S, availableMs: 100 * S, otherWorkMs: 90 * S });
  });

  it('count nothing as open that waits again, went to somebody else, or whose agent signed out', () => {
    const back = new Day().anna('ready', 0).opens('chat1', 10).arrives('chat1', 20);
    expect(back.agent(100)).toMatchObject({ otherWorkMs: 10 * S, availableMs: 90 * S });
    const elsewhere = new Day().anna('ready', 0).opens('chat1', 10).opens('chat1', 30, 'bo').closes('chat1', 50, 'bo');
    expect(elsewhere.agent(100)).toMatchObject({ otherWorkMs: 20 * S, availableMs: 80 * S });
    const gone = new Day().anna('ready', 0).opens('chat1', 10).anna('loggedOut', 20).anna('ready', 30);
    expect(gone.agent(100)).toMatchObject({ otherWorkMs: 10 * S, availableMs: 80 * S });
  });

  it('count no time twice when a fact comes late', () => {
    const day = new Day().anna('ready', 0).anna('notReady', 100).opens('chat1', 60).anna('ready', 200);
    expect(day.agent(300)).toMatchObject({ availableMs: 100 * S, notReadyMs: 100 * S, otherWorkMs: 100 * S });
  });

  it('count by phase who is there', () => {
    expect(new Day().anna('ready', 0).tell({ type: 'agent.changed', at: 0, agentId: 'bo', phase: 'talking', reason: null }).figures(1).agentsByPhase).toMatchObject({ ready: 1, talking: 1, notReady: 0 });
  });
});

describe('the fold', () => {
  const fact = fc.oneof(
    fc.record({ type: fc.constant('call.arrived' as const), callId: fc.constantFrom('a', 'b', 'c'), queue: fc.constantFrom('q', 'r'), needs: fc.constant([]), asked: fc.constant([]), band: fc.constant(1), askedBand: fc.constant(null), isReturning: fc.boolean() }),
    fc.record({ type: fc.constantFrom('call.abandoned' as const, 'call.overflowed' as const), callId: fc.constantFrom('a', 'b', 'c'), queue: fc.constantFrom('q', 'r'), waitMs: fc.nat(60_000) }),
    fc.record({ type: fc.constant('call.answered' as const), callId: fc.constantFrom('a', 'b', 'c'), queue: fc.constantFrom('q', 'r'), waitMs: fc.nat(60_000), offerId: fc.constant('o'), agentId: fc.constantFrom('x', 'y') }),
    fc.record({ type: fc.constant('call.completed' as const), callId: fc.constantFrom('a', 'b', 'c'), queue: fc.constantFrom('q', 'r'), agentId: fc.constantFrom('x', 'y'), talkMs: fc.nat(60_000), holdMs: fc.nat(60_000) }),
    fc.record({ type: fc.constant('callback.notReached' as const), callId: fc.constantFrom('a', 'b', 'c'), queue: fc.constantFrom('q', 'r'), offerId: fc.constant(null), why: fc.constantFrom('busy', 'hours'), isLast: fc.boolean() }),
    fc.record({ type: fc.constant('agent.changed' as const), agentId: fc.constantFrom('x', 'y'), phase: fc.constantFrom('ready' as const, 'talking' as const, 'wrapUp' as const, 'notReady' as const, 'loggedOut' as const), reason: fc.constant(null) }),
  );
  const facts = fc.array(fc.record({ fact, atMs: fc.nat(10 * INTERVAL_MS) })).map((list) => list.map(({ fact: one, atMs }, at): QueueFact => ({ ...one, v: 1, id: `f${at}`, at: DAY + atMs })));
  const of = (list: readonly QueueFact[]) => {
    const fold = new FigureFold();
    for (const one of list) fold.observe(one);
    return fold;
  };
  const whole = { from: DAY, to: DAY + 86_400_000 };

  it('gives figures that fit their schema, whatever the order of facts', () => {
    fc.assert(fc.property(facts, (list) => void figuresSchema.parse(of(list).figures(whole, whole.to))));
  });

  it('changes nothing when facts come twice', () => {
    fc.assert(fc.property(facts, (list) => void expect(of(list.flatMap((one) => [one, one])).figures(whole, whole.to)).toEqual(of(list).figures(whole, whole.to))));
  });

  it('gives a day that is the sum of its intervals', () => {
    fc.assert(
      fc.property(facts, (list) => {
        const fold = of(list);
        const parts = Array.from({ length: 96 }, (_, at) => fold.figures({ from: DAY + at * INTERVAL_MS, to: DAY + (at + 1) * INTERVAL_MS }, whole.to));
        const sum = (key: 'offered' | 'answered' | 'talkMs' | 'wrapUpMs') => parts.reduce((all, { queues }) => all + queues.reduce((some, queue) => some + queue[key], 0), 0);
        const day = fold.figures(whole, whole.to).queues;
        for (const key of ['offered', 'answered', 'talkMs', 'wrapUpMs'] as const) expect(sum(key)).toBe(day.reduce((all, queue) => all + queue[key], 0));
      }),
      { numRuns: 30 },
    );
  });

  it('forgets what arrived before, but not what goes on', () => {
    const day = new Day().anna('ready', 0).arrives('c1', 0).answered('c1', 5, 5);
    day.fold.forgetBefore(DAY + INTERVAL_MS);
    expect(day.figures(10)).toMatchObject({ queues: [], agents: [{ phase: 'talking' }] });
  });

  it('forgets a caller who waited before, but neither an item nor a callback between its tries: those may wait for days', () => {
    const day = new Day().arrives('c1', 0).arrives('cb', 0, true);
    day.tell({ type: 'call.arrived', at: 0, callId: 'item-1', channel: 'email', queue: 'q', needs: [], asked: [], band: 100, askedBand: null, isReturning: false });
    day.tell({ type: 'callback.notReached', at: 30 * S, callId: 'cb', offerId: 'o', queue: 'q', why: 'busy', isLast: false });
    day.fold.forgetBefore(DAY + 3 * 86_400 * S);
    expect(day.figures(3 * 86_400).queues).toMatchObject([{ channel: 'voice', waiting: 0, resting: 1 }, { channel: 'email', waiting: 1 }]);
  });

  it('callers who are blocked count apart, in no queue and never as abandoned', () => {
    const day = new Day().arrives('c1', 0).abandoned('c1', 10, 10);
    const blocked = (callId: string, why: 'number' | 'withheld'): Open => ({ type: 'caller.blocked', at: 20 * S, callId, number: '+46771000100', why, was: 'refused' });
    day.tell(blocked('c2', 'number'), blocked('c3', 'number'), blocked('c4', 'withheld'));
    expect(day.figures(30)).toMatchObject({ blockedCallers: { byNumber: 2, withheld: 1 }, queues: [{ offered: 1, abandoned: 1 }] });
  });
});
