import type { ServerResponse } from 'node:http';

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

export function write(response: ServerResponse, answer: Answer, isHead: boolean): void {
  const body = answer.body ?? '';
  response.writeHead(answer.status, { ...SECURITY_HEADERS, ...answer.headers, 'Content-Length': String(Buffer.byteLength(body)) });
  response.end(isHead ? undefined : body);
}
