import { beforeEach, describe, expect, it } from 'vitest';
import { CallbackEffects } from '../../gateway/app/callback-effects.js';
import { CallActor } from '../../gateway/app/call-actor.js';
import type { CallbackWish } from '../../gateway/core/call/callback-state.js';
import type { CallState } from '../../gateway/core/call/call-state.js';
import type { KeptPlace } from '../../gateway/core/call/kept-place.js';
import { brand, type CallId } from '../../gateway/core/ids.js';
import { QUEUE, rulesFor } from '../core/call/call-story.js';
import { actorIn, deferred, ListeningActor, settle } from '../support/call-fakes.js';
import { FakeClock } from '../support/fake-clock.js';
import { KeptLog } from '../support/silent-log.js';

const STOOD_AT = 1_000_000;

describe('a callback that is booked', () => {
  let make: (state: CallState) => CallActor;
  let kept: KeptPlace | null;
  let places: number[];
  let opened: CallActor[];
  let known: boolean[];
  let clock: FakeClock;
  let effects: CallbackEffects;
  beforeEach(() => {
    make = (state) => new ListeningActor(state);
    kept = null;
    places = [];
    opened = [];
    known = [];
    clock = new FakeClock();
    effects = new CallbackEffects({
      places: { resume: () => Promise.resolve(kept), keepCallback: (_number, { queuedAt }) => Promise.resolve(void places.push(queuedAt)) },
      queue: { waiting: () => Promise.resolve({ queue: QUEUE, position: 3, queuedAt: STOOD_AT }) },
      clock,
      isKnown: () => known.shift() ?? false,
      open: (state) => {
        const callback = make(state);
        opened.push(callback);
        return callback;
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

  describe('and that rests first, as nobody is to be called at this hour', () => {
    const isNight = { rules: rulesFor({ mayRing: () => false }), run: () => undefined, log: new KeptLog() };

    it('is in the store before its caller is told', async () => {
      const saved = deferred<boolean>();
      const written: string[] = [];
      make = (state) => new CallActor(state, { ...isNight, save: ({ activity }) => (written.push(activity.phase), saved.promise) });
      const actor = actorIn('waiting');
      void effects.book(actor, { type: 'callback.book', wish });
      const settled = effects.settled(actor.callId).then(() => 'settled');
      await settle();
      expect([written, actor.told, await Promise.race([settled, Promise.resolve('under way')])]).toEqual([['resting'], [], 'under way']);
      saved.resolve(true);
      expect(await settled).toBe('settled');
      expect(actor.told).toMatchObject([{ type: 'callback.booked' }]);
    });

    it('is written again until the store takes it, and the caller is told then', async () => {
      const answers = [false, false, true];
      make = (state) => new CallActor(state, { ...isNight, save: () => Promise.resolve(answers.shift() ?? false) });
      const actor = actorIn('waiting');
      void effects.book(actor, { type: 'callback.book', wish });
      for (const left of [2, 1, 0]) {
        await settle();
        expect([answers.length, actor.told.length]).toEqual([left, left === 0 ? 1 : 0]);
        clock.advance(500);
      }
    });
  });

  it.each([
    ['before', [true]],
    ['while it was being booked', [false, true]],
  ])('is not made twice where it was taken over %s: the dead process had come to it', async (_when, isKnown) => {
    known = isKnown;
    const actor = actorIn('waiting');
    await effects.book(actor, { type: 'callback.book', wish });
    expect(opened).toEqual([]);
    expect(actor.told).toMatchObject([{ type: 'callback.booked' }]);
  });
});
