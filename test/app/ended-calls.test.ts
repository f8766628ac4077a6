import { expect, it } from 'vitest';
import { EndedCalls } from '../../gateway/app/ended-calls.js';

const END = { result: 'completed', reason: 'solved' } as const;

it('tells how a call ended, by its SIP Call-ID', () => {
  const ended = new EndedCalls();
  ended.note('a@x', END);
  expect(ended.find('a@x')).toEqual(END);
  expect(ended.find('b@x')).toBeNull();
});

it('keeps the last thousand calls', () => {
  const ended = new EndedCalls();
  for (let call = 0; call <= 1_000; call++) ended.note(`call-${call}`, END);
  expect(ended.find('call-0')).toBeNull();
  expect(ended.find('call-1')).toEqual(END);
  expect(ended.find('call-1000')).toEqual(END);
});
