import { describe, expect, it } from 'vitest';
import { CalibratedWaits } from '../../../gateway/core/acd/calibrated-waits.js';
import { signatureText } from '../../../gateway/core/acd/skills.js';
import type { QueueFact } from '../../../gateway/core/acd/queue-fact.js';

const offer = (callId: string) => ({ offerId: `o-${callId}`, callId, agentId: 'anna', queue: 'q' });

/** One agent who takes a call every 100 s, while the next one waits since the one before was answered. */
function house(calls: number): { readonly waits: CalibratedWaits; readonly now: number } {
  const waits = new CalibratedWaits();
  let id = 0;
  type Open = QueueFact extends infer F ? (F extends QueueFact ? Omit<F, 'v' | 'id'> : never) : never;
  const tell = (fact: Open) => waits.observe({ v: 1, id: `f${(id += 1)}`, ...fact } as QueueFact);
  const arrive = (callId: string, at: number) => tell({ type: 'call.arrived', at, callId, queue: 'q', needs: [], asked: [], band: 1, askedBand: null, isReturning: false });
  tell({ type: 'agent.signedIn', at: 0, agentId: 'anna', skills: [] });
  tell({ type: 'agent.changed', at: 0, agentId: 'anna', phase: 'ready', reason: null });
  arrive('c0', 0);
  for (let call = 0; call < calls; call += 1) {
    const at = call * 100_000;
    tell({ type: 'offer.made', at, ...offer(`c${call}`) });
    tell({ type: 'agent.changed', at, agentId: 'anna', phase: 'reserved', reason: null });
    tell({ type: 'call.answered', at, ...offer(`c${call}`), waitMs: call === 0 ? 0 : 100_000 });
    tell({ type: 'agent.changed', at, agentId: 'anna', phase: 'talking', reason: null });
    arrive(`c${call + 1}`, at + 1);
  }
  return { waits, now: (calls - 1) * 100_000 + 1 };
}

describe('calibrated waits', () => {
  it('tell nothing until enough estimates came true', () => {
    const { waits, now } = house(30);
    expect(waits.calibrations.get('q')?.pairs).toBeLessThan(30);
    expect(waits.spokenWaitOf('c30', now)).toBeNull();
  });

  it('tell the range of the wait once they did', () => {
    const { waits, now } = house(40);
    expect(waits.calibrations.get('q')?.pairs).toBeGreaterThanOrEqual(30);
    expect(waits.calibrations.get('q')?.relRmse).toBeLessThan(0.2);
    expect(waits.spokenWaitOf('c40', now)).toEqual({ fromMinutes: null, toMinutes: 2 });
    expect(waits.spokenWaitOf('somebody', now)).toBeNull();
  });

  it('hold against what comes true the newest estimate of a caller whose queue got other rules meanwhile', () => {
    const { waits, now } = house(40);
    const before = waits.calibrations;
    const arrived = { v: 1, type: 'call.arrived', queue: 'q', needs: [], asked: [], band: 1, askedBand: null, isReturning: false } as const;
    waits.observe({ ...arrived, id: 'again', callId: 'c40', at: now + 99_000 });
    waits.observe({ v: 1, id: 'made', type: 'offer.made', at: now + 99_500, ...offer('c40') });
    expect(waits.calibrations, 'half a second after it is no wait').toEqual(before);
  });

  it('are not held against a caller who waits for a certain agent first: that one may be long, or come before all others', () => {
    const { waits, now } = house(40);
    const before = waits.calibrations;
    waits.observe({ v: 1, type: 'call.arrived', id: 'wish', callId: 'wish', queue: 'q', needs: [], asked: [], band: 1, askedBand: null, isReturning: false, isPersonal: true, at: now });
    waits.observe({ v: 1, id: 'made', type: 'offer.made', at: now + 25_000, ...offer('wish') });
    expect(waits.calibrations).toEqual(before);
    expect(waits.spokenWaitOf('c40', now)).not.toBeNull();
  });

  it('of one queue say nothing about those of another: wrong ones silence only their own', () => {
    const { waits, now } = house(40);
    const other = { callId: 'x', queue: 'other', needs: [], asked: [], band: 1, askedBand: null, isReturning: false } as const;
    const comes = (callId: string, at: number) => waits.observe({ v: 1, id: `a-${callId}`, type: 'call.arrived', at, ...other, callId });
    comes('x0', now);
    expect(waits.spokenWaitOf('x0', now), 'not enough of its own have come true').toBeNull();
    expect(waits.waitOfComing({ signature: signatureText('voice', 'other', other), band: 1, arrivedAt: now }, now)).toBeNull();
    for (let at = 0; at < 60; at += 1) {
      comes(`y${at}`, now + at);
      waits.observe({ v: 1, id: `o-${at}`, type: 'offer.made', at: now + at + 3_600_000, ...offer(`y${at}`), queue: 'other' });
    }
    expect(waits.calibrations.get('other')?.pairs).toBe(60);
    expect([waits.spokenWaitOf('x0', now + 60), waits.spokenWaitOf('c40', now + 60)]).toEqual([null, expect.anything()]);
  });

  it('do not count who met an idle agent', () => {
    const { waits } = house(1);
    expect(waits.calibrations.size).toBe(0);
  });
});
