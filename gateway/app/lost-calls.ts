import type { CallId, Millis, NodeId } from '../core/ids.js';
import type { CallStore, SavedCall } from '../ports/call-store.js';
import type { Clock } from '../ports/clock.js';

/** For so long a store may bring back from its past that a call was this node's. */
const KEPT_MS = 3_600_000;
/** Whoever has taken a call over has said so by then, also to a store that forgot it. */
const CLAIMED_WITHIN_MS = 5_000;

export interface LostCallsOptions {
  readonly store: Pick<CallStore, 'owned' | 'saved'>;
  readonly node: NodeId;
  readonly clock: Clock;
}

/**
 * Calls that another node has taken from this one. A store that went back in time may give one back: it is not over, so it is not dropped.
 * Whoever has it says so; where nobody does, as that node died as well, this one goes on with it.
 */
export class LostCalls {
  private readonly lostAt = new Map<CallId, Millis>();
  /** Those that the store may give to this node, and since when. */
  private readonly unclaimed = new Map<CallId, Millis>();

  constructor(private readonly options: LostCallsOptions) {}

  note(callId: CallId): void {
    const at = this.options.clock.now();
    for (const [before, lostAt] of this.lostAt) if (lostAt + KEPT_MS <= at) this.lostAt.delete(before);
    this.lostAt.set(callId, at);
    this.unclaimed.set(callId, at);
  }

  has(callId: CallId): boolean {
    return this.lostAt.has(callId);
  }

  /** The store may have gone back in time. */
  storeReturned(): void {
    const at = this.options.clock.now();
    for (const callId of this.lostAt.keys()) this.unclaimed.set(callId, at);
  }

  /** Those that the store gives to this node, and that nobody else has claimed: they are this node's again. Rejects when the store does not answer. */
  async takeUnclaimed(): Promise<readonly SavedCall[]> {
    if (this.unclaimed.size === 0) return [];
    const { store, node, clock } = this.options;
    const owned = new Set(await store.owned(node));
    for (const callId of this.unclaimed.keys()) if (!owned.has(callId)) this.unclaimed.delete(callId);
    const due = [...this.unclaimed].filter(([, since]) => since + CLAIMED_WITHIN_MS <= clock.now()).map(([callId]) => callId);
    const saved = await store.saved(due);
    for (const callId of due) {
      this.unclaimed.delete(callId);
      this.lostAt.delete(callId);
    }
    return saved;
  }
}
