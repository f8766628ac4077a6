import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { Result } from '../../core/errors.js';
import type { AgentId } from '../../core/ids.js';
import type { VoiceMessage } from '../../core/thread/voice-message.js';
import { bearerOf, UNAUTHORISED } from './api-token.js';
import { readJson } from './read-json.js';
import { json, problem, type Answer } from './responses.js';

/** What the API of voice messages asks of the gateway. */
export interface MessageRoutes {
  /** Whether the agent can call back at all. */
  takesCalls(agentId: AgentId): boolean;
  open(): Promise<Result<readonly VoiceMessage[]>>;
  sound(id: string): Promise<Buffer | null>;
  done(agentId: AgentId, what: { readonly id: string; readonly note: string }): Promise<Result<null>>;
}

interface Routes {
  agentOf(token: string): AgentId | null;
  readonly messages: MessageRoutes;
}

const MAX_BODY_BYTES = 32 * 1024;
const doneSchema = z.strictObject({ note: z.string().max(4_000).default('') });

/** `GET /v1/messages`: those that nobody has dealt with, the oldest first. For the token of an agent who takes calls. */
export async function listMessages(request: IncomingMessage, routes: Routes): Promise<Answer> {
  const asking = whoAsks(request, routes);
  if (!asking.ok) return asking.answer;
  const open = await routes.messages.open();
  return open.ok ? json(200, { messages: open.value }) : problem(503, { code: open.error.code, detail: 'the messages cannot be read' }, { 'Retry-After': '2' });
}

/** `GET /v1/messages/<id>/audio`: the sound as WAV, whole and never cached. For the token of an agent who takes calls. */
export async function readSound(request: IncomingMessage, id: string, routes: Routes): Promise<Answer> {
  const asking = whoAsks(request, routes);
  if (!asking.ok) return asking.answer;
  const sound = await routes.messages.sound(id);
  if (sound === null) return problem(404, { code: 'VG_FAILED', detail: 'there is no such message' });
  return { status: 200, headers: { 'Content-Type': 'audio/wav', 'Cache-Control': 'no-store' }, body: sound };
}

/** `POST /v1/messages/<id>/done` with `{"note"}`: 409 when somebody had dealt with it before. For the token of an agent who takes calls. */
export async function markDone(request: IncomingMessage, id: string, routes: Routes): Promise<Answer> {
  const asking = whoAsks(request, routes);
  if (!asking.ok) return asking.answer;
  const wish = await readJson(request, doneSchema, MAX_BODY_BYTES);
  if (!wish.ok) return wish.answer;
  const done = await routes.messages.done(asking.agentId, { id, note: wish.value.note });
  return done.ok ? json(200, {}) : problem(done.error.code === 'VG_STORE' ? 503 : 409, done.error);
}

/** What callers said is for those who can call back. */
function whoAsks(request: IncomingMessage, routes: Routes): { readonly ok: true; readonly agentId: AgentId } | { readonly ok: false; readonly answer: Answer } {
  const token = bearerOf(request);
  const agentId = token === null ? null : routes.agentOf(token);
  if (agentId === null) return { ok: false, answer: problem(401, { code: 'VG_SIGN_IN', detail: 'an agent token is needed' }, UNAUTHORISED) };
  if (!routes.messages.takesCalls(agentId)) return { ok: false, answer: problem(403, { code: 'VG_REFUSED', detail: 'messages are for agents who take calls' }) };
  return { ok: true, agentId };
}
