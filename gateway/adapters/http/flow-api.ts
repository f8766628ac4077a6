import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { Result } from '../../core/errors.js';
import type { FlowSource, LiveVersion, Release } from '../../core/flow/release.js';
import { hasApiToken, refuseWithoutApiToken } from './api-token.js';
import { readJson } from './read-json.js';
import { json, problem, type Answer } from './responses.js';

/** A flow as the gateway knows it: the version of its file, and what is live (null = the file). */
export interface KnownFlow {
  readonly flow: string;
  readonly file: string;
  readonly live: LiveVersion | null;
  /** The gateway cannot load the live version: the file serves. */
  readonly isRefused: boolean;
}

export const releaseWishSchema = z.strictObject({
  action: z.enum(['publish', 'revert', 'share', 'withdraw']),
  flow: z.string().min(1).max(64),
  /** Revert: where to; share: left out, the file as it stands. */
  version: z.string().regex(/^[0-9a-f]{16}$/, '16 hex digits').optional(),
  percent: z.number().gt(0).lt(100).optional(),
  author: z.string().trim().min(1).max(100),
  note: z.string().trim().min(1).max(500),
});
export type ReleaseWish = z.infer<typeof releaseWishSchema>;

/** An incident of the gateway's folder, or one that is in it no more and was told in the last 90 days. */
export interface KnownIncident {
  readonly incident: string;
  /** When it is over at the latest, epoch ms; null when it is in the folder no more. */
  readonly until: number | null;
  /** Callers who were told of it, and those of them who then hung up without pressing a key. */
  readonly told: number;
  readonly informed: number;
}

/** What the API of flow versions asks of the gateway. */
export interface FlowRoutes {
  list(): Promise<readonly KnownFlow[]>;
  log(): Promise<readonly Release[]>;
  /** What was published as that version; null when it never was. */
  source(version: string): Promise<Result<FlowSource | null>>;
  release(wish: ReleaseWish): Promise<Result<Release>>;
  incidents(): Promise<Result<readonly KnownIncident[]>>;
}

const MAX_BODY_BYTES = 16 * 1024;

/** `GET /v1/flows`: every flow with the version of its file and what is live. With the API token. */
export async function listFlows(request: IncomingMessage, routes: { readonly flows: FlowRoutes; readonly apiToken: string | null }): Promise<Answer> {
  return hasApiToken(request, routes.apiToken) ? json(200, { flows: await routes.flows.list() }) : refuseWithoutApiToken();
}

/** `GET /v1/flows/log`: who released what, when and why, oldest first. With the API token. */
export async function readFlowLog(request: IncomingMessage, routes: { readonly flows: FlowRoutes; readonly apiToken: string | null }): Promise<Answer> {
  return hasApiToken(request, routes.apiToken) ? json(200, { log: await routes.flows.log() }) : refuseWithoutApiToken();
}

/** `GET /v1/flows/incidents`: how many callers were told of each incident in the last 90 days, and how many then hung up content. With the API token. */
export async function listIncidents(request: IncomingMessage, routes: { readonly flows: FlowRoutes; readonly apiToken: string | null }): Promise<Answer> {
  if (!hasApiToken(request, routes.apiToken)) return refuseWithoutApiToken();
  const found = await routes.flows.incidents();
  return found.ok ? json(200, { incidents: found.value }) : problem(503, { code: found.error.code, detail: 'the history cannot be read' }, { 'Retry-After': '2' });
}

/** The version that `/v1/flows/versions/<version>` names; null for any other address. */
export const versionAt = (pathname: string): string | null => /^\/v1\/flows\/versions\/([0-9a-f]{16})$/.exec(pathname)?.[1] ?? null;

/** `GET /v1/flows/versions/<version>`: the files that were published as that version, `{"source": null}` when it never was. With the API token. */
export async function readVersion(request: IncomingMessage, version: string, routes: { readonly flows: FlowRoutes; readonly apiToken: string | null }): Promise<Answer> {
  if (!hasApiToken(request, routes.apiToken)) return refuseWithoutApiToken();
  const found = await routes.flows.source(version);
  return found.ok ? json(200, { source: found.value }) : problem(503, found.error, { 'Retry-After': '2' });
}

/** `POST /v1/flows/releases`: publishes, reverts, shares or withdraws; 409 with the reason when something stands against it. With the API token. */
export async function releaseFlow(request: IncomingMessage, routes: { readonly flows: FlowRoutes; readonly apiToken: string | null }): Promise<Answer> {
  if (!hasApiToken(request, routes.apiToken)) return refuseWithoutApiToken();
  const wish = await readJson(request, releaseWishSchema, MAX_BODY_BYTES);
  if (!wish.ok) return wish.answer;
  const released = await routes.flows.release(wish.value);
  if (released.ok) return json(201, released.value);
  return problem(released.error.code === 'VG_STORE' ? 503 : 409, released.error);
}
