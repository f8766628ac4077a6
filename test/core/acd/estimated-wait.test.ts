import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CalibrationSum, isTrustworthy } from '../../../gateway/core/acd/calibration.js';
import { erlangA } from '../../../gateway/core/acd/erlang.js';
import { estimateWait, spokenWait, type WaitView } from '../../../gateway/core/acd/estimated-wait.js';

/** 10 agents, talks of 100 s: one caller is served every 10 s. */
const view: WaitView = {
  ahead: 0, agents: 10, handlingMs: 100_000, abandonPerMs: 0, passingPerMs: 0, completions: 100, isWellPooled: true, lastWaitMs: 77_000, ownAhead: 0, ownServedPerMs: 0,
};
const waitS = (change: Partial<WaitView>): number => (estimateWait({ ...view, ...change })?.waitMs ?? Number.NaN) / 1_000;

describe('the estimated wait', () => {
  it.each<{ rule: string; change: Partial<WaitView>; seconds: number }>([
    { rule: 'of the next in line is the time to one completion', change: {}, seconds: 10 },
    { rule: 'grows by one completion with each caller ahead', change: { ahead: 5 }, seconds: 60 },
    { rule: 'counts part of a caller by that part', change: { ahead: 0.5 }, seconds: 15 },
    { rule: 'is halved by twice the agents', change: { ahead: 5, agents: 20 }, seconds: 30 },
    // 1/(0.1) + 1/(0.1 + 0.1)
    { rule: 'gets shorter by those ahead who give up', change: { ahead: 1, abandonPerMs: 0.1 / 1_000 }, seconds: 15 },
    { rule: 'gets longer by calls of higher bands that will pass', change: { passingPerMs: 0.05 / 1_000 }, seconds: 20 },
    { rule: 'keeps a tenth of the agents where calls of higher bands could take them all', change: { passingPerMs: 1 }, seconds: 100 },
    { rule: 'is the last served caller’s wait while talks are few', change: { ahead: 5, completions: 19 }, seconds: 77 },
    { rule: 'is the last served caller’s wait when nobody is at work', change: { agents: 0 }, seconds: 77 },
    // (77 + 4/0.05) / 2
    { rule: 'is the mean of last wait and own line where others share the agents', change: { isWellPooled: false, ownAhead: 3, ownServedPerMs: 0.05 / 1_000 }, seconds: 78.5 },
  ])('$rule', ({ change, seconds }) => expect(waitS(change)).toBeCloseTo(seconds, 6));

  it('is not known before anybody was served', () => {
    expect(estimateWait({ ...view, completions: 0, lastWaitMs: null })).toBeNull();
  });

  it('sums up very long lines by the integral, within a caller’s time of the sum', () => {
    const sum = (ahead: number) => Array.from({ length: ahead + 1 }, (_, k) => 1 / (0.1 + k * 0.001)).reduce((a, b) => a + b, 0);
    expect(waitS({ ahead: 50_000, abandonPerMs: 0.001 / 1_000 })).toBeCloseTo(sum(50_000), 0);
  });

  it('is longer with more ahead and shorter with more agents or less patience', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.integer({ min: 1, max: 200 }), fc.double({ min: 0, max: 1e-4, noNaN: true }), (ahead, agents, abandonPerMs) => {
        const now = waitS({ ahead, agents, abandonPerMs });
        expect(waitS({ ahead: ahead + 1, agents, abandonPerMs })).toBeGreaterThan(now);
        expect(waitS({ ahead, agents: agents + 1, abandonPerMs })).toBeLessThan(now);
        expect(waitS({ ahead, agents, abandonPerMs: abandonPerMs + 1e-5 })).toBeLessThanOrEqual(now);
      }),
    );
  });

  it('agrees with Erlang A on the mean queue of a busy house', () => {
    const load = { arrivalsPerHour: 2_800, ahtMs: 180_000, agents: 100, patienceMs: 180_000 };
    const { meanQueue, meanWaitMs } = erlangA(load);
    // Who stays to the end waits longer than the mean of all.
    const estimate = waitS({ ahead: meanQueue, agents: 100, handlingMs: 180_000, abandonPerMs: 1 / 180_000 });
    expect(estimate).toBeGreaterThan(meanWaitMs / 1_000);
    expect(estimate).toBeLessThan((1.3 * meanWaitMs) / 1_000);
  });
});

describe('the wait as it is said', () => {
  it.each([
    [0, null, 2], [107_999, null, 2], [108_000, 2, 5], [4 * 60_000, 2, 5], [4.6 * 60_000, 5, 10], [8 * 60_000, 5, 10], [9.5 * 60_000, 10, 15],
    [17 * 60_000, 15, 20], [25 * 60_000, 20, 30], [40 * 60_000, 30, 45], [50 * 60_000, 45, 60], [55 * 60_000, 60, null], [5 * 3_600_000, 60, null],
  ])('%d ms is told as more than %s and less than %s minutes', (waitMs, fromMinutes, toMinutes) => {
    expect(spokenWait(waitMs)).toEqual({ fromMinutes, toMinutes });
  });
});

describe('calibration', () => {
  const of = (pairs: readonly (readonly [number, number])[]) => {
    const sum = new CalibrationSum();
    for (const [estimateMs, actualMs] of pairs) sum.add({ estimateMs, actualMs });
    return sum.result;
  };
  const often = (count: number, one: readonly [number, number]): (readonly [number, number])[] => Array.from({ length: count }, () => one);

  it('gives error and bias as shares of the mean wait', () => {
    expect(of([[130, 100], [110, 100]])).toEqual({ pairs: 2, relRmse: Math.sqrt((900 + 100) / 2) / 100, bias: 0.2 });
  });

  it('is to be trusted after thirty estimates that came true', () => {
    expect(isTrustworthy(of(often(30, [110, 100])))).toBe(true);
  });

  it.each<[string, readonly (readonly [number, number])[]]>([
    ['after fewer', often(29, [110, 100])],
    ['where estimates are always too long', often(60, [125, 100])],
    ['where estimates are always too short', often(60, [75, 100])],
    ['where estimates miss both ways', [...often(30, [170, 100]), ...often(30, [30, 100])]],
    ['where nobody waited', often(60, [0, 0])],
    ['after nothing', []],
  ])('is not to be trusted %s', (_, pairs) => expect(isTrustworthy(of(pairs))).toBe(false));
});
