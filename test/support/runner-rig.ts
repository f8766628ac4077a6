import { CallRunner, type CallRunnerOptions } from '../../gateway/app/call-runner.js';
import type { Centre } from '../../gateway/app/centre.js';
import type { CallState } from '../../gateway/core/call/call-state.js';
import { ok } from '../../gateway/core/errors.js';
import type { CallId } from '../../gateway/core/ids.js';
import { AT, FLOW, OTHER_NODE } from '../core/call/call-story.js';
import { fakeCentre, FakeSpeech, FakeTelephony } from './call-fakes.js';
import { FakeClock } from './fake-clock.js';
import { MemoryThread } from './memory-thread.js';
import { KeptLog } from './silent-log.js';

/** All calls of a gateway, around a queue and a store that say yes to everything. */
export class RunnerRig {
  readonly clock = new FakeClock(AT);
  readonly centre: { -readonly [K in keyof Centre]: Centre[K] } = { ...fakeCentre };
  readonly telephony = new FakeTelephony();
  /** Calls that have left the line, and those that were removed from the store. */
  readonly left: CallId[] = [];
  readonly removed: CallId[] = [];
  /** What becomes of a snapshot. */
  save: (call: { readonly callId: CallId }) => Promise<void> = () => Promise.resolve();
  readonly calls: CallRunner;
  /** Of a gateway that died. */
  private readonly found: CallState[] = [];

  constructor() {
    const queue = {
      arrive: () => Promise.resolve(ok({ offered: null })),
      abandon: ({ callId }: { readonly callId: CallId }) => Promise.resolve((this.left.push(callId), ok({ waitMs: 1 }))),
      drop: () => Promise.resolve(ok({ waitMs: null })),
      waiting: () => Promise.resolve(null),
      roster: () => Promise.resolve({ calls: [], agents: [] }),
      forget: () => Promise.resolve(true),
    };
    const store = {
      save: (call: { readonly callId: CallId }) => this.save(call),
      heartbeat: () => Promise.resolve({ lease: 'kept', serverRun: 'r' }),
      adopt: () => Promise.resolve(this.found.splice(0).map((state) => ({ callId: state.callId, node: OTHER_NODE, takeovers: 1, snapshot: JSON.stringify(state) }))),
      remove: (callId: CallId) => Promise.resolve(this.removed.push(callId) > 0),
      nodes: () => Promise.resolve([]),
    };
    const none = { refresh: () => Promise.resolve(), fetch: () => Promise.resolve(), choose: () => null, version: () => FLOW };
    const { telephony, centre, clock } = this;
    this.calls = new CallRunner({
      telephony, queue, store, centre, clock, flows: none, node: OTHER_NODE, log: new KeptLog(), speech: new FakeSpeech(),
      record: () => undefined, waits: { spokenWaitOf: () => null, waitOfComing: () => null }, promptFile: (file: string) => file,
      screens: { push: () => Promise.resolve({ sentAt: null, acknowledgedAt: null }) },
      thread: new MemoryThread(),
      places: { began: () => Promise.resolve(), keep: () => Promise.resolve(), take: () => Promise.resolve(null), takeCallback: () => Promise.resolve(null), isTaken: () => Promise.resolve(false), others: () => Promise.resolve(0), over: () => Promise.resolve() },
      recorder: { heard: () => undefined, forget: () => undefined },
    } as unknown as CallRunnerOptions);
  }

  /** Takes over the call of a gateway that died. */
  async takeOver(state: CallState): Promise<void> {
    this.found.push(state);
    await this.calls.keep(1_000);
  }
}
