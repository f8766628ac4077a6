import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Proof } from '../../../../gateway/core/authoring/prove/prove.js';
import type { Flow } from '../../../../gateway/core/flow/flow-schema.js';
import { sampleFlow } from '../../../ivr-flows/sample-files.js';
import { proved } from './play-witness.js';
import { randomFlow } from './random-flows.js';

/** What a proof says of a flow: how it was found is left out. */
function said({ verdict, violations, warnings, gaps, distances }: Proof): unknown {
  return {
    verdict, gaps,
    // Circles that differ in language only are one, and one of its nodes is told.
    violations: [...new Set(violations.map(({ rule, flow, node, what }) => (rule === 'loops' ? rule : `${rule} ${flow}.${node}: ${what}`)))].sort(),
    // Among them the nodes that nobody comes to, and the ways that nobody takes.
    warnings: warnings.map(({ flow, node, what }) => `${flow}.${node ?? ''}: ${what}`).sort(),
    answers: distances.answers.map(({ steps, seconds, node }) => `${node} ${steps} ${seconds}`).sort(),
    person: distances.person,
  };
}

const bothOf = (flow: Flow): readonly [short: Proof, plain: Proof] => [proved(flow), proved(flow, { isPlain: true })];

/** The same flows each time, but in the long run. */
const RUNS = process.env['VAXEL_LONG'] === undefined ? { numRuns: 250, seed: 46 } : { numRuns: 4_000 };

describe('what no rule can tell apart is looked at once, with the same verdict, faults, distances and nodes that nobody comes to', () => {
  it.each(['invoice-extension', 'balance', 'outage', 'who-is-calling', 'satisfaction', 'opening-hours-callback'])('in the sample flow %s', (id) => {
    const [short, plain] = bothOf(sampleFlow(id));
    expect(said(short)).toEqual(said(plain));
    expect(short.spots).toBeLessThan(plain.spots);
  });

  it('in small flows of every kind', () => {
    let looked = 0;
    fc.assert(fc.property(randomFlow, (flow) => {
      if (flow === null) return;
      looked++;
      const [short, plain] = bothOf(flow);
      expect(said(short)).toEqual(said(plain));
      expect(short.spots).toBeLessThanOrEqual(plain.spots);
    }), RUNS);
    expect(looked).toBeGreaterThan(RUNS.numRuns / 5);
  }, 120_000);
});
