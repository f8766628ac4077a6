import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { Names } from '../../core/acd/names.js';
import { reasonWords } from '../../core/acd/offer-reason.js';
import type { LoggedOffer } from '../../core/acd/offers-of-calls.js';
import type { CalendarDay } from '../../core/flow/readers/reader.js';
import { bearerOf, hasApiToken, UNAUTHORISED } from './api-token.js';
import { daySchema } from './day-query.js';
import { readQuery } from './read-query.js';
import { json, problem, type Answer } from './responses.js';

/** What the API of a call's offers asks of the gateway. */
export interface OfferRoutes {
  /** Of a call that came on this day, as long as the files of the log reach back; of one of late without a day. Null: it was not offered to anybody then. */
  offersOf(callId: string, day: CalendarDay | null): Promise<readonly LoggedOffer[] | null>;
}

interface Routes {
  readonly figures: OfferRoutes;
  isSupervisor(token: string): boolean;
  skillName(id: string): Names | null;
  readonly apiToken: string | null;
}

/** The id of a call, or of an item as the queue knows it: `item-chat_1`. */
export const OFFERS_PATH = /^\/v1\/queue\/calls\/([A-Za-z0-9_-]{1,120})$/;

const querySchema = z.strictObject({ day: daySchema });

/** `GET /v1/queue/calls/<id>?day=`: to whom a call was offered and why, `words` in three languages. For a supervisor's token or the API token. */
export async function readOffers(request: IncomingMessage, { callId, url }: { readonly callId: string; readonly url: URL }, routes: Routes): Promise<Answer> {
  const token = bearerOf(request);
  const isSupervisor = token !== null && routes.isSupervisor(token);
  if (!isSupervisor && !hasApiToken(request, routes.apiToken)) return problem(401, { code: 'VG_SIGN_IN', detail: "a supervisor's token or the API token is needed" }, UNAUTHORISED);
  const query = readQuery(url, querySchema);
  if (!query.ok) return query.answer;
  const { day } = query.value;
  const offers = await routes.figures.offersOf(callId, day);
  if (offers === null) return problem(404, { code: 'VG_NOT_QUEUED', detail: day === null ? 'no call of that id was offered to an agent of late; of an older one say its day: ?day=2026-11-28' : 'no call of that id was offered to an agent on that day, or the log reaches back less far' });
  return json(200, { callId, offers: offers.map((offer) => ({ ...offer, words: offer.why === null ? null : reasonWords(offer.why, (skill) => routes.skillName(skill)) })) });
}
