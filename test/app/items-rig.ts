import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { registrationKey } from '../../gateway/adapters/redis/keys.js';
import { RedisFactStream } from '../../gateway/adapters/redis/fact-stream.js';
import { openItemStore } from '../../gateway/adapters/redis/item-store.js';
import { AgentItems } from '../../gateway/app/agent-items.js';
import { AgentSeats } from '../../gateway/app/agent-seats.js';
import type { DeskAgent } from '../../gateway/app/agent-tokens.js';
import { ItemDesk } from '../../gateway/app/item-desk.js';
import { channelsSchema, toChannelRules } from '../../gateway/core/acd/channel-config.js';
import type { Item } from '../../gateway/core/acd/item.js';
import type { QueueFact } from '../../gateway/core/acd/queue-fact.js';
import { brand, type AgentId, type NodeId, type RequestId } from '../../gateway/core/ids.js';
import type { ItemStore } from '../../gateway/ports/item-store.js';
import { House, silent } from '../adapters/redis/house.js';
import { FakeClock } from '../support/fake-clock.js';
import { startRedis, type TestRedis } from '../support/redis-server.js';

export const ANNA = brand<AgentId>('anna');
const NODE = brand<NodeId>('n1');
const AGENTS: readonly DeskAgent[] = [{ id: ANNA, name: 'Anna', phone: { address: 'sip:anna@vaxel', answer: 'screen' }, skills: [{ skill: 'billing', level: 5 }], channels: ['voice', 'chat'], isSupervisor: false, tokenSha256: '' }];
export const ITEM: Item = { id: 'chat-1', channel: 'chat', queue: brand('billing'), title: 'Where is my invoice?', link: 'https://chat.example/1', customer: 'Eva Ek', needs: [], band: null };

/** For each test of the file a desk of its own, all on one server. The desk is handed over before the test. */
export function useRig(take: (rig: Rig) => void, agents?: readonly DeskAgent[]): void {
  let server: TestRedis;
  let rig: Rig;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    rig = new Rig(server.url, agents);
    take(rig);
  });
  afterEach(() => rig.close());
}

/** The desk of items on a real queue. */
export class Rig {
  readonly clock = new FakeClock();
  readonly house: House;
  readonly store: ItemStore;
  readonly items: ItemDesk;
  readonly seats: AgentSeats;
  readonly agent: AgentItems;
  /** The level of billing that the queue asks for. */
  minLevel = 1;
  /** Whether the contact centre has the queue no more. */
  isQueueGone = false;
  /** What stands against each item that comes. */
  fault: string | null = null;
  offerSeconds = 30;
  private readonly followers = new Set<(fact: QueueFact) => void>();
  private readonly closing = new AbortController();
  private readonly stream: RedisFactStream;
  private readonly following: Promise<void>;
  private requests = 0;

  constructor(url: string, agents: readonly DeskAgent[] = AGENTS) {
    this.house = new House(url, { now: () => this.clock.now() });
    this.store = openItemStore({ url, tenant: this.house.tenant, log: silent });
    const newRequestId = () => brand<RequestId>(`items-${(this.requests += 1)}`);
    const channels = () => toChannelRules(channelsSchema.parse({ chat: { offerSeconds: this.offerSeconds } }));
    this.stream = new RedisFactStream({ url, tenant: this.house.tenant, log: silent });
    this.following = this.stream.follow(0, (fact) => this.followers.forEach((follower) => follower(fact)), this.closing.signal);
    const onFact = (follower: (fact: QueueFact) => void) => {
      this.followers.add(follower);
      return () => this.followers.delete(follower);
    };
    const queueOf = (id: string) => (id === 'billing' && !this.isQueueGone ? { needs: [{ skill: 'billing', minLevel: this.minLevel }], prefer: [], relax: [], ageing: [], band: 10 } : null);
    const common = { queue: this.house.queue, clock: this.clock, log: silent, newRequestId, channels };
    this.items = new ItemDesk({ ...common, store: this.store, centre: { queue: queueOf, strategy: () => 'longestIdle' }, faultOf: (item) => (queueOf(item.queue) === null ? `there is no queue "${item.queue}"` : this.fault), facts: { onFact }, node: NODE });
    this.seats = new AgentSeats({ ...common, agents: () => agents, centre: () => ({ strategy: 'longestIdle', channels: channels() }), node: NODE });
    this.agent = new AgentItems({ ...common, seats: this.seats, items: this.items, screenQueue: (id) => ({ id, name: 'Billing' }) });
  }

  async signIn(): Promise<void> {
    const [agent] = AGENTS;
    if (agent !== undefined) await this.seats.signIn(agent);
    await this.house.redis.set(registrationKey(this.house.tenant, agent?.phone?.address ?? ''), '{}');
    await this.seats.ready(ANNA);
  }

  async shown() {
    const [event] = await this.agent.shown(ANNA);
    if (event === undefined) throw new Error('no channel');
    return event;
  }

  /** Takes what is offered. */
  async take(): Promise<string> {
    const { offer } = await this.shown();
    if (offer === null) throw new Error('nothing is offered');
    expect(await this.agent.accept(ANNA, brand(offer.offerId))).toEqual({ ok: true });
    return offer.item.itemId;
  }

  async stateOf(id: string): Promise<string | null> {
    const found = await this.items.find(id);
    return found.ok ? (found.value?.state ?? null) : found.error.code;
  }

  async close(): Promise<void> {
    this.items.close();
    this.closing.abort();
    await this.following;
    await this.stream.close();
    await this.store.close();
    await this.house.close();
  }
}
