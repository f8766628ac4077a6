import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { problem, type Answer } from './responses.js';

export const UNAUTHORISED = { 'WWW-Authenticate': 'Bearer realm="vaxel"' };

export function bearerOf(request: IncomingMessage): string | null {
  const match = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(request.headers.authorization ?? '');
  return match?.[1] ?? null;
}

/** Whether the request carries the API token; never where there is none. */
export function hasApiToken(request: IncomingMessage, apiToken: string | null): boolean {
  const token = bearerOf(request);
  return apiToken !== null && token !== null && isSame(token, apiToken);
}

export const refuseWithoutApiToken = (): Answer => problem(401, { code: 'VG_SIGN_IN', detail: 'the API token is needed' }, UNAUTHORISED);

/** Compares digests, so that neither content nor length shows in the time it takes. */
function isSame(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
