import { describe, expect, it } from 'vitest';
import { speechMs } from '../../../gateway/core/authoring/speech-length.js';
import { VirtualCall } from '../../../gateway/core/authoring/virtual-call.js';
import { COLLECT, GOOD, MENU, ORDER } from '../flow/flows-of-tests.js';
import { RETRY, smallFlow } from '../flow/small-flow.js';

const wordsOf = (text: string) => speechMs([{ promptId: 'p', language: 'en', text }]);

describe('a call on a virtual clock', () => {
  it('words take as long as they are; only then does silence begin', () => {
    const call = new VirtualCall(MENU);
    expect(call.nextInMs).toBe(wordsOf('p-menu words'));
    expect(call.timers).toEqual([]);
    expect(call.wait(wordsOf('p-menu words')).timers).toEqual(['noInput']);
    expect(call.nextInMs).toBe(6_000);
  });

  it('the same words take longer in Swedish than in English, as speech engines say them', () => {
    const text = 'en mening';
    expect(speechMs([{ promptId: 'p', language: 'sv', text }])).toBeGreaterThan(wordsOf(text));
  });

  it('a key cuts the words: their end never comes', () => {
    const call = new VirtualCall(COLLECT).press('4', 0);
    expect(call.nextInMs).toBe(3_000); // the inter-digit timer, not the rest of the prompt
  });

  it('settles in silence after a question; listens on while an answer is half keyed', () => {
    const call = new VirtualCall(COLLECT).settle().press('4711', 0);
    expect(call.settle().exit).toBeNull();
    expect(call.listen().exit).toEqual({ kind: 'hangup', outcome: 'solved' });
    expect(call.state.vars['code']).toBe('4711');
  });

  it('keeps what was said with its prompt, language and time, and what was ordered', () => {
    const call = new VirtualCall(ORDER, () => GOOD).settle().press('1').settle();
    expect(call.said.map(({ promptId, language }) => `${promptId} ${language}`)).toEqual(['p-sure en', 'p-done en', 'p-again en']);
    expect(call.said.map(({ at }) => at)).toEqual(call.said.map(({ at }) => at).sort());
    expect(call.orders.map(({ operation }) => operation)).toEqual(['x.act']);
  });

  it('begins at the time it is given', () => {
    expect(new VirtualCall(MENU, undefined, { at: 5 }).said[0]?.at).toBe(5);
  });

  it('a prompt that cannot be played takes the error way', () => {
    const call = new VirtualCall(MENU, undefined, { unplayable: new Set(['p-menu']) }).settle();
    expect(call.heard).toEqual([]);
    expect(call.exit).toMatchObject({ kind: 'queue' });
  });

  it('a flow that talks to itself is told as that, not played for ever', () => {
    const flow = smallFlow(`start: { do: menu, prompt: p-a, keys: { 1: solved }, ${RETRY} }`);
    const endless = { ...flow, nodes: new Map(flow.nodes).set('start', { do: 'say', prompt: ['p-a'], next: 'start' }) };
    expect(() => new VirtualCall(endless).settle()).toThrow('does not settle at start');
  });
});
