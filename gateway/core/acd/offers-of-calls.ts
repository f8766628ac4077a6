import type { Millis } from '../ids.js';
import type { OfferReason } from './offer-reason.js';
import type { QueueFact } from './queue-fact.js';

/** One offer of a call, as far as it went. */
export interface LoggedOffer {
  readonly offerId: string;
  readonly agentId: string;
  readonly queue: string;
  readonly at: Millis;
  /** Null: logged by a release that did not say. */
  readonly why: OfferReason | null;
  /** `answered`, or why there was no conversation (see `OfferLoss`; `notReached`: the customer of a callback); null while it is open. */
  readonly end: string | null;
}

/** So many calls are remembered, the latest. */
const CALLS_KEPT = 5_000;

/** The offers of the latest calls, folded from the queue's log. */
export class OffersOfCalls {
  private readonly calls = new Map<string, LoggedOffer[]>();

  observe(fact: QueueFact): void {
    if (fact.type === 'offer.made') return this.made({ offerId: fact.offerId, agentId: fact.agentId, queue: fact.queue, at: fact.at, why: fact.why ?? null, end: null }, fact.callId);
    if (fact.type === 'offer.lost') return this.ended(fact, fact.why);
    if (fact.type === 'call.answered') return this.ended(fact, 'answered');
    if (fact.type === 'callback.notReached') return this.ended(fact, 'notReached');
  }

  /** In the order in which they were made; null for a call that was never offered, or is forgotten. */
  of(callId: string): readonly LoggedOffer[] | null {
    return this.calls.get(callId) ?? null;
  }

  private made(offer: LoggedOffer, callId: string): void {
    const before = this.calls.get(callId) ?? [];
    // The latest call is the last of the map.
    this.calls.delete(callId);
    this.calls.set(callId, [...before, offer]);
    const [oldest] = this.calls.keys();
    if (this.calls.size > CALLS_KEPT && oldest !== undefined) this.calls.delete(oldest);
  }

  private ended({ callId, offerId }: { readonly callId: string; readonly offerId: string | null }, end: string): void {
    const offers = this.calls.get(callId);
    if (offers !== undefined) this.calls.set(callId, offers.map((offer) => (offer.offerId === offerId ? { ...offer, end } : offer)));
  }
}
