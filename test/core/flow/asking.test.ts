import { describe, expect, it } from 'vitest';
import { stepFlow } from '../../../gateway/core/flow/interpret.js';
import { FlowDriver } from './flow-driver.js';
import { COLLECT, heardIn, MENU, VARS } from './flows-of-tests.js';
import { RETRY, smallFlow } from './small-flow.js';

it.each(['more', 'left', 'constructor'])('a key, an answer and an entry may lead to a node named %s', (name) => {
  const named = (nodes: string): FlowDriver => new FlowDriver(smallFlow(`${nodes}\n${name}: { do: say, prompt: p-there, next: solved }`, VARS)).settle();
  expect(named(`start: { do: menu, prompt: p-a, keys: { 1: ${name} }, ${RETRY} }`).press('1').lastHeard).toBe('p-there words');
  expect(named(`start: { do: confirm, prompt: p-a, yes: ${name}, no: person, ${RETRY} }`).press('1').lastHeard).toBe('p-there words');
  expect(named(`start: { do: collect, prompt: p-a, into: code, max: 1, next: ${name}, ${RETRY} }`).press('4').lastHeard).toBe('p-there words');
});

describe('timer model: no-input', () => {
  it('starts when the prompt is over, not before', () => {
    const call = new FlowDriver(MENU);
    expect(call.timers).toEqual([]);
    expect(call.settle().timers).toEqual(['noInput']);
  });

  it('repeats the prompt, then leads on', () => {
    const call = new FlowDriver(MENU).settle().wait(6_000);
    expect(call.lastHeard).toBe('p-hurry words p-menu words');
    call.settle().wait(5_999);
    expect(call.exit).toBeNull();
    expect(call.wait(1).exit).toMatchObject({ kind: 'queue' });
  });

  it('is stopped by the first key', () => {
    const call = new FlowDriver(COLLECT).settle().press('4', 0);
    expect([...call.timers].sort()).toEqual(['interDigit', 'total']);
  });

  it('starts at once where there is no prompt: the collector needs none', () => {
    const flow = smallFlow(`start: { do: collect, into: code, max: 4, next: solved, noInput: { retries: 0, next: person }, noMatch: { retries: 0, next: person } }`, VARS);
    const call = new FlowDriver(flow);
    expect(call.timers).toEqual(['noInput']);
    expect(call.press('4711').exit).toEqual({ kind: 'hangup', outcome: 'solved' });
    expect(call.state.vars['code']).toBe('4711');
  });

  it('follows node, then flow, then the default', () => {
    const nodes = (timers: string): string => `start: { do: menu, prompt: p-a, ${timers} keys: { 1: solved }, ${RETRY} }`;
    const waits = (flow: ReturnType<typeof smallFlow>): unknown => new FlowDriver(flow).settle().effects.findLast((effect) => effect.type === 'flow.setTimer');
    expect(waits(smallFlow(nodes('')))).toMatchObject({ inMs: 6_000 });
    expect(waits(smallFlow(nodes(''), 'timers: { noInputMs: 4000 }'))).toMatchObject({ inMs: 4_000 });
    expect(waits(smallFlow(nodes('timers: { noInputMs: 2500 },'), 'timers: { noInputMs: 4000 }'))).toMatchObject({ inMs: 2_500 });
  });
});

describe('timer model: entries', () => {
  it.each([
    ['ends at the terminator, which is no part of it', '471#', 0, '471'],
    ['ends at the greatest length', '471100', 0, '471100'],
    ['ends when no key follows for the inter-digit time', '4711', 3_000, '4711'],
  ])('%s', (_title, keys, thenWaitMs, code) => {
    const call = new FlowDriver(COLLECT).settle().press(keys).wait(thenWaitMs);
    expect(call.state.vars['code']).toBe(code);
    expect(call.exit).toEqual({ kind: 'hangup', outcome: 'solved' });
  });

  it('each key starts the inter-digit time anew', () => {
    const call = new FlowDriver(COLLECT).settle().press('47', 2_900).press('11', 2_900);
    expect(call.exit).toBeNull();
    expect(call.wait(100).state.vars['code']).toBe('4711');
  });

  it('the total time counts from the first key and takes what is there', () => {
    const flow = smallFlow(`start: { do: collect, prompt: p-a, into: code, max: 20, timers: { totalMs: 5000 }, next: solved, ${RETRY} }`, VARS);
    const call = new FlowDriver(flow).settle().wait(3_000).press('4711', 1_200);
    expect(call.exit).toBeNull();
    expect(call.wait(200).state.vars['code']).toBe('4711');
  });

  it('shorter than the least length is no match, and the entry begins anew', () => {
    const call = new FlowDriver(COLLECT).settle().press('47#', 0);
    expect(call.lastHeard).toBe('p-what words p-ask words');
    call.settle().press('4711#');
    expect(call.state.vars['code']).toBe('4711');
  });

  it('no match too often leads on', () => {
    const call = new FlowDriver(COLLECT).settle().press('1#').settle().press('2#');
    expect(call.exit).toMatchObject({ kind: 'queue' });
  });

  it('silence in between does not forgive what fitted nothing', () => {
    const call = new FlowDriver(COLLECT).settle().press('1#').settle().wait(6_000).settle().press('2#');
    expect(call.exit).toMatchObject({ kind: 'queue' });
  });

  it('the star takes back what was keyed', () => {
    const call = new FlowDriver(COLLECT).settle().press('99*4711#');
    expect(call.state.vars['code']).toBe('4711');
  });

  it('a terminator right after the greatest length is swallowed', () => {
    const flow = smallFlow(`start: { do: collect, prompt: p-a, into: code, max: 4, next: then, ${RETRY} }\nthen: { do: menu, prompt: p-then, keys: { 1: solved }, ${RETRY} }`, VARS);
    const call = new FlowDriver(flow).settle().press('4711#');
    expect(call.node).toBe('then');
    expect(heardIn(call)).toBe('p-a words | p-then words');
  });

  it('without a terminator the hash is no match', () => {
    const flow = smallFlow(`start: { do: collect, prompt: p-a, into: code, max: 8, terminator: none, next: solved, noInput: { retries: 0, next: person }, noMatch: { retries: 0, next: person } }`, VARS);
    expect(new FlowDriver(flow).settle().press('47#').exit).toMatchObject({ kind: 'queue' });
  });

  it('a timer of an earlier turn that fires late changes nothing', () => {
    const call = new FlowDriver(COLLECT).settle();
    const [noInput = ''] = call.state.timers;
    call.press('4', 0);
    const before = call.state;
    expect(stepFlow(COLLECT, before, { type: 'flow.timerFired', at: call.now, timer: noInput })).toEqual({ state: before, effects: [] });
  });

  it('no timer outlives its node', () => {
    const call = new FlowDriver(COLLECT).settle().press('4711#');
    const set = call.effects.flatMap((effect) => (effect.type === 'flow.setTimer' ? [effect.timer] : []));
    const cancelled = call.effects.flatMap((effect) => (effect.type === 'flow.cancelTimer' ? [effect.timer] : []));
    expect(set.filter((timer) => !cancelled.includes(timer))).toEqual([]);
    expect(call.state.timers).toEqual([]);
  });
});

describe('anywhere', () => {
  it.each(['menu', 'collect', 'confirm'])('leads out of a %s node', (kind) => {
    const fields = { menu: 'keys: { 1: solved }', collect: 'into: code, max: 4, next: solved', confirm: 'yes: solved, no: solved' }[kind] ?? '';
    const flow = smallFlow(`start: { do: ${kind}, prompt: p-a, ${fields}, ${RETRY} }`, VARS);
    expect(new FlowDriver(flow).press('0', 0).exit).toMatchObject({ kind: 'queue' });
    expect(new FlowDriver(flow).settle().press('0', 0).exit).toMatchObject({ kind: 'queue' });
  });

  it('interrupts plain say nodes', () => {
    const flow = smallFlow('start: { do: say, prompt: p-a, next: solved }');
    const call = new FlowDriver(flow).press('0', 0);
    expect(call.effects.map(({ type }) => type)).toEqual(['flow.say', 'flow.hush', 'flow.left']);
    expect(call.exit).toMatchObject({ kind: 'queue' });
  });

  it('waits for the end of legal text', () => {
    const flow = smallFlow('start: { do: say, prompt: p-legal, next: solved }');
    const call = new FlowDriver(flow).press('0', 0);
    expect(call.exit).toBeNull();
    expect(call.settle().exit).toMatchObject({ kind: 'queue' });
  });

  it('waits for a back end that is asked, then leads out without another word', () => {
    const flow = smallFlow(`start: { do: connector, call: x.get, exits: { ok: told, error: person } }\ntold: { do: say, prompt: p-a, next: solved }`);
    const call = new FlowDriver(flow, () => ({ exit: 'ok', afterMs: 500 })).press('0').settle();
    expect(call.exit).toMatchObject({ kind: 'queue' });
    expect(call.heard).toEqual([]);
  });

  it('is a digit like any other inside an entry', () => {
    expect(new FlowDriver(COLLECT).settle().press('400#').state.vars['code']).toBe('400');
  });

  it('where entries may begin with its key it leads out only when it stays alone', () => {
    const flow = smallFlow(`start: { do: collect, prompt: p-a, into: code, max: 9, mayStartWithAnywhere: true, next: solved, ${RETRY} }`, VARS);
    expect(new FlowDriver(flow).settle().press('0701#').state.vars['code']).toBe('0701');
    expect(new FlowDriver(flow).settle().press('0', 0).wait(3_000).exit).toMatchObject({ kind: 'queue' });
    expect(new FlowDriver(flow).settle().press('0#').exit).toMatchObject({ kind: 'queue' });
  });

  it('pressed again on the way out only hurries the words along', () => {
    const flow = smallFlow('start: { do: say, prompt: p-a, next: solved }\nout: { do: say, prompt: p-out, next: person }', 'anywhere: { 0: out }');
    const call = new FlowDriver(flow).press('0', 0);
    expect(call.node).toBe('out');
    expect(call.press('0', 0).exit).toMatchObject({ kind: 'queue' });
    expect(heardIn(call)).toBe('p-a words | p-out words');
  });
});
