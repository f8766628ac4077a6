import { ableAgents, overflowOf, waitingIn, type Overflow, type QueueFacts } from '../core/acd/overflow.js';
import type { OverflowRules } from '../core/acd/queue-config.js';
import { requirementsOf } from '../core/acd/requirements.js';
import { signatureText } from '../core/acd/skills.js';
import type { CalibratedWaits } from '../core/acd/calibrated-waits.js';
import type { NewFact } from '../core/acd/queue-fact.js';
import type { CallEffect } from '../core/call/call-effects.js';
import { contentHash } from '../core/flow/hash.js';
import type { QueuePlace } from '../core/call/queue-place.js';
import { withPlace, type KeptPlace } from '../core/call/kept-place.js';
import type { Requirement } from '../core/acd/queue-types.js';
import { brand, type CallId, type Millis, type QueueId, type RequestId } from '../core/ids.js';
import type { Clock } from '../ports/clock.js';
import type { Queue } from '../ports/queue.js';
import type { PlaceEffects } from './place-effects.js';
import type { AgentWishes } from './agent-wishes.js';
import type { CallActor } from './call-actor.js';
import { GONE_QUEUE, type Centre, type QueueSettings } from './centre.js';

type Arrive = Extract<CallEffect, { type: 'queue.arrive' }>;

const DEFAULT_RING_MS = 15_000;
const NO_RULES: OverflowRules = {};
const UNKNOWN = { ...GONE_QUEUE, overflow: NO_RULES, ringTimeoutMs: DEFAULT_RING_MS };

export interface LineUpOptions {
  readonly places: Pick<PlaceEffects, 'resume' | 'isSuperseded'>;
  readonly wishes: Pick<AgentWishes, 'personalOf'>;
  readonly queue: Queue;
  readonly centre: Centre;
  readonly clock: Clock;
  /** What is to be trusted of estimated waits. */
  readonly waits: Pick<CalibratedWaits, 'spokenWaitOf' | 'waitOfComing'>;
}

/** `since`: see the call's activity. */
interface Wait {
  readonly place: QueuePlace;
  readonly since?: Millis | undefined;
}

/** Brings callers into their line, or says where they go instead. */
export class LineUp {
  constructor(private readonly options: LineUpOptions) {}

  /** @returns what is to be logged of a call that did not line up, before anything else about it */
  async arrive(actor: CallActor, effect: Arrive): Promise<NewFact | null> {
    const { queue, centre, clock } = this.options;
    const settings = centre.queue(effect.place.queue) ?? UNKNOWN;
    const { first, later } = requirementsOf(settings, effect.place);
    if (await this.options.places.isSuperseded(actor)) {
      actor.dispatch({ type: 'callback.superseded', at: clock.now() });
      return this.arrival(actor, effect, first);
    }
    const strategy = centre.strategy();
    const signatures = [first, ...later].map((requirement) => signatureText('voice', effect.place.queue, requirement, strategy));
    const overflow = effect.mayOverflow ? await this.overflowOfComing({ place: effect.place, since: waitingOf(actor)?.since }, { settings, first, signatures }) : null;
    // A place that is kept goes before how many wait, not into a line that nobody serves: there it stays kept.
    const isInVain = overflow?.rule === 'closed' || overflow?.rule === 'nobody';
    const resumed = effect.mayOverflow && !isInVain ? await this.resume(actor) : null;
    const elsewhere = resumed === null ? overflow : null;
    // Where nobody of the queue can, the agent whom the caller wishes for may: at once, as nobody waits there for one agent alone.
    if (elsewhere !== null && (elsewhere.rule !== 'nobody' || effect.place.agent === undefined)) {
      this.tell(actor, effect.place, elsewhere);
      return this.arrival(actor, effect, first);
    }
    const place = resumed === null ? effect.place : withPlace(effect.place, resumed);
    const personal = await this.options.wishes.personalOf(actor, effect, place.queuedAt);
    // How many wait was looked at above, and others may have come in the same moment, here or at another gateway.
    const { length } = effect.mayOverflow && resumed === null ? settings.overflow : NO_RULES;
    const full: (Overflow & { readonly most: number }) | null = elsewhere !== null ? { ...elsewhere, most: 0 } : length === undefined ? null : { rule: 'length', to: length.to, most: length.over };
    const arrived = await queue.arrive({
      requestId: brand<RequestId>(effect.requestId),
      callId: actor.callId,
      queue: place.queue,
      ...first,
      later,
      ...(personal === null ? {} : { personal }),
      strategy,
      node: actor.state.node,
      ringTimeoutMs: settings.ringTimeoutMs + this.customerRingMs(actor, place.queue),
      isReturning: effect.isReturning,
      ...(effect.mayOverflow && resumed === null ? {} : { queuedAt: place.queuedAt }),
      ...(full === null ? {} : { mostWaiting: full.most }),
      fact: this.arrival(actor, { ...effect, place }, { ...first, isPersonal: personal !== null, placeOf: resumed?.callId }),
    });
    if (arrived.ok) {
      if (arrived.value.state === 'full' && full !== null) this.tell(actor, place, { rule: full.rule, to: full.to });
      // Taken at once: nothing is kept for them any more.
      else if (elsewhere !== null) await this.resume(actor);
      return null;
    }
    // Another gateway has the call: from what the store says to that, this one lets go of it. Or the store went back in time, and learns by it
    // whose the call is.
    const isTaken = arrived.error.code === 'VG_TAKEN';
    if (isTaken) await actor.saveAnew();
    if (actor.hasStopped) return null;
    // That the caller left may have been the last that the process before told the queue.
    const isOver = arrived.error.code === 'VG_NOT_QUEUED' && actor.state.takeovers > 0;
    actor.log[isTaken || isOver || arrived.error.code === 'VG_STORE' ? 'warn' : 'error']({ queue: place.queue, code: arrived.error.code, detail: arrived.error.detail }, 'the queue did not take the call');
    actor.dispatch({ type: 'queue.failed', at: clock.now(), code: arrived.error.code });
    return null;
  }

  private async resume(actor: CallActor): Promise<KeptPlace | null> {
    const kept = await this.options.places.resume(actor.state);
    if (kept !== null) actor.dispatch({ type: 'place.resumed', at: this.options.clock.now(), kept });
    return kept;
  }

  /** Where the customer of a callback is rung first, the agent's phone rings later. */
  private customerRingMs({ state }: CallActor, queue: QueueId): number {
    const config = state.callerLeg.phase === 'planned' ? this.options.centre.queue(queue)?.callback : undefined;
    return config?.order === 'customerFirst' ? config.ringMs : 0;
  }

  private arrival({ callId }: CallActor, { place, isReturning, requestId }: Arrive, { needs, band, isPersonal = false, placeOf }: Requirement & { readonly isPersonal?: boolean; readonly placeOf?: CallId | undefined }): Extract<NewFact, { type: 'call.arrived' }> {
    // Whoever takes the call over lines it up anew: that is the same arrival, unless the queue has other rules by now.
    const id = isReturning ? `${requestId}:returned` : `${callId}:${place.queuedAt}:${contentHash(JSON.stringify([band, needs]))}:arrived`;
    return { type: 'call.arrived', id, at: this.options.clock.now(), callId, queue: place.queue, needs: [...needs], asked: [...place.needs], band, askedBand: place.band, isReturning, queuedAt: place.queuedAt, ...(place.offeredAt === undefined ? {} : { offeredAt: place.offeredAt }), ...(isPersonal ? { isPersonal } : {}), ...(placeOf === undefined ? {} : { placeOf }) };
  }

  /** Whether a caller who waits already has to go somewhere else; then the call is told. */
  overflowWaiting(actor: CallActor, waiting: Wait): boolean {
    const { place } = waiting;
    const settings = this.options.centre.queue(place.queue);
    const overflow = settings === null ? null : overflowOf(settings.overflow, { ...this.facts(waiting, settings), able: 0, waiting: 0, estimateMs: null, isWaiting: true });
    if (overflow !== null) this.tell(actor, place, overflow);
    return overflow !== null;
  }

  private tell(actor: CallActor, place: QueuePlace, overflow: Overflow): void {
    actor.log.info({ queue: place.queue, rule: overflow.rule, to: overflow.to }, 'overflow');
    actor.dispatch({ type: 'queue.overflowed', at: this.options.clock.now(), from: place.queue, ...overflow });
  }

  private async overflowOfComing(wait: Wait, coming: { readonly settings: Pick<QueueSettings, 'overflow'>; readonly first: Requirement; readonly signatures: readonly string[] }): Promise<Overflow | null> {
    const { settings, first, signatures } = coming;
    const { place } = wait;
    const rules = settings.overflow;
    const at = this.options.clock.now();
    const estimateMs = rules.estimate === undefined ? null : this.options.waits.waitOfComing({ signature: signatureText('voice', place.queue, { needs: first.needs }), band: first.band, arrivedAt: place.queuedAt }, at);
    const facts = { ...this.facts(wait, settings), estimateMs, able: Number.POSITIVE_INFINITY, waiting: 0, isWaiting: false };
    if (rules.nobody === undefined && rules.length === undefined) return overflowOf(rules, facts);
    try {
      const now = await this.options.queue.snapshot();
      return overflowOf(rules, { ...facts, able: ableAgents(now, signatures), waiting: waitingIn(now, place.queue) });
    } catch {
      // A store that does not answer decides nothing: the line-up itself tells of it.
      return overflowOf(rules, facts);
    }
  }

  /** The place may be older than the wait, of who talked before. */
  private facts({ place, since = place.queuedAt }: Wait, { overflow }: Pick<QueueSettings, 'overflow'>): Pick<QueueFacts, 'isOpen' | 'waitedMs'> {
    const { centre, clock } = this.options;
    const at = clock.now();
    return { isOpen: overflow.closed === undefined || centre.isOpen(overflow.closed.hours, at), waitedMs: Math.max(0, at - since) };
  }
}

function waitingOf({ state: { activity } }: CallActor) {
  return activity.phase === 'waiting' ? activity : undefined;
}
