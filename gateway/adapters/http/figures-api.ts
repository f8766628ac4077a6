import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { Figures } from '../../core/acd/figures.js';
import type { AgentId } from '../../core/ids.js';
import type { CalendarDay } from '../../core/flow/readers/reader.js';
import { bearerOf, hasApiToken, UNAUTHORISED } from './api-token.js';
import { daySchema } from './day-query.js';
import { readQuery } from './read-query.js';
import { json, problem, type Answer } from './responses.js';

/** What the API of figures asks of the gateway. */
export interface FigureRoutes {
  /** Null = today. */
  ofDay(day: CalendarDay | null): Promise<{ readonly figures: Figures; readonly intervals: readonly Figures[]; readonly estimates: object }>;
}

interface Routes {
  agentOf(token: string): AgentId | null;
  readonly apiToken: string | null;
  readonly figures: FigureRoutes;
}

const querySchema = z.strictObject({
  day: daySchema,
  intervals: z.enum(['true', 'false']).default('false'),
});

/** `GET /v1/figures?day=&intervals=true`: queues and agents, today without `day`. For an agent's token or the API token. */
export async function readFigures(request: IncomingMessage, url: URL, routes: Routes): Promise<Answer> {
  const token = bearerOf(request);
  const isKnown = token !== null && routes.agentOf(token) !== null;
  if (!isKnown && !hasApiToken(request, routes.apiToken)) return problem(401, { code: 'VG_SIGN_IN', detail: 'an agent token or the API token is needed' }, UNAUTHORISED);
  const query = readQuery(url, querySchema);
  if (!query.ok) return query.answer;
  const { figures, intervals, estimates } = await routes.figures.ofDay(query.value.day);
  return json(200, { ...figures, estimates, ...(query.value.intervals === 'true' ? { intervals } : {}) });
}
