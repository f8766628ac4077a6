import type { IncomingMessage } from 'node:http';
import { SUB_PROTOCOL } from '../../core/screen/messages.js';

/** Where screens connect. */
export const SCREEN_PATH = '/v1/screen';

interface Refusal {
  readonly status: number;
  readonly reason: string;
}

/**
 * Checks the opening handshake. A browser always sends Origin: only pages of our own host (or of a listed origin) may connect.
 * Programs without a browser send none; their token is what counts.
 */
export function refusalOf(request: IncomingMessage, allowedOrigins: readonly string[]): Refusal | null {
  if (pathOf(request) !== SCREEN_PATH) return { status: 404, reason: 'Not Found' };
  const protocols = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  if (!protocols.includes(SUB_PROTOCOL)) return { status: 400, reason: `Sub-protocol ${SUB_PROTOCOL} required` };
  const origin = request.headers.origin;
  if (origin !== undefined && !allowedOrigins.includes(origin) && hostOf(origin) !== request.headers.host?.toLowerCase()) {
    return { status: 403, reason: 'Origin not allowed' };
  }
  return null;
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0] ?? '';
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host.toLowerCase() : null;
}
