import { describe, expect, it } from 'vitest';
import { chosen, readArguments } from '../bench/arguments.js';
import { median, percentile, spread } from '../bench/statistics.js';
import { judge } from '../bench/verdict.js';

const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);

describe('statistics of the bench', () => {
  it('takes percentiles by nearest rank, whatever the order of the values', () => {
    expect(percentile(hundred, 99)).toBe(99);
    expect(percentile(hundred, 100)).toBe(100);
    expect(percentile([7], 99)).toBe(7);
    expect(median([9, 1, 5])).toBe(5);
  });

  it('gives NaN for nothing', () => {
    expect(median([])).toBeNaN();
    expect(percentile([], 99)).toBeNaN();
  });

  it('measures spread against the median', () => {
    expect(spread([10, 10, 10])).toBe(0);
    expect(spread([8, 10, 12])).toBeCloseTo(0.4);
  });
});

describe('verdict of a row', () => {
  const row = { name: 'x', kind: 'ratio', unit: 'a / b', detail: {} } as const;

  it('judges the median of the rounds against the goal', () => {
    expect(judge({ ...row, goal: { atLeast: 2 }, rounds: [1, 2, 9], anchors: [10, 11, 12] })).toMatchObject({ ratio: 2, goal: '>= 2', detail: { verdict: 'met' } });
    expect(judge({ ...row, goal: { atMost: 1.9 }, rounds: [1, 2, 9], anchors: [10] }).detail['verdict']).toBe('missed');
  });

  it('names the further condition that was missed', () => {
    const judged = judge({ ...row, goal: { atMost: 8 }, rounds: [2], anchors: [1], also: { 'p99 <= 10 ms': false } });
    expect(judged.detail['verdict']).toBe('missed, p99 <= 10 ms');
    expect(judged.goal).toBe('<= 8 and p99 <= 10 ms');
  });

  it('refuses to judge when the anchor varied by more than a quarter', () => {
    expect(judge({ ...row, goal: { atLeast: 0 }, rounds: [5], anchors: [10, 10, 12.6] }).detail['verdict']).toMatch(/^not judged: the anchor varied by 26 %/);
  });

  it('does not count a miss where the machine alone leaves no room for the goal; a goal that is met all the same is met', () => {
    const value = { ...row, kind: 'value', goal: { atMost: 10 }, anchors: [1] } as const;
    expect(judge({ ...value, rounds: [14], machineAlone: { ms: 5.1, atMostMs: 5 } }).detail).toMatchObject({ verdict: 'not judged: the machine alone took 5.1 ms', machineAloneMs: 5.1 });
    expect(judge({ ...value, rounds: [14], machineAlone: { ms: 5, atMostMs: 5 } }).detail['verdict']).toBe('missed');
    expect(judge({ ...value, rounds: [9], machineAlone: { ms: 30, atMostMs: 5 } }).detail['verdict']).toBe('met');
  });
});

describe('arguments of the bench', () => {
  const rows = [{ names: ['setup', 'setup-cpu'] }, { names: ['sip-cps'] }, { names: ['sip-ivr-cps'] }];

  it('runs all rows as a table unless asked otherwise', () => {
    expect(readArguments([])).toEqual({ isJson: false, isQuick: false, only: [], needsHelp: false });
    expect(chosen(rows, [])).toBe(rows);
  });

  it('chooses rows by prefix, repeated or separated by commas', () => {
    const { isJson, only } = readArguments(['--json', '--only', 'sip-', '--only', 'setup-cpu,setup']);
    expect(isJson).toBe(true);
    expect(chosen(rows, only)).toHaveLength(3);
    expect(chosen(rows, ['sip-i'])).toEqual([{ names: ['sip-ivr-cps'] }]);
  });

  it('refuses a prefix that chooses nothing, and an option it does not know', () => {
    expect(() => chosen(rows, ['sipp'])).toThrow('no row begins with "sipp"');
    expect(() => readArguments(['--josn'])).toThrow('josn');
  });
});
