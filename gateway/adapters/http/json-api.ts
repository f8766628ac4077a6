import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { Result } from '../../core/errors.js';
import type { Names } from '../../core/acd/names.js';
import type { EndReason } from '../../core/call/end-reason.js';
import { brand, type AgentId, type CustomerId } from '../../core/ids.js';
import { interactionSchema } from '../../core/thread/interaction.js';
import type { Log } from '../../ports/log.js';
import type { AuthorTools } from '../../ports/author-tools.js';
import type { ThreadStore } from '../../ports/thread-store.js';
import { bearerOf, hasApiToken, refuseWithoutApiToken, UNAUTHORISED } from './api-token.js';
import type { CentreRoutes } from './centre-api.js';
import type { FlowRoutes } from './flow-api.js';
import type { OfferRoutes } from './offers-api.js';
import type { FigureRoutes } from './figures-api.js';
import type { ItemRoutes } from './item-api.js';
import type { MessageRoutes } from './message-api.js';
import type { QueueRoutes } from './queue-api.js';
import type { ReplayRoutes } from './replay-api.js';
import { readJson } from './read-json.js';
import { readQuery } from './read-query.js';
import { json, problem, type Answer } from './responses.js';

/** What the JSON API asks of the gateway. */
export interface ApiRoutes {
  /** `isUp: false` answers 503. The other fields are shown as they are. */
  health(): { readonly isUp: boolean; readonly [field: string]: unknown };
  /** The agent whose token this is, or null. Checked in constant time by whoever answers. */
  agentOf(token: string): AgentId | null;
  /** Whether it is the token of an agent who is a supervisor. */
  isSupervisor(token: string): boolean;
  /** What people call a skill; null for one that is gone. */
  skillName(id: string): Names | null;
  /** How a call that ended lately ended, by its SIP Call-ID; null when that is not known (any more). */
  endOf(sipCallId: string): EndReason | null;
  readonly thread: Pick<ThreadStore, 'append' | 'recent'>;
  /** Lets other systems write interactions; null = nobody may. */
  readonly apiToken: string | null;
  readonly flows: FlowRoutes;
  readonly centre: CentreRoutes;
  readonly tools: AuthorTools;
  readonly queue: QueueRoutes;
  readonly items: ItemRoutes;
  readonly messages: MessageRoutes;
  readonly figures: FigureRoutes & OfferRoutes;
  readonly replays: ReplayRoutes;
}

const MAX_BODY_BYTES = 256 * 1024;

const threadQuerySchema = z
  .strictObject({
    customer: z.string().min(1).max(200).optional(),
    number: z.string().min(1).max(40).optional(),
    limit: z.coerce.number().int().min(1).max(100).default(20),
  })
  .refine((query) => query.customer !== undefined || query.number !== undefined, { error: 'name a customer or a number', path: ['customer'] });

const endQuerySchema = z.strictObject({ sipCallId: z.string().min(1) });

export function health(routes: ApiRoutes): Answer {
  const state = routes.health();
  return json(state.isUp ? 200 : 503, state);
}

/** `GET /v1/thread?customer=|number=&limit=`: the newest entries, for a signed-in agent's token. */
export async function readThread(request: IncomingMessage, url: URL, routes: ApiRoutes): Promise<Answer> {
  const token = bearerOf(request);
  if (token === null || routes.agentOf(token) === null) return problem(401, { code: 'VG_SIGN_IN', detail: 'an agent token is needed' }, UNAUTHORISED);
  const query = readQuery(url, threadQuerySchema);
  if (!query.ok) return query.answer;
  const { customer, number, limit } = query.value;
  const found = await routes.thread.recent({ customerId: customer === undefined ? null : brand<CustomerId>(customer), number: number ?? null }, limit);
  return found.ok ? json(200, { entries: found.value }) : unavailable(found);
}

/** `GET /v1/calls/ended?sipCallId=`: result and reason of a call that ended lately, for testers and operators with the API token. */
export function readEnd(request: IncomingMessage, url: URL, routes: ApiRoutes): Answer {
  if (!hasApiToken(request, routes.apiToken)) return refuseWithoutApiToken();
  const query = readQuery(url, endQuerySchema);
  if (!query.ok) return query.answer;
  const end = routes.endOf(query.value.sipCallId.slice(0, 256));
  return end === null ? problem(404, { code: 'VG_FAILED', detail: 'no such call ended lately' }) : json(200, end);
}

/** `POST /v1/interactions`: one CloudEvents 1.0 JSON event, stored once however often it is sent. */
export async function appendInteraction(request: IncomingMessage, routes: ApiRoutes, log: Log): Promise<Answer> {
  if (!hasApiToken(request, routes.apiToken)) return refuseWithoutApiToken();
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/cloudevents+json' && type !== 'application/json') {
    return problem(415, { code: 'VG_BAD_MESSAGE', detail: 'send application/cloudevents+json' });
  }
  const read = await readJson(request, interactionSchema, MAX_BODY_BYTES);
  if (!read.ok) return read.answer;
  const interaction = read.value;
  const stored = await routes.thread.append(interaction);
  if (!stored.ok) return unavailable(stored);
  log.info({ source: interaction.source, type: interaction.type }, 'interaction stored');
  return json(202, { id: interaction.id });
}

function unavailable(result: Extract<Result<unknown>, { ok: false }>): Answer {
  return problem(503, { code: result.error.code, detail: 'the history store did not answer in time; nothing was lost, send it again' }, { 'Retry-After': '2' });
}
