import { describe, expect, it } from 'vitest';
import { booked, rulesWith } from './callback-story.js';
import { at, facts, QUEUE } from './call-story.js';

const gone = () => at.waiting().tell({ type: 'queue.overflowed', from: QUEUE, rule: 'nobody', to: { transfer: '112' } });
const returned = { type: 'store.returned' } as const;
const drops = (story: ReturnType<typeof gone>) => story.last.filter(({ type }) => type === 'queue.drop');

describe('a call that has left the queue', () => {
  it('is taken out of it by whoever takes the call over, before anything else: the order of the dead process may not have come there', () => {
    expect(gone().tell(facts.recovered).last[0]).toMatchObject({ type: 'queue.drop', left: QUEUE });
  });

  it('is taken out of it when the store came back, without being counted once more', () => {
    expect(gone().tell(returned).last[0]).toMatchObject({ type: 'queue.drop', left: null });
  });

  it('is a callback at rest, which is not counted as gone elsewhere: it comes again', () => {
    const resting = booked();
    resting.rules = rulesWith({ mayRing: () => false });
    resting.tell(facts.offered);
    expect(resting.phase).toBe('resting');
    expect(resting.tell(facts.recovered).last[0]).toMatchObject({ type: 'queue.drop', left: null });
  });

  it('is taken out of it after its talk as well, which is ended first: the store may believe that it waits still', () => {
    for (const event of [facts.recovered, returned]) expect(at.wrapUp().tell(event).last.slice(0, 2)).toMatchObject([{ type: 'queue.complete', afterwards: 'wrapUp' }, { type: 'queue.drop', left: null }]);
  });

  it('is left alone while it waits or talks, and when it never stood in a queue', () => {
    for (const story of [at.waiting(), at.ringing(), at.conversation(), at.flow(), at.transferring()]) {
      for (const event of [facts.recovered, returned]) expect(drops(story.tell(event))).toEqual([]);
    }
  });
});
