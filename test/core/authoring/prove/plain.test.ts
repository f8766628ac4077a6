import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Proof } from '../../../../gateway/core/authoring/prove/prove.js';
import type { Flow } from '../../../../gateway/core/flow/flow-schema.js';
import { VARS } from '../../flow/flows-of-tests.js';
import { RETRY, smallFlow } from '../../flow/small-flow.js';
import { sampleFlow } from '../../../ivr-flows/sample-files.js';
import { proved } from './play-witness.js';
import { HOURS, randomFlow } from './random-flows.js';

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

const ASKS = '{ do: connector, call: x.act, into: got, exits: { ok: asks, error: person } }';
const READS = 'reads: { do: branch, when: [{ value: $got.name, is: anna, next: hers }], else: solved }\nhers: { do: branch, when: [{ value: $got.owed, atLeast: 100, next: much }], else: solved }\nmuch: { do: hangup, prompt: p-much }';
const MENU_PART = smallFlow(`start: { do: menu, prompt: p-part, keys: { 1: done }, ${RETRY} }\ndone: { do: return, exit: done }`, '', {}, {}, ['en'], 'part');
const LOOKING_PART = smallFlow('start: { do: connector, call: x.look, into: found, exits: { ok: done, error: person } }\ndone: { do: return, exit: done }', VARS.replace('got:', 'found:'), {}, {}, ['en'], 'looks');

/** The same flows each time, but in the long run. */
const RUNS = process.env['VAXEL_LONG'] === undefined ? { numRuns: 250, seed: 46 } : { numRuns: 4_000 };

describe('what no rule can tell apart is looked at once, with the same verdict, faults, distances and nodes that nobody comes to', () => {
  it.each(['invoice-extension', 'balance', 'outage', 'who-is-calling', 'satisfaction', 'opening-hours-callback'])('in the sample flow %s', (id) => {
    const [short, plain] = bothOf(sampleFlow(id));
    expect(said(short)).toEqual(said(plain));
    expect(short.spots).toBeLessThan(plain.spots);
  });

  it.each([
    ['after a question', `start: ${ASKS}\nasks: { do: menu, prompt: p-asks, keys: { 1: reads }, ${RETRY} }\n${READS}`],
    ['after a part that knows nothing of it', `start: ${ASKS}\nasks: { do: subflow, flow: part, exits: { done: reads } }\n${READS}`],
    ['by the flow outside, to which a part hands it over', `start: { do: subflow, flow: looks, into: { got: found }, exits: { done: reads } }\n${READS}`],
    ['by the flow outside, long after', `start: { do: subflow, flow: looks, into: { got: found }, exits: { done: asks } }\nasks: { do: menu, prompt: p-asks, keys: { 1: reads }, ${RETRY} }\n${READS}`],
  ])('where an answer is read %s', (_when, nodes) => {
    const flow = smallFlow(nodes, VARS, { flows: new Map([['part', MENU_PART], ['looks', LOOKING_PART]]) });
    const [short, plain] = bothOf(flow);
    expect(said(short)).toEqual(said(plain));
    expect(short.warnings.map(({ what }) => what).join()).not.toContain('never');
  });

  it('where what is read of an answer decides that the rest is not: one of those answers is played', () => {
    const flow = smallFlow(`start: { do: subflow, flow: looks, into: { got: found }, exits: { done: reads } }\n${READS}`, VARS, { flows: new Map([['looks', LOOKING_PART]]) });
    const [short, plain] = bothOf(flow);
    expect(said(short)).toEqual(said(plain));
    // Four debts are told apart: Anna's all count, somebody else's none.
    expect(plain.moves - short.moves).toBe(3);
  });

  it('where what is said before another try says a value, which only some who come to the question have: they hear it, and the others break', () => {
    const way = (name: string, next: string): string => `${name}: { do: menu, prompt: p-${name}, keys: { 1: ${next} }, ${RETRY} }`;
    const flow = smallFlow(
      `start: { do: menu, prompt: p-start, keys: { 1: enters, 2: far }, ${RETRY} }\nenters: { do: collect, prompt: p-enters, into: code, max: 4, next: asks, ${RETRY} }\n${way('far', 'farther')}\n${way('farther', 'asks')}\nasks: { do: menu, prompt: p-asks, keys: { 1: solved }, noInput: { retries: 1, prompt: p-code, next: person }, noMatch: { retries: 0, next: person } }`,
      VARS, {}, { 'p-code': 'Your code {{code|digits}}' },
    );
    const [short, plain] = bothOf(flow);
    expect(said(short)).toEqual(said(plain));
    expect(short.violations.map(({ rule, node }) => `${rule} ${node}`)).toContain('values asks');
  });

  it.each([
    ['a question that is asked again counts as far from a person as when it is asked first', `start: { do: hours, of: office, open: chosen, closed: first }\nchosen: { do: language, byNumber: { "+46": sv, "+44": en }, next: first }\nfirst: { do: menu, prompt: p-first, keys: { 1: second, 2: start }, noInput: { retries: 1, prompt: p-again, next: person }, noMatch: { retries: 1, next: start } }\nsecond: { do: menu, prompt: p-second, keys: { 1: person, 2: second }, noInput: { retries: 1, prompt: p-again, next: done }, noMatch: { retries: 1, next: second } }\ndone: { do: hangup, prompt: p-done }`],
    ['a place is met in each language with the counts that it was met with first', `start: { do: branch, when: [{ value: $visits.start, atLeast: 2, next: third }], else: looks }\nlooks: { do: hours, of: office, open: first, closed: first }\nfirst: { do: menu, prompt: p-first, keys: { 1: second, 2: second }, noInput: { retries: 1, prompt: p-again, next: start }, noMatch: { retries: 1, next: second } }\nsecond: { do: menu, prompt: p-second, keys: { 1: third, 2: third }, noInput: { retries: 1, prompt: p-again, next: third }, noMatch: { retries: 1, next: third } }\nthird: { do: confirm, prompt: p-third, yes: done, no: start, noInput: { retries: 0, next: done }, noMatch: { retries: 1, next: person } }\ndone: { do: hangup, prompt: p-done }`],
  ])('where %s', (_rule, nodes) => {
    const [short, plain] = bothOf(smallFlow(nodes, 'anywhere: {}', { hours: HOURS }, {}, ['sv', 'en']));
    expect(said(short)).toEqual(said(plain));
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
