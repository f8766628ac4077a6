import { beforeEach, describe, expect, it } from 'vitest';
import { CallbackEffects } from '../../gateway/app/callback-effects.js';
import type { CallActor } from '../../gateway/app/call-actor.js';
import type { CallbackWish } from '../../gateway/core/call/callback-state.js';
import type { KeptPlace } from '../../gateway/core/call/kept-place.js';
import { brand, type CallId } from '../../gateway/core/ids.js';
import { QUEUE } from '../core/call/call-story.js';
import { actorIn, ListeningActor } from '../support/call-fakes.js';
import { FakeClock } from '../support/fake-clock.js';

const STOOD_AT = 1_000_000;

describe('a callback that is booked', () => {
  let kept: KeptPlace | null;
  let places: number[];
  let opened: CallActor[];
  let effects: CallbackEffects;
  beforeEach(() => {
    kept = null;
    places = [];
    opened = [];
    effects = new CallbackEffects({
      places: { resume: () => Promise.resolve(kept), keepCallback: (_number, { queuedAt }) => Promise.resolve(void places.push(queuedAt)) },
      queue: { waiting: () => Promise.resolve({ queue: QUEUE, position: 3, queuedAt: STOOD_AT }) },
      clock: new FakeClock(),
      actors: new Map(),
      open: (state) => {
        const actor = new ListeningActor(state);
        opened.push(actor);
        return actor;
      },
    });
  });
  const wish: CallbackWish = { number: '+46701234567', place: { queue: QUEUE, needs: [], band: null, queuedAt: STOOD_AT + 7 }, via: 'line', askedAt: STOOD_AT + 90_000 };
  const placeOf = (queuedAt: number): KeptPlace => ({ why: 'cutOff', callId: brand<CallId>('before'), queuedAt, at: STOOD_AT, afterMs: 0 });

  it('has the place of the caller as the queue counts it', async () => {
    const actor = actorIn('waiting');
    await effects.book(actor, { type: 'callback.book', wish });
    expect([places, opened[0]?.state.callback?.place.queuedAt]).toEqual([[STOOD_AT], STOOD_AT]);
    expect(actor.told).toMatchObject([{ type: 'callback.booked' }]);
  });

  it.each([
    ['an earlier', -60_000, STOOD_AT - 60_000],
    ['a later', 60_000, STOOD_AT],
  ])('has the earlier place where %s one was kept for the number', async (_which, byMs, queuedAt) => {
    kept = placeOf(STOOD_AT + byMs);
    await effects.book(actorIn('waiting'), { type: 'callback.book', wish });
    expect(places).toEqual([queuedAt]);
  });
});
