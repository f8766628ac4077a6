import { describe, expect, it } from 'vitest';
import type { Flow } from '../../../../gateway/core/flow/flow-schema.js';
import { smallFlow } from '../../flow/small-flow.js';
import { faultsOf, playWitness, proved } from './play-witness.js';

const ENDS = `thanks: { do: hangup, prompt: p-thanks }\nnothing: { do: hangup, prompt: p-nothing }\nbroken: { do: hangup, prompt: p-broken }`;
const LEAVE = 'do: record, prompt: p-speak, review: { prompt: p-review }, next: thanks, empty: nothing, failed: broken';
const VARS = 'vars: { left: { type: record, fields: { id: text, seconds: number } } }';

const violations = (flow: Flow, rule: string) => proved(flow).violations.filter((one) => one.rule === rule);

describe('a flow that takes messages is proved', () => {
  it('with every way of the node: a message, none, and one that cannot be recorded', () => {
    const proof = proved(smallFlow(`start: { ${LEAVE} }\n${ENDS}`));
    expect([proof.verdict, faultsOf(proof)]).toEqual(['proved', []]);
    expect(proof.warnings.filter(({ what }) => what.includes('never leads') || what.includes('no caller comes'))).toEqual([]);
  });

  it('with each length that a condition asks for', () => {
    const flow = smallFlow(`start: { do: record, into: left, prompt: p-speak, next: long, empty: nothing, failed: broken }\nlong: { do: branch, when: [{ value: $left.seconds, atLeast: 60, next: wow }], else: thanks }\nwow: { do: hangup, prompt: p-wow }\n${ENDS}`, VARS);
    const proof = proved(flow);
    expect(faultsOf(proof)).toEqual([]);
    expect(proof.warnings.filter(({ what }) => what.includes('never leads'))).toEqual([]);
  });
});

describe('what does not hold is found', () => {
  it('a caller who says nothing and is asked for it for ever', () => {
    const flow = smallFlow(`start: { do: record, prompt: p-speak, next: thanks, empty: start, failed: broken }\nthanks: { do: hangup, prompt: p-thanks }\nbroken: { do: hangup, prompt: p-broken }`);
    const [found] = violations(flow, 'loops');
    expect(found).toMatchObject({ node: 'start', what: 'a caller who does nothing is led round here for ever' });
  });

  it('the variable of a message where there is none', () => {
    const flow = smallFlow(`start: { do: record, into: left, prompt: p-speak, next: thanks, empty: told, failed: broken }\ntold: { do: hangup, prompt: p-told }\nthanks: { do: hangup, prompt: p-thanks }\nbroken: { do: hangup, prompt: p-broken }`, VARS, {}, { 'p-told': 'You said {{left.seconds|number}}' });
    const [found] = violations(flow, 'values');
    expect(found?.node).toBe('told');
    expect(found === undefined ? null : playWitness(flow, found).state.path.some(({ did }) => did === 'prompt lacks a value')).toBe(true);
  });

  it('a call that ends without a word after the message', () => {
    const flow = smallFlow(`start: { do: record, prompt: p-speak, next: over, empty: nothing, failed: broken }\nover: { do: hangup }\nnothing: { do: hangup, prompt: p-nothing }\nbroken: { do: hangup, prompt: p-broken }`);
    expect(violations(flow, 'silence').map(({ node, what }) => [node, what])).toEqual([['over', 'the call ends here without a word']]);
  });

  it('nobody to speak to and nothing to leave a message with, once it cannot be recorded', () => {
    const menu = 'start: { do: menu, prompt: p-menu, keys: { 1: leave }, noInput: { retries: 0, next: leave }, noMatch: { retries: 0, next: leave } }';
    const flow = (failed: string): Flow => smallFlow(`${menu}\nleave: { do: record, prompt: p-speak, next: thanks, empty: nothing, failed: ${failed} }\n${ENDS}`, 'anywhere: { 9: leave }');
    expect(violations(flow('broken'), 'person').map(({ node }) => node)).toEqual(['start']);
    expect(violations(smallFlow(`${menu}\nleave: { do: record, prompt: p-speak, next: thanks, empty: nothing, failed: person }\nthanks: { do: hangup, prompt: p-thanks }\nnothing: { do: hangup, prompt: p-nothing }`, 'anywhere: { 9: leave }'), 'person')).toEqual([]);
  });
});
