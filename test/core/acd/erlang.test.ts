import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { erlangA, erlangB, erlangC } from '../../../gateway/core/acd/erlang.js';

// Reference values of the queue's design notes, computed exactly; those marked there as published are in as well.
describe('Erlang C', () => {
  it.each([
    { name: '10 erlangs, 11 agents', arrivalsPerHour: 200, ahtMs: 180_000, agents: 11, wait: 0.6821, asaS: 122.78, level: [20, 0.3896], occupancy: 0.909 },
    { name: '10 erlangs, 13 agents', arrivalsPerHour: 200, ahtMs: 180_000, agents: 13, level: [20, 0.7956] },
    { name: '10 erlangs, 14 agents (published)', arrivalsPerHour: 200, ahtMs: 180_000, agents: 14, wait: 0.1741, asaS: 7.84, level: [20, 0.8884], occupancy: 0.714 },
    { name: '48 erlangs, 55 agents (published)', arrivalsPerHour: 720, ahtMs: 240_000, agents: 55, wait: 0.2387, asaS: 8.18, level: [15, 0.8459], occupancy: 0.873 },
    { name: '100 erlangs, 105 agents', arrivalsPerHour: 2_000, ahtMs: 180_000, agents: 105, wait: 0.5157, asaS: 18.57, level: [20, 0.7041] },
    { name: '100 erlangs, 110 agents', arrivalsPerHour: 2_000, ahtMs: 180_000, agents: 110, wait: 0.237, asaS: 4.27, level: [20, 0.922] },
    { name: '84 erlangs, 90 agents', arrivalsPerHour: 1_680, ahtMs: 180_000, agents: 90, wait: 0.412, asaS: 12.36 },
    { name: '48 a minute, 50 agents (published)', arrivalsPerHour: 2_880, ahtMs: 60_000, agents: 50, wait: 0.6945, asaS: 20.83, p90S: 58.14, meanQueue: 16.67 },
  ])('agrees with the reference value of $name', ({ wait, asaS, level, occupancy, p90S, meanQueue, ...load }) => {
    const figures = erlangC(load);
    if (wait !== undefined) expect(figures.waitProbability).toBeCloseTo(wait, 4);
    if (asaS !== undefined) expect(figures.asaMs / 1_000).toBeCloseTo(asaS, 2);
    if (level !== undefined) expect(figures.serviceLevel((level[0] ?? 0) * 1_000)).toBeCloseTo(level[1] ?? 0, 4);
    if (occupancy !== undefined) expect(figures.occupancy).toBeCloseTo(occupancy, 3);
    if (p90S !== undefined) expect(figures.waitPercentileMs(0.9) / 1_000).toBeCloseTo(p90S, 2);
    if (meanQueue !== undefined) expect(figures.meanQueue).toBeCloseTo(meanQueue, 2);
  });

  it('says that more calls than the agents can serve wait for ever', () => {
    const figures = erlangC({ arrivalsPerHour: 220, ahtMs: 180_000, agents: 11 });
    expect(figures).toMatchObject({ waitProbability: 1, asaMs: Number.POSITIVE_INFINITY, occupancy: 1 });
    expect(figures.serviceLevel(20_000)).toBe(0);
  });

  it('gives a percentile that the service level confirms', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.double({ min: 0.1, max: 0.99, noNaN: true }), fc.double({ min: 0.01, max: 0.99, noNaN: true }), (agents, occupancy, share) => {
        const figures = erlangC({ arrivalsPerHour: agents * occupancy * 20, ahtMs: 180_000, agents });
        const waitMs = figures.waitPercentileMs(share);
        if (waitMs > 0) expect(figures.serviceLevel(waitMs)).toBeCloseTo(share, 9);
        else expect(figures.serviceLevel(0)).toBeGreaterThanOrEqual(share - 1e-9);
      }),
    );
  });
});

describe('Erlang A', () => {
  it.each([
    { name: '50 agents (published)', agents: 50, wait: 0.4678, waitS: 3.709, abandonment: 0.03091, meanQueue: 2.968, occupancy: 0.9303 },
    { name: '45 agents', agents: 45, wait: 0.7869, waitS: 10.03, abandonment: 0.0836 },
    { name: '55 agents', agents: 55, wait: 0.1936, waitS: 1.04, abandonment: 0.0086 },
  ])('agrees with the reference value of 48 calls a minute, two minutes of patience, $name', ({ agents, wait, waitS, abandonment, meanQueue, occupancy }) => {
    const figures = erlangA({ arrivalsPerHour: 2_880, ahtMs: 60_000, agents, patienceMs: 120_000 });
    expect(figures.waitProbability).toBeCloseTo(wait, 4);
    expect(figures.meanWaitMs / 1_000).toBeCloseTo(waitS, 2);
    expect(figures.abandonment).toBeCloseTo(abandonment, 4);
    if (meanQueue !== undefined) expect(figures.meanQueue).toBeCloseTo(meanQueue, 3);
    if (occupancy !== undefined) expect(figures.occupancy).toBeCloseTo(occupancy, 4);
  });

  it('finds a balance when there are many more calls than agents', () => {
    const figures = erlangA({ arrivalsPerHour: 2_800, ahtMs: 180_000, agents: 100, patienceMs: 180_000 });
    expect(figures.abandonment).toBeCloseTo(0.2857, 3);
    expect(figures.occupancy).toBeCloseTo(1, 3);
  });

  it('comes to Erlang C as patience grows', () => {
    const load = { arrivalsPerHour: 2_000, ahtMs: 180_000, agents: 110 };
    const [patient, endless] = [erlangA({ ...load, patienceMs: 1e12 }), erlangC(load)];
    expect(patient.waitProbability).toBeCloseTo(endless.waitProbability, 6);
    expect(patient.meanWaitMs).toBeCloseTo(endless.asaMs, 1);
  });

  it('holds what flows in against what flows out, for houses of up to 5,000 agents', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), fc.double({ min: 0.1, max: 2, noNaN: true }), fc.integer({ min: 1_000, max: 3_600_000 }), (agents, load, patienceMs) => {
        const arrivalsPerHour = agents * load * 20;
        const figures = erlangA({ arrivalsPerHour, ahtMs: 180_000, agents, patienceMs });
        expect(figures.abandonment).toBeGreaterThanOrEqual(0);
        expect(figures.abandonment).toBeLessThan(1);
        expect(figures.occupancy).toBeLessThanOrEqual(1 + 1e-9);
        // Agents cannot serve more than they are: at least the surplus gives up.
        expect(figures.abandonment).toBeGreaterThanOrEqual(1 - 1 / load - 1e-9);
      }),
      { numRuns: 50 },
    );
  });
});

describe('Erlang B', () => {
  it('neither overflows nor vanishes for 5,000 agents', () => {
    const blocked = erlangB(5_000, 5_000);
    expect(blocked).toBeGreaterThan(0.01);
    expect(blocked).toBeLessThan(0.012);
  });

  it('blocks everybody where there is no agent', () => {
    expect(erlangB(3, 0)).toBe(1);
  });
});
