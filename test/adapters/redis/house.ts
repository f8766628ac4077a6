import { Cluster, Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { readFact, type QueueFact } from '../../../gateway/core/acd/queue-fact.js';
import type { QueueEvent, SkillLevel, SkillNeed } from '../../../gateway/core/acd/queue-types.js';
import { brand } from '../../../gateway/core/ids.js';
import type { AgentId, CallId, NodeId, OfferId, QueueId, RequestId } from '../../../gateway/core/ids.js';
import type { Log } from '../../../gateway/ports/log.js';
import { openQueue } from '../../../gateway/adapters/redis/queue.js';
import type { RedisQueue, RedisQueueOptions } from '../../../gateway/adapters/redis/queue.js';
import { KEY_NAMES, queuePrefix } from '../../../gateway/adapters/redis/keys.js';
import { readEvents } from '../../../gateway/adapters/redis/replies.js';
import { startRedis, type TestRedis } from '../../support/redis-server.js';

export const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

let tenants = 0;
let requests = 0;

export const rid = (): RequestId => brand(`r${(requests += 1)}`);
export const agentId = (name: string): AgentId => brand(name);
export const callId = (name: string): CallId => brand(name);
export const offerId = (name: string): OfferId => brand(name);

/** For each test of the file a house of its own, all on one server. The house is handed over before the test. */
export function useHouses(take: (house: House) => void): void {
  let server: TestRedis;
  let house: House;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    house = new House(server.url);
    take(house);
  });
  afterEach(() => house.close());
}

/** A queue with a tenant of its own, virtual time and short commands, for one test. */
export class House {
  now = 1_800_000_000_000;
  readonly tenant = `t${(tenants += 1)}`;
  readonly prefix = queuePrefix(this.tenant);
  readonly queue: RedisQueue;
  readonly redis: Redis | Cluster;

  constructor(readonly url: string, options: Partial<RedisQueueOptions> = {}) {
    this.queue = openQueue({ url, tenant: this.tenant, log: silent, now: () => this.now, reofferMs: 5_000, ...options });
    const [, node] = /^redis-cluster:\/\/(.+)$/.exec(url) ?? [];
    this.redis = node === undefined ? new Redis(url) : new Cluster([node]);
    this.redis.on('error', () => undefined);
  }

  async signIn(name: string, skills: Record<string, number>, node = 'n1') {
    const levels: SkillLevel[] = Object.entries(skills).map(([skill, level]) => ({ skill, level }));
    return this.queue.signIn({ requestId: rid(), agentId: agentId(name), skills: levels, node: brand<NodeId>(node) });
  }

  async ready(name: string, requestId = rid()) {
    return this.queue.ready({ requestId, agentId: agentId(name) });
  }

  /** The queue's log. */
  async facts(): Promise<readonly QueueFact[]> {
    const entries = await this.redis.xrange(this.prefix + KEY_NAMES.FACTS, '-', '+');
    return entries.map(([, fields]) => {
      const fact = readFact(fields[1] ?? '');
      if (fact === null) throw new Error(`not a fact: ${fields[1] ?? ''}`);
      return fact;
    });
  }

  /** Signs in and makes ready. */
  async agent(name: string, skills: Record<string, number> = { billing: 5 }, node = 'n1') {
    await this.signIn(name, skills, node);
    return this.ready(name);
  }

  async arrive(name: string, needs: Record<string, number> = { billing: 1 }, more: Partial<Parameters<RedisQueue['arrive']>[0]> = {}) {
    const list: SkillNeed[] = Object.entries(needs).map(([skill, minLevel]) => ({ skill, minLevel }));
    return this.queue.arrive({
      requestId: rid(), callId: callId(name), queue: brand<QueueId>('billing'), needs: list, band: 10, node: brand<NodeId>('n1'),
      ringTimeoutMs: 15_000, isReturning: false, ...more,
    });
  }

  /** The live offer of an agent. */
  async offerOf(name: string): Promise<{ offerId: OfferId; callId: CallId }> {
    const state = await this.queue.agentState(agentId(name));
    if (state.phase !== 'reserved') throw new Error(`${name} is ${state.phase}`);
    return state;
  }

  async phase(name: string): Promise<string> {
    const state = await this.queue.agentState(agentId(name));
    return state.phase === 'notReady' ? `notReady(${state.reason})` : state.phase;
  }

  async accept(name: string) {
    return this.queue.accept({ requestId: rid(), offerId: (await this.offerOf(name)).offerId });
  }

  /** Leaves the line, by the order of that node. */
  async abandon(call: string, requestId = rid(), node = 'n1') {
    return this.queue.abandon({ requestId, callId: callId(call), node: brand<NodeId>(node), why: 'callerLeft' });
  }

  async complete(name: string, call: string, wrapUpMs = 0, requestId = rid()) {
    return this.queue.complete({ requestId, callId: callId(call), agentId: agentId(name), wrapUpMs });
  }

  /** Everything in a node's outbox, as events. */
  async outbox(node = 'n1'): Promise<QueueEvent[]> {
    const entries = await this.redis.xrange(`${this.prefix}out:${node}`, '-', '+');
    return entries.flatMap(([, fields]) => readEvents(fields[1] ?? '', brand(node)));
  }

  /** How many keys each server holds, of all tenants. */
  sizes(): Promise<number>[] {
    return this.servers().map((server) => server.dbsize());
  }

  async keys(): Promise<string[]> {
    return (await Promise.all(this.servers().map((node) => node.keys(`${this.prefix}*`)))).flat().map((key) => key.slice(this.prefix.length)).sort();
  }

  private servers(): readonly Redis[] {
    return this.redis instanceof Cluster ? this.redis.nodes('master') : [this.redis];
  }

  async close() {
    await this.queue.close();
    this.redis.disconnect();
  }
}
