import { describe, expect, it } from 'vitest';
import { Pacer } from '../../../media/rtp/pacer.js';
import { FakeClock } from '../../../media/sip/clock.js';

function setUp() {
  const clock = new FakeClock();
  return { clock, pacer: new Pacer({ clock }) };
}

describe('Pacer', () => {
  it('calls a member every 20 ms on time, whatever the timer is late by', () => {
    const late = lateClock();
    const pacer = new Pacer({ clock: late.clock });
    const at: number[] = [];
    pacer.add(() => at.push(late.clock.now()));
    late.run(50 * 20);
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
    const stalling = lateClock();
    const pacer = new Pacer({ clock: stalling.clock });
    let calls = 0;
    pacer.add(() => { calls += 1; });
    stalling.run(100);
    const before = calls;
    stalling.stall(100);
    expect(calls - before).toBe(5);
    stalling.stall(10_000);
    expect(calls - before).toBeLessThanOrEqual(5 + 11);
  });
});

/** A clock whose timers come up to 4 ms late, as they do under load. */
function lateClock() {
  let now = 0;
  let due: { at: number; fn: () => void } | undefined;
  let turn = 0;
  const clock = {
    now: () => now,
    setTimer(ms: number, fn: () => void) {
      due = { at: now + ms + (turn++ % 5), fn };
      return () => { due = undefined; };
    },
  };
  const fire = () => {
    const fn = due?.fn;
    due = undefined;
    fn?.();
  };
  return {
    clock,
    run(ms: number) {
      const end = now + ms + 4;
      while (due !== undefined && due.at <= end) {
        now = Math.max(now, due.at);
        fire();
      }
      now = Math.max(now, end - 4);
    },
    stall(ms: number) {
      now += ms;
      fire();
    },
  };
}
