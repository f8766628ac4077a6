import { describe, expect, it } from 'vitest';
import { Pacer } from '../../../media/rtp/pacer.js';
import { FakeClock } from '../../../media/sip/clock.js';
import { LateClock } from './late-clock.js';

function setUp() {
  const clock = new FakeClock();
  return { clock, pacer: new Pacer({ clock }) };
}

describe('Pacer', () => {
  it('calls a member every 20 ms on time, whatever the timer is late by', () => {
    const clock = new LateClock();
    const pacer = new Pacer({ clock });
    const at: number[] = [];
    pacer.add(() => at.push(clock.now()));
    clock.run(50 * 20);
    expect(at.length).toBe(50);
    at.forEach((time, i) => expect(Math.abs(time - (at[0] ?? 0) - i * 20)).toBeLessThanOrEqual(4));
  });

  it('spreads members over four slots of 5 ms', () => {
    const { clock, pacer } = setUp();
    const at: number[][] = [[], [], [], []];
    at.forEach((times) => pacer.add(() => times.push(clock.now() % 20)));
    clock.advance(100);
    expect(new Set(at.map((times) => times[0])).size).toBe(4);
    for (const times of at) expect(new Set(times).size).toBe(1);
  });

  it('needs no timer without members', () => {
    const { clock, pacer } = setUp();
    const leave = pacer.add(() => undefined);
    expect(clock.pending).toBe(1);
    leave();
    expect(clock.pending).toBe(0);
    expect(pacer.memberCount).toBe(0);
  });

  it('lets a member leave from inside its own call', () => {
    const { clock, pacer } = setUp();
    let calls = 0;
    const leave = pacer.add(() => { calls += 1; leave(); });
    clock.advance(100);
    expect(calls).toBe(1);
  });

  it('makes up for a short stall and drops what a long one missed', () => {
    const { clock, frames } = setUpLate();
    clock.run(100);
    const before = frames.length;
    clock.stall(100);
    clock.run(5);
    expect(frames.length - before).toBe(5);
    clock.stall(10_000);
    clock.run(5);
    expect(frames.length - before).toBeLessThanOrEqual(5 + 11);
  });

  it('lets the program read what came during a stall before it makes up for it', () => {
    const { clock, frames } = setUpLate();
    clock.run(100);
    const before = frames.length;
    clock.stall(100);
    expect(frames.length).toBe(before);
    clock.run(5);
    expect(frames.length - before).toBe(5);
  });

  it('gives frames times 20 ms apart, whatever the timer is late by', () => {
    const { clock, frames } = setUpLate();
    clock.run(100);
    clock.stall(130);
    clock.run(100);
    expect(frames.length).toBeGreaterThan(14);
    frames.forEach((time, i) => expect(time - (frames[0] ?? 0)).toBe(i * 20));
  });
});

function setUpLate() {
  const clock = new LateClock();
  const pacer = new Pacer({ clock });
  const frames: number[] = [];
  pacer.add(() => frames.push(pacer.frameAtMs));
  return { clock, frames };
}
