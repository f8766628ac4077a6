import type { CallEvent } from '../core/call/call-events.js';
import type { CallState } from '../core/call/call-state.js';
import { openCall } from '../core/call/reduce-call.js';
import { summarise, summaryBefore } from '../core/flow/summarise.js';
import type { FlowSummary } from '../core/flow/flow-types.js';
import { brand, type AgentId, type CallId, type NodeId, type OfferId } from '../core/ids.js';
import type { ServerEvent } from '../core/screen/messages.js';
import type { NewFact } from '../core/acd/queue-fact.js';
import type { QueueEvent } from '../core/acd/queue-types.js';
import type { CallStore } from '../ports/call-store.js';
import type { Clock } from '../ports/clock.js';
import type { Connectors } from '../ports/connectors.js';
import type { Log } from '../ports/log.js';
import type { MessageStore } from '../ports/message-store.js';
import type { Queue } from '../ports/queue.js';
import type { CommandResult, Screens } from '../ports/screens.js';
import type { Speech } from '../ports/speech.js';
import type { IncomingCaller, Telephony, TelephonyFact } from '../ports/telephony.js';
import type { ThreadStore } from '../ports/thread-store.js';
import type { DeskCalls } from './agent-desk.js';
import { CallActor } from './call-actor.js';
import { callRulesFor } from './call-rules-for.js';
import { CallTimers } from './call-timers.js';
import type { Centre, Flows } from './centre.js';
import { ConnectorEffects } from './connector-effects.js';
import { runEffect, type Effects } from './effect-runner.js';
import { EndedCalls } from './ended-calls.js';
import type { FlowRecorder } from './flow-recorder.js';
import { LegEffects } from './leg-effects.js';
import { MessageEffects } from './message-effects.js';
import { QueueEffects } from './queue-effects.js';
import { RecordingEffects } from './recording-effects.js';
import { ScreenEffects } from './screen-effects.js';
import { StoreHealth } from './store-health.js';
import { Takeover } from './takeover.js';
import { ThreadEffects } from './thread-effects.js';
import { ThreadFiling } from './thread-filing.js';

export interface CallRunnerOptions {
  readonly telephony: Telephony;
  readonly speech: Speech;
  readonly connectors: Connectors;
  readonly queue: Queue;
  /** Takes the facts of the queue that only the calls know. */
  readonly record: (fact: NewFact) => void;
  readonly screens: Screens;
  readonly thread: ThreadStore;
  readonly messages: MessageStore;
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

/** All calls of this process: opens them, brings facts to them, and carries out what they order. */
export class CallRunner implements DeskCalls {
  private readonly actors = new Map<CallId, CallActor>();
  private readonly effects: Effects;
  readonly health: StoreHealth;
  readonly ended = new EndedCalls();
  private readonly takeover: Takeover;
  /** Finished calls whose traces in the store could not be removed yet. */
  private readonly unremoved = new Set<CallId>();

  constructor(private readonly options: CallRunnerOptions) {
    const { queue, centre, clock, thread, screens, connectors } = options;
    const about = (actor: CallActor) => this.summaryOf(actor);
    this.health = new StoreHealth(clock);
    this.takeover = new Takeover({ ...options, actors: this.actors, prepare: (state) => options.flows.fetch(state.flowId, state.flowVersion), open: (state) => this.actorFor(state) });
    const filing = new ThreadFiling(options);
    this.effects = {
      legs: new LegEffects(options),
      recordings: new RecordingEffects(options),
      messages: new MessageEffects({ ...options, filing, source: `/vaxel/${options.node}`, summarise: about }),
      queue: new QueueEffects({ queue, centre, clock, record: options.record }),
      screen: new ScreenEffects({ screens, thread, centre, clock, summarise: about }),
      thread: new ThreadEffects({ filing, centre, clock, node: options.node, summarise: about }),
      timers: new CallTimers(clock),
      connectors: new ConnectorEffects({ connectors, clock }),
      forget: (actor) => this.forget(actor),
    };
  }

  counts(): Readonly<Record<string, number>> {
    return { calls: this.actors.size, timers: this.effects.timers.size, screens: this.effects.screen.size };
  }

  onFact(fact: TelephonyFact): void {
    switch (fact.type) {
      case 'caller.arrived':
        return this.arrived(fact.caller);
      case 'leg.digit':
        return this.tell(fact.callId, { type: 'digit.pressed', at: fact.at, legId: fact.legId, digit: fact.digit });
      case 'leg.hungUp':
        return this.tell(fact.callId, { type: 'leg.hungUp', at: fact.at, legId: fact.legId, by: fact.by, cause: fact.cause });
      case 'leg.held':
        return this.tell(fact.callId, { type: 'leg.held', at: fact.at, legId: fact.legId, isHeld: fact.isHeld });
    }
  }

  /** Offers and their ends, from the queue's outbox; the end of a wrap-up shows in the agent's state. */
  onQueueEvent(event: QueueEvent): void {
    const { at } = event;
    switch (event.type) {
      case 'offer.made':
        return this.offered(event);
      case 'offer.lost':
        return this.tell(event.callId, { type: 'offer.lost', at, offerId: event.offerId, why: event.why });
      case 'agent.changed':
        if (event.state.phase === 'wrapUp' || event.state.phase === 'talking') return;
        return this.tellWrapUps(event.agentId, at);
    }
  }

  accept(agentId: AgentId, offerId: OfferId): Promise<CommandResult> {
    return this.command((call) => hasOffer(call, offerId), (at) => ({ type: 'agent.accepted', at, agentId, offerId }));
  }

  decline(agentId: AgentId, offerId: OfferId): Promise<CommandResult> {
    return this.command((call) => hasOffer(call, offerId), (at) => ({ type: 'agent.declined', at, agentId, offerId }));
  }

  hangUp(agentId: AgentId, callId: CallId): Promise<CommandResult> {
    return this.command((call) => call.callId === callId && talksTo(call, agentId), (at) => ({ type: 'agent.hungUp', at, agentId }));
  }

  wrapUp(agentId: AgentId, callId: CallId, filed: { readonly disposition: string; readonly note: string }): Promise<CommandResult> {
    const isTheirs = (call: CallState) => call.callId === callId && call.activity.phase === 'wrapUp' && call.activity.agentId === agentId;
    return this.command(isTheirs, (at) => ({ type: 'agent.filed', at, agentId, ...filed }));
  }

  openOffer(agentId: AgentId): readonly ServerEvent[] {
    return this.effects.screen.openFor(agentId);
  }

  /** Renews this node's lease, takes over calls of dead nodes, and writes what was put off or could not be written. */
  async keep(leaseMs: number): Promise<void> {
    try {
      await this.options.store.heartbeat(this.options.node, leaseMs);
      const wasAway = this.health.isFailing();
      this.health.answered();
      if (wasAway) this.storeReturned();
      await Promise.all([...this.actors.values()].map((actor) => actor.saveAgain()));
      await Promise.all([...this.unremoved].map((callId) => this.remove(callId)));
      await this.takeover.look();
    } catch (error) {
      this.health.failed();
      this.options.log.warn({ err: String(error) }, 'call store not reachable');
    }
  }

  close(): void {
    this.effects.connectors.close();
    for (const callId of this.actors.keys()) this.effects.timers.forget(callId);
  }

  private arrived(caller: IncomingCaller): void {
    const { centre, flows, telephony, node } = this.options;
    const refuse = (status: number, reason: string, headers: Readonly<Record<string, string>> = {}) => {
      this.options.log.info({ sipCallId: caller.sipCallId, dnis: caller.dnis, status }, 'call refused');
      void telephony.reject(caller.legId, status, reason, headers);
    };
    const number = centre.number(caller.dnis);
    if (number === null) return refuse(404, 'Not Found');
    if (!this.health.mayTakeCalls()) return refuse(503, 'Service Unavailable', { 'Retry-After': '5' });
    const found = flows.choose(number.flowId, { ani: caller.ani, callId: caller.callId });
    if (found === null) return refuse(503, 'Service Unavailable');
    const first = openCall({
      type: 'caller.arrived',
      at: caller.at,
      callId: caller.callId,
      legId: caller.legId,
      node,
      sipCallId: caller.sipCallId,
      ani: caller.ani,
      dnis: caller.dnis,
      flowId: number.flowId,
      flowVersion: found.version,
    });
    const actor = this.actorFor(first.state);
    if (actor === null) return refuse(503, 'Service Unavailable');
    actor.log.info({ dnis: caller.dnis, flow: number.flowId }, 'call arrived');
    void actor.begin(first);
  }

  private actorFor(state: CallState): CallActor | null {
    const rules = callRulesFor(this.options, state);
    if (rules === null) return null;
    const actor = new CallActor(state, {
      rules,
      save: (now) => this.save(now),
      run: (self, effect) => {
        if (effect.type === 'queue.arrive') this.effects.screen.prefetch(self);
        if (effect.type === 'thread.append') this.ended.note(self.state.sipCallId, effect.end);
        runEffect(this.effects, self, effect);
      },
      onFolded: (folded) => this.options.recorder.heard(folded),
      log: this.options.log.child({ callId: state.callId, sipCallId: state.sipCallId }),
    });
    this.actors.set(state.callId, actor);
    return actor;
  }

  private async save(state: CallState): Promise<boolean> {
    try {
      await this.options.store.save({ callId: state.callId, node: this.options.node, version: state.version, snapshot: JSON.stringify(state) });
      this.health.answered();
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === 'CallTaken') {
        this.takeover.letGo(state);
        this.drop(state.callId);
        return true;
      }
      this.health.failed();
      return false;
    }
  }

  private offered(event: Extract<QueueEvent, { type: 'offer.made' }>): void {
    const { offerId, agentId, queue, at, expiresAt, callId } = event;
    // The node of the agent's screen hears of it too; the call's own node acts.
    if (event.callNode !== this.options.node) return;
    if (this.actors.has(callId)) return this.tell(callId, { type: 'offer.made', at, offerId, agentId, queue, expiresAt });
    // The call ended while the offer was on its way: the agent must not stay reserved for nobody.
    void this.options.queue.abandon({ requestId: brand(`${offerId}:nobody`), callId });
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

  private command(isMeant: (call: CallState) => boolean, event: (at: number) => CallEvent): Promise<CommandResult> {
    const actor = [...this.actors.values()].find((candidate) => isMeant(candidate.state));
    if (actor === undefined) return Promise.resolve({ ok: false, error: { code: 'VG_OFFER_LOST', detail: 'The call is no longer there.' } });
    actor.dispatch(event(this.options.clock.now()));
    return Promise.resolve({ ok: true });
  }

  private async forget(actor: CallActor): Promise<void> {
    const { callId, state } = actor;
    const end = state.activity.phase === 'ended' ? state.activity.end : null;
    actor.log.info({ ...end, waitMs: state.figures.waitMs, talkMs: state.figures.talkMs }, 'call ended');
    this.drop(callId);
    await this.effects.queue.settled(callId);
    await this.remove(callId, state.queuedIn !== null).catch(() => undefined);
  }

  /** Removes what is kept about a finished call; while the store is away it is noted and done later. The queue never heard of most calls. */
  private async remove(callId: CallId, wasQueued = true): Promise<void> {
    this.unremoved.add(callId);
    if (wasQueued) await this.options.queue.forget(callId);
    await this.options.store.remove(callId);
    this.unremoved.delete(callId);
  }

  /** The store may have come back without its newest data, or without any: who waits lines up again, the longest wait first. */
  private storeReturned(): void {
    this.options.log.warn({ calls: this.actors.size }, 'call store is back');
    const at = this.options.clock.now();
    const since = ({ state }: CallActor): number => (state.activity.phase === 'waiting' ? state.activity.place.queuedAt : at);
    for (const actor of [...this.actors.values()].sort((a, b) => since(a) - since(b))) actor.dispatch({ type: 'store.returned', at });
    this.options.onStoreReturned?.();
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

const hasOffer = (call: CallState, offerId: OfferId): boolean =>
  (call.activity.phase === 'waiting' && call.activity.offer?.offerId === offerId) || (call.activity.phase === 'conversation' && call.activity.offerId === offerId);

const talksTo = (call: CallState, agentId: AgentId): boolean => call.activity.phase === 'conversation' && call.activity.agentId === agentId;
