import type { CallEffect } from './call-effects.js';
import type { CallEvent } from './call-events.js';
import type { Activity, CallState } from './call-state.js';
import { requestId } from './step.js';

/** A call of the queue waits there, or has an agent; one that is over has left it with its last orders. */
const SETTLED: readonly Activity['phase'][] = ['waiting', 'conversation', 'calling', 'wrapUp', 'ended'];

/**
 * The queue may still have a call that has left it: the process that sent it elsewhere died before it told the queue, or the store came back
 * from a time when the call was there. Else an agent would be offered it, or stay bound to it.
 */
export function dropLeft(state: CallState, event: CallEvent): readonly CallEffect[] {
  const isTakenOver = event.type === 'call.recovered';
  if (state.queuedIn === null || SETTLED.includes(state.activity.phase)) return [];
  // A callback at rest comes again, and what came of its try is told apart.
  const isGoneElsewhere = isTakenOver && state.activity.phase !== 'resting';
  return isTakenOver || event.type === 'store.returned' ? [{ type: 'queue.drop', requestId: requestId(state, 'drop'), left: isGoneElsewhere ? state.queuedIn : null }] : [];
}
