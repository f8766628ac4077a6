import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CallRunner, type CallRunnerOptions } from '../../gateway/app/call-runner.js';
import type { Centre } from '../../gateway/app/centre.js';
import { ok } from '../../gateway/core/errors.js';
import { AT, at, FLOW, MAX_WAIT_MS, OTHER_NODE } from '../core/call/call-story.js';
import { fakeCentre, FakeSpeech, FakeTelephony, settle } from '../support/call-fakes.js';
import { FakeClock } from '../support/fake-clock.js';
import { MemoryThread } from '../support/memory-thread.js';
import { KeptLog } from '../support/silent-log.js';

describe('a caller who waits while the contact centre is changed', () => {
  let clock: FakeClock;
  let centre: { -readonly [K in keyof Centre]: Centre[K] };
  let telephony: FakeTelephony;
  let left: number;
  let calls: CallRunner;

  beforeEach(async () => {
    clock = new FakeClock(AT);
    centre = { ...fakeCentre, maxWaitMs: () => MAX_WAIT_MS };
    telephony = new FakeTelephony();
    left = 0;
    const { state } = at.waiting();
    const snapshots = [{ callId: state.callId, snapshot: JSON.stringify(state) }];
    const queue = {
      arrive: () => Promise.resolve(ok({ offered: null })),
      abandon: () => Promise.resolve(((left += 1), ok({ waitMs: 1 }))),
      waiting: () => Promise.resolve(null),
      roster: () => Promise.resolve({ calls: [], agents: [] }),
      forget: () => Promise.resolve(),
    };
    const store = {
      save: () => Promise.resolve(),
      heartbeat: () => Promise.resolve({ lease: 'renewed', serverRun: 'r' }),
      adopt: () => Promise.resolve(snapshots.splice(0)),
      remove: () => Promise.resolve(),
      nodes: () => Promise.resolve([]),
    };
    const none = { refresh: () => Promise.resolve(), fetch: () => Promise.resolve(), choose: () => null, version: () => FLOW };
    calls = new CallRunner({
      telephony, queue, store, centre, clock, flows: none, node: OTHER_NODE, log: new KeptLog(), speech: new FakeSpeech(),
      record: () => undefined, waits: { spokenWaitOf: () => null, waitOfComing: () => null }, promptFile: (file: string) => file,
      screens: { push: () => Promise.resolve({ sentAt: null, acknowledgedAt: null }) },
      thread: new MemoryThread(),
      places: { began: () => Promise.resolve(), take: () => Promise.resolve(null), others: () => Promise.resolve(0), over: () => Promise.resolve() },
      recorder: { heard: () => undefined, forget: () => undefined },
    } as unknown as CallRunnerOptions);
    await calls.keep(1_000);
    await settle();
    calls.followCentre();
    await settle();
    clock.advance(60_000);
    await settle();
  });

  const changed = async (now: Partial<Centre>): Promise<void> => {
    Object.assign(centre, now);
    calls.followCentre();
    await settle();
  };

  it('goes to the last resort as soon as the longest wait is shorter than what they have waited', async () => {
    expect(left).toBe(0);
    await changed({ maxWaitMs: () => 30_000 });
    clock.advance(0);
    await settle();
    expect(left).toBe(1);
  });

  it('waits on where the longest wait is longer now', async () => {
    await changed({ maxWaitMs: () => 2 * MAX_WAIT_MS });
    clock.advance(MAX_WAIT_MS);
    await settle();
    expect(left).toBe(0);
    clock.advance(MAX_WAIT_MS);
    await settle();
    expect(left).toBe(1);
  });

  it('goes where the number’s last resort leads by now', async () => {
    await changed({ number: () => ({ flowId: FLOW.id, language: 'en', lastWords: () => [], lastResortTarget: 'sip:night@127.0.0.1' }) });
    clock.advance(MAX_WAIT_MS);
    await settle();
    await vi.waitFor(() => expect(telephony.lastDial?.aor).toBe('sip:night@127.0.0.1'));
  });
});
