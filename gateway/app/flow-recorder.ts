import type { CallEvent } from '../core/call/call-events.js';
import type { CallRules } from '../core/call/call-rules.js';
import type { CallState } from '../core/call/call-state.js';
import { flowStart, toFlowEvent } from '../core/call/flow-activity.js';
import type { FlowEvent } from '../core/flow/flow-types.js';
import type { CallId } from '../core/ids.js';
import { makeRecording, type HeardCall } from '../core/recording/make-recording.js';
import type { Recording } from '../core/recording/recording.js';
import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import type { RecordingStore } from '../ports/recording-store.js';
import { WaitingWrites } from './waiting-writes.js';

/** What a call's flow was fed so far, as it came: secrets too, so it never leaves this process. */
interface Tape {
  readonly start: HeardCall['start'];
  readonly events: FlowEvent[];
  gap: HeardCall['gap'];
}

/** One event of a call, already folded. */
export interface Folded {
  readonly event: CallEvent;
  readonly before: CallState;
  readonly after: CallState;
  readonly rules: CallRules;
}

/** No caller presses so many keys; the rest is left out and the call marked. */
const MAX_EVENTS = 3_000;
/** Recordings that wait for a store which is away. More are given up: they are a help to authors, and calls need the memory. */
const MOST_WAITING = 1_000;
const DAY_MS = 86_400_000;
const CLEAN_EVERY_MS = 3_600_000;

export interface FlowRecorderOptions {
  readonly recordings: RecordingStore;
  /** How long recordings are kept; 0 = nothing is recorded. */
  readonly keptDays: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Keeps the flow part of every call as a recording, written once when that part ends, and removes those that are too old. */
export class FlowRecorder {
  private readonly tapes = new Map<CallId, Tape>();
  private readonly writes: WaitingWrites<Recording>;
  private isClosed = false;
  private stopCleaning: () => void = () => undefined;

  constructor(private readonly options: FlowRecorderOptions) {
    const { recordings, clock, log } = options;
    this.writes = new WaitingWrites({
      write: (recording) => recordings.append(recording),
      clock,
      most: MOST_WAITING,
      onGivenUp: ({ callId }, { code }) => log.warn({ callId, code }, 'recording of a call given up'),
    });
  }

  /** Begins to remove what is too old. */
  start(): void {
    void this.clean();
  }

  /** Takes in what a call was told. Does not throw: a recording is not worth a call. */
  heard(folded: Folded): void {
    if (this.options.keptDays === 0) return;
    try {
      this.listen(folded);
    } catch (error) {
      this.tapes.delete(folded.after.callId);
      this.options.log.error({ callId: folded.after.callId, err: String(error) }, 'call not recorded');
    }
  }

  /** The call goes on in another process, or is over. */
  forget(callId: CallId): void {
    this.tapes.delete(callId);
  }

  close(): void {
    this.isClosed = true;
    this.writes.close();
    this.stopCleaning();
  }

  private listen(folded: Folded): void {
    const { event, before, after, rules } = folded;
    const { callId } = after;
    const { at } = event;
    if (before.activity.phase === 'answering' && after.flow !== null) {
      const early = [...before.activity.keys].map((digit): FlowEvent => ({ type: 'flow.digit', at, digit }));
      this.tapes.set(callId, { start: flowStart(rules, after, at), events: early, gap: undefined });
    } else if (before.activity.phase === 'flow') this.add(folded);
    const tape = this.tapes.get(callId);
    if (tape === undefined || after.activity.phase === 'flow') return;
    this.tapes.delete(callId);
    const hungUp = event.type === 'leg.hungUp' && event.legId === before.callerLeg.legId ? ({ at, by: event.by === 'peer' ? 'caller' : 'system' } as const) : null;
    // After the orders of this step: a caller is not to wait for it.
    this.options.clock.after(0, () => this.finish(folded, { start: tape.start, events: tape.events, hungUp, ...(tape.gap === undefined ? {} : { gap: tape.gap }) }));
  }

  private add({ event, before, after, rules }: Folded): void {
    const known = this.tapes.get(after.callId);
    // Another process heard the beginning.
    const tape = known ?? { start: flowStart(rules, before, event.at), events: [], gap: 'takenOver' };
    if (known === undefined) this.tapes.set(after.callId, tape);
    if (event.type === 'call.recovered') tape.gap = 'takenOver';
    const fact = toFlowEvent(before, event);
    if (fact === null || tape.gap !== undefined) return;
    if (tape.events.length < MAX_EVENTS) tape.events.push(fact);
    else tape.gap = 'tooLarge';
  }

  private finish({ after, rules }: Folded, heard: HeardCall): void {
    try {
      const recording = makeRecording(rules.flow, { ...heard, events: heard.gap === undefined ? heard.events : [] });
      // The call finishes on the version that it began with; the recording says so even if that one had to be replaced.
      void this.writes.put({ ...recording, version: after.flowVersion });
    } catch (error) {
      this.options.log.error({ callId: after.callId, err: String(error) }, 'call not recorded');
    }
  }

  private async clean(): Promise<void> {
    const { recordings, keptDays, clock, log } = this.options;
    const before = clock.now() - keptDays * DAY_MS;
    let removed = 0;
    for (let more = true; more && !this.isClosed; ) {
      const done = await recordings.removeBefore(before);
      more = done.ok && done.value > 0;
      if (done.ok) removed += done.value;
    }
    if (removed > 0) log.info({ removed, keptDays }, 'old recordings removed');
    if (!this.isClosed) this.stopCleaning = clock.after(CLEAN_EVERY_MS, () => void this.clean());
  }
}
