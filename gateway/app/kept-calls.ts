import type { CallState } from '../core/call/call-state.js';
import { brand, type CallId, type Millis, type NodeId, type RequestId } from '../core/ids.js';
import type { CallStore } from '../ports/call-store.js';
import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import type { Queue } from '../ports/queue.js';
import type { CallActor } from './call-actor.js';
import { longestWaitFirst } from './longest-wait-first.js';
import { StoreHealth } from './store-health.js';

export interface KeptCallsOptions {
  /** The calls of this process. */
  readonly actors: ReadonlyMap<CallId, CallActor>;
  readonly store: CallStore;
  readonly queue: Pick<Queue, 'forget' | 'drop'>;
  readonly node: NodeId;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether a call goes on that is not among those of this process. */
  readonly goesOn: (callId: CallId) => boolean;
  /** Another node has adopted the call. */
  readonly onTaken: (state: CallState) => void;
  /** The store answers again after it was away for long. */
  readonly onStoreReturned?: () => void;
}

/** A store that goes back in time goes back by seconds. */
const REMOVED_KEPT_MS = 60_000;

/** `wasQueued`: the queue never heard of most calls. */
export interface FinishedCall {
  readonly callId: CallId;
  readonly takeovers: number;
  readonly wasQueued: boolean;
}

/** What the store has of this process's calls, and what it still lacks. */
export class KeptCalls {
  readonly health: StoreHealth;
  /** Finished calls whose traces in the store could not be removed yet, and those that were removed lately, with when. */
  private readonly unremoved = new Map<CallId, FinishedCall>();
  private readonly removed = new Map<CallId, FinishedCall & { readonly at: Millis }>();
  private serverRun: string | null = null;
  /** Until then no other node takes calls from this one; null before the first renewal. */
  private leasedUntil: Millis | null = null;
  /** Before that a gateway without a lease may live. */
  private adoptFrom: Millis = 0;

  constructor(private readonly options: KeptCallsOptions) {
    this.health = new StoreHealth(options.clock);
  }

  /** @returns false when the store did not take the snapshot in time */
  async save(state: CallState): Promise<boolean> {
    const { store, node, onTaken } = this.options;
    try {
      await store.save({ callId: state.callId, node, takeovers: state.takeovers, version: state.version, snapshot: JSON.stringify(state) });
      this.health.answered();
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === 'CallTaken') {
        onTaken(state);
        return true;
      }
      this.health.failed();
      return false;
    }
  }

  /** Whether calls of this node may be another's by now: it stood still, or was cut off, for longer than its lease. */
  mayBeTaken(): boolean {
    return this.leasedUntil !== null && this.options.clock.now() >= this.leasedUntil;
  }

  /** Whether a gateway is dead whose lease has run out: leases run out while the store is away as well, and all who live renew theirs then. */
  mayAdopt(): boolean {
    return !this.mayBeTaken() && this.options.clock.now() >= this.adoptFrom;
  }

  /** Removes what is kept about a finished call; while the store is away it is noted and done later. */
  async remove(call: FinishedCall): Promise<void> {
    const { store, queue, clock } = this.options;
    const { callId, takeovers, wasQueued } = call;
    this.unremoved.set(callId, call);
    const isOwn = await store.remove(callId, takeovers);
    if (isOwn && wasQueued && !(await queue.forget(callId))) await this.endInQueue(callId);
    this.unremoved.delete(callId);
    if (!isOwn) return;
    const at = clock.now();
    for (const [before, { at: removedAt }] of this.removed) if (removedAt + REMOVED_KEPT_MS <= at) this.removed.delete(before);
    this.removed.set(callId, { ...call, at });
  }

  /** A store that went back in time has the call waiting, or talking with an agent, still. */
  private async endInQueue(callId: CallId): Promise<void> {
    const { queue, node } = this.options;
    const dropped = await queue.drop({ requestId: brand<RequestId>(`${callId}:over:${this.serverRun ?? ''}`), callId, node });
    if (!dropped.ok && dropped.error.code === 'VG_STORE') throw new Error(dropped.error.detail);
    await queue.forget(callId);
  }

  /** Renews this node's lease, and writes what was put off or could not be written. Rejects when the store does not answer. */
  async renew(leaseMs: number): Promise<void> {
    const { store, node, actors, clock } = this.options;
    const leasedUntil = clock.now() + leaseMs;
    const { lease, serverRun } = await store.heartbeat(node, leaseMs);
    const isOther = this.serverRun !== null && serverRun !== this.serverRun;
    const wasAway = this.health.isFailing();
    if (wasAway || isOther || this.mayBeTaken()) this.adoptFrom = leasedUntil;
    this.serverRun = serverRun;
    this.health.answered();
    // The store may have renewed a lease that had run out already, without that being heard here.
    const isLeased = lease === 'kept' && !this.mayBeTaken();
    // A process that was stopped for so long asks at once which calls are still its own: the store refuses to save the others. One that went
    // back in time may not know that they are.
    const isSure = isLeased && !isOther;
    const answers = await Promise.all([...actors.values()].map(async (actor) => (isSure ? actor.saveAgain() : actor.saveAnew())));
    if (!answers.includes(false)) this.leasedUntil = leasedUntil;
    // A store that went back in time may give them to a gateway that had them before.
    const removed = isOther ? [...this.removed.values()] : [];
    if (wasAway || isOther) await this.storeReturned();
    await Promise.all([...this.unremoved.values(), ...removed].map((call) => this.remove(call)));
  }

  /**
   * The store may have come back without its newest data, or without any. What this process knows is stated: who waits lines up again, the
   * longest wait first, and who talks, talks. What the store still has of calls that are over goes.
   */
  private async storeReturned(): Promise<void> {
    const { actors, clock, log, onStoreReturned } = this.options;
    log.warn({ calls: actors.size }, 'call store is back');
    const at = clock.now();
    for (const actor of longestWaitFirst(actors.values())) actor.dispatch({ type: 'store.returned', at });
    onStoreReturned?.();
    await this.dropUnknown();
  }

  private async dropUnknown(): Promise<void> {
    const { store, node, actors, goesOn, log } = this.options;
    const unknown = (await store.owned(node)).filter((callId) => !actors.has(callId) && !goesOn(callId));
    for (const callId of unknown) log.warn({ callId }, 'the store brought back a call that is over');
    await Promise.all(unknown.map((callId) => this.remove({ callId, takeovers: 0, wasQueued: true })));
  }
}
