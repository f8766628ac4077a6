import { describe, expect, it } from 'vitest';
import { resumeFlow } from '../../../../gateway/core/flow/interpret.js';
import { FlowDriver } from '../flow-driver.js';
import { RETRY, smallFlow } from '../small-flow.js';

const flow = smallFlow(
  `start: { do: callback, prompt: p-right, enter: p-enter, into: number, queue: people, needs: [{ skill: "talks-{{language}}" }], band: 7, ${RETRY}, confirmed: thanks, refused: no }
thanks: { do: hangup, prompt: p-thanks }
no: { do: hangup, prompt: p-no, outcome: told }`,
  'vars: { number: { type: digits } }',
  {},
  { 'p-right': 'Is it {{number|digits}}?' },
);
const OWN = '+4670123456';
const call = (ani: string | null = OWN) => new FlowDriver(flow, undefined, { ani }).listen();
const bookings = ({ effects }: FlowDriver) => effects.flatMap((effect) => (effect.type === 'flow.bookCallback' ? [effect.booking] : []));
const booking = (number: string) => ({ number, queue: 'people', needs: [{ skill: 'talks-en', minLevel: 1 }], band: 7 });

describe('a callback node', () => {
  it('books on the number that the caller calls from, once a key confirms it', () => {
    const driver = call();
    expect(driver.lastHeard).toBe('Is it four six seven, zero one two, three four, five six?');
    expect(bookings(driver)).toEqual([]);
    driver.press('1').settle();
    expect(bookings(driver)).toEqual([booking(OWN)]);
    expect(driver.lastHeard).toBe('p-thanks words');
    expect(driver.exit).toEqual({ kind: 'hangup', outcome: 'callbackBooked' });
  });

  it('takes another number, says it, and books it when a key confirms it', () => {
    const driver = call().press('2').listen();
    expect(driver.lastHeard).toBe('p-enter words');
    driver.press('0709876#').listen();
    expect(driver.lastHeard).toContain('zero seven');
    expect(bookings(driver.press('1').settle())).toEqual([booking('0709876')]);
  });

  it('asks for a number first when the caller withholds theirs', () => {
    const driver = call(null);
    expect(driver.lastHeard).toBe('p-enter words');
    expect(bookings(driver.press('0709876#').listen().press('1').settle())).toEqual([booking('0709876')]);
  });

  it('asks for a number first when the caller’s own is not dialled, and again when the one that was keyed is not', () => {
    const driver = call('+12025550123');
    expect(driver.lastHeard).toBe('p-enter words');
    driver.press('09001234567#').listen();
    expect(driver.lastHeard).toContain('p-enter words');
    expect(bookings(driver.press('0709876#').listen().press('1').settle())).toEqual([booking('0709876')]);
  });

  it('books nothing for who refuses, keys too few digits or says nothing', () => {
    const refused = call().press('3').settle();
    expect([refused.lastHeard, bookings(refused)]).toEqual(['p-no words', []]);
    const short = call().press('2').listen().press('07#').listen().press('07#').settle();
    expect([short.exit?.kind, bookings(short)]).toEqual(['queue', []]);
    expect(call().wait(6_000).listen().wait(6_000).settle().exit?.kind).toBe('queue');
  });

  it('goes on with the number that was keyed after the process was lost', () => {
    const driver = call().press('2').listen().press('0709876#').listen();
    const resumed = resumeFlow(flow, driver.state, driver.now);
    expect(resumed.effects.find(({ type }) => type === 'flow.say')).toMatchObject({ utterances: [{ text: expect.stringContaining('zero seven') }] });
  });

  it('books one callback in a call, however often the node is passed', () => {
    const again = smallFlow(`start: { do: callback, prompt: p-right, enter: p-enter, into: number, queue: people, ${RETRY}, confirmed: start, refused: person }`, 'vars: { number: { type: digits } }');
    const driver = new FlowDriver(again, undefined, { ani: OWN }).listen().press('1').listen().wait(2_000).press('1').listen();
    expect(bookings(driver)).toHaveLength(1);
  });
});
