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
const wishSchema = z.strictObject({
  flow: flowId.optional(),
  files: draftsSchema.default({}),
  language: z.enum(['sv', 'nb', 'en']).optional(),
  keys: z.string().regex(/^[0-9*# ]{0,400}$/, 'keys 0-9, * and #, with spaces between what is keyed at a time').optional(),
  from: z.string().regex(/^(?:\+\d{3,15}|withheld)$/, 'a number such as +46701234567, or withheld').optional(),
  as: z.enum(['mermaid', 'svg', 'page']).optional(),
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
  if (report.ok) return json(200, report.value);
  return report.error.code === 'VG_REFUSED' ? problem(503, report.error, { 'Retry-After': '5' }) : problem(500, report.error);
}
