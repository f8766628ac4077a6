import type { Millis } from '../core/ids.js';
import type { CallActor } from './call-actor.js';

/** Calls in the order in which they are to line up, when all of them do at a time: those that wait, the longest wait first, and then the others. */
export function longestWaitFirst(actors: Iterable<CallActor>): readonly CallActor[] {
  const since = ({ state }: CallActor): Millis => (state.activity.phase === 'waiting' ? state.activity.place.queuedAt : Number.POSITIVE_INFINITY);
  return [...actors].map((actor) => ({ actor, at: since(actor) })).sort((a, b) => (a.at === b.at ? 0 : a.at - b.at)).map(({ actor }) => actor);
}
