import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { ITEM_CHANNELS } from '../../core/acd/channels.js';
import type { Item, ItemStanding } from '../../core/acd/item.js';
import { slug } from '../../core/acd/slug.js';
import type { Result } from '../../core/errors.js';
import { brand, type QueueId } from '../../core/ids.js';
import { hasApiToken, refuseWithoutApiToken } from './api-token.js';
import { readJson } from './read-json.js';
import { readQuery } from './read-query.js';
import { json, notAllowed, problem, type Answer } from './responses.js';

const MAX_BODY_BYTES = 16 * 1024;
const MS = 1_000;
const text = z.string().trim().min(1).max(300);

const itemSchema = z
  .strictObject({
    id: z.string().regex(/^[A-Za-z0-9_-]{1,36}$/, '1 to 36 letters, digits, - or _; your own, so that handing it in again makes no second item'),
    channel: z.enum(ITEM_CHANNELS),
    queue: slug,
    title: text,
    link: z.url({ protocol: /^https?$/, error: 'an http or https address' }).max(2_000).nullable().default(null),
    customer: text.nullable().default(null),
    needs: z.record(slug, z.int().min(1).max(10)).default({}),
    band: z.int().min(0).max(511).nullable().default(null),
  })
  .transform(({ needs, queue, ...rest }): Item => ({ ...rest, queue: brand<QueueId>(queue), needs: Object.entries(needs).map(([skill, minLevel]) => ({ skill, minLevel })) }));

const doneSchema = z.strictObject({ note: z.string().max(4_000).default('') });
const watchSchema = z.strictObject({ waitSeconds: z.coerce.number().int().min(0).max(25).default(0), unless: z.string().max(20).default('') });

/** What the API of items asks of the gateway. */
export interface ItemRoutes {
  create(item: Item): Promise<Result<ItemStanding>>;
  find(id: string): Promise<Result<ItemStanding | null>>;
  watch(id: string, unless: string, withinMs: number): Promise<Result<ItemStanding | null>>;
  cancel(id: string): Promise<Result<ItemStanding | null>>;
  complete(id: string, done: { readonly note: string }): Promise<Result<ItemStanding | null>>;
}

interface Routes {
  readonly items: ItemRoutes;
  readonly apiToken: string | null;
}

/**
 * Other systems' work, with the API token; null where the path is none of its own.
 * `POST /v1/items` hands one in; `GET /v1/items/<id>` shows it, with `?unless=<state>&waitSeconds=` as soon as its state is another;
 * `DELETE /v1/items/<id>` takes it back; `POST /v1/items/<id>/complete` says that it is done.
 */
export function itemAnswer(request: IncomingMessage, url: URL, routes: Routes): Promise<Answer> | Answer | null {
  const path = /^\/v1\/items(?:\/([A-Za-z0-9_-]{1,36})(?:\/(complete))?)?$/.exec(url.pathname);
  if (path === null) return null;
  const [, id, verb] = path;
  const act = id === undefined ? COLLECTION : verb === undefined ? ONE : COMPLETE;
  // RFC 9110 section 9.3.2: as GET, without the content.
  const run = act[request.method === 'HEAD' ? 'GET' : (request.method ?? '')];
  if (run === undefined) return notAllowed(Object.keys(act).flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', '));
  return hasApiToken(request, routes.apiToken) ? run({ request, url, routes: routes.items, id: id ?? '' }) : refuseWithoutApiToken();
}

interface Asked {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly routes: ItemRoutes;
  readonly id: string;
}
type Acts = Readonly<Record<string, (asked: Asked) => Promise<Answer>>>;

const COLLECTION: Acts = {
  POST: async ({ request, routes }) => {
    const read = await readJson(request, itemSchema, MAX_BODY_BYTES);
    if (!read.ok) return read.answer;
    const created = await routes.create(read.value);
    return created.ok ? json(201, shown(created.value), { Location: `/v1/items/${read.value.id}` }) : refusal(created);
  },
};

const ONE: Acts = {
  GET: async ({ url, routes, id }) => {
    const query = readQuery(url, watchSchema);
    if (!query.ok) return query.answer;
    const { unless, waitSeconds } = query.value;
    return answerOf(await (waitSeconds === 0 ? routes.find(id) : routes.watch(id, unless, waitSeconds * MS)));
  },
  DELETE: async ({ routes, id }) => answerOf(await routes.cancel(id)),
};

const COMPLETE: Acts = {
  POST: async ({ request, routes, id }) => {
    const read = await readJson(request, doneSchema, MAX_BODY_BYTES);
    return read.ok ? answerOf(await routes.complete(id, read.value)) : read.answer;
  },
};

function answerOf(found: Result<ItemStanding | null>): Answer {
  if (!found.ok) return refusal(found);
  return found.value === null ? problem(404, { code: 'VG_FAILED', detail: 'there is no such item, or it was over more than a day ago' }) : json(200, shown(found.value));
}

const refusal = ({ error }: Extract<Result<unknown>, { ok: false }>): Answer => (error.code === 'VG_STORE' ? problem(503, error, { 'Retry-After': '2' }) : problem(409, error));

const shown = ({ item: { end, needs, ...item }, state, agentId, waitMs }: ItemStanding) => ({
  ...item,
  needs: Object.fromEntries(needs.map(({ skill, minLevel }) => [skill, minLevel])),
  state,
  agent: agentId,
  waitMs,
  endedAt: end?.at ?? null,
  note: end?.note ?? null,
});
