import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { jsonFault } from '../../core/json-fault.js';
import { fieldWords } from './field-words.js';
import { readBody } from './read-body.js';
import { problem, type Answer } from './responses.js';

const MOST_ISSUES = 20;

export type ReadJson<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly answer: Answer };

/** The body of a request as its schema has it; else the answer that says what is wrong: 413, 400 with every field that does not fit. No body is `{}`. */
export async function readJson<S extends z.ZodType>(request: IncomingMessage, schema: S, maxBytes: number): Promise<ReadJson<z.infer<S>>> {
  const body = await readBody(request, maxBytes);
  if (!body.ok) return { ok: false, answer: problem(body.status, { code: 'VG_BAD_MESSAGE', detail: body.detail }, { Connection: 'close' }) };
  let value: unknown;
  try {
    value = JSON.parse(body.text === '' ? '{}' : body.text);
  } catch {
    return { ok: false, answer: problem(400, { code: 'VG_BAD_MESSAGE', detail: 'the body is not JSON' }) };
  }
  const fault = jsonFault(value, body.text);
  if (fault !== null) return { ok: false, answer: badField(fault) };
  const parsed = schema.safeParse(value);
  return parsed.success ? { ok: true, value: parsed.data } : { ok: false, answer: badFields(parsed.error) };
}

/** 400 that names each field with what is wanted there. */
export function badFields(error: z.ZodError): Answer {
  return notUnderstood(error.issues.slice(0, MOST_ISSUES).map((issue) => ({ path: issue.path.join('.'), message: fieldWords(issue) })));
}

/** 400 for one field. */
export const badField = (issue: Issue): Answer => notUnderstood([issue]);

interface Issue {
  readonly path: string;
  readonly message: string;
}

function notUnderstood(issues: readonly Issue[]): Answer {
  const first = issues[0];
  return problem(400, { code: 'VG_BAD_MESSAGE', detail: first === undefined ? 'not understood' : `${first.path || 'body'}: ${first.message}`, issues });
}
