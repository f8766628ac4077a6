import { describe, expect, it } from 'vitest';
import { JitterBuffer } from '../../../media/rtp/jitter-buffer.js';

/** A packet whose samples all hold its number, so order can be read from the output. */
const packet = (n: number, samples = 160) => new Int16Array(samples).fill(n);
const heard = (frame: Int16Array | undefined) => frame?.[0];

function playAll(buffer: JitterBuffer, frames: number): (number | undefined)[] {
  return Array.from({ length: frames }, () => heard(buffer.pop()));
}

describe('JitterBuffer', () => {
  it('starts 60 ms after the first packet', () => {
    const buffer = new JitterBuffer();
    for (let n = 0; n < 5; n++) buffer.push(n * 160, packet(n + 1));
    expect(playAll(buffer, 9)).toEqual([undefined, undefined, undefined, 1, 2, 3, 4, 5, undefined]);
  });

  it('puts reordered and repeated packets in order, over the wrap of the timestamp', () => {
    const buffer = new JitterBuffer();
    const start = 0x1_0000_0000 - 160;
    for (const n of [0, 2, 1, 1, 3]) buffer.push((start + n * 160) >>> 0, packet(n + 1));
    expect(playAll(buffer, 7).slice(3)).toEqual([1, 2, 3, 4]);
  });

  it('covers a lost packet with the last frame at half level, then silence', () => {
    const buffer = new JitterBuffer();
    for (const n of [0, 1, 4]) buffer.push(n * 160, packet(1000));
    expect(playAll(buffer, 8).slice(3)).toEqual([1000, 1000, 500, 0, 1000]);
    expect(buffer.counts.concealed).toBe(2);
  });

  it('makes 20 ms frames of packets of 10 and 30 ms', () => {
    for (const samples of [80, 240]) {
      const buffer = new JitterBuffer();
      for (let at = 0; at < 960; at += samples) buffer.push(at, packet(7, samples));
      expect(playAll(buffer, 9).slice(3)).toEqual([7, 7, 7, 7, 7, 7]);
    }
  });

  it('drops packets that come after their time', () => {
    const buffer = new JitterBuffer();
    for (let n = 0; n < 4; n++) buffer.push(n * 160, packet(n + 1));
    playAll(buffer, 5);
    buffer.push(0, packet(99));
    expect(buffer.counts.late).toBe(1);
    expect(playAll(buffer, 2)).toEqual([3, 4]);
  });

  it('follows a sender whose timestamps jump, either way', () => {
    for (const jump of [1_000_000, -1_000_000]) {
      const buffer = new JitterBuffer();
      for (let n = 0; n < 4; n++) buffer.push(n * 160, packet(1));
      playAll(buffer, 4);
      for (let n = 0; n < 9; n++) buffer.push((jump + n * 160) >>> 0, packet(2));
      expect(playAll(buffer, 12)).toContain(2);
    }
  });

  it('gives the whole delay again after a pause', () => {
    const buffer = new JitterBuffer();
    buffer.push(0, packet(1));
    playAll(buffer, 6);
    buffer.push(160, packet(2));
    expect(playAll(buffer, 5)).toEqual([undefined, undefined, undefined, 2, undefined]);
  });

  it('shrinks the delay again when there is no jitter', () => {
    const buffer = new JitterBuffer();
    for (let n = 0; n < 10; n++) buffer.push(n * 160, packet(1));
    for (let n = 10; n < 2000; n++) {
      buffer.pop();
      buffer.push(n * 160, packet(1));
    }
    expect(buffer.depth).toBeLessThanOrEqual(960);
  });

  it('never plays what was left in the ring from half a second before', () => {
    const buffer = new JitterBuffer();
    for (let n = 0; n < 60; n++) {
      buffer.push(n * 160, packet(1000));
      buffer.pop();
    }
    // Lost packets, then one whose end is within a frame.
    buffer.push(63 * 160, packet(2000, 240));
    const frames = Array.from({ length: 9 }, () => buffer.pop()?.slice());
    expect(frames.map(heard).slice(2)).toEqual([1000, 500, 0, 0, 2000, 2000, undefined]);
    expect([frames[7]?.[79], frames[7]?.[80]]).toEqual([2000, 0]);
    buffer.push(100 * 160, packet(3000));
    expect(playAll(buffer, 5)).toEqual([undefined, undefined, undefined, 3000, undefined]);
  });

  it('copies what it is given', () => {
    const buffer = new JitterBuffer();
    const pcm = packet(7);
    buffer.push(0, pcm);
    pcm.fill(8);
    expect(playAll(buffer, 4)).toEqual([undefined, undefined, undefined, 7]);
  });

  it('ignores an oversized payload', () => {
    const buffer = new JitterBuffer();
    buffer.push(0, packet(1, 4000));
    expect(playAll(buffer, 4)).toEqual([undefined, undefined, undefined, undefined]);
  });
});
