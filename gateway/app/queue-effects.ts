import type { CompletionFact, FactOfWait, NewFact } from '../core/acd/queue-fact.js';
import type { CallEffect } from '../core/call/call-effects.js';
import type { VainTry } from '../core/call/callback-state.js';
import { lossOf } from '../core/call/left-why.js';
import { failed, type Result } from '../core/errors.js';
import { brand, type CallId, type NodeId, type OfferId, type QueueId, type RequestId } from '../core/ids.js';
import type { CallActor } from './call-actor.js';
import { LineUp, type LineUpOptions } from './line-up.js';

type QueueEffect = Extract<
  CallEffect,
  { type: 'queue.arrive' | 'queue.abandon' | 'queue.accept' | 'queue.release' | 'queue.complete' | 'queue.logAnswer' | 'queue.endWrapUp' | 'queue.assertTalk' | 'queue.drop' | 'queue.askPosition' }
>;
type Complete = Extract<QueueEffect, { type: 'queue.complete' }>;

const PHONE_LOST = 'legFailed';
/** A store that does not answer is asked again after this, with the same request id: what it did already it does not do twice. */
const AGAIN_MS = 500;
/** A lifted phone hears nothing until the queue has spoken. */
const ACCEPT_LIMIT_MS = 2_000;
/** Orders that end something are kept up for as long as an outage may last; else an agent would stay bound to a call that is over. */
const END_LIMIT_MS = 600_000;

/** Carries out a call's orders to the queue, one after the other for each call: leaving an agent comes before lining up again. */
export class QueueEffects {
  private readonly chains = new Map<CallId, Promise<void>>();

  private readonly lines: LineUp;

  constructor(private readonly options: LineUpOptions) {
    this.lines = new LineUp(options);
  }

  run(actor: CallActor, effect: QueueEffect): Promise<void> {
    const before = this.chains.get(actor.callId) ?? Promise.resolve();
    const mine = before.then(() => this.carryOut(actor, effect));
    const chain = mine.catch(() => undefined);
    this.chains.set(actor.callId, chain);
    void chain.then(() => {
      if (this.chains.get(actor.callId) === chain) this.chains.delete(actor.callId);
    });
    return mine;
  }

  /** Resolves when all orders of the call so far are done. */
  settled(callId: CallId): Promise<void> {
    return this.chains.get(callId) ?? Promise.resolve();
  }

  /**
   * The call ended while the offer was on its way: its agent must not stay reserved for nobody, and nothing is kept of the call. It may also
   * have been taken over, as this `node` stood still: then the offer is the other one's.
   */
  async offerMetNobody({ offerId, callId, node }: { readonly offerId: OfferId; readonly callId: CallId; readonly node: NodeId }): Promise<void> {
    const { queue } = this.options;
    await this.insist(null, END_LIMIT_MS, () => queue.abandon({ requestId: brand<RequestId>(`${offerId}:nobody`), callId, node, why: 'callerLeft' }));
    await queue.forget(callId);
  }

  private async carryOut(actor: CallActor, effect: QueueEffect): Promise<void> {
    const { queue, clock } = this.options;
    const { callId } = actor;
    // Another gateway has the call, and orders what is to be ordered.
    if (actor.hasStopped) return;
    switch (effect.type) {
      case 'queue.arrive':
        return this.log(actor, await this.lines.arrive(actor, effect));
      case 'queue.abandon':
        return this.abandon(actor, effect);
      case 'queue.accept':
        return this.accept(actor, effect);
      case 'queue.release': {
        const request = { requestId: brand<RequestId>(effect.requestId), offerId: effect.offerId, why: effect.why };
        const released = await this.insist(actor, END_LIMIT_MS, () => queue.release(request));
        if (!released.ok) actor.log.debug({ offerId: effect.offerId, code: released.error.code }, 'offer was gone already');
        return;
      }
      case 'queue.complete':
        return this.complete(actor, effect);
      case 'queue.logAnswer': {
        const { offerId, agentId, place, waitMs } = effect;
        return this.log(actor, { type: 'call.answered', id: `${offerId}:answered`, at: clock.now(), offerId, callId, agentId, queue: place.queue, waitMs });
      }
      case 'queue.endWrapUp':
        await this.insist(actor, END_LIMIT_MS, () => queue.endWrapUp({ requestId: brand<RequestId>(effect.requestId), agentId: effect.agentId, callId }));
        return;
      case 'queue.assertTalk': {
        const { agentId, place, waitMs } = effect;
        const talk = { requestId: brand<RequestId>(effect.requestId), callId, queue: place.queue, agentId, node: actor.state.node, queuedAt: place.queuedAt, waitMs };
        const stated = await this.insist(actor, END_LIMIT_MS, () => queue.assertTalk(talk));
        actor.log.warn({ agentId, isStated: stated.ok }, 'talk stated to the store');
        return;
      }
      case 'queue.drop': {
        const { requestId, left } = effect;
        const fact = left === null ? undefined : ({ type: 'call.overflowed', id: `${requestId}:left`, at: clock.now(), callId, queue: left } as const);
        const order = { requestId: brand<RequestId>(requestId), callId, node: actor.state.node, fact };
        await this.insist(actor, END_LIMIT_MS, () => queue.drop(order));
        return;
      }
      case 'queue.askPosition': {
        const { activity } = actor.state;
        if (activity.phase === 'waiting' && this.lines.overflowWaiting(actor, activity)) return;
        // Nobody is told a place that nobody knows; it is asked for again.
        const place = await queue.waiting(callId).catch(() => null);
        const at = clock.now();
        return actor.dispatch({ type: 'queue.placed', at, position: place?.position ?? null, wait: place === null ? null : this.options.waits.spokenWaitOf(callId, at) });
      }
    }
  }

  private async log(actor: CallActor, fact: NewFact | null): Promise<void> {
    if (fact !== null) await this.insist(actor, END_LIMIT_MS, () => this.options.queue.log(fact));
  }

  private async accept(actor: CallActor, { requestId, offerId }: Extract<QueueEffect, { type: 'queue.accept' }>): Promise<void> {
    const { queue, clock } = this.options;
    const accepted = await this.insist(actor, ACCEPT_LIMIT_MS, () => queue.accept({ requestId: brand<RequestId>(requestId), offerId }));
    if (!accepted.ok) {
      actor.log.info({ offerId, code: accepted.error.code }, 'answer came too late');
      return actor.dispatch({ type: 'offer.refused', at: clock.now(), offerId, code: accepted.error.code });
    }
    return actor.dispatch({ type: 'offer.accepted', at: clock.now(), offerId, waitMs: accepted.value.waitMs });
  }

  /** The hang-up may have lost against the agent's answer by a hair: then the agent is set free again. */
  private async abandon(actor: CallActor, effect: Extract<QueueEffect, { type: 'queue.abandon' }>): Promise<void> {
    const { queue } = this.options;
    const { callId } = actor;
    const order = { requestId: brand<RequestId>(effect.requestId), callId, node: actor.state.node, why: lossOf(effect.why), fact: this.leftFact(actor, effect) };
    const left = await this.insist(actor, END_LIMIT_MS, () => queue.abandon(order));
    const agentId = effect.offeredTo;
    if (left.ok || left.error.code !== 'VG_NOT_QUEUED' || agentId === null) return;
    await this.insist(actor, END_LIMIT_MS, () => queue.complete({ requestId: brand<RequestId>(`${effect.requestId}:complete`), callId, agentId, wrapUpMs: 0 }));
  }

  private leftFact({ callId }: CallActor, { requestId, place, why }: Extract<QueueEffect, { type: 'queue.abandon' }>): FactOfWait {
    const fact = { id: `${requestId}:left`, at: this.options.clock.now(), callId, queue: place.queue };
    if (typeof why === 'object') return this.triedFact(fact, why);
    if (why === 'cutOff') return { ...fact, type: 'call.abandoned', isCutOff: true };
    return { ...fact, type: why === 'callerLeft' ? 'call.abandoned' : 'call.overflowed' };
  }

  /** Known by its offer: who takes the call over may tell it again. */
  private triedFact({ callId, queue, id }: { readonly callId: CallId; readonly queue: QueueId; readonly id: string }, { offerId, why, isLast }: VainTry): Extract<NewFact, { type: 'callback.notReached' }> {
    return { type: 'callback.notReached', id: offerId === null ? id : `${offerId}:tried`, at: this.options.clock.now(), callId, offerId, queue, why, isLast };
  }

  private completedFact({ callId }: CallActor, { requestId, agentId, place: { queue }, talkMs, tried }: Complete): CompletionFact | undefined {
    if (tried !== undefined) return this.triedFact({ callId, queue, id: requestId }, tried);
    // The same talk when it is stated again: to a store that went back in time, or by who took the call over.
    return talkMs === null ? undefined : { type: 'call.completed', id: `${callId}:${agentId}:${talkMs}:completed`, at: this.options.clock.now(), callId, agentId, queue, talkMs, holdMs: 0 };
  }

  private async complete(actor: CallActor, effect: Complete): Promise<void> {
    const { queue, centre, clock } = this.options;
    const { agentId } = effect;
    const { callId } = actor;
    const isLost = effect.afterwards === 'notReady';
    // An agent whose phone failed gets no further call until a person has looked: never raised, only lowered by the system.
    const lower = { requestId: brand<RequestId>(`${effect.requestId}:notReady`), agentId, reason: PHONE_LOST };
    if (isLost) await this.insist(actor, END_LIMIT_MS, () => queue.notReady(lower));
    const { wrapUpMs, wrapUpLongestMs } = (isLost ? null : centre.queue(effect.place.queue)) ?? { wrapUpMs: 0, wrapUpLongestMs: 0 };
    const done = { requestId: brand<RequestId>(effect.requestId), callId, agentId, wrapUpMs, longestWrapUpMs: wrapUpLongestMs, fact: this.completedFact(actor, effect) };
    const completed = await this.insist(actor, END_LIMIT_MS, () => queue.complete(done));
    if (!completed.ok && !actor.hasStopped) actor.log.warn({ agentId, code: completed.error.code }, 'the queue did not know of this talk');
    if (completed.ok && completed.value.phase !== 'wrapUp' && !isLost) actor.dispatch({ type: 'wrapUp.over', at: clock.now(), agentId });
  }

  /** Asks again while the store does not answer, until `limitMs` is over or another gateway has the call. */
  private async insist<T>(actor: CallActor | null, limitMs: number, ask: () => Promise<Result<T>>): Promise<Result<T>> {
    const { clock } = this.options;
    const until = clock.now() + limitMs;
    while (actor?.hasStopped !== true) {
      const answer = await ask();
      if (answer.ok || answer.error.code !== 'VG_STORE' || clock.now() >= until) return answer;
      await new Promise<void>((resolve) => clock.after(AGAIN_MS, resolve));
    }
    return failed('VG_TAKEN', 'another gateway has the call');
  }
}
