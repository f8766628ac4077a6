import { describe, expect, it } from 'vitest';
import { stepFlow } from '../../../gateway/core/flow/interpret.js';
import { FlowDriver } from './flow-driver.js';
import { COLLECT, heardIn, MENU, VARS } from './flows-of-tests.js';
import { RETRY, smallFlow } from './small-flow.js';

describe('barge-in and type-ahead', () => {
  it('a key stops the prompt of an input node and counts', () => {
    const call = new FlowDriver(MENU).press('2', 0);
    expect(call.effects.map(({ type }) => type)).toEqual(['flow.say', 'flow.hush', 'flow.left']);
  });

  it('digits during a prompt count as the beginning of the entry', () => {
    expect(new FlowDriver(COLLECT).press('4711#').state.vars['code']).toBe('4711');
  });

  it('legal text is heard to its end; keys pressed meanwhile count afterwards', () => {
    const flow = smallFlow(`start: { do: menu, prompt: [p-legal, p-menu], keys: { 1: solved }, ${RETRY} }`);
    const call = new FlowDriver(flow).press('1', 0);
    expect(call.exit).toBeNull();
    expect(call.effects.some(({ type }) => type === 'flow.hush')).toBe(false);
    call.settle();
    expect(heardIn(call)).toBe('p-legal words');
    expect(call.exit).toEqual({ kind: 'hangup', outcome: 'solved' });
  });

  it('legal text that comes later is still heard when a key stops what is before it', () => {
    const flow = smallFlow(`start: { do: menu, prompt: [p-menu, p-legal, p-end], keys: { 1: solved }, ${RETRY} }`);
    const call = new FlowDriver(flow).press('1', 0);
    expect(heardIn(call)).toBe('p-menu words | p-legal words');
    expect(call.settle().exit).toEqual({ kind: 'hangup', outcome: 'solved' });
    expect(heardIn(call)).not.toContain('p-end');
  });

  it('barge-in of one prompt does not leak into the next', () => {
    const flow = smallFlow(`start: { do: say, prompt: p-legal, next: ask }\nask: { do: menu, prompt: p-menu, keys: { 1: solved }, ${RETRY} }`);
    const call = new FlowDriver(flow);
    expect(call.effects.at(-1)).toMatchObject({ type: 'flow.say', hasBargeIn: false });
    call.wait(2_000);
    expect(call.effects.findLast(({ type }) => type === 'flow.say')).toMatchObject({ hasBargeIn: true });
  });

  it('a key during a say node stops it and all words up to the next question', () => {
    const flow = smallFlow(`start: { do: say, prompt: p-a, next: more }\nmore: { do: say, prompt: p-b, next: ask }\nask: { do: menu, prompt: p-menu, keys: { 1: solved }, ${RETRY} }`);
    const call = new FlowDriver(flow).press('1', 0);
    expect(heardIn(call)).toBe('p-a words');
    expect(call.exit).toEqual({ kind: 'hangup', outcome: 'solved' });
  });

  it('a whole call can be keyed ahead', () => {
    const flow = smallFlow(`start: { do: say, prompt: p-legal, next: menu }\nmenu: { do: menu, prompt: p-menu, keys: { 1: ask }, ${RETRY} }\nask: { do: collect, prompt: p-ask, into: code, max: 9, next: sure, ${RETRY} }\nsure: { do: confirm, prompt: p-sure, yes: solved, no: person, ${RETRY} }`, VARS);
    const call = new FlowDriver(flow).press('1471100#1', 0).settle();
    expect(call.state.vars['code']).toBe('471100');
    expect(call.exit).toEqual({ kind: 'hangup', outcome: 'solved' });
    expect(heardIn(call)).toBe('p-legal words');
  });

  it('an anywhere key in the middle of what is keyed ahead is a digit of it', () => {
    const flow = smallFlow(`start: { do: connector, call: x.get, exits: { ok: told, error: person } }\ntold: { do: say, prompt: p-a, next: ask }\nask: { do: collect, prompt: p-ask, into: code, max: 6, next: solved, ${RETRY} }`, VARS);
    const call = new FlowDriver(flow, () => ({ exit: 'ok', afterMs: 250 })).press('4700#').settle();
    expect(call.state.vars['code']).toBe('4700');
  });

  it('typeAhead: flush forgets what was keyed before the question', () => {
    const flow = smallFlow(`start: { do: say, prompt: p-legal, next: ask }\nask: { do: menu, typeAhead: flush, prompt: p-menu, keys: { 1: solved }, ${RETRY} }`);
    const call = new FlowDriver(flow).press('1', 0).settle();
    expect(call.exit).toBeNull();
    expect(heardIn(call)).toBe('p-legal words | p-menu words');
  });

  it('a key that fits nothing also forgets what was keyed after it', () => {
    const call = new FlowDriver(MENU).press('92', 0);
    expect(call.exit).toEqual({ kind: 'hangup', outcome: 'solved' });
    const ahead = smallFlow(`start: { do: say, prompt: p-legal, next: ask }\nask: { do: menu, prompt: p-menu, keys: { 1: solved }, ${RETRY} }`);
    expect(new FlowDriver(ahead).press('91', 0).settle().exit).toBeNull();
  });

  it('keeps at most 32 keys that nobody asked for', () => {
    const flow = smallFlow(`start: { do: say, prompt: p-legal, next: ask }\nask: { do: menu, prompt: p-menu, keys: { 1: solved }, ${RETRY} }`);
    expect(new FlowDriver(flow).press('2'.repeat(50), 0).state.buffer).toHaveLength(32);
  });

  it.each(['A', 'D', '12', '', 'x'])('%j is no key and changes nothing', (digit) => {
    const call = new FlowDriver(MENU);
    const before = call.state;
    expect(stepFlow(MENU, before, { type: 'flow.digit', at: call.now, digit }).effects).toEqual([]);
  });
});
