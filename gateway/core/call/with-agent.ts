import type { AgentId } from '../ids.js';
import type { CallState } from './call-state.js';

/** The agent whom the call is with, or comes to in this moment; null when it is with nobody (any more). */
export function agentOf({ activity }: Pick<CallState, 'activity'>): AgentId | null {
  switch (activity.phase) {
    case 'waiting':
      return activity.offer?.agentId ?? null;
    case 'conversation':
    case 'calling':
      return activity.agentId;
    default:
      return null;
  }
}
