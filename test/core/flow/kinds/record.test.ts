import { describe, expect, it } from 'vitest';
import { lookUp } from '../../../../gateway/core/flow/variables.js';
import { hangUpFlow, stepFlow } from '../../../../gateway/core/flow/interpret.js';
import { FlowDriver } from '../flow-driver.js';
import { problemsOf, smallFlow } from '../small-flow.js';

const ENDS = `thanks: { do: hangup, prompt: p-thanks }\nnothing: { do: hangup, prompt: p-nothing }\nbroken: { do: hangup, prompt: p-broken }`;
const VARS = 'vars: { left: { type: record, fields: { id: text, seconds: number } } }';
const node = (more = '') => `start: { do: record, prompt: p-speak, ${more}next: thanks, empty: nothing, failed: broken }\n${ENDS}`;

const PLAIN = smallFlow(node('into: left, '), VARS);
const REVIEWED = smallFlow(node('review: { prompt: p-review }, maxSeconds: 60, '));
const recording = (flow = PLAIN) => new FlowDriver(flow).listen();
const orders = ({ effects }: FlowDriver): readonly string[] => effects.map(({ type }) => type).filter((type) => type.includes('ecord'));
const heard = (driver: FlowDriver): string => driver.heard.join(' | ');

describe('a record node', () => {
  it('says its prompt, then records: two minutes at most, until four seconds of silence', () => {
    const driver = recording();
    expect(heard(driver)).toBe('p-speak words');
    expect(driver.effects.at(-1)).toEqual({ type: 'flow.record', recordingId: 'call-1-m2', maxMs: 120_000, silenceMs: 4_000 });
  });

  it.each([
    ['silence', (driver: FlowDriver) => driver.speak(10_000).wait(4_000), 10_000],
    ['its terminator', (driver: FlowDriver) => driver.speak(10_000).press('#'), 10_000],
    ['the greatest length', (driver: FlowDriver) => driver.speak(300_000).wait(100), 120_000],
  ] as const)('ends by %s, and the message is filed', (_how, end, durationMs) => {
    const driver = end(recording());
    expect(driver.state.messages).toEqual([{ id: 'call-1-m2', durationMs }]);
    expect(driver.effects).toContainEqual({ type: 'flow.fileRecording', recordingId: 'call-1-m2', durationMs });
    expect(driver.settle().exit).toEqual({ kind: 'hangup', outcome: 'messageLeft' });
    expect(driver.lastHeard).toBe('p-thanks words');
  });

  it('gives its variable the id and the length of the message', () => {
    const driver = recording().speak(23_400).press('#');
    expect([lookUp(driver.state, 'left.id'), lookUp(driver.state, 'left.seconds')]).toEqual(['call-1-m2', 23]);
    expect(driver.state.path.map(({ did }) => did)).toContain('left a message, 23 s');
  });

  it.each([['nothing', 0], ['less than two seconds', 1_900]])('takes %s for no message and throws it away', (_what, ms) => {
    const driver = recording().speak(ms).wait(4_100).settle();
    expect(heard(driver)).toBe('p-speak words | p-nothing words');
    expect(driver.discarded).toEqual(['call-1-m2']);
    expect(driver.exit).toEqual({ kind: 'hangup', outcome: 'told' });
  });

  it('leads elsewhere when it cannot be recorded', () => {
    expect(heard(new FlowDriver(PLAIN, undefined, { unrecordable: true }).settle())).toBe('p-speak words | p-broken words');
  });

  it('ignores other keys, and what is told of other recordings', () => {
    const driver = recording().speak(3_000).press('12345*');
    expect(driver.isRecording).toBe(true);
    for (const type of ['flow.recorded', 'flow.recordFailed'] as const) expect(stepFlow(PLAIN, driver.state, { type, at: driver.now, recordingId: 'call-1-m1', durationMs: 9_000 }).effects).toEqual([]);
  });

  it('begins at once when a key stops the prompt, and not before a legal text was heard', () => {
    expect(new FlowDriver(PLAIN).press('5', 0).isRecording).toBe(true);
    const legal = smallFlow(`start: { do: record, prompt: [p-legal, p-speak], next: thanks, empty: nothing, failed: broken }\n${ENDS}`);
    const driver = new FlowDriver(legal).press('5', 0);
    expect(driver.isRecording).toBe(false);
    expect(heard(driver.listen())).toBe('p-legal words');
  });

  it('leaves by an anywhere key: before the beep without a message, after it with what was said', () => {
    expect(new FlowDriver(PLAIN).press('0').exit).toMatchObject({ kind: 'queue' });
    const driver = recording().speak(8_000).press('0');
    expect(driver.exit).toMatchObject({ kind: 'queue' });
    expect(driver.state.messages).toEqual([{ id: 'call-1-m2', durationMs: 8_000 }]);
  });

  it('keeps no keys that were pressed ahead', () => {
    const flow = smallFlow(`start: { do: say, prompt: p-hello, next: leave }\nleave: { do: record, prompt: p-speak, next: thanks, empty: nothing, failed: broken }\n${ENDS}`);
    const driver = new FlowDriver(flow).press('#3', 0);
    expect([driver.node, driver.state.buffer]).toEqual(['leave', '']);
  });

  it('ends with what there is after a crash, and says its prompt again when that was being said', () => {
    const during = recording().speak(5_000).crash();
    expect(during.effects.at(-1)).toEqual({ type: 'flow.stopRecording', recordingId: 'call-1-m2' });
    expect(during.wait(0).state.messages).toEqual([{ id: 'call-1-m2', durationMs: 5_000 }]);
    expect(heard(new FlowDriver(PLAIN).crash())).toBe('p-speak words | p-speak words');
  });
});

describe('a message that can be heard before it is sent', () => {
  const reviewing = () => recording(REVIEWED).speak(6_000).press('#').listen();

  it('is not filed before the caller sends it', () => {
    const driver = reviewing();
    expect(driver.lastHeard).toBe('p-review words');
    expect(driver.state).toMatchObject({ draft: { durationMs: 6_000 }, messages: [] });
    driver.press('3');
    expect(driver.state).toMatchObject({ draft: null, messages: [{ durationMs: 6_000 }] });
  });

  it('is heard again, and then asked about again', () => {
    const driver = reviewing().press('1', 0);
    expect(driver.effects.at(-1)).toMatchObject({ type: 'flow.say', utterances: [{ recording: 'call-1-m2' }], hasBargeIn: true });
    expect(driver.listen().lastHeard).toBe('p-review words');
    expect(driver.press('3').state.messages).toHaveLength(1);
  });

  it('is replaced when it is recorded again, and thrown away', () => {
    const driver = reviewing().press('2').listen();
    expect(driver.discarded).toEqual(['call-1-m2']);
    expect(driver.speak(9_000).press('#').listen().press('3').state.messages).toMatchObject([{ durationMs: 9_000 }]);
  });

  it.each([
    ['silence', (driver: FlowDriver) => driver.wait(20_000)],
    ['two wrong keys', (driver: FlowDriver) => driver.press('9').listen().press('9')],
    ['a key that leads out', (driver: FlowDriver) => driver.press('0')],
    ['hanging up', (driver: FlowDriver) => driver.hangUp()],
  ])('is sent by %s as well', (_what, leave) => {
    expect(leave(reviewing()).state.messages).toMatchObject([{ durationMs: 6_000 }]);
  });

  it('is sent when the words of the choice cannot be played', () => {
    const driver = new FlowDriver(REVIEWED, undefined, { unplayable: new Set(['p-review']) }).listen().speak(6_000).press('#').settle();
    expect(driver.state.messages).toMatchObject([{ durationMs: 6_000 }]);
  });

  it('takes its terminator pressed twice for one answer', () => {
    expect(recording(REVIEWED).speak(6_000).press('##', 0).listen().state.activity).toMatchObject({ phase: 'asking', noMatches: 0 });
  });

  it('is still there after a crash', () => {
    expect(reviewing().crash().listen().press('3').state.messages).toMatchObject([{ durationMs: 6_000 }]);
  });
});

describe('a caller who hangs up', () => {
  it.each([[3_000, 1], [1_000, 0]])('after %i ms of a message leaves %i', (ms, count) => {
    const driver = recording().speak(ms).hangUp();
    expect(driver.state.messages).toHaveLength(count);
    expect(orders(driver)).toEqual(['flow.record', count === 1 ? 'flow.fileRecording' : 'flow.discardRecording']);
  });

  it('elsewhere leaves none', () => {
    const driver = new FlowDriver(PLAIN);
    expect(hangUpFlow(PLAIN, driver.state, { at: driver.now, left: null })).toMatchObject({ effects: [], state: { messages: [] } });
  });
});

describe('a record node is refused', () => {
  it.each([
    ['minSeconds: 6, maxSeconds: 5, ', 'minSeconds 6 is not less than maxSeconds 5'],
    ['review: { prompt: p-review, keys: { listen: 1, again: 1, send: 3 } }, ', 'two choices have the same key'],
    ['review: { prompt: p-review, keys: { listen: 0, again: 1, send: 3 } }, ', 'key 0 leads to "person" from everywhere'],
    ['review: true, ', 'the prompt "review-message" does not exist'],
    ['maxSeconds: 601, ', '"maxSeconds" is too large'],
  ])('with %s', (more, what) => {
    expect(problemsOf(node(more))).toEqual([what]);
  });

  it('with a variable that cannot hold the message', () => {
    expect(problemsOf(node('into: left, '), 'vars: { left: { type: text } }')).toEqual(['"left" cannot hold a message']);
    expect(problemsOf(node('into: left, '), 'vars: { left: { type: record, fields: { id: text, name: text } } }')).toEqual(['"left" cannot hold a message']);
  });

  it('with a terminator that leads out', () => {
    expect(problemsOf(node(), 'anywhere: { "#": person }')).toEqual(['key # leads to "person" from everywhere']);
  });
});
