import TinyQueue from 'tinyqueue';
import type { FactOf, QueueFact } from '../core/acd/queue-fact.js';
import type { AgentState, LaterRequirement, Requirement, SkillLevel, SkillNeed, Strategy } from '../core/acd/queue-types.js';
import type { Result } from '../core/errors.js';
import { brand, type AgentId, type CallId, type Millis, type NodeId, type OfferId, type QueueId, type RequestId } from '../core/ids.js';
import type { Queue } from '../ports/queue.js';

/** A caller as they are: what comes of them is the queue's doing. Times in whole ms. */
export interface SimulatedCall extends Requirement {
  readonly callId: string;
  readonly at: Millis;
  /** Where its place is, and when it came to its queue first, where that was before. */
  readonly queuedAt?: Millis;
  readonly offeredAt?: Millis;
  readonly queue: string;
  /** What the call asked for beyond its queue; band null = the queue's. */
  readonly asked: { readonly needs: readonly SkillNeed[]; readonly band: number | null };
  /** How the requirement changes as the wait grows. */
  readonly later?: readonly LaterRequirement[];
  /** Hangs up after waiting so long; null = never. */
  readonly patienceMs: number | null;
  /** After so long: the connection breaks, the customer of a callback has called by themselves, or the caller has booked one. */
  readonly leaves?: { readonly afterMs: number; readonly as: 'cutOff' | 'overflowed' | 'booked' };
  /** A call of ours, which may wait for as long as it takes. Not reached: the talk is what the tries take of the agent. */
  readonly callback?: { readonly isReached: boolean };
  /** The call, with `leaves`, that it goes on for: who is served in that one does not come again, and is not called back. */
  readonly insteadOf?: string;
  readonly talkMs: number;
  readonly wrapUpMs: number;
}

/** When an agent comes, has a break and goes. */
export type ShiftStep = { readonly at: Millis; readonly do: 'signIn' | 'ready' | 'logout' } | { readonly at: Millis; readonly do: 'notReady'; readonly reason: string };

export interface SimulatedAgent {
  readonly agentId: string;
  readonly skills: readonly SkillLevel[];
  /** Place among the agents, for the strategy `linear`. */
  readonly order?: number;
  readonly shift: readonly ShiftStep[];
}

export interface SimulationPlan {
  readonly agents: readonly SimulatedAgent[];
  /** In the order of `at`. */
  readonly calls: Iterable<SimulatedCall>;
  /** From the offer to the agent's answer. */
  readonly ringMs: number;
  /** Longest wait of callers before the number's last resort; null = none. */
  readonly maxWaitMs: number | null;
  readonly strategy?: Strategy;
}

/** Times are virtual: the queue must be opened with the clock's `now`. */
export interface SimulationHouse {
  readonly clock: { now: Millis };
  readonly queue: Queue;
  readonly onFact: (fact: QueueFact) => void;
}

interface Line {
  readonly call: SimulatedCall;
  offer: { readonly offerId: OfferId; readonly agentId: AgentId } | null;
  /** Talking or gone: the patience has nothing to say any more. */
  isOver: boolean;
}

interface Due {
  readonly at: Millis;
  /** Of two things at the same time the one that was planned first comes first. */
  readonly order: number;
  readonly act: () => Promise<void>;
}

type Untold<T extends QueueFact['type']> = Omit<FactOf<T>, 'v' | 'id' | 'at' | 'type'>;

const NODE = brand<NodeId>('simulation');
/** No offer may expire in virtual time: an agent here always answers. */
const NEVER_MS = 86_400_000;
const LOOK_AGAIN_MS = 1_000;
/** More than can be due at one time. */
const MOST_DUE = 100_000;

/** Runs the plan to its end: no call is left waiting unless nobody could serve it. The same plan gives the same facts. */
export async function simulate(plan: SimulationPlan, house: SimulationHouse): Promise<void> {
  await new Simulation(plan, house).run();
}

/** A discrete-event simulation of callers and agents around the real queue. */
class Simulation {
  private readonly due = new TinyQueue<Due>([], (a, b) => a.at - b.at || a.order - b.order);
  private readonly lines = new Map<CallId, Line>();
  /** Calls whose callers were not served in them, and come again or are called back. */
  private readonly left = new Set<CallId>();
  private readonly states = new Map<AgentId, AgentState>();
  private readonly skills = new Map<AgentId, readonly SkillLevel[]>();
  /** In the order in which they became ready. */
  private readonly idle = new Set<AgentId>();
  private planned = 0;
  private told = 0;
  private requests = 0;

  constructor(
    private readonly plan: SimulationPlan,
    private readonly house: SimulationHouse,
  ) {}

  async run(): Promise<void> {
    for (const agent of this.plan.agents) for (const step of agent.shift) this.at(step.at, () => this.take(agent, step));
    const calls = this.plan.calls[Symbol.iterator]();
    this.planNext(calls);
    for (let next = this.due.pop(); next !== undefined; next = this.due.pop()) {
      this.house.clock.now = Math.max(this.house.clock.now, next.at);
      await next.act();
    }
  }

  private at(at: Millis, act: () => Promise<void>): void {
    this.due.push({ at, order: (this.planned += 1), act });
  }

  private after(ms: number, act: () => Promise<void>): void {
    this.at(this.house.clock.now + ms, act);
  }

  private planNext(calls: Iterator<SimulatedCall>): void {
    const { value: call, done } = calls.next();
    if (done === true) return;
    this.at(call.at, async () => {
      this.planNext(calls);
      await this.arrive(call);
    });
  }

  private async arrive(call: SimulatedCall): Promise<void> {
    if (!(await this.isWanted(call))) return;
    const callId = brand<CallId>(call.callId);
    this.lines.set(callId, { call, offer: null, isOver: false });
    const { needs, preferred = [], band, asked, later = [], at, queuedAt = at, offeredAt = at } = call;
    const first = { ...(queuedAt < at ? { queuedAt } : {}) };
    const strategy = this.plan.strategy ?? 'longestIdle';
    const arrived = value(await this.house.queue.arrive({ requestId: this.request(), callId, queue: brand<QueueId>(call.queue), needs, preferred, band, later, strategy, node: NODE, ringTimeoutMs: NEVER_MS, isReturning: false, ...first }));
    this.tell('call.arrived', { callId, queue: call.queue, needs: [...needs], asked: [...asked.needs], band, askedBand: asked.band, isReturning: call.callback !== undefined, ...first, ...(offeredAt < at ? { offeredAt } : {}) });
    const { patienceMs, leaves } = call;
    if (patienceMs !== null) this.after(patienceMs, () => this.leave(callId, 'abandoned'));
    if (leaves !== undefined) this.after(leaves.afterMs, () => this.leave(callId, leaves.as));
    if (this.plan.maxWaitMs !== null && call.callback === undefined) this.after(this.plan.maxWaitMs, () => this.lastResort(callId));
    if (arrived.state === 'reserved' && !(await this.find(callId, needs))) throw new Error(`the queue offered ${callId} to nobody who is idle`);
    for (const { afterMs, needs: fewer } of later) this.after(afterMs, () => this.relax(callId, fewer));
  }

  /** Nobody is in line twice: who waits still leaves for the call in which they go on. */
  private async isWanted({ insteadOf }: SimulatedCall): Promise<boolean> {
    if (insteadOf === undefined) return true;
    const before = brand<CallId>(insteadOf);
    const line = this.lines.get(before);
    if (line?.offer === null && line.call.leaves !== undefined) await this.leave(before, line.call.leaves.as);
    return this.left.has(before);
  }

  /** The queue looks at what is due; the caller may meet an agent now who could not serve them before. */
  private async relax(callId: CallId, needs: readonly SkillNeed[]): Promise<void> {
    const line = this.lines.get(callId);
    if (line === undefined || line.isOver || line.offer !== null) return;
    await this.house.queue.reap(MOST_DUE);
    await this.find(callId, needs);
  }

  /**
   * Whom the queue has chosen is asked of the queue, first of who has been idle longest: quicker than to wait for the event.
   * @returns whether somebody was chosen
   */
  private async find(callId: CallId, needs: readonly SkillNeed[]): Promise<boolean> {
    for (const agentId of this.idle) {
      const skills = this.skills.get(agentId) ?? [];
      if (!needs.every((need) => skills.some(({ skill, level }) => skill === need.skill && level >= need.minLevel))) continue;
      const state = await this.house.queue.agentState(agentId);
      if (state.phase !== 'reserved' || state.callId !== callId) continue;
      await this.follow(agentId, state);
      return true;
    }
    return false;
  }

  private async ring(agentId: AgentId, { callId, offerId }: { readonly callId: CallId; readonly offerId: OfferId }): Promise<void> {
    const line = this.line(callId);
    line.offer = { offerId, agentId };
    this.tell('offer.made', { offerId, callId, agentId, queue: line.call.queue });
    this.tell('agent.changed', { agentId, phase: 'reserved', reason: null });
    if (this.plan.ringMs === 0) await this.answer(line, offerId);
    else this.after(this.plan.ringMs, () => this.answer(line, offerId));
  }

  private async answer(line: Line, offerId: OfferId): Promise<void> {
    if (line.isOver || line.offer?.offerId !== offerId) return;
    const { agentId } = line.offer;
    const { callId, queue, talkMs, callback } = line.call;
    const { waitMs } = value(await this.house.queue.accept({ requestId: this.request(), offerId }));
    line.isOver = true;
    this.states.set(agentId, { phase: 'talking', callId: brand(callId), since: this.house.clock.now });
    if (callback?.isReached !== false) this.tell('call.answered', { offerId, callId, agentId, queue, waitMs });
    this.tell('agent.changed', { agentId, phase: 'talking', reason: null });
    this.after(talkMs, () => this.hangUp(line, { agentId, offerId }));
  }

  private async hangUp({ call }: Line, { agentId, offerId }: NonNullable<Line['offer']>): Promise<void> {
    const callId = brand<CallId>(call.callId);
    const { queue, callback, talkMs } = call;
    const state = value(await this.house.queue.complete({ requestId: this.request(), callId, agentId, wrapUpMs: call.wrapUpMs }));
    this.lines.delete(callId);
    if (callback?.isReached === false) this.tell('callback.notReached', { callId, offerId, queue, why: 'noAnswer', isLast: true });
    else this.tell('call.completed', { callId, agentId, queue, talkMs, holdMs: 0 });
    await this.follow(agentId, state);
  }

  /** Not while an agent's phone rings: then it is looked at again, as a call does. */
  private async lastResort(callId: CallId): Promise<void> {
    if (this.lines.get(callId)?.offer === null) return this.leave(callId, 'overflowed');
    if (this.lines.get(callId)?.isOver === false) this.after(LOOK_AGAIN_MS, () => this.lastResort(callId));
  }

  private async leave(callId: CallId, as: 'abandoned' | NonNullable<SimulatedCall['leaves']>['as']): Promise<void> {
    const line = this.lines.get(callId);
    if (line === undefined || line.isOver) return;
    line.isOver = true;
    const { call, offer } = line;
    const { waitMs } = value(await this.house.queue.abandon({ requestId: this.request(), callId, node: NODE, why: 'callerLeft' }));
    this.lines.delete(callId);
    const { queue } = call;
    if (as === call.leaves?.as) this.left.add(callId);
    if (as === 'overflowed' || as === 'booked') this.tell('call.overflowed', { callId, queue, waitMs });
    else this.tell('call.abandoned', { callId, queue, waitMs, ...(as === 'cutOff' ? { isCutOff: true } : {}) });
    if (offer === null) return;
    this.tell('offer.lost', { ...offer, callId, why: 'callerLeft' });
    await this.follow(offer.agentId, await this.house.queue.agentState(offer.agentId));
  }

  private async take({ agentId: name, skills, order = 0 }: SimulatedAgent, step: ShiftStep): Promise<void> {
    const { queue } = this.house;
    const strategy = this.plan.strategy ?? 'longestIdle';
    const agentId = brand<AgentId>(name);
    const request = { requestId: this.request(), agentId };
    // Nobody signs out while the phone rings.
    if (step.do === 'logout' && this.states.get(agentId)?.phase === 'reserved') return this.after(this.plan.ringMs, () => this.take({ agentId: name, skills, shift: [] }, step));
    if (step.do === 'signIn') {
      const state = value(await queue.signIn({ ...request, skills, strategy, order, node: NODE }));
      this.skills.set(agentId, skills);
      this.tell('agent.signedIn', { agentId, skills: [...skills] });
      return this.follow(agentId, state);
    }
    if (step.do === 'notReady') return this.follow(agentId, value(await queue.notReady({ ...request, reason: step.reason })));
    return this.follow(agentId, value(await queue[step.do](request)));
  }

  /** The queue said what the agent does now. What they did already is no news. */
  private async follow(agentId: AgentId, state: AgentState): Promise<void> {
    const before = this.states.get(agentId);
    if (before?.phase === state.phase && callOf(before) === callOf(state) && reasonOf(before) === reasonOf(state)) return;
    this.states.set(agentId, state);
    this.idle.delete(agentId);
    if (state.phase === 'ready') this.idle.add(agentId);
    if (state.phase === 'reserved') return this.ring(agentId, state);
    this.tell('agent.changed', { agentId, phase: state.phase, reason: reasonOf(state) });
    if (state.phase !== 'wrapUp') return;
    this.at(state.until, async () => {
      if (this.states.get(agentId) !== state) return;
      await this.follow(agentId, value(await this.house.queue.endWrapUp({ requestId: this.request(), agentId })));
    });
  }

  private tell<T extends QueueFact['type']>(type: T, fact: Untold<T>): void {
    this.house.onFact({ v: 1, id: `s${(this.told += 1)}`, at: this.house.clock.now, type, ...fact } as FactOf<T>);
  }

  private line(callId: CallId): Line {
    const line = this.lines.get(callId);
    if (line === undefined) throw new Error(`the queue offered ${callId}, which does not wait`);
    return line;
  }

  private request(): RequestId {
    return brand(`s${(this.requests += 1)}`);
  }
}

const callOf = (state: AgentState): string | null => ('callId' in state ? state.callId : null);
const reasonOf = (state: AgentState): string | null => (state.phase === 'notReady' ? state.reason : null);

/** In a simulation the store always answers; a refusal is a fault of the simulation. */
function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.detail}`);
  return result.value;
}
