import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { CentreEntry } from '../../core/acd/centre-version.js';
import { slug } from '../../core/acd/slug.js';
import type { VgError } from '../../core/errors.js';
import type { Problem } from '../../core/flow/problem.js';
import { hasApiToken, refuseWithoutApiToken } from './api-token.js';
import { readBody } from './read-body.js';
import { readJson } from './read-json.js';
import { readQuery } from './read-query.js';
import { json, notAllowed, problem, type Answer } from './responses.js';

interface Live {
  readonly version: string;
  readonly from: 'file' | 'api';
  readonly text: string;
}

interface Said {
  readonly author: string;
  readonly note: string;
  readonly ifMatch: readonly string[] | 'any' | null;
}

type Outcome =
  | { readonly done: 'applied'; readonly live: Live; readonly before: string; readonly changes: readonly string[]; readonly silent: readonly string[] }
  | { readonly done: 'unchanged'; readonly live: Live }
  | { readonly done: 'stale'; readonly live: Live; readonly last: CentreEntry | null }
  | { readonly done: 'faulty'; readonly problems: readonly Problem[] }
  | { readonly done: 'refused'; readonly error: VgError };

/** What the API of the contact centre's configuration asks of the gateway. */
export interface CentreRoutes {
  readonly live: Live;
  readonly log: readonly CentreEntry[];
  refresh(): Promise<void>;
  /** Rejects where the store of what is published does not answer. */
  tryOut(text: string): Promise<{ readonly version: string; readonly changes: readonly string[] } | readonly Problem[]>;
  put(text: string, said: Said): Promise<Outcome>;
  setSkills(agent: string, skills: Readonly<Record<string, number | null>>, said: Said): Promise<Outcome>;
  withdraw(said: Said): Promise<Outcome>;
}

interface Routes {
  readonly centre: CentreRoutes;
  readonly apiToken: string | null;
}

const MAX_BODY_BYTES = 1_000_000;
const MOST_PROBLEMS = 100;
const AGENT = /^\/v1\/centre\/agents\/([a-z][a-z0-9-]{0,39})$/;

const saidSchema = z.strictObject({ author: z.string().trim().min(1).max(100), note: z.string().trim().min(1).max(500) });
const LEVEL = 'a level, a whole number from 1 to 10, or null';
const skillsSchema = z.strictObject({ skills: z.record(slug, z.int(LEVEL).min(1, LEVEL).max(10, LEVEL).nullable()).refine((skills) => Object.keys(skills).length > 0, 'one skill at least') });

/** The answer at an address of the contact centre, or null: it is none. All of them with the API token. */
export function centreAnswer(request: IncomingMessage, url: URL, routes: Routes): Promise<Answer> | Answer | null {
  const agent = AGENT.exec(url.pathname)?.[1];
  if (url.pathname !== '/v1/centre' && url.pathname !== '/v1/centre/log' && agent === undefined) return null;
  if (!hasApiToken(request, routes.apiToken)) return refuseWithoutApiToken();
  const { method = '' } = request;
  const isRead = method === 'GET' || method === 'HEAD';
  if (agent !== undefined) return method === 'PATCH' ? changeSkills({ request, url, agent, centre: routes.centre }) : notAllowed('PATCH');
  if (url.pathname === '/v1/centre/log') return isRead ? readLog(routes.centre) : notAllowed('GET, HEAD');
  if (isRead) return readCentre(routes.centre);
  if (method === 'PUT') return url.searchParams.get('check') === '1' ? tryCentre(request, routes.centre) : putCentre(request, url, routes.centre);
  return method === 'DELETE' ? withdrawCentre(request, url, routes.centre) : notAllowed('GET, HEAD, PUT, DELETE');
}

/** `GET /v1/centre`: the YAML that is live, with its version as ETag. */
async function readCentre(centre: CentreRoutes): Promise<Answer> {
  await centre.refresh();
  const { text, version } = centre.live;
  return { status: 200, headers: { 'Content-Type': 'application/yaml; charset=utf-8', 'Cache-Control': 'no-store', ETag: `"${version}"` }, body: text };
}

/** `GET /v1/centre/log`: who changed what, when and why, oldest first; and what is live. */
async function readLog(centre: CentreRoutes): Promise<Answer> {
  await centre.refresh();
  const { version, from } = centre.live;
  return json(200, { live: { version, from }, log: centre.log });
}

/** `PUT /v1/centre?check=1`: what the YAML in the body would change, and nothing is changed; 422 with its faults. */
async function tryCentre(request: IncomingMessage, centre: CentreRoutes): Promise<Answer> {
  const body = await readBody(request, MAX_BODY_BYTES);
  if (!body.ok) return unreadable(body);
  try {
    const tried = await centre.tryOut(body.text);
    return 'version' in tried ? json(200, tried) : faulty(tried);
  } catch (error) {
    return problem(503, { code: 'VG_STORE', detail: `what is published could not be read: ${error instanceof Error ? error.message : String(error)}` }, { 'Retry-After': '2' });
  }
}

/** `PUT /v1/centre?author=&note=`: the YAML in the body is live from the next decision on, in every gateway. With If-Match. */
async function putCentre(request: IncomingMessage, url: URL, centre: CentreRoutes): Promise<Answer> {
  const body = await readBody(request, MAX_BODY_BYTES);
  if (!body.ok) return unreadable(body);
  return withSaid(request, url, { needsMatch: true, then: (said) => centre.put(body.text, said) });
}

/** `DELETE /v1/centre?author=&note=`: back to the file. With If-Match. */
const withdrawCentre = (request: IncomingMessage, url: URL, centre: CentreRoutes): Promise<Answer> => withSaid(request, url, { needsMatch: true, then: (said) => centre.withdraw(said) });

/** `PATCH /v1/centre/agents/<id>?author=&note=`: `{"skills":{"billing":5,"english":null}}`; null takes a skill away, what is not named stays (RFC 7396). */
async function changeSkills({ request, url, agent, centre }: { readonly request: IncomingMessage; readonly url: URL; readonly agent: string; readonly centre: CentreRoutes }): Promise<Answer> {
  const wish = await readJson(request, skillsSchema, MAX_BODY_BYTES);
  return wish.ok ? withSaid(request, url, { needsMatch: false, then: (said) => centre.setSkills(agent, wish.value.skills, said) }) : wish.answer;
}

async function withSaid(request: IncomingMessage, url: URL, what: { readonly needsMatch: boolean; readonly then: (said: Said) => Promise<Outcome> }): Promise<Answer> {
  const said = readQuery(url, saidSchema);
  if (!said.ok) return said.answer;
  const ifMatch = matchOf(request.headers['if-match']);
  // RFC 6585 section 3: so that nobody overwrites what somebody else has written since.
  if (ifMatch === null && what.needsMatch) return problem(428, { code: 'VG_REFUSED', detail: 'send If-Match with the ETag of GET /v1/centre, so that no change of somebody else is lost' });
  return answerOf(await what.then({ ...said.value, ifMatch }));
}

/** RFC 9110 section 13.1.1: `*`, or entity tags; weak ones never match. */
function matchOf(header: string | undefined): Said['ifMatch'] {
  if (header === undefined) return null;
  return header.trim() === '*' ? 'any' : header.split(',').map((tag) => tag.trim().replace(/^"(.*)"$/, '$1'));
}

function answerOf(outcome: Outcome): Answer {
  switch (outcome.done) {
    case 'applied': {
      const { live, before, changes, silent } = outcome;
      return json(200, { version: live.version, before, changes, silent }, tag(live));
    }
    case 'unchanged':
      return json(200, { version: outcome.live.version, before: outcome.live.version, changes: [], silent: [] }, tag(outcome.live));
    case 'stale': {
      const { live, last } = outcome;
      const who = last === null ? '' : ` by ${last.author} at ${new Date(last.at).toISOString()} (${last.note})`;
      return problem(412, { code: 'VG_REFUSED', detail: `nothing was changed: ${live.version} is live, not what you had read; it came${who}. Read it again` }, tag(live));
    }
    case 'faulty':
      return faulty(outcome.problems);
    case 'refused': {
      const { error } = outcome;
      if (error.code === 'VG_STORE') return problem(503, error, { 'Retry-After': '2' });
      return problem(error.code === 'VG_AGENT_UNKNOWN' ? 404 : 409, error);
    }
  }
}

/** 422 with every fault: where it stands, what is wrong, the fix. */
function faulty(problems: readonly Problem[]): Answer {
  const issues = problems.slice(0, MOST_PROBLEMS).map(({ file, line, column, what, fix }) => ({ path: `${file}:${line}:${column}`, message: `${what}. Fix: ${fix}` }));
  const first = issues[0];
  return problem(422, { code: 'VG_REFUSED', detail: `nothing was changed, ${problems.length === 1 ? 'there is a fault' : `there are ${problems.length} faults`}: ${first === undefined ? '' : `${first.path}: ${first.message}`}`, issues });
}

const tag = (live: Live): Readonly<Record<string, string>> => ({ ETag: `"${live.version}"` });
const unreadable = (body: { readonly status: number; readonly detail: string }): Answer => problem(body.status, { code: 'VG_BAD_MESSAGE', detail: body.detail }, { Connection: 'close' });
