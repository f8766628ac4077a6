import { SNAPSHOT_VERSION, type CallState } from '../core/call/call-state.js';
import type { NodeId } from '../core/ids.js';

/** A call as a process wrote it, as that node's; null when it cannot be read. */
export function readSnapshot(text: string, node: NodeId): CallState | null {
  try {
    const state = JSON.parse(text) as CallState;
    return state.snapshot === SNAPSHOT_VERSION ? { ...state, node } : null;
  } catch {
    // Half a snapshot, or none: who asked goes on without it.
    return null;
  }
}
