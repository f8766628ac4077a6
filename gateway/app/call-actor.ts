import type { CallEffect } from '../core/call/call-effects.js';
import type { CallEvent } from '../core/call/call-events.js';
import type { CallRules } from '../core/call/call-rules.js';
import type { CallState } from '../core/call/call-state.js';
import { reduceCall } from '../core/call/reduce-call.js';
import type { CallStep } from '../core/call/step.js';
import type { CallId } from '../core/ids.js';
import type { Log } from '../ports/log.js';

export interface ActorOptions {
  readonly rules: CallRules;
  /** Writes the snapshot; false when the store did not take it in time. */
  readonly save: (state: CallState) => Promise<boolean>;
  /** Starts an effect; its result comes back through `dispatch`. Effects are started in the order given. */
  readonly run: (actor: CallActor, effect: CallEffect) => void;
  readonly log: Log;
}

/**
 * One call and its serial mailbox: an event is reduced, the snapshot is written, then the effects start; only then comes the next
 * event. When the store does not answer the call goes on from memory and is marked unsaved.
 */
export class CallActor {
  /** True while the newest snapshot is not in the store. */
  isUnsaved = false;
  private readonly mailbox: CallEvent[] = [];
  private isBusy = false;
  private isStopped = false;

  constructor(
    private current: CallState,
    private readonly options: ActorOptions,
  ) {}

  get state(): CallState {
    return this.current;
  }

  get callId(): CallId {
    return this.current.callId;
  }

  get log(): Log {
    return this.options.log;
  }

  get rules(): CallRules {
    return this.options.rules;
  }

  dispatch(event: CallEvent): void {
    if (this.isStopped) return;
    this.mailbox.push(event);
    if (!this.isBusy) void this.work();
  }

  /** Takes the first step of a new call, whose state is already there. */
  async begin(first: CallStep): Promise<void> {
    this.isBusy = true;
    await this.take(first);
    await this.work();
  }

  /** No event is taken any more, no effect started. */
  stop(): void {
    this.isStopped = true;
    this.mailbox.length = 0;
  }

  /** Writes the newest snapshot again after the store came back. */
  async saveAgain(): Promise<void> {
    if (this.isUnsaved) this.isUnsaved = !(await this.options.save(this.current));
  }

  private async work(): Promise<void> {
    this.isBusy = true;
    for (let event = this.mailbox.shift(); event !== undefined; event = this.mailbox.shift()) {
      await this.react(event);
    }
    this.isBusy = false;
  }

  /** A fault of ours in one event must not end the other calls of this process: it is logged and the call goes on. */
  private async react(event: CallEvent): Promise<void> {
    const before = this.current.activity.phase;
    try {
      const next = reduceCall(this.options.rules, this.current, event);
      const after = next.state.activity.phase;
      // The event's type only: digits and values stay out of the log.
      this.options.log.debug({ event: event.type, effects: next.effects.map((effect) => effect.type) }, 'event');
      if (before !== after) this.options.log.info({ from: before, to: after, event: event.type }, 'activity changed');
      await this.take(next);
    } catch (error) {
      this.options.log.error({ event: event.type, phase: before, err: String(error) }, 'event failed');
    }
  }

  private async take(next: CallStep): Promise<void> {
    const isChanged = next.state !== this.current || next.effects.length > 0;
    this.current = next.state;
    // The snapshot goes first: whoever adopts the call finds what was about to be done. A call that is over is only removed.
    if (isChanged && next.state.activity.phase !== 'ended') this.isUnsaved = !(await this.options.save(next.state));
    for (const effect of next.effects) if (!this.isStopped) this.options.run(this, effect);
  }
}
