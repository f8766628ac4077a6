import type { CallEffect } from '../core/call/call-effects.js';
import type { CallId } from '../core/ids.js';
import type { Clock } from '../ports/clock.js';
import type { CallActor } from './call-actor.js';

type TimerEffect = Extract<CallEffect, { type: 'timer.set' | 'timer.cancel' }>;

/** The named timers of all calls; setting one again moves it. */
export class CallTimers {
  private readonly timers = new Map<CallId, Map<string, () => void>>();

  constructor(private readonly clock: Clock) {}

  get size(): number {
    return [...this.timers.values()].reduce((sum, own) => sum + own.size, 0);
  }

  run(actor: CallActor, effect: TimerEffect): Promise<void> {
    const own = this.timers.get(actor.callId) ?? new Map<string, () => void>();
    this.timers.set(actor.callId, own);
    own.get(effect.timer)?.();
    own.delete(effect.timer);
    if (effect.type === 'timer.set') {
      const cancel = this.clock.after(effect.inMs, () => {
        own.delete(effect.timer);
        actor.dispatch({ type: 'timer.fired', at: this.clock.now(), timer: effect.timer });
      });
      own.set(effect.timer, cancel);
    }
    return Promise.resolve();
  }

  forget(callId: CallId): void {
    for (const cancel of this.timers.get(callId)?.values() ?? []) cancel();
    this.timers.delete(callId);
  }
}
