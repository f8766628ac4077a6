import type { CallEvent } from '../core/call/call-events.js';
import type { CallState } from '../core/call/call-state.js';
import { summarise, summaryBefore } from '../core/flow/summarise.js';
import type { FlowSummary } from '../core/flow/flow-types.js';
import type { AgentId, CallId, NodeId } from '../core/ids.js';
import { offerReason, type OfferReason } from '../core/acd/offer-reason.js';
import type { NewFact } from '../core/acd/queue-fact.js';
import type { QueueEvent } from '../core/acd/queue-types.js';
import type { CallerPlaces } from '../ports/caller-places.js';
import type { CallStore } from '../ports/call-store.js';
import type { Clock } from '../ports/clock.js';
import type { Connectors } from '../ports/connectors.js';
import type { Log } from '../ports/log.js';
import type { MessageStore } from '../ports/message-store.js';
import type { Queue } from '../ports/queue.js';
import type { Screens } from '../ports/screens.js';
import type { Speech } from '../ports/speech.js';
import type { Telephony, TelephonyFact } from '../ports/telephony.js';
import type { ThreadStore } from '../ports/thread-store.js';
import { AgentWishes } from './agent-wishes.js';
import { CallActor } from './call-actor.js';
import { callRulesFor } from './call-rules-for.js';
import { CallOrders } from './call-orders.js';
import { CallbackEffects } from './callback-effects.js';
import { CallTimers } from './call-timers.js';
import { ChangedQueues } from './changed-queues.js';
import type { Centre, Flows } from './centre.js';
import { ConnectorEffects } from './connector-effects.js';
import { runEffect, type Effects } from './effect-runner.js';
import { DeskCommands } from './desk-commands.js';
import { EndedCalls } from './ended-calls.js';
import type { FlowRecorder } from './flow-recorder.js';
import { IncomingCalls } from './incoming-calls.js';
import { KeptCalls } from './kept-calls.js';
import { LegEffects } from './leg-effects.js';
import type { LineUpOptions } from './line-up.js';
import { longestWaitFirst } from './longest-wait-first.js';
import { LostScreens } from './lost-screens.js';
import { MessageEffects } from './message-effects.js';
import { PlaceEffects } from './place-effects.js';
import { QueueEffects } from './queue-effects.js';
import { RecordingEffects } from './recording-effects.js';
import { ScreenEffects } from './screen-effects.js';
import { Takeover } from './takeover.js';
import { ThreadEffects } from './thread-effects.js';
import { ThreadFiling } from './thread-filing.js';
import { isToldLoss } from './told-loss.js';

export interface CallRunnerOptions {
  readonly telephony: Telephony;
  readonly speech: Speech;
  readonly connectors: Connectors;
  readonly queue: Queue;
  /** Takes the facts of the queue that only the calls know. */
  readonly record: (fact: NewFact) => void;
  /** What is to be trusted of estimated waits. */
  readonly waits: LineUpOptions['waits'];
  readonly screens: Screens;
  readonly thread: ThreadStore;
  readonly messages: MessageStore;
  readonly places: CallerPlaces;
  /** Tells a callback that is in no line, at whichever gateway, that its customer has come by themselves. */
  readonly supersede: (callback: CallId) => void;
  readonly store: CallStore;
  readonly recorder: FlowRecorder;
  readonly centre: Centre;
  readonly flows: Flows;
  readonly promptFile: (file: string) => string;
  readonly node: NodeId;
  readonly clock: Clock;
  readonly log: Log;
  /** The store answers again after it was away for long. */
  readonly onStoreReturned?: () => void;
}

/** All calls of this process: brings facts to them, and carries out what they order. */
export class CallRunner {
  readonly ended = new EndedCalls();
  /** What agents ask of their calls. */
  readonly commands: DeskCommands;
  /** What is ordered of them from outside. */
  readonly orders: CallOrders;
  private readonly actors = new Map<CallId, CallActor>();
  private readonly effects: Effects;
  private readonly incoming: IncomingCalls;
  private readonly kept: KeptCalls;
  private readonly takeover: Takeover;
  private readonly lostScreens: LostScreens;
  private readonly places: PlaceEffects;
  private readonly changedQueues: ChangedQueues;

  constructor(private readonly options: CallRunnerOptions) {
    const { queue, centre, clock, thread, screens, connectors } = options;
    const about = (actor: CallActor) => this.summaryOf(actor);
    const open = (state: CallState) => this.actorFor(state);
    const onStoreReturned = () => (this.takeover.storeReturned(), options.onStoreReturned?.());
    this.kept = new KeptCalls({ ...options, actors: this.actors, goesOn: (callId) => this.takeover.goesOn(callId), onTaken: ({ callId }) => this.taken(callId), onStoreReturned });
    this.incoming = new IncomingCalls({ ...options, open, mayTakeCalls: () => this.mayTakeCalls() });
    this.takeover = new Takeover({ ...options, actors: this.actors, open, prepare: (state) => options.flows.fetch(state.flowId, state.flowVersion) });
    this.lostScreens = new LostScreens(options);
    this.places = new PlaceEffects(options);
    this.changedQueues = new ChangedQueues((id) => [centre.queue(id), centre.strategy(), centre.maxWaitMs()]);
    const filing = new ThreadFiling(options);
    this.effects = {
      legs: new LegEffects(options),
      recordings: new RecordingEffects(options),
      messages: new MessageEffects({ ...options, filing, source: `/vaxel/${options.node}`, summarise: about }),
      queue: new QueueEffects({ queue, centre, clock, waits: options.waits, places: this.places, wishes: new AgentWishes({ thread, centre, clock, summarise: about }) }),
      screen: new ScreenEffects({ screens, thread, centre, clock, summarise: about, others: (state) => this.places.others(state) }),
      thread: new ThreadEffects({ filing, centre, clock, node: options.node, summarise: about }),
      timers: new CallTimers(clock),
      connectors: new ConnectorEffects({ connectors, clock }),
      callbacks: new CallbackEffects({ ...options, isKnown: (callId) => this.actors.has(callId) || this.takeover.goesOn(callId), open, places: this.places }),
      places: this.places,
      forget: (actor) => this.forget(actor),
    };
    this.orders = new CallOrders({ actors: this.actors, clock });
    this.commands = new DeskCommands({ actors: this.actors, clock, openFor: (agentId) => this.effects.screen.openFor(agentId) });
  }

  /** False while the store of calls has been away for long. */
  mayTakeCalls(): boolean {
    return this.kept.health.mayTakeCalls();
  }

  counts(): Readonly<Record<string, number>> {
    return { calls: this.actors.size, timers: this.effects.timers.size, screens: this.effects.screen.size };
  }

  /** Calls that have an event under way, which may be their last. */
  get busy(): number {
    return [...this.actors.values()].filter(({ isBusy }) => isBusy).length;
  }

  onFact(fact: TelephonyFact): void {
    switch (fact.type) {
      case 'caller.arrived':
        return this.incoming.arrived(fact.caller);
      case 'leg.digit':
        return this.tell(fact.callId, { type: 'digit.pressed', at: fact.at, legId: fact.legId, digit: fact.digit });
      case 'leg.hungUp':
        return this.tell(fact.callId, { type: 'leg.hungUp', at: fact.at, legId: fact.legId, by: fact.by, cause: fact.cause });
      case 'leg.held':
        return this.tell(fact.callId, { type: 'leg.held', at: fact.at, legId: fact.legId, isHeld: fact.isHeld });
      case 'call.taken':
        return fact.by === this.options.node ? undefined : this.taken(fact.callId);
    }
  }

  /** Offers and their ends, from the queue's outbox; the end of a wrap-up shows in the agent's state. */
  onQueueEvent(event: QueueEvent, why: OfferReason | null): void {
    const { at } = event;
    switch (event.type) {
      case 'offer.made':
        return this.offered(event, why);
      case 'offer.lost':
        return this.tell(event.callId, { type: 'offer.lost', at, offerId: event.offerId, why: event.why });
      case 'call.ordered':
        return this.orders.carryOut(event);
      case 'node.message':
        return;
      case 'agent.changed':
        if (event.state.phase === 'wrapUp' || event.state.phase === 'talking') return;
        return this.tellWrapUps(event.agentId, at);
    }
  }

  /** Why the agent of this offer: the rules of its queue and what the call asks for; null for other events, and for calls of other nodes. */
  reasonOf(event: QueueEvent): OfferReason | null {
    const activity = event.type === 'offer.made' ? this.actors.get(event.callId)?.state.activity : undefined;
    if (event.type !== 'offer.made' || activity?.phase !== 'waiting') return null;
    const { centre } = this.options;
    const queue = centre.queue(activity.place.queue);
    return queue === null ? null : offerReason(event.assignment, { queue, wish: activity.place, strategy: centre.strategy() });
  }

  /** Renews this node's lease, writes what was put off or could not be written, and takes over calls of dead nodes. */
  async keep(leaseMs: number): Promise<void> {
    try {
      await this.kept.renew(leaseMs);
      // Before the calls of a dead node are taken over, and nothing tells of it any more.
      await this.lostScreens.look();
      // Else a call could be among them of which this process does not know yet that it has lost it.
      if (!this.kept.mayBeTaken()) await this.takeover.look({ mayAdopt: this.kept.mayAdopt() });
    } catch (error) {
      this.kept.health.failed();
      if (!isToldLoss(error)) this.options.log.warn({ err: String(error) }, 'call store not reachable');
    }
  }

  /** The contact centre has other rules: whoever waits is served by them, with their place. */
  followCentre(): void {
    const at = this.options.clock.now();
    const waiting = longestWaitFirst(this.actors.values()).flatMap((actor) => (actor.state.activity.phase === 'waiting' ? [{ actor, queue: actor.state.activity.place.queue }] : []));
    const changed = this.changedQueues.look(waiting.map(({ queue }) => queue));
    for (const { actor, queue } of waiting) if (changed.has(queue)) actor.dispatch({ type: 'centre.changed', at });
  }

  close(): void {
    this.effects.connectors.close();
    for (const callId of this.actors.keys()) this.effects.timers.forget(callId);
  }

  private actorFor(state: CallState): CallActor | null {
    const rules = callRulesFor(this.options, state);
    if (rules === null) return null;
    const actor = new CallActor(state, {
      rules,
      save: (now) => this.kept.save(now),
      mayBeTaken: () => this.kept.mayBeTaken(),
      run: (self, effect) => {
        if (effect.type === 'queue.arrive') this.getReadyFor(self);
        if (effect.type === 'thread.append' && !this.takeover.wasOver(self)) this.ended.note(self.state.sipCallId, effect.end);
        runEffect(this.effects, self, effect);
      },
      onFolded: (folded) => (folded.after.callback === undefined ? this.options.recorder.heard(folded) : undefined),
      log: this.options.log.child({ callId: state.callId, sipCallId: state.sipCallId }),
    });
    this.actors.set(state.callId, actor);
    void this.places.began(state);
    return actor;
  }

  /** While the caller hears the music, what an offer will need is fetched: the customer's history for the pop, the phone's media endpoint. */
  private getReadyFor(actor: CallActor): void {
    this.effects.screen.prefetch(actor);
    if (actor.state.callerLeg.phase === 'up') this.options.telephony.expectDial(actor.state.callerLeg.legId);
  }

  private offered(event: Extract<QueueEvent, { type: 'offer.made' }>, why: OfferReason | null): void {
    const { offerId, agentId, queue, at, expiresAt, callId } = event;
    const { node } = this.options;
    // The node of the agent's screen hears of it too; the call's own node acts.
    if (event.callNode !== node) return;
    if (this.actors.has(callId)) return this.tell(callId, { type: 'offer.made', at, offerId, agentId, queue, expiresAt, ...(why === null ? {} : { why }) });
    this.effects.queue.offerMetNobody({ offerId, callId, node }).catch((error: unknown) => this.options.log.warn({ callId, err: String(error) }, 'offer not undone'));
  }

  private tell(callId: CallId, event: CallEvent): void {
    this.actors.get(callId)?.dispatch(event);
  }

  private tellWrapUps(agentId: AgentId, at: number): void {
    for (const actor of this.actors.values()) {
      const { activity } = actor.state;
      if (activity.phase === 'wrapUp' && activity.agentId === agentId) actor.dispatch({ type: 'wrapUp.over', at, agentId });
    }
  }

  private async forget(actor: CallActor): Promise<void> {
    const { callId, state } = actor;
    const end = state.activity.phase === 'ended' ? state.activity.end : null;
    // What it left in store and line goes all the same.
    if (this.takeover.wasOver(actor)) actor.log.warn({}, 'call was over before it was taken over');
    else actor.log.info({ ...end, waitMs: state.figures.waitMs, talkMs: state.figures.talkMs }, 'call ended');
    this.drop(callId);
    if (end !== null) void this.places.ended(actor, end);
    // What it was told last may be to ask for a callback.
    await actor.settled();
    await Promise.all([this.effects.queue.settled(callId), this.effects.callbacks.settled(callId)]);
    await this.kept.remove({ callId, takeovers: state.takeovers, wasQueued: state.queuedIn !== null }).catch(() => undefined);
  }

  private taken(callId: CallId): void {
    const actor = this.actors.get(callId);
    if (actor === undefined) return;
    this.takeover.letGo(actor);
    this.drop(callId);
  }

  private drop(callId: CallId): void {
    this.actors.delete(callId);
    this.effects.timers.forget(callId);
    this.effects.screen.forget(callId);
    this.effects.legs.forget(callId);
    this.options.recorder.forget(callId);
  }

  private summaryOf(actor: CallActor): FlowSummary {
    const { state, rules } = actor;
    if (state.flow !== null) return summarise(rules.flow, state.flow);
    return summaryBefore({ flowId: state.flowId, version: state.flowVersion, language: rules.language });
  }
}
