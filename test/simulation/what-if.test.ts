import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openQueue } from '../../gateway/adapters/redis/queue.js';
import { readLoggedDay, type LoggedDay } from '../../gateway/app/logged-day.js';
import { foldOf } from '../../gateway/app/queue-figures.js';
import { simulate, type SimulationPlan } from '../../gateway/app/queue-simulation.js';
import { planWhatIf, type Change } from '../../gateway/app/what-if.js';
import type { QueueFact } from '../../gateway/core/acd/queue-fact.js';
import { KeptLog } from '../support/silent-log.js';
import { startRedis, type TestRedis } from '../support/redis-server.js';
import { runScenario } from './run-scenario.js';

const UNCHANGED: Change = { centre: null, copies: new Map() };

describe('what if', () => {
  let server: TestRedis;
  let logged: QueueFact[];
  let day: LoggedDay;
  beforeAll(async () => {
    server = await startRedis();
    logged = [];
    await runScenario(server.url, { seed: 3, calls: 400, types: [0.5, 0.5], agents: 8, skillsPerAgent: 1, ahtMs: 60_000, erlangs: 8, patienceMs: 60_000 }, (fact) => logged.push(fact));
    day = readLoggedDay(logged);
  });
  afterAll(() => server.stop());

  let runs = 0;
  const play = async (plan: SimulationPlan): Promise<QueueFact[]> => {
    const clock = { now: 0 };
    const facts: QueueFact[] = [];
    const queue = openQueue({ url: server.url, tenant: `what-if${(runs += 1)}`, log: new KeptLog(), now: () => clock.now });
    await simulate(plan, { clock, queue, onFact: (fact) => facts.push(fact) });
    await queue.close();
    return facts;
  };
  const whole = async (facts: readonly QueueFact[]) => {
    const { queues } = (await foldOf(facts)).figures({ from: 0, to: Number.MAX_SAFE_INTEGER }, logged.at(-1)?.at ?? 0);
    const sum = (of: (queue: (typeof queues)[number]) => number) => queues.reduce((all, queue) => all + of(queue), 0);
    return { offered: sum((one) => one.offered), answered: sum((one) => one.answered), abandoned: sum((one) => one.abandoned), waitMs: sum((one) => (one.asaMs ?? 0) * one.answered) };
  };

  it('a day that is replayed as it was gives every caller the same answer at the same time', async () => {
    const outcomes = (facts: readonly QueueFact[]) => new Map(facts.flatMap((fact) => (fact.type === 'call.answered' || fact.type === 'call.abandoned' ? [[fact.callId, `${fact.type} after ${fact.waitMs}`]] : [])));
    const { plan, notes } = planWhatIf(day, UNCHANGED, 1);
    expect(notes).toEqual([]);
    const replayed = outcomes(await play(plan));
    expect(replayed.size).toBe(400);
    expect(replayed).toEqual(outcomes(logged));
  });

  it('more agents answer more calls sooner, fewer let more callers wait in vain', async () => {
    const names = day.agents.map(({ agentId }) => agentId);
    const twice = await whole(await play(planWhatIf(day, { centre: null, copies: new Map(names.map((name) => [name, 2])) }, 1).plan));
    const half = await whole(await play(planWhatIf(day, { centre: null, copies: new Map(names.slice(0, 4).map((name) => [name, 0])) }, 1).plan));
    const before = await whole(logged);
    expect(twice.answered).toBeGreaterThan(before.answered);
    expect(twice.waitMs).toBeLessThan(before.waitMs / 2);
    expect(half.abandoned).toBeGreaterThan(1.5 * before.abandoned);
    expect([twice.offered, half.offered]).toEqual([400, 400]);
  });

  it('no caller goes to the last resort while an agent’s phone rings for them, but whose patience ends hangs up', async () => {
    const skills = [{ skill: 's', level: 5 }];
    const call = (callId: string, at: number, patienceMs: number | null) => ({ callId, at, queue: 'q', needs: [{ skill: 's', minLevel: 1 }], band: 1, asked: { needs: [], band: null }, patienceMs, talkMs: 1_000, wrapUpMs: 0 });
    const shift = [{ at: 0, do: 'signIn' }, { at: 0, do: 'ready' }] as const;
    const facts = await play({ agents: [{ agentId: 'anna', skills, shift }], calls: [call('rung', 0, null), call('waits', 1, null), call('gone', 60_000, 4_000)], ringMs: 10_000, maxWaitMs: 5_000 });
    const ends = facts.flatMap((fact) => (['call.answered', 'call.overflowed', 'call.abandoned'].includes(fact.type) && 'callId' in fact ? [[fact.callId, fact.type, fact.at]] : []));
    expect(ends).toEqual([['waits', 'call.overflowed', 5_001], ['rung', 'call.answered', 10_000], ['gone', 'call.abandoned', 64_000]]);
  });

  describe('a call that is not the caller’s to end', () => {
    const skills = [{ skill: 's', level: 5 }];
    const shift = [{ at: 0, do: 'signIn' }, { at: 30_000, do: 'ready' }] as const;
    const call = { at: 0, queue: 'q', needs: [{ skill: 's', minLevel: 1 }], band: 1, asked: { needs: [], band: null }, patienceMs: null, talkMs: 8_000, wrapUpMs: 0 };
    const queueOf = async (calls: SimulationPlan['calls']) => (await foldOf(await play({ agents: [{ agentId: 'anna', skills, shift }], calls, ringMs: 0, maxWaitMs: 10_000 }))).figures({ from: 0, to: 60_000 }, 60_000).queues[0];

    it('waits for longer than the longest wait of callers, when it is a callback', async () => {
      expect(await queueOf([{ ...call, callId: 'cb', callback: { isReached: true } }, { ...call, callId: 'c' }])).toMatchObject({ offered: 2, answered: 1, overflowed: 1, longestAnsweredWaitMs: 30_000 });
    });

    it('is given up and talks with nobody, when the customer of a callback is not reached', async () => {
      expect(await queueOf([{ ...call, callId: 'cb', callback: { isReached: false } }])).toMatchObject({ offered: 1, answered: 0, abandoned: 1, notReached: 1, ahtMs: null, waiting: 0 });
    });

    it('is made only where its caller booked it: who was served before needs none, and who waits still leaves the line for it, with the place', async () => {
      const booking = (callId: string, at: number, afterMs: number) => ({ ...call, callId, at, leaves: { afterMs, as: 'booked' as const } });
      const made = (askedIn: string, at: number) => ({ ...call, callId: `${askedIn}-cb`, at, queuedAt: at - 20_000, offeredAt: at, callback: { isReached: true }, insteadOf: askedIn });
      const facts = await play({ agents: [{ agentId: 'anna', skills, shift }], calls: [booking('waits', 0, 20_005), booking('served', 15_000, 45_005), { ...call, callId: 'later', at: 19_000 }, made('waits', 20_000), made('served', 60_000)], ringMs: 0, maxWaitMs: null });
      const told = facts.flatMap((fact) => (['call.arrived', 'call.answered', 'call.overflowed'].includes(fact.type) && 'callId' in fact ? [[fact.callId, fact.type.slice(5), fact.at]] : []));
      expect(told).toEqual([
        ['waits', 'arrived', 0], ['served', 'arrived', 15_000], ['later', 'arrived', 19_000], ['waits', 'overflowed', 20_000], ['waits-cb', 'arrived', 20_000],
        ['waits-cb', 'answered', 30_000], ['served', 'answered', 38_000], ['later', 'answered', 46_000],
      ]);
    });

    it('comes only where the call was not served whose place it has: broken, or a callback that gives way', async () => {
      const again = (callId: string, at: number, insteadOf: string) => ({ ...call, callId, at, insteadOf });
      const facts = await play({
        agents: [{ agentId: 'anna', skills, shift }],
        calls: [
          { ...call, callId: 'broken', at: 0, leaves: { afterMs: 10_000, as: 'cutOff' } }, { ...call, callId: 'cb', at: 1_000, callback: { isReached: true }, leaves: { afterMs: 25_001, as: 'overflowed' } },
          { ...call, callId: 'served', at: 2_000, leaves: { afterMs: 60_000, as: 'cutOff' } }, again('broken-again', 20_000, 'broken'), again('cb-again', 26_000, 'cb'), again('served-again', 70_000, 'served'),
        ],
        ringMs: 0, maxWaitMs: null,
      });
      const told = facts.flatMap((fact) => (['call.answered', 'call.overflowed', 'call.abandoned'].includes(fact.type) && 'callId' in fact ? [[fact.callId, fact.type.slice(5), fact.at]] : []));
      expect(told).toEqual([['broken', 'abandoned', 10_000], ['cb', 'overflowed', 26_000], ['served', 'answered', 30_000], ['broken-again', 'answered', 38_000], ['cb-again', 'answered', 46_000]]);
    });

    it('leaves as cut off when the connection breaks, and has gone elsewhere when the customer of a callback calls by themselves', async () => {
      const leaves = (as: 'cutOff' | 'overflowed') => ({ leaves: { afterMs: 4_000, as } });
      expect(await queueOf([{ ...call, callId: 'c', ...leaves('cutOff') }, { ...call, callId: 'cb', callback: { isReached: true }, ...leaves('overflowed') }])).toMatchObject({ offered: 2, answered: 0, abandoned: 0, cutOff: 1, overflowed: 1 });
    });
  });

  it('the same seed gives the same result', async () => {
    const change: Change = { centre: null, copies: new Map([['a1', 0]]) };
    const [first, second] = await Promise.all([play(planWhatIf(day, change, 7).plan), play(planWhatIf(day, change, 7).plan)]);
    expect(await whole(first)).toEqual(await whole(second));
    expect(planWhatIf(day, change, 8).plan.calls).not.toEqual(planWhatIf(day, change, 7).plan.calls);
  });

  it('agents who have both skills serve both queues', async () => {
    const agents = new Map(day.agents.map(({ agentId }) => [agentId, { skills: [{ skill: 's0', level: 5 }, { skill: 's1', level: 5 }], channels: ['voice'] as const }]));
    const { plan, notes } = planWhatIf(day, { centre: { agents, queues: new Map(), limits: { maxWaitMs: 3_600_000 }, strategy: 'longestIdle' }, copies: new Map() }, 1);
    expect(notes).toEqual(['queue q0 is not in the contact centre: its calls need what they needed', 'queue q1 is not in the contact centre: its calls need what they needed']);
    expect((await whole(await play(plan))).abandoned).toBeLessThan((await whole(logged)).abandoned);
  });

  it('callers who are helped by anybody after a while wait for no longer than that when somebody is idle', async () => {
    const helpful = (skill: string) => ({ needs: [{ skill, minLevel: 1 }], prefer: [], band: 100, ageing: [], relax: [{ afterMs: 5_000, drop: [skill], lower: [] }] });
    const agents = new Map(day.agents.map(({ agentId, skills }) => [agentId, { skills: skills ?? [], channels: ['voice'] as const }]));
    const centre = { agents, queues: new Map([['q0', helpful('s0')], ['q1', helpful('s1')]]), limits: { maxWaitMs: 3_600_000 }, strategy: 'longestIdle' as const };
    const facts = await play(planWhatIf(day, { centre, copies: new Map() }, 1).plan);
    expect((await whole(facts)).abandoned).toBeLessThan(0.9 * (await whole(logged)).abandoned);
    const relaxed = facts.filter((fact) => fact.type === 'call.answered' && fact.waitMs === 5_000);
    expect(relaxed.length).toBeGreaterThan(5);
  });
});
