import { describe, expect, it } from 'vitest';
import { formatProblem } from '../../../gateway/core/flow/problem.js';
import { MENU, ORDER } from '../flow/flows-of-tests.js';
import { loadSmall } from './small-test.js';
import { loadTestFile } from '../../../gateway/core/authoring/load-test-file.js';

const problems = (text: string, flow = ORDER): readonly string[] => {
  const loaded = loadSmall(flow, text);
  return loaded.ok ? [] : loaded.problems.map(formatProblem);
};
const then = (text: string): string => `tests:\n  it:\n    then: { ${text} }\n`;
const given = (text: string): string => `given: { x.act: ${text} }\n${then('said: [p-sure]')}`;

describe('a file of tests is refused with line and fix when it', () => {
  it.each([
    ['speaks of a prompt that does not exist', then('said: [p-nothing]'), /:3:\d+: there is no prompt "p-nothing"\. Fix: use one of .*p-sure/],
    ['speaks of a node that does not exist', then('at: nowhere'), /:3:\d+: the flow has no node "nowhere"\. Fix: use one of /],
    ['speaks of a reason that no node states', then('recorded: { reason: no.such }'), /:3:\d+: no node states the reason "no\.such"/],
    ['speaks of a value that is never shown', then('recorded: { shown: { Nothing: "1" } }'), /:3:\d+: no variable is shown as "Nothing"\. Fix: use one of .*Owed/],
    ['speaks of an operation that nobody declares', then('done: { x.other: never }'), /:3:\d+: no connector file declares "x\.other"\. Fix: use one of x\.act/],
    ['speaks of an argument that does not exist', then('done: { x.act: { with: { cod: "1" } } }'), /:3:\d+: x\.act takes no "cod"\. Fix: did you mean "code"\?/],
    ['speaks of a language that the flow lacks', then('said: [{ language: nb }]'), /:3:\d+: the flow does not speak "nb"\. Fix: use one of en/],
    ['expects nothing', 'tests:\n  it:\n    then: {}\n', /:3:\d+: the test expects nothing/],
    ['expects an end and a wait', then('at: start, ended: { hangup: told }'), /:3:\d+: a flow that has ended waits nowhere/],
    ['goes on after hanging up', 'tests:\n  it:\n    when: [hangUp, "1"]\n    then: { at: start }\n', /:3:\d+: the caller has hung up already/],
    ['holds no tests', 'tests: {}\n', /:1:\d+: there are no tests/],
    ['has keys without quotes', 'tests:\n  it:\n    when: [471100]\n    then: { at: start }\n', /:3:\d+: .*Fix: give keys in quotes, such as "471100#"/],
    ['has a time without a unit', 'tests:\n  it:\n    when: [{ wait: 7 }]\n    then: { at: start }\n', /:3:\d+: .*Fix: .*a time such as 7s/],
    ['has a time of day without a zone', `clock: 2026-12-01 10:00\n${then('at: start')}`, /:1:\d+: .*Fix: give a time with its zone/],
    ['has a word that nobody knows', then('sayed: [p-sure]'), /:3:\d+: "sayed" is not known here/],
    ['has two tests of one name', 'tests:\n  it: { then: { at: start } }\n  it: { then: { at: start } }\n', /:3:\d+: not valid YAML: Map keys must be unique/],
  ])('%s', (_title, text, told) => {
    expect(problems(text)).toEqual([expect.stringMatching(told)]);
  });

  it('tests a flow that does not exist', () => {
    const loaded = loadTestFile(then('at: start'), 'flows/other.test.yaml', { flows: new Map([['small', MENU]]), operations: new Map() });
    expect(loaded.ok ? [] : loaded.problems.map(formatProblem)).toEqual([expect.stringMatching(/^flows\/other\.test\.yaml:1:\d+: there is no flow "other"\. Fix: name the file after its flow: one of small/)]);
  });
});

describe('an answer that the real back end could not give is refused', () => {
  it.each([
    ['an exit that does not exist', '{ exit: gone }', /x\.act never comes back with "gone"\. Fix: use one of ok, refused, error/],
    ['a name that is neither answer nor exit', 'gone', /"gone" is neither an answer of this file nor an exit of x\.act/],
    ['an ok without what it always has', '{ exit: ok }', /lacks "name", which an ok of x\.act always has\. Fix: add name \(text\) under result/],
    ['a field that is not declared', '{ exit: ok, result: { name: Anna, age: 7 } }', /x\.act never answers with "age"\. Fix: use name, owed/],
    ['a field of the wrong type', '{ exit: ok, result: { name: 7 } }', /"name" of the answer is no text: 7\. Fix: put it in quotes/],
    ['a result with an error', '{ exit: error, result: { name: Anna } }', /nothing comes with the exit error/],
    ['an answer that is lost and comes', '{ lost: true, exit: ok }', /is lost and says what comes back/],
    ['an answer without an exit', '{ after: 1s }', /has no exit/],
    ['a faulty one in a list', '[refused, gone]', /"gone" is neither/],
  ])('%s', (_title, answer, told) => {
    expect(problems(given(answer))).toEqual([expect.stringMatching(told)]);
  });

  it('and so is one for an operation that nobody declares', () => {
    expect(problems(`given: { x.other: ok }\n${then('at: start')}`)).toEqual([expect.stringMatching(/:1:\d+: no connector file declares "x\.other"/)]);
  });

  it.each([
    ['answers: { a: { like: b } }', /there is no answer "b"\. Fix: use one of a/],
    ['answers: { a: { like: b }, b: { like: a } }', /"a" is like itself in the end/],
  ])('%s', (top, told) => {
    expect(problems(`${top}\n${then('at: start')}`)[0]).toMatch(told);
  });
});
