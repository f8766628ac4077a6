import type { Activity, CallState, Leg } from '../core/call/call-state.js';
import { brand, type CallId, type LegId, type Millis, type NodeId, type RequestId } from '../core/ids.js';
import { callEntryId } from '../core/thread/phone-call.js';
import type { CallStore, SavedCall } from '../ports/call-store.js';
import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import type { Queue } from '../ports/queue.js';
import type { Telephony } from '../ports/telephony.js';
import type { ThreadStore } from '../ports/thread-store.js';
import type { CallActor } from './call-actor.js';
import { LostCalls } from './lost-calls.js';
import { readSnapshot } from './read-snapshot.js';

/** After a take-over nobody may hear of the end of a wrap-up, so it is also looked for this often. */
const WRAP_UP_CHECK_MS = 5_000;
/** Phases of a call whose entry may be filed before it ends: the agent's note, or the next try to reach the customer, is to come. */
const GOES_ON_WHEN_FILED: readonly Activity['phase'][] = ['conversation', 'wrapUp', 'calling', 'resting'];

export interface TakeoverOptions {
  readonly telephony: Telephony;
  readonly store: CallStore;
  readonly queue: Queue;
  readonly thread: Pick<ThreadStore, 'has'>;
  readonly node: NodeId;
  readonly clock: Clock;
  readonly log: Log;
  /** The calls of this process. */
  readonly actors: ReadonlyMap<CallId, CallActor>;
  /** Loads what the call needs from its old process: its flow's version. Does not throw. */
  readonly prepare: (state: CallState) => Promise<void>;
  /** Makes the actor of a call that another process began; null when its flow is not known here. */
  readonly open: (state: CallState) => CallActor | null;
}

/** Brings calls of dead processes into this one, and lets go of those that another one has taken from us. */
export class Takeover {
  private nextWrapUpCheck: Millis = 0;
  /** Calls taken over whose end their former process has told already. */
  private readonly over = new WeakSet<CallActor>();
  /** Calls that the store has given to this process, and that are not among its calls yet. */
  private readonly coming = new Set<CallId>();
  /** Calls of this process whose legs could not be probed yet. */
  private readonly unprobed = new Set<CallActor>();
  private readonly lost: LostCalls;

  constructor(private readonly options: TakeoverOptions) {
    this.lost = new LostCalls(options);
  }

  /** Takes over what dead processes left, where it is sure that they are. Rejects when the store does not answer; does not wait for the legs. */
  async look({ mayAdopt }: { readonly mayAdopt: boolean }): Promise<void> {
    const { telephony, store, node } = this.options;
    // Without SIP and media no leg can be probed, and all would seem to be gone.
    if (!telephony.isUp()) return;
    const again = [...this.unprobed];
    this.unprobed.clear();
    for (const actor of again) void this.goOn(actor);
    if (mayAdopt) for (const found of await store.adopt(node)) void this.adopt(found);
    for (const found of await this.lost.takeUnclaimed()) void this.adopt({ ...found, takeovers: found.takeovers + 1 });
    await this.checkWrapUps();
  }

  /** Another process took this one for dead and goes on with the call, as it is saved: not a word from here any more, to nobody. */
  letGo(actor: CallActor): void {
    const { telephony, log } = this.options;
    // Told already, by the store or by the other one.
    if (actor.hasStopped) return;
    const { state, saved } = actor;
    log.warn({ callId: state.callId }, 'call lost to another node');
    this.lost.note(state.callId);
    const legs = [state.callerLeg, state.agentLeg].filter((leg) => leg !== null);
    for (const leg of legs) if (!isOursAlone(leg, saved)) telephony.letGo(leg.legId);
    actor.stop();
    for (const leg of legs) if (isOursAlone(leg, saved)) void this.stopRing(state, leg.legId);
  }

  /** A ring is not handed over: nobody but this process can end it, or the leg that it came to meanwhile. */
  private async stopRing({ callId }: CallState, legId: LegId): Promise<void> {
    const { telephony, log } = this.options;
    try {
      await telephony.cancelDial(legId);
      await telephony.hangUp(legId, 'taken over');
    } catch (error) {
      log.warn({ callId, err: String(error) }, 'a ring went on');
    }
  }

  /** Whether the end of this call was told before it came here: by a process that could not remove it from the store. */
  wasOver(actor: CallActor): boolean {
    return this.over.has(actor);
  }

  /** Whether a call that is not among those of this process goes on all the same: it is on its way here, or was lost to another node. */
  goesOn(callId: CallId): boolean {
    return this.coming.has(callId) || this.lost.has(callId);
  }

  /** The store may have gone back in time. */
  storeReturned(): void {
    this.lost.storeReturned();
  }

  private async adopt(found: SavedCall): Promise<void> {
    const { actors, log } = this.options;
    const { callId } = found;
    if (actors.has(callId) || this.coming.has(callId)) return;
    const state = readSnapshot(found);
    this.coming.add(callId);
    try {
      if (state !== null) await this.options.prepare(state);
      const actor = state === null ? null : this.options.open(state);
      if (actor === null) return await this.end(found, state);
      // This process may have stood still meanwhile, until yet another one took the call over.
      await actor.saveAnew();
      await this.goOn(actor);
    } catch (error) {
      log.error({ callId, err: String(error) }, 'take-over failed');
    } finally {
      this.coming.delete(callId);
    }
  }

  /** A call that nobody can go on with, as its flow is not known here: nobody is to wait in silence, or to be offered it. `state`: null when it cannot be read. */
  private async end({ callId, node, takeovers }: SavedCall, state: CallState | null): Promise<void> {
    const { telephony, store, queue, log } = this.options;
    log.error({ callId, flow: state?.flowId ?? null }, 'a call of another node could not be read, and is ended');
    await queue.drop({ requestId: brand<RequestId>(`${callId}:${takeovers}:unread`), callId, node });
    if (state !== null) {
      await telephony.tellTaken(callId, node);
      await takeOverLegs(telephony, state);
      for (const leg of [state.callerLeg, state.agentLeg]) if (leg?.phase === 'up') await telephony.hangUp(leg.legId, 'gateway lost');
    }
    await store.remove(callId, takeovers);
  }

  /** The legs are probed, the gone ones reported, then the call goes on where it was. Where a server breaks off meanwhile, the next look does so. */
  private async goOn(actor: CallActor): Promise<void> {
    const { telephony, clock, node } = this.options;
    const { state, callId } = actor;
    if (actor.hasStopped || state.activity.phase === 'ended') return;
    try {
      await telephony.tellTaken(callId, node);
      const ended = await takeOverLegs(telephony, state);
      if (await this.isOnRecord(state, ended)) this.over.add(actor);
      actor.log.warn({ phase: state.activity.phase, ended }, 'call taken over');
      for (const { legId, by } of ended) actor.dispatch({ type: 'leg.hungUp', at: clock.now(), legId, by, cause: 'gone-meanwhile' });
      actor.dispatch({ type: 'call.recovered', at: clock.now() });
    } catch (error) {
      actor.log.warn({ err: String(error) }, 'legs of a call that was taken over could not be probed');
      this.unprobed.add(actor);
    }
  }

  /** A process that was cut off from the store may have ended the call, and filed it. When nobody knows, the call ends here. */
  private async isOnRecord({ callId, callerLeg, activity }: CallState, ended: readonly EndedLeg[]): Promise<boolean> {
    const isCallerGone = callerLeg.phase === 'gone' || ended.some(({ legId }) => legId === callerLeg.legId);
    if (!isCallerGone || GOES_ON_WHEN_FILED.includes(activity.phase)) return false;
    const found = await this.options.thread.has(callEntryId(callId));
    return found.ok && found.value;
  }

  /** The end of a wrap-up is told to the node of the agent's screen. When that node died and the screen is gone, nobody hears of it. */
  private async checkWrapUps(): Promise<void> {
    const { clock, queue, actors } = this.options;
    if (clock.now() < this.nextWrapUpCheck) return;
    this.nextWrapUpCheck = clock.now() + WRAP_UP_CHECK_MS;
    for (const actor of actors.values()) {
      const { activity } = actor.state;
      if (activity.phase !== 'wrapUp') continue;
      const agent = await queue.agentState(activity.agentId);
      // Talking still: the order to go to wrap-up is on its way.
      const isTheirs = 'callId' in agent && agent.callId === actor.callId;
      if (!isTheirs) actor.dispatch({ type: 'wrapUp.over', at: clock.now(), agentId: activity.agentId });
    }
  }
}

/** Whether nobody else knows of this leg: one that we ring, or that was lifted when it could not be written down any more. */
function isOursAlone(leg: Leg, saved: CallState): boolean {
  const known = [saved.callerLeg, saved.agentLeg].find((one) => one?.legId === leg.legId)?.phase ?? 'planned';
  return leg.phase === 'ringing' || (leg.phase === 'up' && (known === 'ringing' || known === 'planned'));
}

interface EndedLeg {
  readonly legId: LegId;
  readonly by: 'peer' | 'system';
}

/**
 * Takes over the legs of a dead process's call, both at once.
 * @returns the legs that ended meanwhile. The call is told when all are known: what it then orders must find the others taken over.
 */
async function takeOverLegs(telephony: Telephony, state: CallState): Promise<readonly EndedLeg[]> {
  // The sockets of a bridge are left alone: fetching one back would cut the conversation.
  const isTalking = state.activity.phase === 'conversation' || state.activity.phase === 'transferred';
  const legs = [
    { leg: state.callerLeg, role: 'caller' as const },
    { leg: state.agentLeg, role: 'agent' as const },
  ];
  const ended = await Promise.all(
    legs.map(async ({ leg, role }): Promise<readonly EndedLeg[]> => {
      if (leg?.phase === 'arriving' && leg.arrival !== undefined) {
        return (await telephony.adoptArrival(state.callId, leg.legId, leg.arrival)) ? [] : [{ legId: leg.legId, by: 'system' }];
      }
      if (leg?.phase !== 'up') return [];
      const found = await telephony.adopt(state.callId, { legId: leg.legId, role, ...leg.address }, isTalking);
      return found === 'alive' ? [] : [{ legId: leg.legId, by: found === 'left' ? 'peer' : 'system' }];
    }),
  );
  return ended.flat();
}
