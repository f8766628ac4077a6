import { afterAll, beforeAll, expect, it } from 'vitest';
import { Redis } from 'ioredis';
import { openQueue, type RedisQueue } from '../../../gateway/adapters/redis/queue.js';
import { brand, type AgentId, type CallId, type NodeId, type QueueId } from '../../../gateway/core/ids.js';
import { startRedis } from '../../support/redis-server.js';
import type { TestRedis } from '../../support/redis-server.js';
import { rid, silent } from './house.js';
import { Random } from './property/random.js';
import { canServe, NEEDS, QUEUES, SKILLS } from './property/universe.js';
import { checkedLibrary } from './property/wrap.js';

const ROUNDS = process.env['VAXEL_LONG'] === '1' ? 2_000 : 60;
const node = brand<NodeId>('n1');

let server: TestRedis;
let redis: Redis;
beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

/** What processes know of their calls, whatever the store says. */
class House {
  now = 1_800_000_000_000;
  readonly queue: RedisQueue;
  readonly waiting = new Map<CallId, { queue: QueueId; needs: (typeof NEEDS)[number]; queuedAt: number }>();
  readonly talks = new Map<CallId, { agentId: AgentId; queue: QueueId; queuedAt: number }>();
  readonly ended = new Set<CallId>();
  private readonly agents = Array.from({ length: 8 }, (_, at) => brand<AgentId>(`a${at}`));
  private calls = 0;

  constructor(url: string, private readonly random: Random) {
    this.queue = openQueue({ url, tenant: 'p', log: silent, now: () => this.now, library: checkedLibrary(canServe()) });
  }

  async signIn(): Promise<void> {
    for (const [at, agentId] of this.agents.entries()) await this.queue.signIn({ requestId: rid(), agentId, skills: SKILLS[at % SKILLS.length] ?? [], node });
  }

  async act(): Promise<void> {
    const { random, queue } = this;
    this.now += random.below(3_000);
    const agentId = random.of(this.agents);
    const state = await queue.agentState(agentId);
    if (random.chance(0.4)) return this.arrive();
    if (random.chance(0.15) && this.waiting.size > 0) return this.leave(random.of([...this.waiting.keys()]));
    if (state.phase === 'notReady' || state.phase === 'wrapUp') await queue.ready({ requestId: rid(), agentId });
    if (state.phase === 'reserved') await this.answer(agentId, state);
    if (state.phase === 'talking') await this.end(agentId, state.callId);
  }

  private async arrive(): Promise<void> {
    const callId = brand<CallId>(`c${(this.calls += 1)}`);
    const call = { queue: brand<QueueId>(this.random.of(QUEUES)), needs: this.random.of(NEEDS), queuedAt: this.now };
    this.waiting.set(callId, call);
    await this.queue.arrive({ requestId: rid(), callId, ...call, band: 10, node, ringTimeoutMs: 15_000, isReturning: false });
  }

  private async leave(callId: CallId): Promise<void> {
    this.waiting.delete(callId);
    this.ended.add(callId);
    await this.queue.abandon({ requestId: rid(), callId, node, why: 'callerLeft' });
  }

  private async answer(agentId: AgentId, { offerId, callId }: { offerId: Parameters<RedisQueue['accept']>[0]['offerId']; callId: CallId }): Promise<void> {
    const call = this.waiting.get(callId);
    const accepted = await this.queue.accept({ requestId: rid(), offerId });
    if (!accepted.ok || call === undefined) return;
    this.waiting.delete(callId);
    this.talks.set(callId, { agentId, ...call });
  }

  private async end(agentId: AgentId, callId: CallId): Promise<void> {
    this.talks.delete(callId);
    this.ended.add(callId);
    await this.queue.complete({ requestId: rid(), callId, agentId, wrapUpMs: this.random.of([0, 5_000]) });
  }

  /** What a process does when the store answers with another run: agents, talks, those who wait, and calls that are over. */
  async state(): Promise<void> {
    await this.signIn();
    for (const [callId, talk] of this.talks) expect(await this.queue.assertTalk({ requestId: rid(), callId, node, waitMs: 0, ...talk })).toEqual({ ok: true, value: null });
    for (const [callId, call] of this.waiting) await this.queue.arrive({ requestId: rid(), callId, ...call, band: 10, node, ringTimeoutMs: 15_000, isReturning: false });
    for (const callId of this.ended) await this.queue.drop({ requestId: rid(), callId });
  }
}

async function keep(): Promise<ReadonlyMap<string, Buffer>> {
  const keys = await redis.keys('acd:*');
  return new Map(await Promise.all(keys.map(async (key) => [key, await redis.dumpBuffer(key)] as const)));
}

async function goBack(kept: ReadonlyMap<string, Buffer>): Promise<void> {
  await redis.flushall();
  for (const [key, value] of kept) await redis.restore(key, 0, value);
}

it(`I13: a store that went back by some operations agrees with the processes again, ${ROUNDS} times, and no talk is queued again`, { timeout: ROUNDS * 2_000 }, async () => {
  const random = new Random(20_261_128);
  for (let round = 0; round < ROUNDS; round += 1) {
    await redis.flushall();
    const house = new House(server.url, random);
    await house.signIn();
    for (let i = random.below(60); i >= 0; i -= 1) await house.act();
    const kept = await keep();
    for (let i = random.below(25); i >= 0; i -= 1) await house.act();
    await goBack(kept);
    await house.state();
    await house.queue.reap(1);
    expect(await redis.lrange('violations', 0, 3)).toEqual([]);
    for (const [callId, { agentId }] of house.talks) expect(await house.queue.agentState(agentId)).toMatchObject({ phase: 'talking', callId });
    const { agents, calls } = await house.queue.roster();
    expect(new Set(calls.map((call) => call.callId))).toEqual(new Set(house.waiting.keys()));
    expect(agents.filter((one) => one.state.phase === 'talking')).toHaveLength(house.talks.size);
    await house.queue.close();
  }
});
