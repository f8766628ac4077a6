import { describe, expect, it } from 'vitest';
import { COLLECT, MENU, ORDER, VARS } from '../flow/flows-of-tests.js';
import { RETRY, smallFlow } from '../flow/small-flow.js';
import { playSmall } from './small-test.js';

const LEAVE = smallFlow(`start: { do: menu, reason: some.reason, prompt: p-menu, keys: { 1: help, 2: away }, ${RETRY} }\nhelp: { do: queue, queue: people, band: 7, needs: [{ skill: english, minLevel: 3 }] }\naway: { do: transfer, to: "+4671" }`, VARS);
const GOOD = 'given: { x.act: { exit: ok, result: { name: Anna, owed: 12.5 } } }';
const one = (test: string, top = ''): string => `${top}\ntests:\n  it: ${test}\n`;
const failuresOf = (...args: Parameters<typeof playSmall>): readonly string[] => playSmall(...args).failures.map(({ expected, actual }) => `${expected} | ${actual}`);

describe('what a caller does', () => {
  it('keys are pressed after listening to the end, and by a person, not a machine', () => {
    const { call } = playSmall(MENU, one('{ when: ["2"], then: { at: start } }'));
    const pressedAt = call.state.path.at(-1)?.at ?? 0;
    expect(call.now - pressedAt).toBeGreaterThan(0);
    expect(call.effects.some(({ type }) => type === 'flow.hush')).toBe(false);
    expect(call.exit).toEqual({ kind: 'hangup', outcome: 'solved' });
  });

  it('early keys are pressed without listening', () => {
    const { call } = playSmall(MENU, one('{ when: [{ early: "2", after: 300ms }], then: { ended: { hangup: solved } } }'));
    expect(call.effects.some(({ type }) => type === 'flow.hush')).toBe(true);
  });

  it('who waits is silent for so long after the words', () => {
    expect(failuresOf(MENU, one('{ when: [{ wait: 5s }], then: { at: start, neverSaid: [p-hurry] } }'))).toEqual([]);
    expect(failuresOf(MENU, one('{ when: [{ wait: 7s }], then: { said: [p-menu, p-hurry, p-menu], at: start } }'))).toEqual([]);
  });

  it('half an entry runs out before the next keys', () => {
    expect(failuresOf(COLLECT, one('{ when: ["4711"], then: { recorded: { shown: { Code: "4711" } }, ended: { hangup: solved } } }'))).toEqual([]);
  });

  it('who hangs up has ended the call: nothing goes on by itself', () => {
    expect(failuresOf(MENU, one('{ when: [hangUp], then: { saidOnly: [p-menu], ended: { callerHungUp: unsolved } } }'))).toEqual([]);
    expect(failuresOf(MENU, one('{ when: [{ hangUp: 100ms }], then: { ended: { callerHungUp: unsolved } } }'))).toEqual([]);
  });

  it('a step after the end of the flow is a failure', () => {
    expect(failuresOf(MENU, one('{ when: ["2", "1"], then: { ended: { hangup: solved } } }'))).toEqual(['the caller can go on: presses 1 | the flow had ended']);
  });
});

describe('what the back end answers', () => {
  it('a call without an answer is a failure, whatever else is true', () => {
    expect(failuresOf(ORDER, one('{ when: ["1"], then: { said: [p-sure] } }'))).toEqual(['an answer to x.act under given | it was called with {"code":"4711"}, and the test gives no answer']);
  });

  it('a list is used in order, and one call more is a failure', () => {
    const list = 'given: { x.act: [{ exit: ok, result: { name: Anna, owed: 1 } }, refused] }';
    expect(failuresOf(ORDER, one('{ when: ["1", "1", "1"], then: { done: { x.act: twice }, ended: { queue: people } } }', list))).toEqual([]);
    expect(failuresOf(ORDER, one('{ when: ["1", "1", "1"], then: { done: { x.act: twice } } }', 'given: { x.act: [{ exit: ok, result: { name: Anna, owed: 1 } }] }'))).toEqual(['an answer to x.act under given | it was called with {"code":"4711"}, the 2. time, and the test gives 1 answer']);
  });

  it('one answer answers every call; the test may give another than the top of the file', () => {
    expect(failuresOf(ORDER, one('{ when: ["1", "1", "1"], then: { done: { x.act: twice } } }', GOOD))).toEqual([]);
    expect(failuresOf(ORDER, one('{ given: { x.act: refused }, when: ["1"], then: { ended: { queue: people } } }', GOOD))).toEqual([]);
  });

  it('an answer may take its time, or never come', () => {
    expect(failuresOf(ORDER, one('{ when: ["1"], then: { said: [p-sure, wait-a-moment, p-done] } }', GOOD.replace('exit: ok', 'exit: ok, after: 2s')))).toEqual([]);
    expect(failuresOf(ORDER, one('{ when: ["1"], then: { said: [wait-a-moment, p-broken] } }', 'given: { x.act: { lost: true } }'))).toEqual([]);
  });

  it('an answer may be like another one', () => {
    const named = 'answers: { a: { exit: ok, result: { name: Anna, owed: 5 } }, b: { like: a, result: { owed: 7 } } }\ngiven: { x.act: b }';
    expect(failuresOf(ORDER, one('{ when: ["1"], then: { recorded: { shown: { Name: Anna, Owed: "7.00" } } } }', named))).toEqual([]);
  });
});

describe('what a test expects, and how it fails', () => {
  it.each([
    ['said: [p-menu, p-hurry]', 'p-hurry is said then | after that was said: p-one “p-one words”'],
    ['said: [p-one, p-menu]', 'p-menu is said then | it was said earlier; after that was said: nothing'],
    ['said: [{ text: "two words" }]', '“two words” is said | after that was said: p-menu “p-menu words”, p-one “p-one words”'],
    ['said: [{ prompt: p-one, text: menu }]', 'p-one “menu” is said | after that was said: p-menu “p-menu words”, p-one “p-one words”'],
    ['saidOnly: [p-menu]', 'only this is said: p-menu | p-menu “p-menu words”, p-one “p-one words”'],
    ['neverSaid: [p-one]', 'p-one is never said | p-one (en): “p-one words”'],
    ['at: start', 'the flow waits at start | hung up: told'],
    ['ended: { hangup: solved }', 'ended {"hangup":"solved"} | hung up: told'],
    ['ended: { queue: people }', 'ended {"queue":"people"} | hung up: told'],
    ['ended: { callerHungUp: unsolved }', 'the caller hung up, unsolved | hung up: told'],
  ])('%s', (then, told) => {
    expect(failuresOf(MENU, one(`{ when: ["1"], then: { ${then} } }`))).toEqual([told]);
  });

  it.each([
    ['done: { x.act: never }', 'x.act is called never | once: {"code":"4711"}'],
    ['done: { x.act: 3 }', 'x.act is called 3 times | once: {"code":"4711"}'],
    ['done: { x.act: { with: { code: "4712" } } }', 'x.act is called with {"code":"4712"} | {"code":"4711"}'],
    ['done: { x.act: { with: {} } }', 'x.act is called with {} | {"code":"4711"}'],
    ['done: { x.act: { times: 2, with: { code: "4711" } } }', 'x.act is called twice | once: {"code":"4711"}'],
    ['recorded: { reason: null, solved: true }', 'solved is true | false'],
    ['recorded: { shown: { Name: Bo } }', 'shown Name is "Bo" | "Anna"'],
    ['recorded: { shown: { Name: null } }', 'shown Name is null | "Anna"'],
    ['recorded: { customer: { id: "7" } }', 'customer id is "7" | null'],
    ['recorded: { language: nb }', 'language is "nb" | "en"'],
    ['ended: { transfer: "1" }', 'ended {"transfer":"1"} | the flow waits at again'],
  ])('%s', (then, told) => {
    expect(failuresOf(ORDER, one(`{ when: ["1"], then: { ${then} } }`, GOOD))).toEqual([told]);
  });

  it.each([
    ['queue: people, reason: some.reason, band: 7, needs: { english: 3 }', []],
    ['queue: people, reason: null', ['reason some.reason']],
    ['queue: people, band: 8', ['reason some.reason']],
    ['queue: people, needs: { english: 4 }', ['needs english 3']],
    ['queue: people, needs: {}', ['needs english 3']],
    ['queue: others', ['queue people']],
  ] as const)('a queue: %s', (ended, told) => {
    const failures = failuresOf(LEAVE, one(`{ when: ["1"], then: { ended: { ${ended} } } }`));
    expect(failures).toHaveLength(told.length);
    told.forEach((words, index) => expect(failures[index]).toContain(words));
  });

  it('a transfer by its number', () => {
    expect(failuresOf(LEAVE, one('{ when: ["2"], then: { ended: { transfer: "+4671" } } }'))).toEqual([]);
    expect(failuresOf(LEAVE, one('{ when: ["2"], then: { ended: { transfer: "+4672" } } }'))).toHaveLength(1);
  });

  it('each failure has its place in the file', () => {
    const { failures } = playSmall(MENU, one('{ when: ["1"], then: { said: [p-menu, p-hurry], ended: { hangup: solved } } }'));
    expect(failures.map(({ path }) => path.join('.'))).toEqual(['tests.it.then.said.1', 'tests.it.then.ended']);
  });
});

it('the clock and the caller are those of the test', () => {
  const { call, startedAt } = playSmall(MENU, one('{ clock: "2027-03-01T08:00:00Z", caller: { number: "+4712345678" }, then: { at: start } }', 'caller: { number: withheld, dialled: "77" }'));
  expect([startedAt, call.state.ani, call.state.dnis]).toEqual([Date.UTC(2027, 2, 1, 8), '+4712345678', '77']);
});
