import type { Redis } from 'ioredis';
import type { Queue } from '../../../../gateway/ports/queue.js';
import { StoreError } from '../../../../gateway/adapters/redis/connection.js';
import { openQueue } from '../../../../gateway/adapters/redis/queue.js';
import type { RedisQueue } from '../../../../gateway/adapters/redis/queue.js';
import type { Library, QueueScript } from '../../../../gateway/adapters/redis/scripts.js';
import type { Channel } from '../../../../gateway/core/acd/channels.js';
import type { OfferLoss } from '../../../../gateway/core/acd/queue-types.js';
import { brand } from '../../../../gateway/core/ids.js';
import type { AgentId, CallId, NodeId, OfferId, QueueId, RequestId } from '../../../../gateway/core/ids.js';
import { silent } from '../house.js';
import { faultyClient } from './faulty-client.js';
import type { Random } from './random.js';
import { AGENT_STRATEGIES, BLOCKING, CALL_STRATEGIES, CHANNELS, CHAT_SLOTS, NEEDS, PREFERRED, QUEUES, SKILLS } from './universe.js';

const RING_MS = 15_000;
const KEPT_REQUESTS = 12;
const KEPT_OFFERS = 40;
const WHY: readonly OfferLoss[] = ['declined', 'declined', 'noAnswer', 'busy', 'legFailed', 'noService'];

/** Light: agents idle, calls are few. Heavy: calls pile up. Without both, half of the invariants cannot fail. */
const WEIGHTS = {
  light: { arrive: 7, abandon: 5, drop: 2, ready: 26, notReady: 2, signIn: 4, logout: 1, accept: 8, release: 6, complete: 12, endWrapUp: 4, extendWrapUp: 4, reap: 5, comeBack: 2, takeOver: 1, repeat: 5, old: 3, forget: 8 },
  heavy: { arrive: 18, abandon: 3, drop: 2, ready: 16, notReady: 3, signIn: 3, logout: 2, accept: 10, release: 7, complete: 12, endWrapUp: 3, extendWrapUp: 3, reap: 5, comeBack: 2, takeOver: 2, repeat: 5, old: 3, forget: 10 },
} as const;
export type Act = keyof (typeof WEIGHTS)['light'];

export interface CrowdOptions {
  readonly url: string;
  readonly tenant: string;
  readonly random: Random;
  readonly library: Library<QueueScript>;
  readonly connections: number;
  /** What this crowd does more often than others, as a weight. */
  readonly often?: Partial<Readonly<Record<Act, number>>>;
}

/** Agents and callers that do at random what agents and callers do, from several connections at once. */
export class Crowd {
  now = 1_800_000_000_000;
  readonly queues: readonly RedisQueue[];
  private readonly agents: readonly AgentId[] = Array.from({ length: 14 }, (_, i) => brand<AgentId>(`a${i}`));
  private readonly live = new Set<CallId>();
  private readonly over: CallId[] = [];
  private readonly recent: (() => Promise<unknown>)[] = [];
  private readonly oldOffers: OfferId[] = [];
  private calls = 0;
  private requests = 0;

  constructor(private readonly options: CrowdOptions) {
    const single = new Set([options.library.functions.reap, options.library.functions.sweep]);
    this.queues = Array.from({ length: options.connections }, () =>
      openQueue({
        url: options.url,
        tenant: options.tenant,
        log: silent,
        now: () => this.now,
        reofferMs: 4_000,
        deadlineMs: 20_000,
        library: options.library,
        wrapClient: (client) => faultyClient(client, options.random, { delayed: 0.3, lost: 0.03, doubled: 0.03, single }),
      }),
    );
  }

  /** One of the crowd does something. */
  async act(phase: keyof typeof WEIGHTS): Promise<void> {
    const { random } = this.options;
    this.now += random.chance(0.02) ? random.below(20_000) : random.below(300);
    const queue = random.of(this.queues);
    const act: Act = this.live.size > 40 ? random.of(['abandon', 'accept', 'complete']) : random.weighted({ ...WEIGHTS[phase], ...this.options.often });
    try {
      await this[act](queue);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error; // a lost reply of a command that is not repeated
    }
  }

  /** Time passes until every offer and wrap-up is over. */
  async settle(): Promise<void> {
    this.now += RING_MS + 60_000;
    const queue = this.options.random.of(this.queues);
    for (let left = 1_000; left > 0; left -= 1) {
      try {
        if ((await queue.reap(1)) === 0) return;
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
      }
    }
  }

  async close(): Promise<void> {
    for (const queue of this.queues) await queue.close();
  }

  private request(): RequestId {
    return brand(`r${(this.requests += 1)}`);
  }

  /** Does it, and keeps it so that it can be done again with the same request id. */
  private async once(command: () => Promise<unknown>): Promise<unknown> {
    this.recent.push(command);
    if (this.recent.length > KEPT_REQUESTS) this.recent.shift();
    return command();
  }

  private async arrive(queue: Queue): Promise<void> {
    const callId = brand<CallId>(`c${(this.calls += 1)}`);
    this.live.add(callId);
    await this.enter(queue, callId, false);
  }

  private async enter(queue: Queue, callId: CallId, isReturning: boolean, from: { readonly from?: AgentId } = {}): Promise<void> {
    const { random } = this.options;
    // Preferences and strategies are the same for every channel: one is enough, as each line costs the check.
    const isCall = this.channelOf(callId) === 'voice';
    const requirement = () => ({ needs: random.of(NEEDS), preferred: isCall ? random.of(PREFERRED) : [], band: random.of([0, 10, 10, 10, 511]) });
    const arrival = {
      requestId: this.request(), callId, channel: this.channelOf(callId), queue: brand<QueueId>(random.of(QUEUES)), ...requirement(), strategy: isCall ? random.of(CALL_STRATEGIES) : 'longestIdle' as const,
      later: random.chance(0.3) ? [{ afterMs: 2_000, ...requirement() }, { afterMs: 9_000, ...requirement() }] : [],
      ...(random.chance(0.2) ? { personal: { agentId: random.of(this.agents), forMs: 5_000 } } : {}),
      node: brand<NodeId>(random.of(['n1', 'n2', 'n3'])), ringTimeoutMs: RING_MS, isReturning, ...from,
    };
    await this.once(() => queue.arrive(arrival));
  }

  private async takeOver(queue: Queue): Promise<void> {
    if (this.live.size > 0) await this.enter(queue, this.options.random.of([...this.live]), false);
  }

  private async abandon(queue: Queue): Promise<void> {
    if (this.live.size === 0) return;
    const callId = this.options.random.of([...this.live]);
    const requestId = this.request();
    const left = (await this.once(() => queue.abandon({ requestId, callId, node: brand<NodeId>('n1'), why: 'callerLeft' }))) as Awaited<ReturnType<Queue['abandon']>>;
    if (left.ok) this.ended(callId);
    // The agent whose caller left is to be the longest idle again: somebody calls at once.
    if (left.ok && this.options.random.chance(0.4)) await this.arrive(queue);
  }

  private async drop(queue: Queue): Promise<void> {
    if (this.live.size === 0) return;
    const request = { requestId: this.request(), callId: this.options.random.of([...this.live]) };
    await this.once(() => queue.drop(request));
    // Dropped or refused, it is over: so calls go away too whose end was lost with its reply, and the crowd never comes to a stand.
    this.ended(request.callId);
  }

  private ended(callId: CallId): void {
    if (this.live.delete(callId)) this.over.push(callId);
  }

  private async forget(queue: Queue): Promise<void> {
    // Not what may still be repeated: a repeat after that is a new call.
    for (let i = 0; i < 2 && this.over.length > KEPT_REQUESTS; i += 1) {
      const callId = this.over.shift();
      if (callId !== undefined) await queue.forget(callId);
    }
  }

  /** A call stays what it is, however often it arrives. */
  private channelOf(callId: CallId): Channel {
    return Number(callId.slice(1)) % 3 === 0 ? 'chat' : 'voice';
  }

  /** An agent in one channel; the second half of them have calls alone. */
  private somebody(): { readonly agentId: AgentId; readonly channel: Channel } {
    const { random } = this.options;
    const agentId = random.of(this.agents);
    return { agentId, channel: this.hasChat(agentId) ? random.of(CHANNELS) : 'voice' };
  }

  private hasChat(agentId: AgentId): boolean {
    return this.agents.indexOf(agentId) < this.agents.length / 2;
  }

  private async signIn(queue: Queue, { agentId, channel } = this.somebody()): Promise<void> {
    const { random } = this.options;
    const beside = this.hasChat(agentId) ? CHANNELS.filter((other) => other !== channel) : [];
    const seats = { channel, slots: channel === 'chat' ? CHAT_SLOTS : 1, blocks: random.of(BLOCKING).includes(channel) ? beside : [], beside };
    const order = 5_000_000 + this.agents.indexOf(agentId);
    const request = { requestId: this.request(), agentId, seats, skills: random.of(SKILLS), strategy: random.of(AGENT_STRATEGIES), order, node: brand<NodeId>(random.of(['n1', 'n2', 'n3'])) };
    await this.once(() => queue.signIn(request));
  }

  private async ready(queue: Queue): Promise<void> {
    const request = { requestId: this.request(), ...this.somebody() };
    const done = (await this.once(() => queue.ready(request))) as Awaited<ReturnType<Queue['ready']>>;
    if (done.ok || !this.options.random.chance(0.3)) return;
    // The refusal's reply comes late, after the sign-in: the repeat must be refused as well.
    await this.signIn(queue, request);
    await queue.ready(request);
  }

  private async notReady(queue: Queue): Promise<void> {
    const request = { requestId: this.request(), ...this.somebody(), reason: 'short break' };
    await this.once(() => queue.notReady(request));
  }

  private async endWrapUp(queue: Queue): Promise<void> {
    const request = { requestId: this.request(), agentId: this.options.random.of(this.agents) };
    await this.once(() => queue.endWrapUp(request));
  }

  private async extendWrapUp(queue: Queue): Promise<void> {
    const request = { requestId: this.request(), agentId: this.options.random.of(this.agents), byMs: 7_000 };
    await this.once(() => queue.extendWrapUp(request));
  }

  private async logout(queue: Queue): Promise<void> {
    const request = { requestId: this.request(), ...this.somebody() };
    await this.once(() => queue.logout(request));
  }

  private async accept(queue: Queue): Promise<void> {
    const offer = await this.someOffer(queue);
    if (offer === null) return;
    const request = { requestId: this.request(), offerId: offer };
    await this.once(() => queue.accept(request));
  }

  private async release(queue: Queue): Promise<void> {
    const offer = await this.someOffer(queue);
    if (offer === null) return;
    const request = { requestId: this.request(), offerId: offer, why: this.options.random.of(WHY) };
    await this.once(() => queue.release(request));
  }

  /** An offer that was over long ago is answered or released: nothing may come of it. */
  private async old(queue: Queue): Promise<void> {
    const { random } = this.options;
    if (this.oldOffers.length === 0) return;
    const offer = { requestId: this.request(), offerId: random.of(this.oldOffers) };
    if (random.chance(0.6)) await queue.accept(offer);
    else await queue.release({ ...offer, why: 'noAnswer' });
  }

  private async complete(queue: Queue): Promise<void> {
    const found = await this.someone(queue, 'talking');
    if (found === null) return;
    const { random } = this.options;
    const request = { requestId: this.request(), callId: found.callId, agentId: found.agentId, channel: found.channel, wrapUpMs: random.of([0, 0, 5_000, 30_000]), longestWrapUpMs: random.of([0, 10_000, 60_000]) };
    const done = (await this.once(() => queue.complete(request))) as Awaited<ReturnType<Queue['complete']>>;
    if (done.ok) this.ended(found.callId);
  }

  /** The agent's leg is lost: the call goes back to its line, the agent is completed, in either order. Whoever has an item gives it back. */
  private async comeBack(queue: Queue): Promise<void> {
    const found = await this.someone(queue, 'talking');
    if (found === null) return;
    if (found.channel !== 'voice') return this.enter(queue, found.callId, true, { from: this.options.random.chance(0.9) ? found.agentId : this.somebody().agentId });
    const over = { requestId: this.request(), callId: found.callId, agentId: found.agentId, wrapUpMs: 0 };
    const steps = [() => this.enter(queue, found.callId, true), () => queue.complete(over)];
    if (this.options.random.chance(0.5)) steps.reverse();
    for (const step of steps) await step();
  }

  private async repeat(): Promise<void> {
    if (this.recent.length > 0) await this.options.random.of(this.recent)();
  }

  private async reap(queue: Queue): Promise<void> {
    await queue.reap(3);
  }

  private async someOffer(queue: Queue): Promise<OfferId | null> {
    const found = await this.someone(queue, 'reserved');
    if (found?.offerId === undefined) return null;
    this.oldOffers.push(found.offerId);
    if (this.oldOffers.length > KEPT_OFFERS) this.oldOffers.shift();
    return found.offerId;
  }

  private async someone(queue: Queue, phase: 'talking' | 'reserved'): Promise<{ agentId: AgentId; channel: Channel; callId: CallId; offerId?: OfferId } | null> {
    for (let tries = 0; tries < 6; tries += 1) {
      const { agentId, channel } = this.somebody();
      if (channel === 'chat') {
        const { offer, open } = await queue.seatsState(agentId, channel);
        if (phase === 'reserved' && offer !== null) return { agentId, channel, ...offer };
        if (phase === 'talking' && open.length > 0) return { agentId, channel, callId: this.options.random.of(open) };
        continue;
      }
      const state = await queue.agentState(agentId);
      if (state.phase === phase && 'callId' in state) return { agentId, channel, ...state };
    }
    return null;
  }
}

export interface Outcome {
  readonly violations: readonly string[];
  readonly operations: readonly string[];
}

/** What the checking script wrote beside the tenant's keys since the last look; each operation is given out once, in their order. */
export async function takeOutcome(redis: Redis): Promise<Outcome> {
  const [violations, operations] = await Promise.all([redis.lrange('violations', 0, 19), redis.lpop('operations', 10_000)]);
  return { violations, operations: operations ?? [] };
}
