import { SNAPSHOT_VERSION, type CallState } from '../core/call/call-state.js';
import type { SavedCall } from '../ports/call-store.js';

/** A call as a process wrote it, as the store says whose it is by now; null when it cannot be read. */
export function readSnapshot({ snapshot, node, takeovers }: SavedCall): CallState | null {
  try {
    const state = JSON.parse(snapshot) as CallState;
    return state.snapshot === SNAPSHOT_VERSION ? { ...state, node, takeovers } : null;
  } catch {
    // Half a snapshot, or none: who asked goes on without it.
    return null;
  }
}
