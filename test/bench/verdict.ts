import { loadavg } from 'node:os';
import type { BenchResult } from './bench-result.js';
import { median, rounded, spread } from './statistics.js';

/** An anchor that varies more than this says that the machine was busy with other things. */
export const ANCHOR_SPREAD = 0.25;

export type Goal = { readonly atLeast: number } | { readonly atMost: number };

export interface Measurement {
  readonly name: string;
  readonly kind: 'ratio' | 'value';
  readonly unit: string;
  readonly goal: Goal;
  /** One figure a round; the median counts. */
  readonly rounds: readonly number[];
  /** What should have been the same in every round. */
  readonly anchors: readonly number[];
  /** What the machine alone adds to a value, and what it may for a miss to count. */
  readonly machineAlone?: { readonly ms: number; readonly atMostMs: number };
  /** A further condition of the goal, by its wording. */
  readonly also?: Readonly<Record<string, boolean>>;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** One row: the median of the rounds, judged only when the anchor stood still; a miss only when the machine alone leaves room for the goal. */
export function judge(measured: Measurement): BenchResult {
  const { rounds, anchors, goal } = measured;
  const figure = median(rounds);
  const varied = spread(anchors);
  const missed = Object.entries(measured.also ?? {}).filter(([, isMet]) => !isMet).map(([what]) => what);
  const isMet = meets(figure, goal) && missed.length === 0;
  const verdict = varied > ANCHOR_SPREAD ? `not judged: the anchor varied by ${Math.round(varied * 100)} %` : isMet ? 'met' : (tooSlow(measured) ?? ['missed', ...missed].join(', '));
  return {
    name: measured.name,
    [measured.kind]: rounded(figure),
    unit: measured.unit,
    goal: [wording(goal), ...Object.keys(measured.also ?? {})].join(' and '),
    detail: {
      verdict,
      rounds: rounds.map((one) => rounded(one)),
      anchorSpread: rounded(varied, 2),
      anchors: anchors.map((one) => rounded(one)),
      ...(measured.machineAlone === undefined ? {} : { machineAloneMs: rounded(measured.machineAlone.ms) }),
      ...measured.detail,
      loadAverage: loadAverage(),
    },
  };
}

/** A row that this machine cannot measure. */
export function notMeasured(what: Pick<Measurement, 'name' | 'unit' | 'goal'>, why: string): BenchResult {
  return { name: what.name, unit: what.unit, goal: wording(what.goal), detail: { verdict: `not measured: ${why}`, loadAverage: loadAverage() } };
}

export const loadAverage = (): readonly number[] => loadavg().map((one) => Number(one.toFixed(1)));

function tooSlow({ machineAlone: alone }: Measurement): string | null {
  return alone === undefined || alone.ms <= alone.atMostMs ? null : `not judged: the machine alone took ${rounded(alone.ms)} ms`;
}

const meets = (figure: number, goal: Goal): boolean => ('atLeast' in goal ? figure >= goal.atLeast : figure <= goal.atMost);

const wording = (goal: Goal): string => ('atLeast' in goal ? `>= ${goal.atLeast}` : `<= ${goal.atMost}`);
