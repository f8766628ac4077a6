import { brand } from '../../gateway/core/ids.js';
import type { AgentId, CallId, NodeId, OfferId, QueueId, RequestId } from '../../gateway/core/ids.js';
import type { QueueEvent, SkillLevel, SkillNeed } from '../../gateway/core/acd/queue-types.js';
import type { Log } from '../../gateway/ports/log.js';
import { openQueue } from '../../gateway/adapters/redis/queue.js';
import type { RedisQueue } from '../../gateway/adapters/redis/queue.js';

const SKILLS = 40;
/** No agent has it. */
const OF_NOBODY: readonly SkillNeed[] = [{ skill: 'nobody', minLevel: 1 }];
const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

/** Sizes of the house: signatures are distinct needs of callers, profiles distinct skills of agents. */
export interface HouseSize {
  readonly agents: number;
  readonly signatures: number;
  readonly profiles: number;
  readonly waiting: number;
}

/** The workloads of the queue's design notes: small, large, and large with skills that no two agents share. */
export const SMALL: HouseSize = { agents: 1_000, signatures: 50, profiles: 40, waiting: 10_000 };
export const LARGE: HouseSize = { agents: 5_000, signatures: 500, profiles: 200, waiting: 50_000 };
export const DISTINCT: HouseSize = { ...LARGE, profiles: 5_000 };

interface Offer {
  readonly agentId: AgentId;
  readonly offerId: OfferId;
  readonly callId: CallId;
}

/** A call centre under load, driven through the queue's own interface. */
export class AcdHouse {
  readonly queue: RedisQueue;
  /** Mean number of signatures that an agent can serve. */
  readonly signaturesPerAgent: number;
  private readonly needs: readonly (readonly SkillNeed[])[];
  /** Profiles that serve several signatures. */
  private readonly useful: readonly number[];
  private readonly profiles: readonly (readonly SkillLevel[])[];
  private readonly talking: { agentId: AgentId; callId: CallId }[] = [];
  private readonly paused: AgentId[] = [];
  private readonly offered: Offer[] = [];
  /** What the callers of `backlog` need, the oldest first. */
  readonly line: (readonly SkillNeed[])[] = [];
  private readonly expected = new Map<CallId, (offer: Offer) => void>();
  private readonly node = brand<NodeId>('n1');
  private requests = 0;
  private calls = 0;
  private state = 20_261_122;

  constructor(url: string, private readonly size: HouseSize, tenant = 'bench') {
    this.queue = openQueue({ url, tenant, log: silent, deadlineMs: 30_000 });
    this.needs = distinct(size.signatures, () => this.skills(1 + this.below(2)).map((skill) => ({ skill, minLevel: 1 + this.below(5) })));
    this.profiles = distinct(size.profiles, () => this.skills(4 + this.below(3)).map((skill) => ({ skill, level: 1 + this.below(7) })));
    const able = this.profiles.map((skills) => this.needs.filter((needs) => meets(skills, needs)).length);
    this.useful = able.flatMap((count, at) => (count > 2 ? [at] : []));
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

  /** Every agent is ready and nobody waits. */
  async standBy(): Promise<void> {
    await times(this.size.agents, 64, async (at) => {
      const agentId = brand<AgentId>(`agent${at}`);
      await this.signIn(agentId, at % this.profiles.length);
      await this.queue.ready({ requestId: this.request(), agentId });
    });
  }

  /** A call arrives and is offered at once, which the node reads in its outbox; the agent answers, and the talk ends: three scripts. */
  async lightCycle(): Promise<void> {
    const offer = await new Promise<Offer>((resolve, reject) => {
      void this.arrive(this.needsOfSomebody(), (callId) => this.expected.set(callId, resolve)).catch(reject);
    });
    const accepted = await this.queue.accept({ requestId: this.request(), offerId: offer.offerId });
    if (!accepted.ok) throw new Error(accepted.error.detail);
    await this.queue.complete({ requestId: this.request(), callId: offer.callId, agentId: offer.agentId, wrapUpMs: 0 });
  }

  /** Reads the node's outbox, for `lightCycle`, until the signal. */
  async listen(signal: AbortSignal): Promise<void> {
    const onEvent = (event: QueueEvent): Promise<void> => {
      if (event.type === 'offer.made') {
        this.expected.get(event.callId)?.(event);
        this.expected.delete(event.callId);
      }
      return Promise.resolve();
    };
    await this.queue.events(this.node, onEvent, signal);
  }

  /** Lets calls wait, the oldest of which nobody can serve, in this share; and signs in agents who have a pause. */
  async backlog({ unservable, agents }: { readonly unservable: number; readonly agents: number }): Promise<void> {
    for (let pool = 0; pool < this.profiles.length; pool += 1) await this.signIn(brand(`warm${pool}`), pool);
    for (let at = 0; at < this.size.waiting; at += 1) this.line.push(at < this.size.waiting * unservable ? OF_NOBODY : this.someNeeds());
    await times(this.size.waiting, 64, (at) => this.arrive(this.line[at]));
    await times(agents, 64, async (at) => {
      await this.signIn(brand(`agent${at}`), this.profileOf(at));
      this.paused.push(brand(`agent${at}`));
    });
  }

  /** An agent's pause is over, and somebody of the line is offered: one script. */
  async ready(): Promise<void> {
    const agentId = this.paused.pop();
    if (agentId === undefined) throw new Error('no agent has a pause');
    const state = await this.queue.ready({ requestId: this.request(), agentId });
    if (!state.ok || state.value.phase !== 'reserved') throw new Error(`${agentId} was offered nothing: ${JSON.stringify(state)}`);
    this.offered.push({ agentId, ...state.value });
  }

  /** Who was offered a call talks and has a pause again, and as many calls arrive as were served. */
  async restore(): Promise<void> {
    await times(this.offered.length, 32, async () => {
      const one = this.offered.pop();
      if (one === undefined) return;
      await this.queue.notReady({ requestId: this.request(), agentId: one.agentId, reason: 'next' });
      const accepted = await this.queue.accept({ requestId: this.request(), offerId: one.offerId });
      if (!accepted.ok) throw new Error(accepted.error.detail);
      await this.queue.complete({ requestId: this.request(), callId: one.callId, agentId: one.agentId, wrapUpMs: 0 });
      this.paused.unshift(one.agentId);
      await this.arrive();
    });
  }

  /** What that agent of `backlog` is able to do. */
  skillsOf(agent: number): readonly SkillLevel[] {
    return this.profiles[this.profileOf(agent)] ?? [];
  }

  private async answer(agentId: AgentId, offer: { readonly offerId: OfferId; readonly callId: CallId }): Promise<void> {
    const accepted = await this.queue.accept({ requestId: this.request(), offerId: offer.offerId });
    if (!accepted.ok) throw new Error(accepted.error.detail);
    this.talking.push({ agentId, callId: offer.callId });
  }

  private async signIn(agentId: AgentId, profile: number): Promise<void> {
    await this.queue.signIn({ requestId: this.request(), agentId, skills: this.profiles[profile] ?? [], node: this.node });
  }

  private async arrive(needs = this.someNeeds(), before?: (callId: CallId) => unknown): Promise<void> {
    const callId = brand<CallId>(`call${(this.calls += 1)}`);
    before?.(callId);
    const arrived = await this.queue.arrive({
      requestId: this.request(), callId, queue: brand<QueueId>('q'), needs, band: 100, node: this.node, ringTimeoutMs: 600_000, isReturning: false,
    });
    if (!arrived.ok) throw new Error(arrived.error.detail);
  }

  private profileOf(agent: number): number {
    return this.useful[agent % this.useful.length] ?? 0;
  }

  private someNeeds(): readonly SkillNeed[] {
    return this.needs[this.below(this.needs.length)] ?? [];
  }

  /** Needs that some agent meets. */
  private needsOfSomebody(): readonly SkillNeed[] {
    for (;;) {
      const needs = this.someNeeds();
      if (this.profiles.some((skills) => meets(skills, needs))) return needs;
    }
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

const meets = (skills: readonly SkillLevel[], needs: readonly SkillNeed[]): boolean => needs.every((need) => skills.some((has) => has.skill === need.skill && has.level >= need.minLevel));

function distinct<T>(count: number, make: () => T): T[] {
  const made = new Map<string, T>();
  while (made.size < count) {
    const one = make();
    made.set(JSON.stringify(one), one);
  }
  return [...made.values()];
}
