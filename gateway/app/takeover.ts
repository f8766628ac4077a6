import { SNAPSHOT_VERSION, type CallState } from '../core/call/call-state.js';
import type { LegId } from '../core/ids.js';
import type { Telephony } from '../ports/telephony.js';

/** A call as its dead process wrote it; null when it cannot be read. */
export function readSnapshot(text: string): CallState | null {
  try {
    const state = JSON.parse(text) as CallState;
    return state.snapshot === SNAPSHOT_VERSION ? state : null;
  } catch {
    // Half a snapshot, or none: the caller of this function says so and lets the call go.
    return null;
  }
}

/**
 * Takes over the legs of a dead process's call, both at once.
 * @returns the legs that ended meanwhile. Tell the call only when all are known: what it then orders must find the others taken over.
 */
export async function takeOverLegs(telephony: Telephony, state: CallState): Promise<readonly LegId[]> {
  // The sockets of a bridge are left alone: fetching one back would cut the conversation.
  const isTalking = state.activity.phase === 'conversation' || state.activity.phase === 'transferred';
  const legs = [
    { leg: state.callerLeg, role: 'caller' as const },
    { leg: state.agentLeg, role: 'agent' as const },
  ];
  const ended = await Promise.all(
    legs.map(async ({ leg, role }) => {
      if (leg?.phase !== 'up') return [];
      const isAlive = await telephony.adopt(state.callId, { legId: leg.legId, role, ...leg.address }, isTalking);
      return isAlive ? [] : [leg.legId];
    }),
  );
  return ended.flat();
}
