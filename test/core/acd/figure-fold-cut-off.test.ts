import { describe, expect, it } from 'vitest';
import type { QueueFigures } from '../../../gateway/core/acd/figures.js';
import { Day, S } from './told-day.js';

describe('figures of a caller whose connection broke on our side or on the way', () => {
  const sums = ({ offered, answered, abandoned, overflowed, cutOff, waiting, resting }: QueueFigures) => ({ offered, sum: answered + abandoned + overflowed + cutOff + waiting + resting });

  it('are no one’s impatience, however soon it broke', () => {
    const day = new Day().arrives('c1', 0).cutOff('c1', 3, 3).arrives('c2', 10).cutOff('c2', 100, 90);
    expect(day.queue()).toMatchObject({ offered: 2, cutOff: 2, abandoned: 0, shortAbandoned: 0, abandonment: null });
  });

  it('leave the shares to the calls that we did not break', () => {
    const day = new Day().arrives('c1', 0).cutOff('c1', 60, 60).arrives('c2', 0).abandoned('c2', 60, 60).arrives('c3', 0).answered('c3', 10, 10);
    expect(day.queue()).toMatchObject({ abandonment: 0.5, abandonmentWithoutShort: 0.5 });
  });

  it('count as missed in the service level only when the wait was too long by then', () => {
    expect(new Day().arrives('c1', 0).answered('c1', 10, 10).arrives('c2', 0).cutOff('c2', 20, 20).queue().serviceLevel.share).toBe(1);
    expect(new Day().arrives('c1', 0).answered('c1', 10, 10).arrives('c2', 0).cutOff('c2', 21, 21).queue().serviceLevel.share).toBe(0.5);
  });

  it('have the call with which they come back as an offer of its own, whose wait begins then', () => {
    const day = new Day().arrives('c1', 0).cutOff('c1', 300, 300).arrives('c2', 330).answered('c2', 335, 335);
    expect(day.queue()).toMatchObject({ offered: 2, cutOff: 1, answered: 1, asaMs: 5 * S, abandonment: 0 });
  });

  it('stay answered when the talk was what came before, and the agent was lost', () => {
    const day = new Day().arrives('c1', 0).answered('c1', 5, 5).over('c1', 60, 55).arrives('c1', 60, true).cutOff('c1', 70, 70);
    expect(day.queue()).toMatchObject({ offered: 1, answered: 1, cutOff: 0, waiting: 0 });
  });

  it('are of no queue that could not be reached', () => {
    expect(new Day().cutOff('c1', 5, 0).figures(10).queues).toEqual([]);
  });

  it('hold the sum at each step: offered is answered, abandoned, overflowed, cut off, waiting and resting', () => {
    const day = new Day();
    // Cut off in the line and back; cut off in the talk and back, then impatient; a callback that is cut off from its rest's end; one who never comes back.
    const steps: ((at: number) => Day)[] = [
      (at) => day.arrives('c1', at).arrives('c2', at),
      (at) => day.cutOff('c1', at, 10).answered('c2', at, 10),
      (at) => day.arrives('c1-again', at).over('c2', at, 10),
      (at) => day.arrives('c2-again', at).answered('c1-again', at, 30),
      (at) => day.abandoned('c2-again', at, 40).over('c1-again', at, 10).arrives('cb', at, true),
      (at) => day.tell({ type: 'callback.notReached', at: at * S, callId: 'cb', offerId: 'o', queue: 'q', why: 'busy', isLast: false }).arrives('c3', at),
      (at) => day.arrives('cb', at, true).cutOff('c3', at, 10),
      (at) => day.cutOff('cb', at, 70).arrives('c4', at),
      (at) => day.tell({ type: 'call.overflowed', at: at * S, callId: 'c4', queue: 'q', waitMs: 10 * S }),
    ];
    for (const [index, step] of steps.entries()) {
      const { offered, sum } = sums(step(index * 10).queue(index * 10 + 5));
      expect(sum, `after step ${index}`).toBe(offered);
    }
    expect(day.queue(100)).toMatchObject({ offered: 7, answered: 2, abandoned: 1, overflowed: 1, cutOff: 3, waiting: 0, resting: 0 });
  });
});
