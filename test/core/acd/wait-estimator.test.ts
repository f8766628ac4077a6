import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { QueueFact } from '../../../gateway/core/acd/queue-fact.js';
import { signatureText } from '../../../gateway/core/acd/skills.js';
import { WaitEstimator } from '../../../gateway/core/acd/wait-estimator.js';
import { WaitingLines, type Place } from '../../../gateway/core/acd/waiting-lines.js';

const needs = [{ skill: 'a', minLevel: 1 }];
type Open = QueueFact extends infer F ? (F extends QueueFact ? Omit<F, 'v' | 'id'> : never) : never;

/** A house of one line, told fact by fact. */
class Told {
  readonly estimator = new WaitEstimator();
  private count = 0;

  tell(...facts: readonly Open[]): this {
    for (const fact of facts) this.estimator.observe({ v: 1, id: `f${(this.count += 1)}`, ...fact } as QueueFact);
    return this;
  }

  arrives(callId: string, at: number, band = 100): this {
    return this.tell({ type: 'call.arrived', at, callId, queue: 'q', needs, asked: [], band, askedBand: null, isReturning: false });
  }

  comes(agentId: string, at: number): this {
    return this.tell({ type: 'agent.signedIn', at, agentId, skills: [{ skill: 'a', level: 3 }] }, { type: 'agent.changed', at, agentId, phase: 'ready', reason: null });
  }

  /** A whole call: offered at once, answered 2 s later, over and wrapped up after `boundMs`. */
  serves(agentId: string, callId: string, { at, waitMs, boundMs }: { readonly at: number; readonly waitMs: number; readonly boundMs: number }): this {
    const offer = { offerId: `o-${callId}`, callId, agentId, queue: 'q' };
    return this.tell(
      { type: 'offer.made', at, ...offer },
      { type: 'agent.changed', at, agentId, phase: 'reserved', reason: null },
      { type: 'call.answered', at: at + 2_000, ...offer, waitMs },
      { type: 'agent.changed', at: at + 2_000, agentId, phase: 'talking', reason: null },
      { type: 'agent.changed', at: at + boundMs - 10_000, agentId, phase: 'wrapUp', reason: null },
      { type: 'agent.changed', at: at + boundMs, agentId, phase: 'ready', reason: null },
    );
  }
}

/** Two agents, twenty talks of 60 s each with ring and wrap-up, and nobody waits. */
function experienced(): Told {
  const told = new Told().comes('a1', 0).comes('a2', 0);
  for (let i = 0; i < 20; i += 1) told.arrives(`c${i}`, i * 60_000).serves('a1', `c${i}`, { at: i * 60_000, waitMs: 2_000, boundMs: 60_000 });
  return told;
}
const NOW = 20 * 60_000;
const at = { signature: signatureText('voice', 'q', { needs }), band: 100, arrivedAt: NOW };

describe('the wait estimator', () => {
  it('knows nothing before the first call', () => {
    expect(new Told().comes('a1', 0).estimator.estimate(at, 0)).toBeNull();
  });

  it('goes by the new rules of a caller’s queue while they wait, and by the place that they have', () => {
    const told = experienced().arrives('old', NOW, 50).arrives('hard', NOW + 1, 100).arrives('late', NOW + 2, 50);
    const rare = [{ skill: 'rare', minLevel: 9 }];
    const again = { type: 'call.arrived', at: NOW + 60_000, callId: 'old', queue: 'q', asked: [], askedBand: null, isReturning: false } as const;
    const before = told.estimator.estimateOf('late', NOW + 60_000)?.waitMs ?? 0;
    told.tell({ ...again, needs: rare, band: 50 });
    expect(told.estimator.estimateOf('old', NOW + 60_000)).toBeNull();
    expect(told.estimator.estimateOf('late', NOW + 60_000)?.waitMs).toBeLessThan(before);
    told.tell({ ...again, needs, band: 50 });
    expect(told.estimator.estimateOf('late', NOW + 60_000)?.waitMs).toBe(before);
    expect(told.estimator.estimateOf('old', NOW + 60_000)?.waitMs).toBeLessThan(before);
  });

  it('learns nothing of waits from a caller who waits for a certain agent first, but that they take an agent', () => {
    const wish = (told: Told, waitMs: number) => {
      told.tell({ type: 'call.arrived', at: NOW, callId: 'wish', queue: 'q', needs, asked: [], band: 100, askedBand: null, isReturning: false, isPersonal: true });
      return told.serves('a1', 'wish', { at: NOW + waitMs, waitMs, boundMs: 60_000 });
    };
    const few = new Told().comes('a1', 0).arrives('c', 0).serves('a1', 'c', { at: 0, waitMs: 2_000, boundMs: 60_000 });
    const before = few.estimator.estimate({ ...at, arrivedAt: NOW + 100_000 }, NOW + 100_000);
    expect(before).not.toBeNull();
    expect(wish(few, 29_000).estimator.estimate({ ...at, arrivedAt: NOW + 100_000 }, NOW + 100_000)).toEqual(before);
    const many = experienced();
    const alone = many.estimator.estimate({ ...at, arrivedAt: NOW + 1 }, NOW + 1)?.waitMs ?? 0;
    many.tell({ type: 'call.arrived', at: NOW, callId: 'wish', queue: 'q', needs, asked: [], band: 100, askedBand: null, isReturning: false, isPersonal: true });
    expect(many.estimator.estimate({ ...at, arrivedAt: NOW + 1 }, NOW + 1)?.waitMs).toBeGreaterThan(alone);
  });

  it('tells the last wait, less what is waited already, until twenty talks are over', () => {
    const told = new Told().comes('a1', 0).arrives('c1', 0).serves('a1', 'c1', { at: 30_000, waitMs: 32_000, boundMs: 60_000 });
    expect(told.estimator.estimate(at, NOW)).toEqual({ waitMs: 32_000, method: 'lastServed' });
    expect(told.estimator.estimate(at, NOW + 20_000)?.waitMs).toBe(12_000);
  });

  it('then tells the line by the time that agents are bound, ring and wrap-up included', () => {
    const estimate = experienced().arrives('w1', NOW - 2).arrives('w2', NOW - 1).estimator.estimate(at, NOW);
    expect(estimate?.method).toBe('forecast');
    expect(estimate?.waitMs).toBeCloseTo(3 * 30_000, 3);
  });

  it('counts for a caller who waits only those who came before or have a higher band', () => {
    const { estimator } = experienced().arrives('w1', NOW - 3).arrives('me', NOW - 2).arrives('later', NOW - 1).arrives('lower', NOW - 9, 200);
    expect(estimator.estimateOf('me', NOW)?.waitMs).toBeCloseTo(2 * 30_000, 3);
  });

  it('counts for a caller who has an earlier place only those who stood before it, and what came true from the arrival on', () => {
    const told = experienced().arrives('w1', NOW - 60_000).arrives('w2', NOW - 3).arrives('w3', NOW - 2);
    const back = { type: 'call.arrived', at: NOW, callId: 'back', queue: 'q', needs, asked: [], band: 100, askedBand: null, queuedAt: NOW - 30_000 } as const;
    told.tell({ ...back, isReturning: true });
    expect(told.estimator.estimateOf('back', NOW)?.waitMs).toBeCloseTo(2 * 30_000, 3);
    expect(told.estimator.estimateOf('w3', NOW)?.waitMs).toBeCloseTo(4 * 30_000, 3);
    const punctual = experienced();
    for (let i = 0; i < 30; i += 1) {
      const at = NOW + i * 60_000;
      punctual.tell({ ...back, at, callId: `b${i}`, queuedAt: at - 600_000, isReturning: false }).serves('a1', `b${i}`, { at: at + 30_000, waitMs: 630_000, boundMs: 30_000 });
    }
    const waitMs = punctual.estimator.estimate({ ...at, arrivedAt: NOW + 1_800_000 }, NOW + 1_800_000)?.waitMs ?? 0;
    expect(waitMs).toBeLessThan(32_000);
  });

  describe('expects calls of higher bands to pass', () => {
    const urgent = { type: 'call.arrived', queue: 'q', needs, asked: [], band: 10, askedBand: null } as const;
    const gone = (callId: string, at: number): Open => ({ type: 'call.overflowed', at, callId, queue: 'q', waitMs: 0 });
    /** Twenty urgent calls, one a minute, of 60 s each. */
    const waitAfter = (...before: readonly ((callId: string, at: number) => readonly Open[])[]): number => {
      const told = new Told().comes('a1', 0).comes('a2', 0);
      for (let i = 0; i < 20; i += 1) {
        const [callId, at] = [`c${i}`, i * 60_000];
        told.tell(...before.flatMap((of) => of(callId, at)));
        told.serves('a1', callId, { at, waitMs: 2_000, boundMs: 60_000 });
      }
      return told.estimator.estimate(at, NOW)?.waitMs ?? 0;
    };
    const comes = (callId: string, at: number): Open[] => [{ ...urgent, at, callId, isReturning: false }];
    const returns = (callId: string, at: number): Open[] => [{ ...urgent, at, callId, isReturning: true }];

    it('as often as such calls were served, also callbacks and calls of other queues', () => {
      expect(waitAfter(comes)).toBeGreaterThan(1.5 * 30_000);
      expect(waitAfter(returns)).toBe(waitAfter(comes));
    });

    it('and none of those that went elsewhere', () => {
      expect(waitAfter(comes, (callId, at) => [gone(callId, at)], returns)).toBe(waitAfter(comes));
      expect(waitAfter(comes, (callId, at) => [...comes(`${callId}x`, at), gone(`${callId}x`, at)])).toBe(waitAfter(comes));
    });
  });

  it('lets the line get shorter with every caller who is answered or goes to the last resort', () => {
    const told = experienced().arrives('w1', NOW - 3).arrives('w2', NOW - 2);
    told.tell({ type: 'call.overflowed', at: NOW, callId: 'w1', queue: 'q', waitMs: 3 });
    told.tell({ type: 'call.answered', at: NOW, callId: 'w2', offerId: 'o', agentId: 'a2', queue: 'q', waitMs: 2 });
    const estimate = told.estimator.estimate({ ...at, arrivedAt: NOW + 1 }, NOW);
    expect(estimate?.waitMs).toBeCloseTo(30_000, 3);
  });

  it('counts nobody who takes no calls, and no longer those whose calls were taken away', () => {
    const chatting = (agentId: string): Open[] => [
      { type: 'agent.changed', at: NOW - 9, agentId, phase: 'ready', reason: null },
      { type: 'agent.signedIn', at: NOW - 9, agentId, skills: [{ skill: 'a', level: 3 }], channels: ['chat'] },
      { type: 'agent.changed', at: NOW - 8, agentId, phase: 'blocked', reason: null },
      { type: 'agent.changed', at: NOW - 7, agentId, phase: 'ready', reason: null },
    ];
    const waitWith = (...facts: Open[]) => experienced().tell(...facts).arrives('w1', NOW - 2).arrives('w2', NOW - 1).estimator.estimate(at, NOW)?.waitMs;
    expect(waitWith(...chatting('cia'))).toBe(waitWith());
    expect(waitWith(...chatting('a2'))).toBeCloseTo(2 * (waitWith() ?? 0), 3);
  });

  it('counts no agent whose chats leave no room for a call, until they end, and takes no chat for part of the call before', () => {
    const phase = (agentId: string, at: number, phase: 'ready' | 'blocked'): Open => ({ type: 'agent.changed', at, agentId, phase, reason: null });
    const told = experienced().tell(phase('a2', NOW, 'blocked'));
    expect(told.estimator.estimate(at, NOW)?.waitMs).toBeCloseTo(60_000, 3);
    expect(told.tell(phase('a2', NOW + 1, 'ready')).estimator.estimate(at, NOW + 1)?.waitMs).toBeCloseTo(30_000, 3);

    const offer = { offerId: 'o', callId: 'c', agentId: 'a2', queue: 'q' };
    const chatting = experienced().arrives('c', NOW).tell(
      { type: 'offer.made', at: NOW, ...offer },
      { type: 'agent.changed', at: NOW, agentId: 'a2', phase: 'talking', reason: null },
      phase('a2', NOW + 60_000, 'blocked'),
      phase('a2', NOW + 960_000, 'ready'),
      { type: 'call.answered', at: NOW, ...offer, waitMs: 0 },
    );
    expect(chatting.estimator.estimate({ ...at, arrivedAt: NOW + 960_000 }, NOW + 960_000)?.waitMs).toBeCloseTo(30_000, 3);
  });

  describe('of callers with an earlier place', () => {
    const back = (callId: string, at: number): Open => ({ type: 'call.arrived', at, callId, queue: 'q', needs, asked: [], band: 100, askedBand: null, queuedAt: 0, isReturning: true });

    it('learns from the time in the line alone: neither from the night in which a callback rests nor from a talk before', () => {
      const hurried = () => experienced().arrives('left', NOW - 60_000).tell({ type: 'call.abandoned', at: NOW, callId: 'left', queue: 'q', waitMs: 60_000 });
      const waitOf = (told: Told) => told.arrives('w1', NOW + 1).arrives('w2', NOW + 2).estimator.estimate({ ...at, arrivedAt: NOW + 3 }, NOW + 3)?.waitMs;
      const answered: Open = { type: 'call.answered', at: NOW, callId: 'cb', offerId: 'o', agentId: 'a2', queue: 'q', waitMs: NOW };
      const inVain: Open = { type: 'callback.notReached', at: NOW, callId: 'cb', offerId: 'o', queue: 'q', why: 'busy', isLast: false };
      expect(waitOf(hurried().tell(back('cb', NOW), answered))).toBe(waitOf(hurried()));
      expect(waitOf(hurried().tell(back('cb', NOW), inVain))).toBe(waitOf(hurried()));
      const half = waitOf(hurried().tell(back('cb', NOW - 60_000), inVain)) ?? 0;
      expect(half).toBeGreaterThan(waitOf(hurried()) ?? 0);
      expect(half).toBeLessThan(waitOf(experienced()) ?? 0);
    });

    it('takes none of them for the last served, whose wait is told to who comes new', () => {
      const told = new Told().comes('a1', 0).arrives('c1', 0).serves('a1', 'c1', { at: 30_000, waitMs: 32_000, boundMs: 60_000 });
      told.tell(back('cb', NOW - 1_000), { type: 'call.answered', at: NOW, callId: 'cb', offerId: 'o', agentId: 'a1', queue: 'q', waitMs: NOW });
      expect(told.estimator.estimate(at, NOW)).toEqual({ waitMs: 32_000, method: 'lastServed' });
    });
  });

  it('expects others to give up as callers did lately', () => {
    const told = experienced().arrives('w1', NOW - 3).arrives('w2', NOW - 2);
    const patient = told.estimator.estimateOf('w2', NOW)?.waitMs ?? 0;
    told.arrives('left', NOW - 60_000).tell({ type: 'call.abandoned', at: NOW, callId: 'left', queue: 'q', waitMs: 60_000 });
    const hurried = told.estimator.estimateOf('w2', NOW)?.waitMs ?? 0;
    expect(hurried).toBeLessThan(0.9 * patient);
    expect(hurried).toBeGreaterThan(0.7 * patient);
  });

  it('takes nobody for impatient whose connection broke, but for one who waited as long without giving up', () => {
    const waitOf = (told: Told) => told.arrives('w1', NOW - 3).arrives('w2', NOW - 2).estimator.estimateOf('w2', NOW)?.waitMs ?? 0;
    const left = { type: 'call.abandoned', at: NOW, queue: 'q', waitMs: 60_000 } as const;
    const broken = (told: Told) => told.arrives('broken', NOW - 60_000).tell({ ...left, callId: 'broken', isCutOff: true });
    const hurried = () => experienced().arrives('left', NOW - 60_000).tell({ ...left, callId: 'left' });
    expect(waitOf(broken(experienced()))).toBe(waitOf(experienced()));
    expect(waitOf(broken(hurried()))).toBeGreaterThan(waitOf(hurried()));
  });

  it('counts an agent on a break as away, and one who signs in with other skills as another', () => {
    const told = experienced().tell({ type: 'agent.changed', at: NOW, agentId: 'a2', phase: 'notReady', reason: 'lunch' });
    expect(told.estimator.estimate(at, NOW)?.waitMs).toBeCloseTo(60_000, 3);
    told.tell({ type: 'agent.signedIn', at: NOW, agentId: 'a1', skills: [{ skill: 'b', level: 9 }] });
    expect(told.estimator.estimate(at, NOW)).toEqual({ waitMs: 2_000, method: 'lastServed' });
  });

  it('does not count an offer that was lost as a talk', () => {
    const told = experienced().arrives('w1', NOW);
    told.tell(
      { type: 'offer.made', at: NOW, offerId: 'o', callId: 'w1', agentId: 'a1', queue: 'q' },
      { type: 'agent.changed', at: NOW, agentId: 'a1', phase: 'reserved', reason: null },
      { type: 'offer.lost', at: NOW + 500_000, offerId: 'o', callId: 'w1', agentId: 'a1', why: 'noAnswer' },
      { type: 'agent.changed', at: NOW + 500_000, agentId: 'a1', phase: 'ready', reason: null },
    );
    expect(told.estimator.estimateOf('w1', NOW + 500_000)?.waitMs).toBeCloseTo(30_000, 3);
  });

  describe('whose forecasts come true', () => {
    /** So many callers, one after the other, of whom each was forecast 30 s. */
    const cameTrue = (told: Told, calls: number, waitMs: number): number => {
      for (let i = 0; i < calls; i += 1) {
        const since = NOW + i * 30_000;
        told.arrives(`f${i}`, since).serves(i % 2 === 0 ? 'a1' : 'a2', `f${i}`, { at: since + waitMs, waitMs: waitMs + 2_000, boundMs: 60_000 });
      }
      const later = NOW + calls * 30_000 + 60_000;
      return told.estimator.estimate({ ...at, arrivedAt: later }, later)?.waitMs ?? 0;
    };

    it('takes out what they were too long by, or too short, once thirty came true', () => {
      expect(cameTrue(experienced(), 20, 24_000)).toBeCloseTo(30_000, 3);
      expect(cameTrue(experienced(), 60, 24_000)).toBeCloseTo(24_000, 3);
      expect(cameTrue(experienced(), 60, 27_000)).toBeCloseTo(27_000, 3);
    });

    it('corrects by three tenths at most', () => {
      expect(cameTrue(experienced(), 60, 6_000)).toBeCloseTo(21_000, 3);
    });

    it('holds the next ones against what was forecast, not against what was corrected', () => {
      const told = experienced();
      expect(cameTrue(told, 120, 24_000)).toBeCloseTo(24_000, 3);
    });
  });

  it('takes a repeated fact about a caller for the same caller', () => {
    const told = experienced().arrives('w1', NOW - 2).arrives('w1', NOW - 1);
    expect(told.estimator.estimate(at, NOW)?.waitMs).toBeCloseTo(2 * 30_000, 3);
  });
});

describe('waiting lines', () => {
  it('count as a plain list does, whatever the order of arrivals and leaves', () => {
    const place = fc.record({ signature: fc.constantFrom('s', 't'), band: fc.constantFrom(1, 2), arrivedAt: fc.nat(20) });
    fc.assert(
      fc.property(fc.array(fc.record({ place, isLeaving: fc.boolean() })), place, (steps, me) => {
        const lines = new WaitingLines();
        const list: Place[] = [];
        for (const { place: one, isLeaving } of steps) {
          const found = list.findIndex((other) => other.signature === one.signature && other.band === one.band && other.arrivedAt === one.arrivedAt);
          if (isLeaving) lines.remove(one);
          else lines.add(one);
          if (isLeaving && found !== -1) list.splice(found, 1);
          if (!isLeaving) list.push(one);
        }
        const expected = list.filter((one) => one.signature === me.signature && (one.band < me.band || (one.band === me.band && one.arrivedAt < me.arrivedAt)));
        expect(lines.ahead(me.signature, me)).toBe(expected.length);
        const lumps = lines.lumps(me.signature, me, 3);
        expect(lumps.reduce((sum, { mass }) => sum + mass, 0)).toBe(expected.length);
        expect(lumps.map(({ rank }) => rank)).toEqual(lumps.map(({ rank }) => rank).sort((a, b) => a - b));
      }),
    );
  });
});
