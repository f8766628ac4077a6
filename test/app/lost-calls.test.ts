import { beforeEach, describe, expect, it } from 'vitest';
import { LostCalls } from '../../gateway/app/lost-calls.js';
import { brand, type CallId } from '../../gateway/core/ids.js';
import type { SavedCall } from '../../gateway/ports/call-store.js';
import { NODE } from '../core/call/call-story.js';
import { FakeClock } from '../support/fake-clock.js';

const CALL = brand<CallId>('call-1');
const SAVED: SavedCall = { callId: CALL, node: NODE, takeovers: 1, snapshot: 'as it was' };
const CLAIM_MS = 5_000;
const HOUR_MS = 3_600_000;

describe('a call that another node has taken from this one', () => {
  let owns: readonly CallId[];
  let asked: number;
  let clock: FakeClock;
  let lost: LostCalls;
  beforeEach(() => {
    owns = [];
    asked = 0;
    clock = new FakeClock();
    const store = {
      owned: () => Promise.resolve((asked += 1) > 0 ? owns : []),
      saved: (callIds: readonly CallId[]) => Promise.resolve(callIds.map((callId) => ({ ...SAVED, callId }))),
    };
    lost = new LostCalls({ store, node: NODE, clock });
    lost.note(CALL);
  });

  it('is not over, so that a store which gives it back must not lead to its end here', () => {
    expect(lost.has(CALL)).toBe(true);
    expect(lost.has(brand('another'))).toBe(false);
  });

  it('is the other one’s as soon as the store says so; then nothing is asked any more', async () => {
    expect(await lost.takeUnclaimed()).toEqual([]);
    clock.advance(CLAIM_MS);
    expect(await lost.takeUnclaimed()).toEqual([]);
    expect(asked).toBe(1);
  });

  it('is left to the other one for a while when the store gives it back, and is this node’s again when nobody claims it', async () => {
    await lost.takeUnclaimed();
    owns = [CALL];
    lost.storeReturned();
    clock.advance(CLAIM_MS - 1);
    expect(await lost.takeUnclaimed()).toEqual([]);
    clock.advance(1);
    expect(await lost.takeUnclaimed()).toEqual([SAVED]);
    expect(lost.has(CALL)).toBe(false);
    expect(await lost.takeUnclaimed()).toEqual([]);
  });

  it('is this node’s again also when the store never named another one', async () => {
    owns = [CALL];
    clock.advance(CLAIM_MS);
    expect(await lost.takeUnclaimed()).toEqual([SAVED]);
  });

  it('stays so when the store does not answer in between', async () => {
    owns = [CALL];
    clock.advance(CLAIM_MS);
    const away = new LostCalls({ store: { owned: () => Promise.resolve(owns), saved: () => (asked++ > 0 ? Promise.resolve([SAVED]) : Promise.reject(new Error('no answer'))) }, node: NODE, clock });
    away.note(CALL);
    clock.advance(CLAIM_MS);
    await expect(away.takeUnclaimed()).rejects.toThrow();
    expect(await away.takeUnclaimed()).toEqual([SAVED]);
  });

  it('is forgotten after an hour: no store goes so far back', () => {
    clock.advance(HOUR_MS);
    lost.note(brand('another'));
    expect(lost.has(CALL)).toBe(false);
  });
});
