import { callbackIdOf, callbackOf } from '../core/call/callback.js';
import type { CallEffect } from '../core/call/call-effects.js';
import type { CallState } from '../core/call/call-state.js';
import { withPlace } from '../core/call/kept-place.js';
import { seekAgent } from '../core/call/resting.js';
import type { CallId } from '../core/ids.js';
import type { Clock } from '../ports/clock.js';
import type { Queue } from '../ports/queue.js';
import type { PlaceEffects } from './place-effects.js';
import type { CallActor } from './call-actor.js';

type Book = Extract<CallEffect, { type: 'callback.book' }>;

/** A store that does not answer is asked again after this. */
const AGAIN_MS = 500;

export interface CallbackEffectsOptions {
  readonly places: Pick<PlaceEffects, 'resume' | 'keepCallback'>;
  readonly queue: Pick<Queue, 'waiting'>;
  readonly clock: Clock;
  /** Whether there is such a call: among those of this process, on its way here, or gone on elsewhere. */
  readonly isKnown: (callId: CallId) => boolean;
  /** Makes the actor of a new call; null when its flow is not known here. */
  readonly open: (state: CallState) => CallActor | null;
}

/** Makes a call of ours for a caller who wants to be called back. It is kept and taken over like any other. */
export class CallbackEffects {
  /** Of the calls that ask for one just now. */
  private readonly bookings = new Map<CallId, Promise<void>>();

  constructor(private readonly options: CallbackEffectsOptions) {}

  book(actor: CallActor, { wish }: Book): Promise<void> {
    const { callId } = actor;
    const underWay = this.bookings.get(callId);
    if (underWay !== undefined) return underWay;
    const booking = this.make(actor, wish).finally(() => this.bookings.delete(callId));
    this.bookings.set(callId, booking);
    return booking;
  }

  /** Resolves when what the call asked for is in the store: until then whoever takes that call over asks for it again. */
  async settled(callId: CallId): Promise<void> {
    await this.bookings.get(callId)?.catch(() => undefined);
  }

  /** The caller is told when the callback is in the store, and so outlives this process. */
  private async make(actor: CallActor, wish: Book['wish']): Promise<void> {
    const callback = await this.begun(actor, wish);
    if (callback !== null) await this.kept(callback);
    actor.dispatch({ type: 'callback.booked', at: this.options.clock.now() });
  }

  /** Null: there was one already. */
  private async begun(actor: CallActor, wish: Book['wish']): Promise<CallActor | null> {
    const { isKnown, open, clock, queue, places } = this.options;
    const callId = callbackIdOf(actor.callId);
    if (isKnown(callId)) return null;
    // A caller who stands in line keeps the place as the queue counts it.
    const stood = wish.via === 'flow' ? null : await queue.waiting(actor.callId).catch(() => null);
    // Who asked before is called once, with the earlier place.
    const before = await places.resume({ ani: wish.number }, callId);
    const own = { ...wish.place, queuedAt: stood?.queuedAt ?? wish.place.queuedAt };
    const place = before === null ? own : withPlace(own, before);
    const state = callbackOf(actor.state, { ...wish, place });
    // It may have been taken over meanwhile.
    if (isKnown(callId)) return null;
    const callback = open(state);
    if (callback === null) throw new Error(`callback lost: its flow ${state.flowId} is not known here`);
    callback.log.info({ queue: place.queue, via: wish.via, askedIn: actor.callId }, 'callback booked');
    await places.keepCallback(wish.number, { callId, queuedAt: place.queuedAt, at: wish.askedAt, afterMs: wish.askedAt - place.queuedAt });
    await callback.begin(seekAgent(callback.rules, state, { place, at: clock.now() }));
    return callback;
  }

  private async kept(callback: CallActor): Promise<void> {
    const { clock } = this.options;
    for (;;) {
      await callback.saveAgain();
      if (!callback.isUnsaved || callback.hasStopped || callback.state.activity.phase === 'ended') return;
      await new Promise<void>((resolve) => clock.after(AGAIN_MS, resolve));
    }
  }
}
