import { describe, expect, it } from 'vitest';
import { readLoggedDay } from '../../gateway/app/logged-day.js';
import { planWhatIf } from '../../gateway/app/what-if.js';
import type { QueueFact } from '../../gateway/core/acd/queue-fact.js';

type Open = QueueFact extends infer F ? (F extends QueueFact ? Omit<F, 'v' | 'id'> : never) : never;
const facts = (...list: readonly Open[]) => list.map((fact, at) => ({ v: 1, id: `f${at}`, ...fact }) as QueueFact);
const state = (at: number, phase: Extract<Open, { type: 'agent.changed' }>['phase'], reason: string | null = null): Open => ({ type: 'agent.changed', at, agentId: 'anna', phase, reason });
const skills = [{ skill: 'billing', level: 4 }];
const call = { callId: 'c', queue: 'q', agentId: 'anna', offerId: 'o' };

const day = facts(
  state(10, 'notReady', 'signedIn'),
  { type: 'agent.signedIn', at: 11, agentId: 'anna', skills },
  state(20, 'ready'),
  { type: 'call.arrived', at: 30, callId: 'c', queue: 'q', needs: [{ skill: 'billing', minLevel: 1 }], asked: [], band: 9, askedBand: null, isReturning: false },
  { type: 'offer.made', at: 30, ...call },
  state(30, 'reserved'),
  { type: 'call.answered', at: 34, ...call, waitMs: 4 },
  state(34, 'talking'),
  { type: 'call.completed', at: 134, ...call, talkMs: 90, holdMs: 10 },
  state(134, 'wrapUp'),
  state(164, 'ready'),
  state(200, 'notReady', 'lunch'),
  state(300, 'ready'),
  state(400, 'loggedOut'),
);

describe('a logged day', () => {
  it('is what callers and agents did, without what the queue made of it', () => {
    expect(readLoggedDay(day)).toEqual({
      ringMs: 4,
      calls: [{ callId: 'c', at: 30, queuedAt: 30, offeredAt: 30, queue: 'q', needs: [{ skill: 'billing', minLevel: 1 }], asked: { needs: [], band: null }, band: 9, waitMs: 4, isCallback: false, left: null, talkMs: 100, triedMs: 0, wrapUpMs: 30 }],
      agents: [
        {
          agentId: 'anna',
          skills,
          shift: [
            { at: 10, do: 'signIn' }, { at: 10, do: 'notReady', reason: 'signedIn' }, { at: 20, do: 'ready' },
            { at: 200, do: 'notReady', reason: 'lunch' }, { at: 300, do: 'ready' }, { at: 400, do: 'logout' },
          ],
        },
      ],
    });
  });

  it('leaves out an agent whose sign-in it does not tell, and says so', () => {
    const { plan, notes } = planWhatIf(readLoggedDay(day.filter(({ type }) => type !== 'agent.signedIn')), { centre: null, copies: new Map() }, 1);
    expect(plan.agents).toEqual([]);
    expect(notes).toEqual(['agent anna signed in before the log begins, so the skills are not known: left out']);
  });

  it('has nobody in it who takes no calls, and of one whose calls were taken away only the time before', () => {
    const chats: Open = { type: 'agent.signedIn', at: 300, agentId: 'anna', skills, channels: ['chat'] };
    const before = day.filter(({ at }) => at < 300);
    expect(readLoggedDay(facts(state(10, 'notReady', 'signedIn'), chats, state(320, 'ready'), state(400, 'loggedOut'))).agents).toEqual([]);
    const [agent] = readLoggedDay([...before, ...facts(chats, state(310, 'ready'), state(320, 'blocked')).map((fact) => ({ ...fact, id: `later-${fact.id}` }))]).agents;
    expect(agent?.skills).toEqual(skills);
    expect(agent?.shift.slice(-2)).toEqual([{ at: 200, do: 'notReady', reason: 'lunch' }, { at: 300, do: 'logout' }]);
  });

  it('played with a contact centre in which an agent takes no calls is played without them, and says so', () => {
    const centre = { agents: new Map([['anna', { skills, channels: ['chat'] as const }]]), queues: new Map(), limits: { maxWaitMs: 1_000 }, strategy: 'longestIdle' as const };
    const { plan, notes } = planWhatIf(readLoggedDay(day), { centre, copies: new Map() }, 1);
    expect(plan.agents).toEqual([]);
    expect(notes).toContain('agent anna takes no calls in the contact centre: left out');
  });

  it('gives a caller who gave up just the patience they had, and talk and wrap-up of another', () => {
    const abandoned = facts(
      { type: 'call.arrived', at: 500, callId: 'gone', queue: 'q', needs: [], asked: [], band: 9, askedBand: null, isReturning: false },
      { type: 'call.abandoned', at: 560, callId: 'gone', queue: 'q', waitMs: 60 },
    );
    const [answered, gone] = [...planWhatIf(readLoggedDay([...day, ...abandoned]), { centre: null, copies: new Map() }, 1).plan.calls];
    expect(gone).toMatchObject({ patienceMs: 60, talkMs: 100, wrapUpMs: 30 });
    expect(answered?.patienceMs).toBeGreaterThan(4);
  });

  describe('takes for the patience of callers only what they waited in line', () => {
    const HOUR_MS = 3_600_000;
    const arrived = (callId: string, at: number, isReturning = false): Open => ({ type: 'call.arrived', at, callId, queue: 'q', needs: [], asked: [], band: 9, askedBand: null, isReturning, queuedAt: 0 });
    const answered = (callId: string, at: number): Open => ({ type: 'call.answered', at, callId, agentId: 'anna', offerId: `o-${callId}`, queue: 'q', waitMs: at });
    const completed = (callId: string, at: number, talkMs: number): Open => ({ type: 'call.completed', at, callId, agentId: 'anna', queue: 'q', talkMs, holdMs: 0 });

    it('no rest of a callback, whose customer does not hang up waiting', () => {
      const { calls } = readLoggedDay(facts(arrived('cb', HOUR_MS, true), { type: 'callback.notReached', at: HOUR_MS + 5_000, callId: 'cb', offerId: null, queue: 'q', why: 'busy', isLast: false }, arrived('cb', 2 * HOUR_MS, true), answered('cb', 2 * HOUR_MS + 3_000), arrived('c1', 3 * HOUR_MS), { type: 'call.abandoned', at: 3 * HOUR_MS + 60_000, callId: 'c1', queue: 'q', waitMs: 60_000 }, arrived('c2', 4 * HOUR_MS), answered('c2', 4 * HOUR_MS)));
      expect(calls.map(({ callId, waitMs }) => [callId, waitMs])).toEqual([['cb', 8_000], ['c1', 60_000], ['c2', 0]]);
      const planned = [...planWhatIf({ calls, agents: [], ringMs: 0 }, { centre: null, copies: new Map() }, 1).plan.calls];
      expect(planned[0]?.patienceMs).toBeNull();
      const mean = Array.from({ length: 400 }, (_, seed) => [...planWhatIf({ calls, agents: [], ringMs: 0 }, { centre: null, copies: new Map() }, seed).plan.calls][2]?.patienceMs ?? 0).reduce((sum, one) => sum + one, 0) / 400;
      expect(mean).toBeGreaterThan(50_000);
      expect(mean).toBeLessThan(70_000);
    });

    it('no wait that ended as the connection broke, which is not their wish', () => {
      const left = { type: 'call.abandoned', at: 60_000, queue: 'q', waitMs: 60_000 } as const;
      const { calls } = readLoggedDay(facts(arrived('c1', 0), arrived('c2', 0), { ...left, callId: 'c1' }, { ...left, callId: 'c2', isCutOff: true }));
      expect(calls).toMatchObject([{ waitMs: 60_000, left: { as: 'abandoned' } }, { waitMs: 60_000, left: { as: 'cutOff' } }]);
      const planned = [...planWhatIf({ calls, agents: [], ringMs: 0 }, { centre: null, copies: new Map() }, 1).plan.calls];
      expect(planned[1]).toMatchObject({ leaves: { afterMs: 60_000, as: 'cutOff' } });
      expect(planned[1]?.patienceMs).toBeGreaterThan(60_000);
    });

    it('all queues that the caller stood in, but no talk before the agent was lost, nor what came of it then', () => {
      const moved: Open[] = [arrived('c1', 0), { type: 'call.overflowed', at: 60_000, callId: 'c1', queue: 'q', waitMs: 60_000 }, arrived('c1', 60_000, true), answered('c1', 80_000)];
      const lost: Open[] = [completed('c1', 180_000, 100_000), arrived('c1', 180_000, true), { type: 'call.abandoned', at: 190_000, callId: 'c1', queue: 'q', waitMs: 190_000 }];
      expect(readLoggedDay(facts(...moved, ...lost)).calls).toMatchObject([{ waitMs: 80_000, left: null, talkMs: 100_000 }]);
    });
  });

  describe('with a callback whose customer was not reached', () => {
    const MINUTE_MS = 60_000;
    const arrived = (at: number): Open => ({ type: 'call.arrived', at, callId: 'cb', queue: 'q', needs: [], asked: [], band: 9, askedBand: null, isReturning: true });
    const tried = (at: number, { offerId = `o${at}`, isLast = false } = {}): Open[] => [
      { type: 'offer.made', at: at - MINUTE_MS, offerId, callId: 'cb', agentId: 'anna', queue: 'q' },
      state(at - MINUTE_MS, 'reserved'),
      state(at - MINUTE_MS + 4, 'talking'),
      { type: 'callback.notReached', at, callId: 'cb', offerId, queue: 'q', why: 'noAnswer', isLast },
      state(at, 'wrapUp'),
      state(at + 5_000, 'ready'),
    ];
    const planned = (...list: readonly Open[]) => [...planWhatIf(readLoggedDay([...day, ...facts(...list).map((fact) => ({ ...fact, id: `later-${fact.id}` }))]), { centre: null, copies: new Map() }, 1).plan.calls][1];

    it('takes of the agents what the tries took, and has nobody’s talk', () => {
      const twice = planned(arrived(MINUTE_MS), ...tried(3 * MINUTE_MS), arrived(10 * MINUTE_MS), ...tried(12 * MINUTE_MS, { isLast: true }));
      expect(twice).toMatchObject({ callback: { isReached: false }, patienceMs: null, talkMs: 2 * MINUTE_MS - 4, wrapUpMs: 5_000 });
    });

    it('once reached has its talk, and still in line at the end of the log that of another', () => {
      const again = [arrived(MINUTE_MS), ...tried(3 * MINUTE_MS), arrived(10 * MINUTE_MS)];
      expect(planned(...again)).toMatchObject({ callback: { isReached: true }, talkMs: 100 });
      const talk = { callId: 'cb', agentId: 'anna', queue: 'q' };
      expect(planned(...again, { type: 'call.answered', at: 11 * MINUTE_MS, offerId: 'o', ...talk, waitMs: 0 }, { type: 'call.completed', at: 12 * MINUTE_MS, ...talk, talkMs: MINUTE_MS, holdMs: 0 })).toMatchObject({ callback: { isReached: true }, talkMs: MINUTE_MS });
    });

    it('leaves when the customer calls by themselves, also from its rest', () => {
      const left = planned(arrived(MINUTE_MS), ...tried(3 * MINUTE_MS), { type: 'call.overflowed', at: 8 * MINUTE_MS, callId: 'cb', queue: 'q', waitMs: 0 });
      expect(left).toMatchObject({ callback: { isReached: true }, leaves: { afterMs: 7 * MINUTE_MS, as: 'overflowed' } });
    });
  });

  describe('with a callback that was booked in the line', () => {
    const arrived = (callId: string, at: number, more: object = {}): Open => ({ type: 'call.arrived', at, callId, queue: 'q', needs: [], asked: [], band: 9, askedBand: null, isReturning: callId.endsWith('-cb'), queuedAt: 1_000, ...more });
    const planned = (...list: readonly Open[]) => [...planWhatIf(readLoggedDay(facts(...list)), { centre: null, copies: new Map() }, 1).plan.calls];

    it('has one demand: the caller books it after that wait, unless served before, and it comes only if booked', () => {
      const [caller, callback] = planned(arrived('c', 1_000), arrived('c-cb', 61_000, { offeredAt: 61_000 }), { type: 'call.overflowed', at: 61_004, callId: 'c', queue: 'q', waitMs: 60_004 });
      expect(caller).toMatchObject({ leaves: { afterMs: 60_004, as: 'booked' } });
      expect(callback).toMatchObject({ callback: { isReached: true }, insteadOf: 'c', queuedAt: 1_000, offeredAt: 61_000 });
    });

    it('comes by itself where its caller is not in the log, or came to no line', () => {
      expect(planned(arrived('c-cb', 61_000))[0]?.insteadOf).toBeUndefined();
    });
  });

  describe('with a caller who calls again and has the place of another call', () => {
    const arrived = (callId: string, at: number, more: object = {}): Open => ({ type: 'call.arrived', at, callId, queue: 'q', needs: [], asked: [], band: 9, askedBand: null, isReturning: callId.endsWith('-cb'), queuedAt: 1_000, ...more });
    const gone = (callId: string, at: number, more: object = {}): Open => ({ type: 'call.abandoned', at, callId, queue: 'q', waitMs: at - 1_000, ...more });
    const elsewhere = (callId: string, at: number): Open => ({ type: 'call.overflowed', at, callId, queue: 'q', waitMs: 0 });
    const planned = (...list: readonly Open[]) => [...planWhatIf(readLoggedDay(facts(...list)), { centre: null, copies: new Map() }, 1).plan.calls].map(({ callId, insteadOf, leaves }) => [callId, insteadOf, leaves?.as]);
    const again = (at: number, placeOf: string) => arrived('again', at, { placeOf });

    it('has one demand of both where the connection broke in the line', () => {
      expect(planned(arrived('c', 1_000), gone('c', 31_000, { isCutOff: true }), again(60_000, 'c'))).toEqual([['c', undefined, 'cutOff'], ['again', 'c', undefined]]);
    });

    it('has two where it broke in the talk, or that call is not in the log', () => {
      const talk: Open = { type: 'call.answered', at: 31_000, ...call, waitMs: 30_000 };
      expect(planned(arrived('c', 1_000), talk, again(60_000, 'c'))).toEqual([['c', undefined, undefined], ['again', undefined, undefined]]);
      expect(planned(again(60_000, 'c'))).toEqual([['again', undefined, undefined]]);
    });

    it('has one of them and their callback, and of the call in which that was booked', () => {
      const booked = [arrived('c', 1_000), elsewhere('c', 31_000), arrived('c-cb', 31_000)];
      expect(planned(...booked, again(60_000, 'c-cb'), elsewhere('c-cb', 60_001))).toEqual([['c', undefined, 'booked'], ['c-cb', 'c', 'overflowed'], ['again', 'c-cb', undefined]]);
    });

    it('has no callback that they came before, wherever it rested meanwhile', () => {
      const booked = [arrived('c', 1_000), elsewhere('c', 31_000)];
      expect(planned(...booked, again(60_000, 'c-cb'))).toEqual([['c', undefined, 'booked'], ['again', 'c', undefined]]);
      expect(planned(...booked, again(60_000, 'c-cb'), arrived('c-cb', 90_000), elsewhere('c-cb', 90_000))).toEqual([['c', undefined, 'booked'], ['again', 'c', undefined]]);
    });
  });

  it('takes a wrap-up that was made longer as one, and the one after a callback’s try in vain for that of no call', () => {
    const longer = [...day.filter(({ at }) => at < 150), ...facts(state(150, 'wrapUp'), state(184, 'ready'), state(200, 'reserved'), state(204, 'talking'), state(210, 'wrapUp'), state(900, 'ready')).map((fact) => ({ ...fact, id: `later-${fact.id}` }))];
    expect(readLoggedDay(longer).calls).toMatchObject([{ wrapUpMs: 50 }]);
  });

  it('has away for calls who is busy with other work, until that leaves room', () => {
    const { agents } = readLoggedDay(facts({ type: 'agent.signedIn', at: 0, agentId: 'anna', skills }, state(0, 'ready'), state(10, 'blocked'), state(20, 'ready')));
    expect(agents[0]?.shift.slice(1)).toEqual([{ at: 0, do: 'ready' }, { at: 10, do: 'notReady', reason: 'otherWork' }, { at: 20, do: 'ready' }]);
  });

  it('knows of no end to patience when nobody gave up', () => {
    expect([...planWhatIf(readLoggedDay(day), { centre: null, copies: new Map() }, 1).plan.calls][0]?.patienceMs).toBeNull();
  });
});
