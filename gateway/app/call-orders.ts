import { nextTry } from '../core/call/resting.js';
import type { CallOrder } from '../core/acd/queue-types.js';
import type { CallId, Millis } from '../core/ids.js';
import type { Clock } from '../ports/clock.js';
import type { CallActor } from './call-actor.js';

/** Why a callback is not made: its customer came by themselves, or an operator drops it. */
export const CALLBACK_ENDS = ['supersede', 'drop'] as const;
export type CallbackEnd = (typeof CALLBACK_ENDS)[number];

export interface CallOrdersOptions {
  /** The calls of this process. */
  readonly actors: ReadonlyMap<CallId, CallActor>;
  readonly clock: Clock;
}

/** Orders about calls of this process that come from outside: an operator's, and that the customer of a callback has come by themselves. */
export class CallOrders {
  constructor(private readonly options: CallOrdersOptions) {}

  carryOut({ callId, order, at }: { readonly callId: CallId; readonly order: CallOrder; readonly at: Millis }): void {
    const actor = this.options.actors.get(callId);
    if (actor === undefined) return;
    if (order.do === 'supersede') return actor.dispatch({ type: 'callback.superseded', at });
    const { activity } = actor.state;
    // A callback may be between its tries.
    const place = activity.phase === 'waiting' ? activity.place : nextTry(actor.state)?.place;
    if (place === undefined) return;
    actor.log.warn({ order }, 'ordered by an operator');
    const to = order.do === 'move' ? { queue: order.queue } : ('lastResort' as const);
    actor.dispatch({ type: 'queue.overflowed', at, from: place.queue, rule: 'operator', to });
  }

  /** Ends a callback that is between its tries; one that is being tried is told that its customer came. False: it is not here, or neither. */
  async endCallback(callId: CallId, order: CallbackEnd): Promise<boolean> {
    const actor = this.options.actors.get(callId);
    if (actor === undefined || (order === 'drop' && nextTry(actor.state) === null) || !(await actor.isOwn())) return false;
    this.carryOut({ callId, order: { do: order }, at: this.options.clock.now() });
    return true;
  }
}
