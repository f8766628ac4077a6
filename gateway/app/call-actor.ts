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
  /** Writes the snapshot; false when the store did not take it in time. Never rejects. */
  readonly save: (state: CallState) => Promise<boolean>;
  /** Whether another node may have the call by now, as this one stood still: then nothing is done before the store has said whose it is. */
  readonly mayBeTaken?: () => boolean;
  /** Starts an effect; its result comes back through `dispatch`. Effects are started in the order given. */
  readonly run: (actor: CallActor, effect: CallEffect) => void;
  /** Hears of every event after it was folded and before its effects start. Does not throw. */
  readonly onFolded?: (folded: { readonly event: CallEvent; readonly before: CallState; readonly after: CallState; readonly rules: CallRules }) => void;
  readonly log: Log;
}

/**
 * One call and its serial mailbox: an event is reduced, the snapshot is written, then the effects start; only then comes the next
 * event. An event that orders nothing outside this process (a key of a longer entry) waits for no write: it is in the next one, at the
 * latest when `saveAgain` is asked for. An offer waits for less (see SNAPSHOT_NEEDED). When the store does not answer the call goes on
 * from memory and is marked unsaved.
 */
export class CallActor {
  /** The version that the store should have, and the one that it has. */
  private due = 0;
  private written = 0;
  private savedState: CallState;
  /** The one write under way, until nothing is due. */
  private writing: Promise<void> | null = null;
  private readonly mailbox: CallEvent[] = [];
  /** The events under way, until none is left. */
  private working: Promise<void> | null = null;
  private isStopped = false;

  constructor(
    private current: CallState,
    private readonly options: ActorOptions,
  ) {
    this.savedState = current;
  }

  get state(): CallState {
    return this.current;
  }

  /** The newest state that the store has, which is all that another process would go by. */
  get saved(): CallState {
    return this.savedState;
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

  /** Whether an event is under way. */
  get isBusy(): boolean {
    return this.working !== null;
  }

  /** Resolves when no event is under way. */
  settled(): Promise<void> {
    return this.working ?? Promise.resolve();
  }

  dispatch(event: CallEvent): void {
    if (this.isStopped) return;
    this.mailbox.push(event);
    if (this.working === null) this.working = this.work();
  }

  /** Takes the first step of a new call, whose state is already there. */
  begin(first: CallStep): Promise<void> {
    this.working = this.take(first).then(() => this.work());
    return this.working;
  }

  get hasStopped(): boolean {
    return this.isStopped;
  }

  /** No event is taken any more, no effect started. */
  stop(): void {
    this.isStopped = true;
    this.mailbox.length = 0;
  }

  /** True while the newest snapshot is not in the store. */
  get isUnsaved(): boolean {
    return this.due > this.written;
  }

  /** Writes the newest snapshot when it is not in the store: it was put off, or the store was away. */
  async saveAgain(): Promise<void> {
    if (this.isUnsaved) await this.write();
  }

  /** Writes the newest snapshot although the store has it: so it says whose the call is. @returns false when the store kept silent */
  async saveAnew(): Promise<boolean> {
    this.written = NOT_WRITTEN;
    await this.saveAgain();
    return this.isStopped || this.written !== NOT_WRITTEN;
  }

  /** Whether the call is still this process's: where another one may have it by now the store is asked. One that is silent changes nothing. */
  async isOwn(): Promise<boolean> {
    if (this.options.mayBeTaken?.() !== true) return !this.isStopped;
    // What was written before the stop says nothing of what came after.
    await this.writing;
    await this.saveAnew();
    return !this.isStopped;
  }

  private async work(): Promise<void> {
    for (let event = this.mailbox.shift(); event !== undefined; event = this.mailbox.shift()) {
      await this.react(event);
    }
    this.working = null;
  }

  /** A fault of ours in one event must not end the other calls of this process: it is logged and the call goes on. */
  private async react(event: CallEvent): Promise<void> {
    const { current } = this;
    const before = current.activity.phase;
    try {
      const next = reduceCall(this.options.rules, current, event);
      const after = next.state.activity.phase;
      // The event's type only: digits and values stay out of the log.
      this.options.log.debug({ event: event.type, effects: next.effects.map((effect) => effect.type) }, 'event');
      if (before !== after) this.options.log.info({ from: before, to: after, event: event.type }, 'activity changed');
      this.options.onFolded?.({ event, before: current, after: next.state, rules: this.options.rules });
      await this.take(next);
    } catch (error) {
      this.options.log.error({ event: event.type, phase: before, err: String(error) }, 'event failed');
    }
  }

  private async take(next: CallStep): Promise<void> {
    const isOver = next.state.activity.phase === 'ended';
    // Of what is over nothing is written that the store could refuse.
    if (isOver && !(await this.isOwn())) return;
    const isChanged = isOtherThan(this.current, next.state);
    const usual = neededBy(next.effects);
    const needed = usual !== 'none' && this.options.mayBeTaken?.() === true ? 'present' : usual;
    if (needed === 'before') await this.saveAgain();
    this.current = next.state;
    // A call that is over is only removed, and not before a write that would bring it back.
    if (isOver) await this.writing;
    else if (isChanged || needed !== 'none') this.due = next.state.version;
    // The snapshot goes first: whoever adopts the call finds what was about to be done.
    if (needed === 'present') await this.write();
    for (const effect of next.effects) if (!this.isStopped) this.options.run(this, effect);
    // What they send leaves first, in this turn.
    if (needed === 'begun' || needed === 'before') setImmediate(() => void this.write());
  }

  private write(): Promise<void> {
    this.writing ??= this.writeAllDue().finally(() => (this.writing = null));
    return this.writing;
  }

  /** One write after the other, each of the newest snapshot: what came meanwhile needs one more, however much it was. */
  private async writeAllDue(): Promise<void> {
    while (this.isUnsaved && !this.isStopped && this.current.activity.phase !== 'ended') {
      const { current } = this;
      if (!(await this.options.save(current))) return;
      this.written = current.version;
      this.savedState = current;
    }
  }
}

const NOT_WRITTEN = -1;

/** Which snapshot an effect waits for, from the least to the most. */
const NEEDS = ['none', 'begun', 'before', 'present'] as const;
type SnapshotNeed = (typeof NEEDS)[number];

/** All that are not named wait until the snapshot that orders them is in the store. */
const SNAPSHOT_NEEDED: Readonly<Partial<Record<CallEffect['type'], SnapshotNeed>>> = {
  // End with this process: nobody outside hears of them, and whoever adopts the call sets its timers anew.
  'timer.set': 'none',
  'timer.cancel': 'none',
  'queue.askPosition': 'none',
  // The queue keeps the offer and tells it again to whoever adopts the call: it is shown again, under the same id. The write goes on meanwhile.
  'leg.prepareDial': 'begun',
  'screen.offer': 'begun',
  // The snapshot of the offer already names the leg that may be ringing, which is all that an adopter goes by.
  'leg.dial': 'before',
};

function neededBy(effects: readonly CallEffect[]): SnapshotNeed {
  return NEEDS[Math.max(0, ...effects.map((effect) => NEEDS.indexOf(SNAPSHOT_NEEDED[effect.type] ?? 'present')))] ?? 'present';
}

/** Whether more changed than the number of events. */
function isOtherThan(before: CallState, after: CallState): boolean {
  const { version: _before, flow: flowBefore, ...restBefore } = before;
  const { version: _after, flow: flowAfter, ...restAfter } = after;
  return differs(restBefore, restAfter) || (flowBefore !== flowAfter && (flowBefore === null || flowAfter === null || differs(flowBefore, flowAfter)));
}

/** Reducers keep what they do not change, so that comparing the parts themselves is enough. */
function differs<T extends object>(before: T, after: T): boolean {
  return (Object.keys(after) as (keyof T)[]).some((key) => before[key] !== after[key]);
}
