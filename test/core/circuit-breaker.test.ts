import { expect, it } from 'vitest';
import { CircuitBreaker } from '../../gateway/core/circuit-breaker.js';

const breakerAt = (clock: { now: number }): CircuitBreaker => new CircuitBreaker({ failures: 3, openMs: 1_000 }, () => clock.now);
const fail = (breaker: CircuitBreaker, times: number): void => {
  for (let i = 0; i < times; i++) {
    breaker.admits();
    breaker.report('badly');
  }
};

it('opens after failures in a row, not before', () => {
  const breaker = breakerAt({ now: 0 });
  fail(breaker, 2);
  expect(breaker.admits()).toBe(true);
  breaker.report('badly');
  expect(breaker.admits()).toBe(false);
});

it('a success in between starts the count anew', () => {
  const breaker = breakerAt({ now: 0 });
  fail(breaker, 2);
  breaker.report('well');
  fail(breaker, 2);
  expect(breaker.admits()).toBe(true);
});

it('when the time is over one call tries; well closes it, badly opens it again for the whole time', () => {
  const clock = { now: 0 };
  const breaker = breakerAt(clock);
  fail(breaker, 3);
  clock.now = 1_000;
  expect([breaker.admits(), breaker.admits()]).toEqual([true, false]);
  breaker.report('badly');
  clock.now = 1_999;
  expect(breaker.admits()).toBe(false);
  clock.now = 2_000;
  expect(breaker.admits()).toBe(true);
  breaker.report('well');
  expect([breaker.admits(), breaker.admits()]).toEqual([true, true]);
});

it('a trying call that was called off lets the next one try', () => {
  const clock = { now: 0 };
  const breaker = breakerAt(clock);
  fail(breaker, 3);
  clock.now = 1_000;
  breaker.admits();
  breaker.report('unknown');
  expect(breaker.admits()).toBe(true);
});
