import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CommandReader } from '../../../../media/softswitch/freeswitch/command-reader.js';

const read = (...parts: string[]) => {
  const reader = new CommandReader();
  return parts.flatMap((part) => reader.push(Buffer.from(part)));
};

describe('CommandReader', () => {
  it('cuts commands at empty lines and keeps trailing spaces of values', () => {
    expect(read('api status\n\nsendmsg u\nA: b: c \nx:y\n\n')).toEqual([
      { line: 'api status', headers: new Map(), written: [], body: '' }, { line: 'sendmsg u', headers: new Map([['a', 'b: c '], ['x', 'y']]), written: [['A', 'b: c '], ['x', 'y']], body: '' },
    ]);
  });

  it('takes a body of the length that is told', () => {
    expect(read('sendmsg u\ncontent-length: 5\n\nhe\nloexit\n\n').map(({ line, body }) => [line, body])).toEqual([['sendmsg u', 'he\nlo'], ['exit', '']]);
  });

  it('gives the same commands however the bytes arrive', () => {
    const bytes = Buffer.from('auth x\r\n\r\n\r\n\nsendmsg é\ncontent-length: 2\n\n\n\nexit\n\n');
    const whole = new CommandReader().push(bytes);
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), (sizes) => {
      const reader = new CommandReader();
      const commands = [];
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const size = sizes[i % sizes.length] ?? 1;
        commands.push(...reader.push(bytes.subarray(at, at + size)));
        at += size;
      }
      expect(commands).toEqual(whole);
    }));
  });

  it.each(['content-length: 999999999', 'content-length: -1', 'content-length: x'])('refuses %s', (header) => {
    expect(() => read(`sendmsg u\n${header}\n\n`)).toThrow(RangeError);
  });
});
