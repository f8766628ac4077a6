import { describe, expect, it } from 'vitest';
import { PlaceEffects } from '../../gateway/app/place-effects.js';
import type { KeptPlace } from '../../gateway/core/call/kept-place.js';
import { failed, ok } from '../../gateway/core/errors.js';
import { brand, type CallId } from '../../gateway/core/ids.js';
import type { CallerPlaces } from '../../gateway/ports/caller-places.js';
import { actorIn, fakeCentre, ListeningActor } from '../support/call-fakes.js';
import { FakeClock } from '../support/fake-clock.js';

const CALLBACK: KeptPlace = { why: 'callback', callId: brand<CallId>('call-1-cb'), queuedAt: 1, at: 2, afterMs: 1 };

describe('the place of a callback', () => {
  it('is given up for the number that was to be called, and the callback leaves the line', async () => {
    const orders: unknown[] = [];
    const taken: string[] = [];
    const places = { takeCallback: (number: string) => (taken.push(number), Promise.resolve(CALLBACK)) } as Partial<CallerPlaces> as CallerPlaces;
    const effects = new PlaceEffects({ places, supersede: () => undefined, queue: { order: (callId, order) => (orders.push([callId, order]), Promise.resolve(ok(null))) }, centre: fakeCentre, clock: new FakeClock() });
    const { state } = actorIn('conversation');
    if (!('place' in state.activity)) throw new Error('no place');
    await effects.withdraw(new ListeningActor({ ...state, booked: { number: '+46701234567', place: state.activity.place, via: 'line', askedAt: 2 } }));
    expect([taken, orders]).toEqual([['+46701234567'], [[CALLBACK.callId, { do: 'supersede' }]]]);
    await effects.withdraw(actorIn('conversation'));
    expect(taken).toHaveLength(1);
  });

  it.each([
    ['is told so between its tries, where no line has it', failed('VG_NOT_QUEUED', 'there is no such call'), [CALLBACK.callId]],
    ['is told once, where it stands in line', ok(null), []],
    ['asks before its next try, where the store does not answer', failed('VG_STORE', 'no answer'), []],
  ] as const)('%s', async (_what, ordered, superseded) => {
    const told: CallId[] = [];
    const places = { take: () => Promise.resolve(CALLBACK) } as Partial<CallerPlaces> as CallerPlaces;
    const effects = new PlaceEffects({ places, supersede: (callId) => told.push(callId), queue: { order: () => Promise.resolve(ordered) }, centre: fakeCentre, clock: new FakeClock() });
    expect(await effects.resume(actorIn('waiting').state)).toEqual(CALLBACK);
    expect(told).toEqual(superseded);
  });
});
