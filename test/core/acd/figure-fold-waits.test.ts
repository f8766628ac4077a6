import { describe, expect, it } from 'vitest';
import type { QueueFigures } from '../../../gateway/core/acd/figures.js';
import { Day, DAY, S, type Open } from './told-day.js';

describe('figures count as a wait the time in the line of that queue', () => {
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

describe('figures of a callback', () => {
  const sums = ({ offered, answered, abandoned, overflowed, waiting, resting }: QueueFigures) => ({ offered, sum: answered + abandoned + overflowed + waiting + resting });
  const vain = (callId: string, atS: number, { why = 'busy', isLast = false } = {}): Open => ({ type: 'callback.notReached', at: atS * S, callId, offerId: `o-${callId}`, queue: 'q', why, isLast });
  const gone = (callId: string, atS: number): Open => ({ type: 'call.overflowed', at: atS * S, callId, queue: 'q', waitMs: 0 });

  it('count a try in vain neither as an overflow nor as an answer, and the next one as no new offer', () => {
    const day = new Day().arrives('cb', 0, true).tell(vain('cb', 30));
    expect(day.queue(60)).toMatchObject({ offered: 1, answered: 0, overflowed: 0, abandoned: 0, notReached: 1, waiting: 0, resting: 1, longestWaitMs: null });
    expect(day.arrives('cb', 930, true).queue(940)).toMatchObject({ offered: 1, overflowed: 0, waiting: 1, resting: 0 });
    expect(day.answered('cb', 950, 950).over('cb', 1_000, 50).queue(1_000)).toMatchObject({ offered: 1, answered: 1, overflowed: 0, notReached: 1, waiting: 0, ahtMs: 50 * S });
  });

  it('count one that rests for days as offered on its first day alone, whoever knows of that, and what comes of it there', () => {
    const back = { type: 'call.arrived', at: 5 * 86_400 * S, callId: 'cb', queue: 'q', needs: [], asked: [], band: 100, askedBand: null, isReturning: true, offeredAt: DAY } as const;
    const now = 5 * 86_400 + 100;
    const today = { from: 5 * 86_400 * S, to: 6 * 86_400 * S };
    const known = new Day().arrives('cb', 0, true).tell(vain('cb', 30), back);
    const forgotten = new Day().arrives('cb', 0, true).tell(vain('cb', 30));
    forgotten.fold.forgetBefore(DAY + 4 * 86_400 * S);
    for (const day of [known, forgotten.tell(back), new Day().tell(back)]) {
      expect(day.figures(now, today).queues).toMatchObject([{ offered: 0, waiting: 1, longestWaitMs: expect.any(Number) as number }]);
      expect(day.answered('cb', now, now).figures(now, today).queues).toEqual([]);
    }
    expect(known.queue(now)).toMatchObject({ offered: 1, answered: 1 });
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
