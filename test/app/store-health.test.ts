import { describe, expect, it } from 'vitest';
import { StoreHealth } from '../../gateway/app/store-health.js';
import { FakeClock } from '../support/fake-clock.js';

describe('the health of the call store', () => {
  it('refuses new calls only when no answer came for 3 s', () => {
    const clock = new FakeClock();
    const health = new StoreHealth(clock);
    expect(health.mayTakeCalls()).toBe(true);
    health.failed();
    clock.advance(2_999);
    health.failed();
    expect(health.mayTakeCalls()).toBe(true);
    clock.advance(1);
    expect(health.mayTakeCalls()).toBe(false);
  });

  it('takes calls again with the first answer', () => {
    const clock = new FakeClock();
    const health = new StoreHealth(clock);
    health.failed();
    clock.advance(60_000);
    health.answered();
    expect(health.mayTakeCalls()).toBe(true);
    health.failed();
    expect(health.mayTakeCalls()).toBe(true);
  });
});
