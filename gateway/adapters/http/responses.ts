import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Sent with every answer. The desk is one origin: its own scripts, styles and socket, sounds that it fetched, nothing inline, nothing framed. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; media-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
};

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** In place of a body: sent piece by piece, as fast as the other side takes them. */
  readonly pieces?: AsyncIterable<string>;
}

/** A JSON answer; never cached. */
export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store', ...headers }, body: JSON.stringify(value) };
}

/** An error answer: `{"error":{"code","detail","issues"?}}`. */
export function problem(
  status: number,
  error: { readonly code: string; readonly detail: string; readonly issues?: readonly { readonly path: string; readonly message: string }[] },
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return json(status, { error }, headers);
}

/** `allow`: the methods that there are, `GET, HEAD`. */
export const notAllowed = (allow: string): Answer => problem(405, { code: 'VG_UNSUPPORTED', detail: `allowed here: ${allow}` }, { Allow: allow });

export async function write(response: ServerResponse, answer: Answer, isHead: boolean): Promise<void> {
  const { status, headers, body = '', pieces } = answer;
  if (pieces === undefined) {
    response.writeHead(status, { ...SECURITY_HEADERS, ...headers, 'Content-Length': String(Buffer.byteLength(body)) });
    response.end(isHead ? undefined : body);
    return;
  }
  response.writeHead(status, { ...SECURITY_HEADERS, ...headers });
  if (isHead) response.end();
  // Ends the response; a reader who has left ends the pieces.
  else await pipeline(Readable.from(pieces), response).catch(() => undefined);
}
