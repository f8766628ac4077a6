import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { CallerResult, ReplayFigures, ResultGroup } from '../../core/authoring/replay/report.js';
import type { Result } from '../../core/errors.js';
import type { Problem } from '../../core/flow/problem.js';
import type { Millis } from '../../core/ids.js';
import type { RecordingsWanted } from '../../ports/recording-store.js';
import { hasApiToken, refuseWithoutApiToken } from './api-token.js';
import { readJson } from './read-json.js';
import { readQuery } from './read-query.js';
import { json, problem, type Answer } from './responses.js';

const DAY_MS = 86_400_000;
/** Recordings in one answer. */
const MOST_RECORDINGS = 100_000;
/** Calls that one request replays, as it shares the process with those in progress. */
const MOST_REPLAYED = 2_000;
const MAX_DRAFT_BYTES = 1_000_000;

const flowId = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'a flow id');
const time = z.iso.datetime({ offset: true, error: 'a time such as 2026-11-28T14:00:00+01:00' }).transform((text) => Date.parse(text));
const querySchema = z.strictObject({ since: time.optional(), until: time.optional(), flow: flowId.optional(), limit: z.coerce.number().int().min(1).max(MOST_RECORDINGS).default(10_000) });
const draftSchema = z.strictObject({
  /** The flow that the draft stands in for. */
  flow: flowId,
  /** The draft, as a flow file. */
  text: z.string().min(1),
  since: time.optional(),
  limit: z.int().min(1).max(MOST_REPLAYED).default(1_000),
});

/** What came of a draft: figures, groups, and the callers whose end differs or is not known. */
export interface ReplayReport {
  readonly figures: ReplayFigures;
  readonly results: readonly ResultGroup[];
  readonly callers: readonly CallerResult[];
}

export interface DraftWish {
  readonly flow: string;
  readonly text: string;
  readonly since: Millis;
  readonly limit: number;
}

/** What the API of recordings asks of the gateway. */
export interface ReplayRoutes {
  now(): Millis;
  /** Pages of lines, oldest first, at most `limit` lines; a store that fails ends them by an error. The first page is read before this resolves. */
  recordings(wanted: RecordingsWanted, limit: number): Promise<Result<AsyncIterable<string>>>;
  /** Problems: the draft cannot be loaded. */
  replay(wish: DraftWish): Promise<Result<ReplayReport | { readonly problems: readonly Problem[] }>>;
}

type Routes = { readonly replays: ReplayRoutes; readonly apiToken: string | null };

/** `GET /v1/flows/recordings?since=&until=&flow=&limit=`: recordings of calls as lines of JSON, oldest first; of the last 24 hours where nothing is said. With the API token. */
export async function readRecordings(request: IncomingMessage, url: URL, { replays, apiToken }: Routes): Promise<Answer> {
  if (!hasApiToken(request, apiToken)) return refuseWithoutApiToken();
  const query = readQuery(url, querySchema);
  if (!query.ok) return query.answer;
  const now = replays.now();
  const { since = now - DAY_MS, until = now + DAY_MS, flow = null, limit } = query.value;
  const found = await replays.recordings({ since, until, flow }, limit);
  if (!found.ok) return problem(503, found.error, { 'Retry-After': '2' });
  return { status: 200, headers: { 'Content-Type': 'application/jsonl; charset=utf-8', 'Cache-Control': 'no-store' }, pieces: found.value };
}

/** `POST /v1/flows/replays` with a draft: what the last callers would come to in it. 422 with its problems when it cannot be loaded. With the API token. */
export async function replayDraft(request: IncomingMessage, { replays, apiToken }: Routes): Promise<Answer> {
  if (!hasApiToken(request, apiToken)) return refuseWithoutApiToken();
  const draft = await readJson(request, draftSchema, MAX_DRAFT_BYTES);
  if (!draft.ok) return draft.answer;
  const { since = replays.now() - DAY_MS, ...wish } = draft.value;
  const done = await replays.replay({ ...wish, since });
  if (!done.ok) return problem(done.error.code === 'VG_STORE' ? 503 : 409, done.error, { 'Retry-After': '2' });
  if ('problems' in done.value) {
    const issues = done.value.problems.slice(0, 100).map(({ line, column, node, what, fix }) => ({ path: `${line}:${column}`, message: `${node === null ? '' : `node "${node}": `}${what}. Fix: ${fix}` }));
    return problem(422, { code: 'VG_BAD_MESSAGE', detail: issues[0]?.message ?? 'the draft has problems', issues });
  }
  return json(200, done.value);
}
