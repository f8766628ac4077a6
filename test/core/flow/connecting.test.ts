import { describe, expect, it } from 'vitest';
import { stepFlow } from '../../../gateway/core/flow/interpret.js';
import { FlowDriver, type Answer } from './flow-driver.js';
import { GOOD, heardIn, ORDER, VARS } from './flows-of-tests.js';
import { RETRY, smallFlow } from './small-flow.js';

describe('confirm and connector', () => {
  it('a key pressed twice acts once and answers no other question', () => {
    const call = new FlowDriver(ORDER, () => GOOD).settle().press('11', 200).settle();
    expect(call.orders).toHaveLength(1);
    expect(call.node).toBe('again');
    expect(heardIn(call)).toBe('p-sure words | p-done words | p-again words');
  });

  it('presses repeated while the back end is asked are ignored, other keys are kept', () => {
    const call = new FlowDriver(ORDER, () => ({ ...GOOD, afterMs: 8_000 })).settle().press('1111', 1_000).press('2', 0).settle();
    expect(call.orders).toHaveLength(1);
    expect(call.exit).toEqual({ kind: 'hangup', outcome: 'solved' });
  });

  it('repeats keyed ahead are the same answer too', () => {
    const call = new FlowDriver(ORDER, () => GOOD).press('111', 0).settle();
    expect(call.orders).toHaveLength(1);
    expect(call.node).toBe('again');
  });

  it('each visit has a key of its own, a repeat of one visit the same', () => {
    const call = new FlowDriver(ORDER, () => GOOD).settle().press('1', 0).settle().wait(2_000).press('1', 0).settle().wait(2_000).press('1', 0).settle();
    expect(call.orders.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['call-1:small.act:1', 'call-1:small.act:2']);
  });

  it('gives resolved arguments and keeps only what the variable declares', () => {
    const call = new FlowDriver(ORDER, () => GOOD).settle().press('1', 0).settle();
    expect(call.orders[0]).toMatchObject({ operation: 'x.act', arguments: { code: '4711' } });
    expect(call.state.vars['got']).toEqual({ name: 'Anna', owed: 12.5 });
  });

  it('a result of an earlier visit is never taken for the new one', () => {
    const flow = smallFlow(`start: { do: connector, call: x.get, into: got, exits: { ok: more, none: check, error: person } }\nmore: { do: menu, prompt: p-more, keys: { 1: start }, ${RETRY} }\ncheck: { do: branch, when: [{ value: $got.name, isSet: true, next: person }], else: solved }`, VARS);
    const answers: Answer[] = [GOOD, { exit: 'none' }];
    const call = new FlowDriver(flow, () => answers.shift() ?? { exit: 'error' }).settle().press('1').settle();
    expect(call.exit).toEqual({ kind: 'hangup', outcome: 'solved' });
  });

  it.each<[string, Answer]>([
    ['an error', { exit: 'error' }],
    ['an exit that the node does not know', { exit: 'surprise', result: {} }],
    ['an ok whose body does not fit', { exit: 'ok', result: { name: 7 } }],
    ['no answer at all', { exit: 'ok', afterMs: 'never' }],
  ])('%s takes the exit error', (_title, answer) => {
    const call = new FlowDriver(ORDER, () => answer).settle().press('1', 0).wait(31_000).settle();
    expect(heardIn(call)).toContain('p-broken words');
    expect(call.exit).toMatchObject({ kind: 'queue' });
  });

  it('an answer of an earlier request, or a second one, changes nothing', () => {
    const call = new FlowDriver(ORDER, () => ({ exit: 'ok', afterMs: 'never' })).settle().press('1', 0);
    const before = call.state;
    expect(stepFlow(ORDER, before, { type: 'flow.connectorReturned', at: call.now, requestId: 'call-1:small.act:9', exit: 'ok', result: {} })).toEqual({ state: before, effects: [] });
    call.feed({ type: 'flow.connectorReturned', at: call.now, requestId: 'call-1:small.act:1', ...GOOD, result: GOOD.result ?? null });
    const after = call.state;
    expect(stepFlow(ORDER, after, { type: 'flow.connectorReturned', at: call.now, requestId: 'call-1:small.act:1', exit: 'error', result: null })).toEqual({ state: after, effects: [] });
  });
});

describe('filler', () => {
  const flow = smallFlow(`start: { do: connector, call: x.get, filler: [p-wait, p-still], exits: { ok: solved, error: person } }`);

  it('is not said when the back end is quick', () => {
    expect(new FlowDriver(flow, () => ({ exit: 'ok', afterMs: 1_100 })).settle().heard).toEqual([]);
  });

  it('comes before 1.5 s of silence, goes on to the next wording, and repeats the last', () => {
    const call = new FlowDriver(flow, () => ({ exit: 'ok', afterMs: 9_000 }));
    let lastSound = call.now;
    const began = call.now;
    while (call.exit === null) {
      const said = call.heard.length;
      call.wait(50);
      const { activity } = call.state;
      if (call.heard.length > said || (activity.phase === 'connecting' && activity.say !== null)) lastSound = call.now;
      expect(call.now - lastSound).toBeLessThan(1_500);
      expect(call.now - began).toBeLessThan(20_000);
    }
    expect(call.heard.slice(0, 3)).toEqual(['p-wait words', 'p-still words', 'p-still words']);
  });

  it('is said to its end when the answer comes meanwhile', () => {
    const call = new FlowDriver(flow, () => ({ exit: 'ok', afterMs: 1_300 })).wait(1_400);
    expect(call.exit).toBeNull();
    expect(call.effects.some(({ type }) => type === 'flow.hush')).toBe(false);
    expect(call.settle().exit).toEqual({ kind: 'hangup', outcome: 'solved' });
  });
});
