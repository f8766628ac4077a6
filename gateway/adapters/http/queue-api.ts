import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { OperatorRoster } from '../../core/acd/queue-types.js';
import type { Result } from '../../core/errors.js';
import { brand, type AgentId, type CallId, type NodeId, type QueueId } from '../../core/ids.js';
import { hasApiToken, refuseWithoutApiToken } from './api-token.js';
import { readJson } from './read-json.js';
import { json, problem, type Answer } from './responses.js';

const MAX_BODY_BYTES = 4_096;
const id = z.string().regex(/^[^\s|\x00-\x1f\x7f]{1,200}$/, 'an id without spaces, as the roster shows it');
const by = z.string().trim().min(1).max(100);
const orderSchema = z.discriminatedUnion('do', [
  z.strictObject({ do: z.enum(['free', 'logout']), agent: id.transform((one) => brand<AgentId>(one)), by }),
  z.strictObject({ do: z.literal('drop'), call: id.transform((one) => brand<CallId>(one)), by }),
  z.strictObject({ do: z.literal('move'), call: id.transform((one) => brand<CallId>(one)), queue: id.transform((one) => brand<QueueId>(one)), by }),
  z.strictObject({ do: z.enum(['drain', 'resume']), node: id.transform((one) => brand<NodeId>(one)), by }),
]);
type Ordered = z.infer<typeof orderSchema>;
type WithoutBy<T> = T extends unknown ? Omit<T, 'by'> : never;

export interface QueueRoutes {
  roster(): Promise<Result<OperatorRoster>>;
  order(order: WithoutBy<Ordered>, by: string): Promise<Result<null>>;
}

interface Routes {
  readonly queue: QueueRoutes;
  readonly apiToken: string | null;
}

/** `GET /v1/queue`: every agent signed in with their state, every call that waits or is offered, every callback that rests, every gateway that lives, with how many calls it has and whether it is drained. With the API token. */
export async function readRoster(request: IncomingMessage, routes: Routes): Promise<Answer> {
  if (!hasApiToken(request, routes.apiToken)) return refuseWithoutApiToken();
  const roster = await routes.queue.roster();
  return roster.ok ? json(200, roster.value) : problem(503, roster.error, { 'Retry-After': '2' });
}

/**
 * `POST /v1/queue/orders`: `{"do":"free"|"logout","agent","by"}`, `{"do":"drop","call","by"}`, `{"do":"move","call","queue","by"}` or
 * `{"do":"drain"|"resume","node","by"}`; 409 with the reason when something stands against it. With the API token.
 */
export async function giveOrder(request: IncomingMessage, routes: Routes): Promise<Answer> {
  if (!hasApiToken(request, routes.apiToken)) return refuseWithoutApiToken();
  const read = await readJson(request, orderSchema, MAX_BODY_BYTES);
  if (!read.ok) return read.answer;
  const { by: who, ...order } = read.value;
  const done = await routes.queue.order(order, who);
  if (done.ok) return json(200, { done: true });
  return problem(done.error.code === 'VG_STORE' ? 503 : 409, done.error);
}
