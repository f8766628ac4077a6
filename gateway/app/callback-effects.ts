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

export interface CallbackEffectsOptions {
  readonly places: Pick<PlaceEffects, 'resume' | 'keepCallback'>;
  readonly queue: Pick<Queue, 'waiting'>;
  readonly clock: Clock;
  /** The calls of this process. */
  readonly actors: ReadonlyMap<CallId, CallActor>;
  /** Makes the actor of a new call; null when its flow is not known here. */
  readonly open: (state: CallState) => CallActor | null;
}

/** Makes a call of ours for a caller who wants to be called back. It is kept and taken over like any other. */
export class CallbackEffects {
  constructor(private readonly options: CallbackEffectsOptions) {}

  async book(actor: CallActor, { wish }: Book): Promise<void> {
    const { actors, open, clock, queue } = this.options;
    if (actors.has(callbackIdOf(actor.callId))) return actor.dispatch({ type: 'callback.booked', at: clock.now() });
    // A caller who stands in line keeps the place as the queue counts it.
    const stood = wish.via === 'flow' ? null : await queue.waiting(actor.callId).catch(() => null);
    // Who asked before is called once, with the earlier place.
    const before = await this.options.places.resume({ ani: wish.number }, callbackIdOf(actor.callId));
    const own = { ...wish.place, queuedAt: stood?.queuedAt ?? wish.place.queuedAt };
    const place = before === null ? own : withPlace(own, before);
    const state = callbackOf(actor.state, { ...wish, place });
    const callback = open(state);
    if (callback === null) return actor.log.error({ flow: state.flowId }, 'callback lost: its flow is not known here');
    callback.log.info({ queue: place.queue, via: wish.via, askedIn: actor.callId }, 'callback booked');
    await this.options.places.keepCallback(wish.number, { callId: callback.callId, queuedAt: place.queuedAt, at: wish.askedAt, afterMs: wish.askedAt - place.queuedAt });
    await callback.begin(seekAgent(callback.rules, state, { place, at: clock.now() }));
    actor.dispatch({ type: 'callback.booked', at: clock.now() });
  }
}
