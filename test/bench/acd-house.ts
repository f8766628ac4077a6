import { brand } from '../../gateway/core/ids.js';
import type { AgentId, CallId, NodeId, OfferId, QueueId, RequestId } from '../../gateway/core/ids.js';
import type { SkillLevel, SkillNeed } from '../../gateway/core/acd/queue-types.js';
import type { Log } from '../../gateway/ports/log.js';
import { openQueue } from '../../gateway/adapters/redis/queue.js';
import type { RedisQueue } from '../../gateway/adapters/redis/queue.js';

const SKILLS = 40;
const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

/** Sizes of the house: workload L of the queue's design notes is 5,000 agents, 500 signatures, 200 profiles, 50,000 waiting calls. */
export interface HouseSize {
  readonly agents: number;
  readonly signatures: number;
  readonly profiles: number;
  readonly waiting: number;
}

/** A call centre under load, driven through the queue's own interface. */
export class AcdHouse {
  readonly queue: RedisQueue;
  /** Mean number of signatures that an agent can serve. */
  readonly signaturesPerAgent: number;
  private readonly needs: readonly (readonly SkillNeed[])[];
  private readonly profiles: readonly (readonly SkillLevel[])[];
  private readonly talking: { agentId: AgentId; callId: CallId }[] = [];
  private readonly node = brand<NodeId>('n1');
  private requests = 0;
  private calls = 0;
  private state = 20_261_122;

  constructor(url: string, private readonly size: HouseSize) {
    this.queue = openQueue({ url, tenant: 'bench', log: silent, deadlineMs: 30_000 });
    this.needs = distinct(size.signatures, () => this.skills(1 + this.below(2)).map((skill) => ({ skill, minLevel: 1 + this.below(5) })));
    this.profiles = distinct(size.profiles, () => this.skills(4 + this.below(3)).map((skill) => ({ skill, level: 1 + this.below(7) })));
    const able = this.profiles.map((skills) => this.needs.filter((needs) => needs.every((need) => skills.some((has) => has.skill === need.skill && has.level >= need.minLevel))).length);
    this.signaturesPerAgent = able.reduce((sum, one) => sum + one, 0) / able.length;
  }

  /** Fills the queue, then brings every agent into a talk: from now on each freed agent meets a long line. */
  async saturate(): Promise<void> {
    for (let pool = 0; pool < this.profiles.length; pool += 1) await this.signIn(brand(`warm${pool}`), pool);
    await times(this.size.waiting + this.size.agents, 64, () => this.arrive());
    await times(this.size.agents, 64, async (at) => {
      const agentId = brand<AgentId>(`agent${at}`);
      await this.signIn(agentId, at % this.profiles.length);
      const state = await this.queue.ready({ requestId: this.request(), agentId });
      if (state.ok && state.value.phase === 'reserved') await this.answer(agentId, state.value);
    });
  }

  /** A call arrives, an agent's talk ends and the agent gets the next call, the agent answers: three scripts. */
  async cycle(): Promise<void> {
    await this.arrive();
    const free = this.talking.splice(this.below(this.talking.length), 1)[0];
    if (free === undefined) throw new Error('no agent is talking');
    const state = await this.queue.complete({ requestId: this.request(), ...free, wrapUpMs: 0 });
    if (!state.ok || state.value.phase !== 'reserved') throw new Error(`the house is not saturated: ${JSON.stringify(state)}`);
    await this.answer(free.agentId, state.value);
  }

  private async answer(agentId: AgentId, offer: { readonly offerId: OfferId; readonly callId: CallId }): Promise<void> {
    const accepted = await this.queue.accept({ requestId: this.request(), offerId: offer.offerId });
    if (!accepted.ok) throw new Error(accepted.error.detail);
    this.talking.push({ agentId, callId: offer.callId });
  }

  private async signIn(agentId: AgentId, profile: number): Promise<void> {
    await this.queue.signIn({ requestId: this.request(), agentId, skills: this.profiles[profile] ?? [], node: this.node });
  }

  private async arrive(): Promise<void> {
    const arrived = await this.queue.arrive({
      requestId: this.request(), callId: brand(`call${(this.calls += 1)}`), queue: brand<QueueId>('q'), needs: this.needs[this.below(this.needs.length)] ?? [],
      band: 100, node: this.node, ringTimeoutMs: 600_000, isReturning: false,
    });
    if (!arrived.ok) throw new Error(arrived.error.detail);
  }

  private request(): RequestId {
    return brand(`r${(this.requests += 1)}`);
  }

  private skills(count: number): string[] {
    const chosen = new Set<string>();
    while (chosen.size < count) chosen.add(`s${this.below(SKILLS)}`);
    return [...chosen];
  }

  /** Seeded: every run has the same house. */
  private below(n: number): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.state / 4_294_967_296) * n);
  }
}

/** Runs `act` so often, so many at the same time. */
export async function times(count: number, width: number, act: (at: number) => Promise<void>): Promise<void> {
  let next = 0;
  const one = async () => {
    while (next < count) await act((next += 1) - 1);
  };
  await Promise.all(Array.from({ length: width }, one));
}

/** How many times a second `act` is done, so many at the same time, over about `forMs`. */
export async function rate(forMs: number, width: number, act: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  let done = 0;
  const one = async () => {
    while (performance.now() - began < forMs) {
      await act();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: width }, one));
  return (done * 1_000) / (performance.now() - began);
}

function distinct<T>(count: number, make: () => T): T[] {
  const made = new Map<string, T>();
  while (made.size < count) {
    const one = make();
    made.set(JSON.stringify(one), one);
  }
  return [...made.values()];
}
