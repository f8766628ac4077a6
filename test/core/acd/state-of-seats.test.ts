import { describe, expect, it } from 'vitest';
import type { SeatsState } from '../../../gateway/core/acd/queue-types.js';
import { stateOfSeats } from '../../../gateway/core/acd/state-of-seats.js';

const seats = (phase: SeatsState['phase'], since: number, more: Partial<SeatsState> = {}): SeatsState => ({ phase, since, reason: '', wish: null, offer: null, open: [], ...more });
const away = (reason: string, since: number): SeatsState => seats('notReady', since, { reason });

describe('the state of an agent who takes no calls', () => {
  it.each([
    ['signed out of all channels', [seats('loggedOut', 0), seats('loggedOut', 0)], { phase: 'loggedOut' }],
    ['no channel at all', [], { phase: 'loggedOut' }],
    ['not ready in all: since the first of them, with its reason', [away('rona', 20), away('lunch', 10), seats('loggedOut', 0)], { phase: 'notReady', reason: 'lunch', since: 10 }],
    ['ready in one', [away('signedIn', 5), seats('ready', 20)], { phase: 'ready', since: 20 }],
    ['ready in two: since the first of them', [seats('ready', 30), seats('ready', 20)], { phase: 'ready', since: 20 }],
    ['one offered, another ready', [seats('reserved', 10), seats('ready', 20)], { phase: 'ready', since: 20 }],
    ['no room in any: offered and full', [seats('reserved', 30), seats('full', 10)], { phase: 'blocked', since: 10 }],
    ['full, and a pause wanted: the pause', [seats('full', 10, { wish: 'break' }), away('break', 30)], { phase: 'notReady', reason: 'break', since: 10 }],
    ['a pause wanted in one, which the others do not know of yet', [seats('full', 10, { wish: 'break' }), seats('ready', 20)], { phase: 'ready', since: 20 }],
  ] as const)('%s', (_, all, state) => {
    expect(stateOfSeats(all)).toEqual(state);
  });
});
