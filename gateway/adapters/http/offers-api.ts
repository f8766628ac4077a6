import type { IncomingMessage } from 'node:http';
import { reasonWords } from '../../core/acd/offer-reason.js';
import type { LoggedOffer } from '../../core/acd/offers-of-calls.js';
import { bearerOf, hasApiToken, UNAUTHORISED } from './api-token.js';
import { json, problem, type Answer } from './responses.js';

/** What the API of a call's offers asks of the gateway. */
export interface OfferRoutes {
  /** Null: the call was not offered to anybody of late. */
  offersOf(callId: string): readonly LoggedOffer[] | null;
}

interface Routes {
  readonly figures: OfferRoutes;
  isSupervisor(token: string): boolean;
  readonly apiToken: string | null;
}

export const OFFERS_PATH = /^\/v1\/queue\/calls\/([A-Za-z0-9-]{1,120})$/;

/** `GET /v1/queue/calls/<id>`: to whom a call was offered and why, `words` in three languages. For a supervisor's token or the API token. */
export function readOffers(request: IncomingMessage, callId: string, routes: Routes): Answer {
  const token = bearerOf(request);
  const isSupervisor = token !== null && routes.isSupervisor(token);
  if (!isSupervisor && !hasApiToken(request, routes.apiToken)) return problem(401, { code: 'VG_SIGN_IN', detail: "a supervisor's token or the API token is needed" }, UNAUTHORISED);
  const offers = routes.figures.offersOf(callId);
  if (offers === null) return problem(404, { code: 'VG_NOT_QUEUED', detail: 'no call of that id was offered to an agent of late' });
  return json(200, { callId, offers: offers.map((offer) => ({ ...offer, words: offer.why === null ? null : reasonWords(offer.why) })) });
}
