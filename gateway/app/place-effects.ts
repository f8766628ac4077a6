import type { CallEffect } from '../core/call/call-effects.js';
import type { EndReason } from '../core/call/end-reason.js';
import type { CallState } from '../core/call/call-state.js';
import type { CallId } from '../core/ids.js';
import type { CallerPlaces } from '../ports/caller-places.js';
import type { Clock } from '../ports/clock.js';
import type { Queue } from '../ports/queue.js';
import type { KeptPlace } from '../core/call/kept-place.js';
import type { CallActor } from './call-actor.js';
import type { Centre } from './centre.js';

/** Of a queue that the reload removed. */
const RECONNECT_MS = 300_000;
/** Longer than any callback rests. */
const CALLBACK_MS = 7 * 86_400_000;
/** Ends after which nobody needs to be called back any more. */
const SERVED: readonly string[] = ['solved', 'informed', 'transferred'];

export interface PlaceEffectsOptions {
  readonly places: CallerPlaces;
  readonly queue: Pick<Queue, 'order'>;
  /** Tells a callback that is in no line that its customer has come by themselves. */
  readonly supersede: (callback: CallId) => void;
  readonly centre: Centre;
  readonly clock: Clock;
}

/** Places in line of callers who may call again. */
export class PlaceEffects {
  constructor(private readonly options: PlaceEffectsOptions) {}

  /** The connection broke: whoever calls again from the number within the queue's time stands where they stood. */
  async run({ callId, state }: CallActor, { place, afterMs }: Extract<CallEffect, { type: 'place.keep' }>): Promise<void> {
    const { places, centre, clock } = this.options;
    if (state.ani === null) return;
    const forMs = centre.queue(place.queue)?.reconnectMs ?? RECONNECT_MS;
    await places.keep(state.ani, { why: 'cutOff', callId, queuedAt: place.queuedAt, at: clock.now(), afterMs }, forMs);
  }

  /** Keeps the place of a callback for as long as it may take. */
  async keepCallback(number: string, place: Omit<KeptPlace, 'why'>): Promise<void> {
    await this.options.places.keep(number, { why: 'callback', ...place }, CALLBACK_MS);
  }

  /** The callback that this call asked for is not needed any more. */
  async withdraw({ state }: CallActor): Promise<void> {
    if (state.booked !== undefined) await this.given(await this.options.places.takeCallback(state.booked.number));
  }

  /** A caller comes to a line: with the place that is kept for the number, if there is one. A callback gives way to the customer's own call. */
  async resume(state: Pick<CallState, 'ani' | 'callback'>, except?: CallId): Promise<KeptPlace | null> {
    const { places } = this.options;
    if (state.ani === null || state.callback !== undefined) return null;
    return this.given(await places.take(state.ani, except));
  }

  /** A caller is there, or goes on at this gateway. */
  async began({ ani, callback, callId, arrivedAt }: CallState): Promise<void> {
    if (ani !== null && callback === undefined) await this.options.places.began(ani, { callId, at: arrivedAt });
  }

  /** Other calls of the same number that are going on, at any gateway. */
  async others({ ani, callId }: CallState): Promise<number> {
    return ani === null ? 0 : this.options.places.others(ani, { callId, at: this.options.clock.now() });
  }

  /** The call is over. Who was served in a call of their own is not called back; the place of another call of the number stays. */
  async ended({ state, callId }: CallActor, end: EndReason): Promise<void> {
    const { places } = this.options;
    if (state.callback !== undefined) return places.drop(state.callback.number, callId);
    if (state.ani === null) return;
    await places.over(state.ani, callId);
    if (end.result === 'completed' && SERVED.includes(end.reason)) await this.given(await places.takeCallback(state.ani));
  }

  /** A callback gives way, in the line or between its tries. One that is not told asks before it comes back. */
  private async given(kept: KeptPlace | null): Promise<KeptPlace | null> {
    if (kept?.why !== 'callback') return kept;
    const told = await this.options.queue.order(kept.callId, { do: 'supersede' });
    if (!told.ok && told.error.code === 'VG_NOT_QUEUED') this.options.supersede(kept.callId);
    return kept;
  }

  /** Whether the customer of this callback has come by themselves meanwhile. */
  isSuperseded({ state, callId }: CallActor): Promise<boolean> {
    return state.callback === undefined ? Promise.resolve(false) : this.options.places.isTaken(callId);
  }
}
