import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FigureFold, INTERVAL_MS } from '../../../gateway/core/acd/figure-fold.js';
import { figuresSchema, type AgentFigures, type QueueFigures } from '../../../gateway/core/acd/figures.js';
import type { QueueFact } from '../../../gateway/core/acd/queue-fact.js';

type Open = QueueFact extends infer F ? (F extends QueueFact ? Omit<F, 'v' | 'id'> : never) : never;
const DAY = 20_000 * 86_400_000;
const S = 1_000;

class Day {
  readonly fold = new FigureFold();
  private count = 0;

  tell(...facts: readonly Open[]): this {
    for (const fact of facts) this.fold.observe({ v: 1, id: `f${(this.count += 1)}`, ...fact, at: DAY + fact.at } as QueueFact);
    return this;
  }

  arrives(callId: string, atS: number, isReturning = false): this {
    return this.tell({ type: 'call.arrived', at: atS * S, callId, queue: 'q', needs: [], asked: [], band: 100, askedBand: null, isReturning });
  }

  answered(callId: string, atS: number, waitS: number, agentId = 'anna'): this {
    return this.tell({ type: 'call.answered', at: atS * S, callId, offerId: `o-${callId}`, agentId, queue: 'q', waitMs: waitS * S }, { type: 'agent.changed', at: atS * S, agentId, phase: 'talking', reason: null });
  }

  over(callId: string, atS: number, talkS: number, agentId = 'anna'): this {
    return this.tell({ type: 'call.completed', at: atS * S, callId, agentId, queue: 'q', talkMs: talkS * S, holdMs: 0 }, { type: 'agent.changed', at: atS * S, agentId, phase: 'wrapUp', reason: null });
  }

  opens(callId: string, atS: number, agentId = 'anna'): this {
    return this.tell({ type: 'call.answered', at: atS * S, channel: 'chat', callId, offerId: `o-${callId}`, agentId, queue: 'q', waitMs: 0 });
  }

  closes(callId: string, atS: number, agentId = 'anna'): this {
    return this.tell({ type: 'call.completed', at: atS * S, channel: 'chat', callId, agentId, queue: 'q', talkMs: S, holdMs: 0 });
  }

  abandoned(callId: string, atS: number, waitS: number): this {
    return this.tell({ type: 'call.abandoned', at: atS * S, callId, queue: 'q', waitMs: waitS * S });
  }

  anna(phase: Extract<Open, { type: 'agent.changed' }>['phase'], atS: number): this {
    return this.tell({ type: 'agent.changed', at: atS * S, agentId: 'anna', phase, reason: null });
  }

  figures(nowS: number, span = { from: 0, to: 86_400_000 }) {
    return this.fold.figures({ from: DAY + span.from, to: DAY + span.to }, DAY + nowS * S);
  }

  queue(nowS = 1_000): QueueFigures {
    const [queue] = this.figures(nowS).queues;
    if (queue === undefined) throw new Error('no queue');
    return queue;
  }

  agent(nowS: number): AgentFigures {
    const [agent] = this.figures(nowS).agents;
    if (agent === undefined) throw new Error('no agent');
    return agent;
  }
}

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

  describe('count as a wait the time in the line of that queue', () => {
    it('without a talk before the connection broke, for a caller who has the place of that call', () => {
      const day = new Day().arrives('again', 900).answered('again', 910, 800);
      expect(day.queue()).toMatchObject({ asaMs: 10 * S, longestAnsweredWaitMs: 10 * S, serviceLevel: { share: 1 } });
      expect(new Day().arrives('again', 900).abandoned('again', 903, 800).queue()).toMatchObject({ abandoned: 1, shortAbandoned: 1 });
    });

    it('without that of another queue before', () => {
      const day = new Day().arrives('c1', 0).tell({ type: 'call.overflowed', at: 60 * S, callId: 'c1', queue: 'q', waitMs: 60 * S });
      day.tell({ type: 'call.arrived', at: 60 * S, callId: 'c1', queue: 'r', needs: [], asked: [], band: 100, askedBand: null, isReturning: true, queuedAt: DAY });
      day.tell({ type: 'call.answered', at: 75 * S, callId: 'c1', offerId: 'o', agentId: 'anna', queue: 'r', waitMs: 75 * S });
      expect(day.figures(100).queues).toMatchObject([{ queue: 'q', serviceLevel: { share: 0 } }, { queue: 'r', asaMs: 15 * S, serviceLevel: { share: 1 } }]);
    });

    it('without the rest of a callback, over all its tries', () => {
      const day = new Day().arrives('cb', 0, true).tell({ type: 'callback.notReached', at: 8 * S, callId: 'cb', offerId: 'o', queue: 'q', why: 'busy', isLast: false });
      expect(day.queue(60_000)).toMatchObject({ longestWaitMs: null, serviceLevel: { share: null } });
      day.arrives('cb', 64_000, true);
      expect(day.queue(64_010)).toMatchObject({ longestWaitMs: 18 * S, serviceLevel: { share: null } });
      expect(day.queue(64_020)).toMatchObject({ longestWaitMs: 28 * S, serviceLevel: { share: 0 } });
      expect(day.answered('cb', 64_011, 64_011).queue(64_020)).toMatchObject({ asaMs: 19 * S, serviceLevel: { share: 1 } });
    });

    it('without the talk, of a caller who lost the agent and is no more to be decided', () => {
      const day = new Day().arrives('c1', 0).answered('c1', 5, 5).over('c1', 600, 595).arrives('c1', 600, true);
      expect(day.queue(610)).toMatchObject({ waiting: 1, longestWaitMs: 15 * S, serviceLevel: { share: 1 } });
    });
  });

  describe('of a callback', () => {
    const sums = ({ offered, answered, abandoned, overflowed, waiting, resting }: QueueFigures) => ({ offered, sum: answered + abandoned + overflowed + waiting + resting });
    const vain = (callId: string, atS: number, { why = 'busy', isLast = false } = {}): Open => ({ type: 'callback.notReached', at: atS * S, callId, offerId: `o-${callId}`, queue: 'q', why, isLast });
    const gone = (callId: string, atS: number): Open => ({ type: 'call.overflowed', at: atS * S, callId, queue: 'q', waitMs: 0 });

    it('count a try in vain neither as an overflow nor as an answer, and the next one as no new offer', () => {
      const day = new Day().arrives('cb', 0, true).tell(vain('cb', 30));
      expect(day.queue(60)).toMatchObject({ offered: 1, answered: 0, overflowed: 0, abandoned: 0, notReached: 1, waiting: 0, resting: 1, longestWaitMs: null });
      expect(day.arrives('cb', 930, true).queue(940)).toMatchObject({ offered: 1, overflowed: 0, waiting: 1, resting: 0 });
      expect(day.answered('cb', 950, 950).over('cb', 1_000, 50).queue(1_000)).toMatchObject({ offered: 1, answered: 1, overflowed: 0, notReached: 1, waiting: 0, ahtMs: 50 * S });
    });

    it('count one that is given up as abandoned, and never as abandoned at once', () => {
      const day = new Day().arrives('cb', 0, true).tell(vain('cb', 2)).arrives('cb', 902, true).tell(vain('cb', 904, { isLast: true }));
      expect(day.queue()).toMatchObject({ offered: 1, answered: 0, abandoned: 1, shortAbandoned: 0, overflowed: 0, notReached: 2, resting: 0, serviceLevel: { share: 0 } });
    });

    it('count no try where the hours were over, or the agent laid down first', () => {
      const day = new Day().arrives('cb', 0, true).tell(vain('cb', 2, { why: 'hours' })).arrives('cb', 900, true).tell(vain('cb', 905, { why: 'agentHungUp' }));
      expect(day.queue()).toMatchObject({ offered: 1, overflowed: 0, notReached: 0, resting: 1 });
    });

    it('count one that came back after a lost agent as answered, also if the customer is not reached again', () => {
      const day = new Day().arrives('cb', 0, true).answered('cb', 5, 5).over('cb', 10, 5).arrives('cb', 10, true).tell(vain('cb', 20, { isLast: true }));
      expect(day.queue()).toMatchObject({ offered: 1, answered: 1, abandoned: 0, waiting: 0, resting: 0 });
    });

    it('hold the sum at each step: offered is answered, abandoned, overflowed, waiting and resting', () => {
      const day = new Day();
      // Booked in the line; reached at the second try. Booked in a menu; given up. Cancelled by the customer's own call: in line, and at rest. An ordinary caller.
      const steps: ((at: number) => Day)[] = [
        (at) => day.arrives('c1', at),
        (at) => day.tell(gone('c1', at)).arrives('c1-cb', at, true),
        (at) => day.arrives('c2-cb', at, true).arrives('c3-cb', at, true).arrives('c4-cb', at, true),
        (at) => day.tell(vain('c1-cb', at), vain('c2-cb', at, { why: 'noAnswer' }), vain('c4-cb', at)),
        (at) => day.tell(gone('c3-cb', at)).arrives('c3-own', at),
        (at) => day.tell(gone('c4-cb', at)).arrives('c4-own', at).abandoned('c4-own', at + 1, 1),
        (at) => day.arrives('c1-cb', at, true).arrives('c2-cb', at, true),
        (at) => day.answered('c1-cb', at, 10).tell(vain('c2-cb', at, { isLast: true })),
        (at) => day.answered('c3-own', at, 30, 'bo').over('c1-cb', at, 20),
      ];
      for (const [index, step] of steps.entries()) {
        const { offered, sum } = sums(step(index * 10).queue(index * 10 + 5));
        expect(sum, `after step ${index}`).toBe(offered);
      }
      expect(day.queue(100)).toMatchObject({ offered: 7, answered: 2, abandoned: 2, shortAbandoned: 1, overflowed: 3, notReached: 4, waiting: 0, resting: 0 });
    });

    it('take a wrap-up that follows no talk for nobody’s handling time', () => {
      const day = new Day().anna('ready', 0).arrives('c1', 0).answered('c1', 0, 0).over('c1', 60, 60).anna('reserved', 70).anna('talking', 75).tell(vain('cb', 90)).anna('wrapUp', 90).anna('ready', 190);
      expect(day.queue()).toMatchObject({ wrapUpMs: 10 * S, ahtMs: 70 * S });
    });
  });

  it('count a call in the interval in which it arrived', () => {
    const border = INTERVAL_MS / S;
    const day = new Day().arrives('c1', border - 10).answered('c1', border + 10, 20);
    expect(day.figures(2_000, { from: 0, to: INTERVAL_MS }).queues).toMatchObject([{ offered: 1, answered: 1 }]);
    expect(day.figures(2_000, { from: INTERVAL_MS, to: 2 * INTERVAL_MS }).queues).toEqual([]);
  });

  it('place a call whose arrival the log does not tell by how long it waited', () => {
    const day = new Day().answered('c1', INTERVAL_MS / S + 10, 20);
    expect(day.figures(2_000, { from: 0, to: INTERVAL_MS }).queues).toMatchObject([{ answered: 1, offered: 0 }]);
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

  it('callers who are blocked count apart, in no queue and never as abandoned', () => {
    const day = new Day().arrives('c1', 0).abandoned('c1', 10, 10);
    const blocked = (callId: string, why: 'number' | 'withheld'): Open => ({ type: 'caller.blocked', at: 20 * S, callId, number: '+46771000100', why, was: 'refused' });
    day.tell(blocked('c2', 'number'), blocked('c3', 'number'), blocked('c4', 'withheld'));
    expect(day.figures(30)).toMatchObject({ blockedCallers: { byNumber: 2, withheld: 1 }, queues: [{ offered: 1, abandoned: 1 }] });
  });
});
