import type { AgentState, SeatsState } from './queue-types.js';

/**
 * What an agent does who takes no calls, from their seats of all channels: ready while any of them takes work, now (`ready`) or once there
 * is room (`blocked`); else not ready since the first of them was not. Who wants a pause gets nothing more, so that pause counts at once.
 */
export function stateOfSeats(seats: readonly SeatsState[]): AgentState {
  const signedIn = seats.filter(({ phase }) => phase !== 'loggedOut');
  const taking = signedIn.filter((seat) => pauseOf(seat) === null);
  if (taking.length > 0) {
    const free = taking.filter(({ phase }) => phase === 'ready');
    return free.length > 0 ? { phase: 'ready', since: earliest(free).since } : { phase: 'blocked', since: earliest(taking).since };
  }
  if (signedIn.length === 0) return { phase: 'loggedOut' };
  const first = earliest(signedIn);
  return { phase: 'notReady', reason: pauseOf(first) ?? '', since: first.since };
}

const pauseOf = ({ phase, reason, wish }: SeatsState): string | null => wish ?? (phase === 'notReady' ? reason : null);

const earliest = (seats: readonly SeatsState[]): SeatsState => seats.reduce((first, seat) => (seat.since < first.since ? seat : first));
