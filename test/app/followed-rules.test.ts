import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Centre } from '../../gateway/app/centre.js';
import { at, FLOW, MAX_WAIT_MS } from '../core/call/call-story.js';
import { settle } from '../support/call-fakes.js';
import { RunnerRig } from '../support/runner-rig.js';

describe('a caller who waits while the contact centre is changed', () => {
  let rig: RunnerRig;

  beforeEach(async () => {
    rig = new RunnerRig();
    rig.centre.maxWaitMs = () => MAX_WAIT_MS;
    await rig.takeOver(at.waiting().state);
    await settle();
    rig.calls.followCentre();
    await settle();
    rig.clock.advance(60_000);
    await settle();
  });

  const changed = async (now: Partial<Centre>): Promise<void> => {
    Object.assign(rig.centre, now);
    rig.calls.followCentre();
    await settle();
  };

  it('goes to the last resort as soon as the longest wait is shorter than what they have waited', async () => {
    expect(rig.left).toHaveLength(0);
    await changed({ maxWaitMs: () => 30_000 });
    rig.clock.advance(0);
    await settle();
    expect(rig.left).toHaveLength(1);
  });

  it('waits on where the longest wait is longer now', async () => {
    await changed({ maxWaitMs: () => 2 * MAX_WAIT_MS });
    rig.clock.advance(MAX_WAIT_MS);
    await settle();
    expect(rig.left).toHaveLength(0);
    rig.clock.advance(MAX_WAIT_MS);
    await settle();
    expect(rig.left).toHaveLength(1);
  });

  it('goes where the number’s last resort leads by now', async () => {
    await changed({ number: () => ({ flowId: FLOW.id, language: 'en', lastWords: () => [], lastResortTarget: 'sip:night@127.0.0.1' }) });
    rig.clock.advance(MAX_WAIT_MS);
    await settle();
    await vi.waitFor(() => expect(rig.telephony.lastDial?.aor).toBe('sip:night@127.0.0.1'));
  });
});
