import { describe, expect, it } from 'vitest';
import { PlaceEffects } from '../../gateway/app/place-effects.js';
import type { KeptPlace } from '../../gateway/core/call/kept-place.js';
import { ok } from '../../gateway/core/errors.js';
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
    const effects = new PlaceEffects({ places, queue: { order: (callId, order) => (orders.push([callId, order]), Promise.resolve(ok(null))) }, centre: fakeCentre, clock: new FakeClock() });
    const { state } = actorIn('conversation');
    if (!('place' in state.activity)) throw new Error('no place');
    await effects.withdraw(new ListeningActor({ ...state, booked: { number: '+46701234567', place: state.activity.place, via: 'line', askedAt: 2 } }));
    expect([taken, orders]).toEqual([['+46701234567'], [[CALLBACK.callId, { do: 'supersede' }]]]);
    await effects.withdraw(actorIn('conversation'));
    expect(taken).toHaveLength(1);
  });
});
