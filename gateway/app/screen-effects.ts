import { reasonWords } from '../core/acd/offer-reason.js';
import type { CallEffect } from '../core/call/call-effects.js';
import type { CallState } from '../core/call/call-state.js';
import type { FlowSummary } from '../core/flow/flow-types.js';
import { brand, type AgentId, type CallId, type CustomerId, type Millis, type OfferId, type QueueId } from '../core/ids.js';
import { buildCallContext } from '../core/screen/build-context.js';
import type { CallContext } from '../core/screen/context.js';
import type { ServerEvent } from '../core/screen/messages.js';
import type { ThreadEntry } from '../core/thread/interaction.js';
import type { Clock } from '../ports/clock.js';
import type { Screens } from '../ports/screens.js';
import type { ThreadStore } from '../ports/thread-store.js';
import type { CallActor } from './call-actor.js';
import { screenQueue, type Centre } from './centre.js';
import { Fetched } from './fetched.js';

type ScreenEffect = Extract<CallEffect, { type: 'screen.offer' | 'screen.closeOffer' | 'screen.talking' | 'screen.callEnded' }>;

export interface ScreenEffectsOptions {
  readonly screens: Screens;
  readonly thread: ThreadStore;
  readonly centre: Centre;
  readonly clock: Clock;
  readonly summarise: (actor: CallActor) => FlowSummary;
  /** How many other calls of the same number are going on. */
  readonly others: (state: CallState) => Promise<number>;
}

/** The phone rings when the screen has acknowledged the pop, or after this. */
const ACK_LIMIT_MS = 150;
const THREAD_ENTRIES = 10;
/** How long a pop waits for what comes from elsewhere; after that it says that the history is missing. */
const FETCH_LIMIT_MS = 60;

/** Calls of the same number are counted again when the INVITE has left, mostly. */
const RECOUNT_AFTER_MS = 5;

/** What a pop says of the caller that comes from elsewhere. Null: could not be had. */
interface FromElsewhere {
  readonly thread: readonly ThreadEntry[] | null;
  readonly otherCalls: number | null;
}
type Fetching = { readonly [Part in keyof FromElsewhere]: Fetched<NonNullable<FromElsewhere[Part]>> };

/** Shows agents their offers, talks and ends. */
export class ScreenEffects {
  private readonly fetched = new Map<CallId, Fetching>();
  /** What each agent has open, for a screen that connects anew. */
  private readonly open = new Map<AgentId, readonly ServerEvent[]>();

  /** What each call ordered last: an order that waits for the history is over when another one came. */
  private readonly newest = new Map<CallId, ScreenEffect>();

  constructor(private readonly options: ScreenEffectsOptions) {}

  get size(): number {
    return this.fetched.size + this.open.size + this.newest.size;
  }

  /** Fetches the customer's history and other calls while the caller hears the music, so that a pop need not wait for them. */
  prefetch(actor: CallActor): Fetching {
    const customerId = this.options.summarise(actor).customer?.id ?? null;
    const who = { customerId: customerId === null ? null : brand<CustomerId>(customerId), number: actor.state.ani };
    const thread = this.options.thread.recent(who, THREAD_ENTRIES).then(
      (recent) => (recent.ok ? recent.value : null),
      () => null,
    );
    const fetched = { thread: new Fetched(thread), otherCalls: new Fetched<number>(this.options.others(actor.state)) };
    this.fetched.set(actor.callId, fetched);
    return fetched;
  }

  openFor(agentId: AgentId): readonly ServerEvent[] {
    return this.open.get(agentId) ?? [];
  }

  forget(callId: CallId): void {
    this.fetched.delete(callId);
    this.newest.delete(callId);
    for (const [agentId, events] of this.open) if (events.some((event) => callOf(event) === callId)) this.open.delete(agentId);
  }

  async run(actor: CallActor, effect: ScreenEffect): Promise<void> {
    const { screens, clock } = this.options;
    const { agentId } = effect;
    const { callId, state } = actor;
    this.newest.set(callId, effect);
    switch (effect.type) {
      case 'screen.offer':
        return this.offer(actor, effect);
      case 'screen.closeOffer':
        this.close(agentId, effect.offerId);
        await screens.push(agentId, { type: 'offerClosed', offerId: effect.offerId, callId, why: effect.why }, 0);
        return;
      case 'screen.talking': {
        const { activity } = state;
        const since = activity.phase === 'conversation' || activity.phase === 'calling' ? activity.since : clock.now();
        const elsewhere = await this.inTime(actor);
        if (this.newest.get(callId) !== effect) return;
        const event: ServerEvent = { type: 'talking', callId, since, context: this.context(actor, null, elsewhere) };
        this.open.set(agentId, [event]);
        await screens.push(agentId, event, 0);
        return;
      }
      case 'screen.callEnded': {
        const wrapUpMs = this.wrapUpMs(actor);
        const wrapUpUntil = wrapUpMs === 0 ? null : clock.now() + wrapUpMs;
        const event: ServerEvent = { type: 'callEnded', callId, by: effect.by, talkMs: state.figures.talkMs, wrapUpUntil, ...(effect.notReached === undefined ? {} : { notReached: effect.notReached }) };
        if (wrapUpUntil === null) this.open.delete(agentId);
        // A screen that connects during wrap-up needs the call's context too.
        else this.open.set(agentId, [...this.openFor(agentId).filter((known) => known.type === 'talking'), event]);
        await screens.push(agentId, event, 0);
        return;
      }
    }
  }

  /** The pop leaves in the turn that brought the match, where all of it is there. */
  private async offer(actor: CallActor, effect: Extract<ScreenEffect, { type: 'screen.offer' }>): Promise<void> {
    const { screens, clock, centre } = this.options;
    const { offerId, agentId, expiresAt } = effect;
    const begun = clock.now();
    const elsewhere = this.here(actor) ?? (await this.inTime(actor));
    if (this.newest.get(actor.callId) !== effect) return;
    const context = this.context(actor, offerId, elsewhere);
    const agent = centre.agent(agentId);
    const why = agent?.isSupervisor === true && effect.why !== undefined ? { why: reasonWords(effect.why, (skill) => centre.skillName(skill)) } : {};
    const event: ServerEvent = { type: 'offer', offerId, expiresAt, answer: agent?.phone?.answer ?? 'phone', context, ...why };
    this.open.set(agentId, [event]);
    const pushed = await screens.push(agentId, event, Math.max(1, ACK_LIMIT_MS - (clock.now() - begun)));
    const isAcknowledged = pushed.acknowledgedAt !== null;
    const ackMs: Millis | null = pushed.acknowledgedAt === null ? null : pushed.acknowledgedAt - begun;
    actor.dispatch({ type: 'offer.shown', at: clock.now(), offerId, isAcknowledged });
    actor.log.info({ offerId, agentId, isAcknowledged, ackMs }, 'offer shown');
    this.correct(actor, agentId, event).catch((error: unknown) => actor.log.error({ offerId, err: String(error) }, 'offer not corrected'));
  }

  /** Calls of the same number may have come and gone since the caller lined up: the offer that is still open is shown again, while the phone rings. */
  private async correct(actor: CallActor, agentId: AgentId, shown: Extract<ServerEvent, { type: 'offer' }>): Promise<void> {
    const { screens, others, clock } = this.options;
    const fetched = this.fetched.get(actor.callId);
    if (fetched === undefined || this.openFor(agentId)[0] !== shown) return;
    const recounted = new Promise<number>((resolve) => clock.after(RECOUNT_AFTER_MS, () => resolve(others(actor.state))));
    // Who talks already is shown the new count too.
    this.fetched.set(actor.callId, { ...fetched, otherCalls: new Fetched(recounted) });
    const otherCalls = await recounted;
    if (this.openFor(agentId)[0] !== shown || otherCalls === (shown.context.otherCalls ?? 0)) return;
    const { otherCalls: _before, ...context } = shown.context;
    const corrected: ServerEvent = { ...shown, context: otherCalls === 0 ? context : { ...context, otherCalls } };
    this.open.set(agentId, [corrected]);
    await screens.push(agentId, corrected, 0);
  }

  private close(agentId: AgentId, offerId: OfferId): void {
    const [event] = this.openFor(agentId);
    if (event?.type === 'offer' && event.offerId === offerId) this.open.delete(agentId);
  }

  private fetching(actor: CallActor): Fetching {
    return this.fetched.get(actor.callId) ?? this.prefetch(actor);
  }

  /** Null while some of it is on its way. */
  private here(actor: CallActor): FromElsewhere | null {
    const { thread, otherCalls } = this.fetching(actor);
    return thread.here === null || otherCalls.here === null ? null : { thread: thread.here.value, otherCalls: otherCalls.here.value };
  }

  private async inTime(actor: CallActor): Promise<FromElsewhere> {
    const { clock } = this.options;
    const fetching = this.fetching(actor);
    const [thread, otherCalls] = await Promise.all([fetching.thread.within(FETCH_LIMIT_MS, clock), fetching.otherCalls.within(FETCH_LIMIT_MS, clock)]);
    return { thread, otherCalls };
  }

  private context(actor: CallActor, offerId: OfferId | null, { thread, otherCalls }: FromElsewhere): CallContext {
    const { clock, centre, summarise } = this.options;
    const { callId, state } = actor;
    const place = 'place' in state.activity ? state.activity.place : null;
    const queueId = place?.queue ?? brand<QueueId>('none');
    return buildCallContext({
      callId,
      offerId,
      queue: screenQueue(centre, queueId),
      queueOf: (id) => screenQueue(centre, id),
      ani: state.ani,
      flow: summarise(actor),
      callback: state.callback && { asked: state.callback, isRinging: state.activity.phase === 'calling' },
      resumed: state.resumed,
      queuedAt: place?.queuedAt ?? state.arrivedAt,
      now: clock.now(),
      otherCalls: otherCalls ?? 0,
      thread,
    });
  }

  private wrapUpMs(actor: CallActor): number {
    const { activity } = actor.state;
    if (activity.phase !== 'wrapUp') return 0;
    return this.options.centre.queue(activity.place.queue)?.wrapUpMs ?? 0;
  }
}

function callOf(event: ServerEvent): string | null {
  if (event.type === 'offer') return event.context.callId;
  return 'callId' in event ? event.callId : null;
}
