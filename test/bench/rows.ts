import type { BenchResult } from './bench-result.js';

export interface RowOptions {
  /** Tiny counts. */
  readonly isQuick: boolean;
}

type Run = (options: RowOptions) => Promise<BenchResult[]>;

export interface Row {
  /** What it prints: the first names the row. */
  readonly names: readonly string[];
  readonly load: () => Promise<{ readonly run: Run }>;
}

/** Every row of the bench. */
export const ROWS: readonly Row[] = [
  { names: ['acd-cycle', 'acd-cycle-light', 'acd-distinct'], load: () => import('./acd-cycle.js') },
  { names: ['acd-hard-backlog', 'acd-growth', 'acd-vs-naive', 'acd-memory'], load: () => import('./acd-ready.js') },
  { names: ['acd-least-occupied'], load: () => import('./acd-share.js') },
  { names: ['acd-tail'], load: () => import('./acd-tail.js') },
  { names: ['erlang-agreement'], load: async () => ({ run: (await import('./simulated.js')).erlangAgreement }) },
  { names: ['pooling-efficiency'], load: async () => ({ run: (await import('./simulated.js')).poolingEfficiency }) },
  { names: ['ewt-accuracy'], load: async () => ({ run: (await import('./simulated.js')).ewtAccuracy }) },
  { names: ['sip-cps'], load: () => import('./sip-cps.js') },
  { names: ['sip-ivr-cps'], load: () => import('./sip-ivr-cps.js') },
  { names: ['setup', 'setup-cpu'], load: () => import('./setup.js') },
  { names: ['media-streams'], load: () => import('./media-streams.js') },
  { names: ['pop-e2e'], load: () => import('./pop-e2e.js') },
  { names: ['pop-before-ring'], load: () => import('./pop-before-ring.js') },
  { names: ['answer-to-audio'], load: () => import('./answer-to-audio.js') },
  { names: ['ready-to-invite', 'ready-to-invite-50', 'ready-to-invite-200', 'ready-to-invite-500'], load: () => import('./ready-to-invite.js') },
  { names: ['flow-steps'], load: () => import('./flow-steps.js') },
  { names: ['flow-prove'], load: () => import('./flow-prove.js') },
  { names: ['flow-replay'], load: () => import('./flow-replay.js') },
];
