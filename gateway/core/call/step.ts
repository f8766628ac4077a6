import type { CallEffect } from './call-effects.js';
import type { CallState } from './call-state.js';

/** What one event made of the call. */
export interface CallStep {
  readonly state: CallState;
  readonly effects: readonly CallEffect[];
}

/** Nothing happens: a late or repeated event. */
export const ignore = (state: CallState): CallStep => ({ state, effects: [] });

export const step = (state: CallState, ...effects: readonly CallEffect[]): CallStep => ({ state, effects });

/** Puts the effects of `first` before those of `then`, which starts from the state that `first` left. */
export function andThen(first: CallStep, then: (state: CallState) => CallStep): CallStep {
  const second = then(first.state);
  return { state: second.state, effects: [...first.effects, ...second.effects] };
}

/**
 * A key that a repeat of the same effect shares: the call and the event that asked for it. The process that had the call before may have
 * gone on without its events being saved, so whoever takes it over counts anew.
 */
export const requestId = ({ callId, takeovers, version }: CallState, verb: string): string => `${callId}:${takeovers}.${version}:${verb}`;
