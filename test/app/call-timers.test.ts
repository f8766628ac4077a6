import { beforeEach, describe, expect, it } from 'vitest';
import { CallTimers } from '../../gateway/app/call-timers.js';
import { actorIn, type ListeningActor } from '../support/call-fakes.js';
import { FakeClock } from '../support/fake-clock.js';

describe('the timers of calls', () => {
  let clock: FakeClock;
  let timers: CallTimers;
  let actor: ListeningActor;
  beforeEach(() => {
    clock = new FakeClock();
    timers = new CallTimers(clock);
    actor = actorIn('waiting');
  });
  const set = (timer: string, inMs: number) => timers.run(actor, { type: 'timer.set', timer, inMs });

  it('tell the call once when their time has come', async () => {
    await set('ring', 1_000);
    clock.advance(999);
    expect(actor.told).toEqual([]);
    clock.advance(1);
    clock.advance(5_000);
    expect(actor.told).toEqual([{ type: 'timer.fired', at: clock.now() - 5_000, timer: 'ring' }]);
    expect(timers.size).toBe(0);
  });

  it('move when set again', async () => {
    await set('ring', 1_000);
    clock.advance(900);
    await set('ring', 1_000);
    clock.advance(900);
    expect(actor.told).toEqual([]);
    expect(timers.size).toBe(1);
    clock.advance(100);
    expect(actor.told).toHaveLength(1);
  });

  it('can be cancelled, also when they never ran', async () => {
    await set('ring', 1_000);
    await timers.run(actor, { type: 'timer.cancel', timer: 'ring' });
    await timers.run(actor, { type: 'timer.cancel', timer: 'nothing' });
    clock.advance(5_000);
    expect(actor.told).toEqual([]);
  });

  it('are told apart by name', async () => {
    await set('one', 100);
    await set('two', 200);
    await timers.run(actor, { type: 'timer.cancel', timer: 'one' });
    clock.advance(200);
    expect(actor.told).toMatchObject([{ timer: 'two' }]);
  });

  it('go with their call', async () => {
    await set('one', 100);
    await set('two', 200);
    timers.forget(actor.callId);
    clock.advance(500);
    expect(actor.told).toEqual([]);
    expect(timers.size).toBe(0);
    expect(clock.pending).toBe(0);
  });
});
