import type { CallEvent } from './call-events.js';
import type { CallState, Leg } from './call-state.js';

/** Folds leg facts into the caller's and the agent's leg; facts about other legs (an earlier agent's) change nothing. */
export function reduceLegs(state: CallState, event: CallEvent): CallState {
  if (event.type !== 'leg.answered' && event.type !== 'leg.failed' && event.type !== 'leg.hungUp' && event.type !== 'leg.held') return state;
  if (state.callerLeg.legId === event.legId) return { ...state, callerLeg: reduceLeg(state.callerLeg, event) };
  if (state.agentLeg?.legId === event.legId) return { ...state, agentLeg: reduceLeg(state.agentLeg, event) };
  return state;
}

type LegEvent = Extract<CallEvent, { type: 'leg.answered' | 'leg.failed' | 'leg.hungUp' | 'leg.held' }>;

function reduceLeg(leg: Leg, event: LegEvent): Leg {
  if (leg.phase === 'gone') return leg;
  switch (event.type) {
    case 'leg.answered':
      return leg.phase === 'up' ? leg : { phase: 'up', legId: leg.legId, address: event.address, isHeld: false };
    case 'leg.failed':
    case 'leg.hungUp':
      return { phase: 'gone', legId: leg.legId };
    case 'leg.held':
      return leg.phase === 'up' ? { ...leg, isHeld: event.isHeld } : leg;
  }
}
