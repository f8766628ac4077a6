import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { TOOLS, type AuthorTools } from '../../ports/author-tools.js';
import { hasApiToken, refuseWithoutApiToken } from './api-token.js';
import { readJson } from './read-json.js';
import { json, problem, type Answer } from './responses.js';

const MAX_BODY_BYTES = 2_000_000;
const flowId = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'the name of a flow');
/** Where a draft may stand: nothing that climbs out of the folder. */
const DRAFT_PATH = /^(?:(?:flows|prompts|connectors)\/[a-z][a-z0-9-]{0,63}(?:\.test)?|contact-centre|incidents|speech)\.yaml$/;
const draftsSchema = z.record(z.string(), z.string().max(1_000_000)).superRefine((files, context) => {
  for (const path of Object.keys(files)) {
    if (!DRAFT_PATH.test(path)) context.addIssue({ code: 'custom', path: [path], message: 'not a file such as flows/x.yaml, prompts/x.yaml, connectors/x.yaml or contact-centre.yaml' });
  }
});
const spoken = { language: z.enum(['sv', 'nb', 'en']).optional(), from: z.string().regex(/^(?:\+\d{3,15}|withheld)$/, 'a number such as +46701234567, or withheld').optional() };
const wishSchema = z.strictObject({
  ...spoken,
  flow: flowId.optional(),
  files: draftsSchema.default({}),
  keys: z.string().regex(/^[0-9*# ]{0,400}$/, 'keys 0-9, * and #, with spaces between what is keyed at a time').optional(),
  as: z.enum(['mermaid', 'svg', 'page']).optional(),
});

const doubles = z.record(z.string().max(100), z.json());
const runSchema = z.strictObject({
  ...spoken,
  files: draftsSchema.default({}),
  /** What is typed, a line each. */
  keys: z.array(z.string().regex(/^[^\n\r]{0,400}$/, 'one line')).max(400).default([]),
  given: doubles.optional(),
  answers: doubles.default({}),
});

/** The tool that a path names; null when it names none. */
export function toolAt(pathname: string): (typeof TOOLS)[number] | null {
  return TOOLS.find((tool) => pathname === `/v1/flows/tools/${tool}`) ?? null;
}

/**
 * `POST /v1/flows/tools/check|test|prove|run|diagram` with `{"flow"?,"files"?,"language"?,"keys"?,"from"?,"as"?}`: what the command of the
 * same name says of the gateway's flows, with drafts in place of the files named. Answers `{"status","events","text"}`. With the API token.
 */
export async function runTool(request: IncomingMessage, tool: (typeof TOOLS)[number], routes: { readonly tools: AuthorTools; readonly apiToken: string | null }): Promise<Answer> {
  if (!hasApiToken(request, routes.apiToken)) return refuseWithoutApiToken();
  const wish = await readJson(request, wishSchema, MAX_BODY_BYTES);
  if (!wish.ok) return wish.answer;
  if (wish.value.flow === undefined && (tool === 'run' || tool === 'diagram')) return problem(400, { code: 'VG_BAD_MESSAGE', detail: `flow: say which flow to ${tool === 'run' ? 'run' : 'draw'}` });
  const report = await routes.tools.run({ tool, ...wish.value });
  return report.ok ? json(200, report.value) : refused(report.error);
}

const RUN_PATH = /^\/v1\/flows\/([a-z][a-z0-9-]{0,63})\/run$/;

/** The flow whose run a path asks for; null when it asks for none. */
export const runAt = (pathname: string): string | null => RUN_PATH.exec(pathname)?.[1] ?? null;

/**
 * `POST /v1/flows/<id>/run` with `{"keys"?,"from"?,"language"?,"given"?,"answers"?,"files"?}`: plays a call, and answers what `vaxel flow run --json`
 * prints, an object a line. `given`, with `answers` that it names: what back ends answer, as in a file of tests. With the API token.
 */
export async function runFlow(request: IncomingMessage, flow: string, routes: { readonly tools: AuthorTools; readonly apiToken: string | null }): Promise<Answer> {
  if (!hasApiToken(request, routes.apiToken)) return refuseWithoutApiToken();
  const wish = await readJson(request, runSchema, MAX_BODY_BYTES);
  if (!wish.ok) return wish.answer;
  const { keys, given, answers, ...rest } = wish.value;
  const report = await routes.tools.run({ tool: 'run', as: 'objects', flow, typed: keys, ...rest, ...(given === undefined ? {} : { doubles: { given, answers } }) });
  if (!report.ok) return refused(report.error);
  const { status, events } = report.value;
  if (status === 0) return { status: 200, headers: { 'Content-Type': 'application/jsonl; charset=utf-8', 'Cache-Control': 'no-store' }, body: events.map((event) => `${JSON.stringify(event)}\n`).join('') };
  const issues = events.flatMap((event) => problemsIn(event));
  const why = events.map((event) => errorSchema.safeParse(event)).find(({ success }) => success)?.data?.message;
  return problem(422, { code: 'VG_BAD_MESSAGE', detail: issues[0]?.message ?? why ?? 'the flow cannot be played', ...(issues.length === 0 ? {} : { issues }) });
}

const errorSchema = z.object({ event: z.literal('error'), message: z.string() });

const problemSchema = z.object({ event: z.literal('problem'), file: z.string(), line: z.number(), column: z.number(), node: z.string().nullable(), what: z.string(), fix: z.string() });

/** What is wrong with the files or with what back ends are to answer, as issues of the answer. */
function problemsIn(event: unknown): readonly { readonly path: string; readonly message: string }[] {
  const parsed = problemSchema.safeParse(event);
  if (!parsed.success) return [];
  const { file, line, column, node, what, fix } = parsed.data;
  return [{ path: DRAFT_PATH.test(file) ? `${file}:${line}:${column}` : 'given', message: `${node === null ? '' : `node "${node}": `}${what}. Fix: ${fix}` }];
}

const refused = (error: { readonly code: string; readonly detail: string }): Answer => (error.code === 'VG_REFUSED' ? problem(503, error, { 'Retry-After': '5' }) : problem(500, error));
