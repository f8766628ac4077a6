import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CalibrationSum, isTrustworthy } from '../../../gateway/core/acd/calibration.js';
import { erlangA } from '../../../gateway/core/acd/erlang.js';
import { estimateWait, spokenWait, type Lump, type WaitView } from '../../../gateway/core/acd/estimated-wait.js';

/** 10 agents, talks of 100 s: one caller is served every 10 s. */
const TEN = 0.1 / 1_000;
const queued = (count: number, from = 1): Lump[] => Array.from({ length: count }, (_, at) => ({ rank: from + at, mass: 1 }));
const oneLine: WaitView = { pools: [{ servedPerMs: TEN, lines: [0] }], ahead: [[]], own: 0, abandonPerMs: 0 };
const waitS = (change: Partial<WaitView>): number => estimateWait({ ...oneLine, ...change }) / 1_000;

describe('the estimated wait', () => {
  it.each<{ rule: string; change: Partial<WaitView>; seconds: number }>([
    { rule: 'of the next in line is the time to one completion', change: {}, seconds: 10 },
    { rule: 'grows by one completion with each caller ahead', change: { ahead: [queued(5)] }, seconds: 60 },
    { rule: 'counts callers taken together as so many', change: { ahead: [[{ rank: 1, mass: 2 }, { rank: 3, mass: 3 }]] }, seconds: 60 },
    { rule: 'is halved by twice the agents', change: { ahead: [queued(5)], pools: [{ servedPerMs: 2 * TEN, lines: [0] }] }, seconds: 30 },
    { rule: 'adds up pools of different agents who serve the same line', change: { ahead: [queued(5)], pools: [{ servedPerMs: TEN, lines: [0] }, { servedPerMs: TEN, lines: [0] }] }, seconds: 30 },
    { rule: 'is not known where nobody at work serves the line', change: { pools: [] }, seconds: Number.POSITIVE_INFINITY },
    { rule: 'counts another line of the same agents', change: { ahead: [queued(2), queued(3)], pools: [{ servedPerMs: TEN, lines: [0, 1] }] }, seconds: 60 },
    { rule: 'does not count a line of other agents', change: { ahead: [queued(2), queued(30)], pools: [{ servedPerMs: TEN, lines: [0] }, { servedPerMs: TEN, lines: [1] }] }, seconds: 30 },
    // The second pool works off its own two first, then both serve the one who is left: 10 s + 10 s + 5 s.
    { rule: 'counts agents of other lines from when these are served', change: { ahead: [queued(2, 10), queued(2)], pools: [{ servedPerMs: TEN, lines: [0] }, { servedPerMs: TEN, lines: [0, 1] }] }, seconds: 25 },
    // One agent in forty serves both lines: the long other line takes no more than that one.
    { rule: 'hardly counts a long line that shares few agents', change: { ahead: [queued(1), queued(400, -500)], pools: [{ servedPerMs: 3.9 * TEN, lines: [0] }, { servedPerMs: 0.1 * TEN, lines: [0, 1] }, { servedPerMs: 4 * TEN, lines: [1] }] }, seconds: 20 / 3.9 },
  ])('$rule', ({ change, seconds }) => expect(waitS(change)).toBeCloseTo(seconds, 6));

  it('gets shorter by those ahead who give up, as the queue-length estimate with abandonment says', () => {
    const abandonPerMs = 1 / 60_000;
    const sum = Array.from({ length: 41 }, (_, k) => 1 / (TEN + k * abandonPerMs)).reduce((a, b) => a + b, 0) / 1_000;
    const estimate = waitS({ ahead: [queued(40)], abandonPerMs });
    expect(Math.abs(estimate / sum - 1)).toBeLessThan(0.005);
  });

  it('is longer with more ahead, and no longer with another pool or less patience', () => {
    const line = fc.nat(12).map((count) => queued(count));
    const pool = fc.record({ servedPerMs: fc.double({ min: TEN / 100, max: TEN, noNaN: true }), lines: fc.subarray([0, 1, 2], { minLength: 1 }) });
    const house = fc.record({ ahead: fc.tuple(line, line, line), pools: fc.array(pool, { minLength: 1, maxLength: 4 }), abandonPerMs: fc.double({ min: 1e-9, max: 1e-4, noNaN: true }), own: fc.constant(0) });
    fc.assert(
      fc.property(house, pool, (view, another) => {
        const now = estimateWait(view);
        const [own, ...others] = view.ahead;
        expect(estimateWait({ ...view, ahead: [[{ rank: -1, mass: 1 }, ...own], ...others] })).toBeGreaterThanOrEqual(now);
        if (view.pools.some(({ lines }) => lines.includes(0))) expect(now).toBeLessThan(Number.POSITIVE_INFINITY);
        // In one line nothing else can happen than that it gets shorter.
        const alone = { ...view, ahead: [own], pools: view.pools.map(({ servedPerMs }) => ({ servedPerMs, lines: [0] })) };
        expect(estimateWait({ ...alone, pools: [...alone.pools, { ...another, lines: [0] }] })).toBeLessThan(estimateWait(alone));
        expect(estimateWait({ ...alone, abandonPerMs: alone.abandonPerMs + 1e-5 })).toBeLessThanOrEqual(estimateWait(alone) + 1e-6);
      }),
    );
  });

  it('agrees with Erlang A on the mean queue of a busy house', () => {
    const { meanQueue, meanWaitMs } = erlangA({ arrivalsPerHour: 2_800, ahtMs: 180_000, agents: 100, patienceMs: 180_000 });
    // Who stays to the end waits longer than the mean of all.
    const estimate = waitS({ ahead: [[{ rank: 0, mass: meanQueue }]], pools: [{ servedPerMs: 100 / 180_000, lines: [0] }], abandonPerMs: 1 / 180_000 });
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

  it('is lost within a hundred waits that are told far too long, however many came true before, and comes back as they come true again', () => {
    const sum = new CalibrationSum(200);
    const add = (pairs: readonly (readonly [number, number])[]) => {
      for (const [estimateMs, actualMs] of pairs) sum.add({ estimateMs, actualMs });
      return isTrustworthy(sum.result);
    };
    expect(add(often(5_000, [110, 100]))).toBe(true);
    expect(add(often(100, [300, 100]))).toBe(false);
    expect(add(often(800, [110, 100]))).toBe(true);
    expect(sum.result.pairs).toBe(5_900);
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
