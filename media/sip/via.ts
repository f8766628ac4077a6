import { randomBytes } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { parseHostPort, parseParams, splitTopLevel } from './address.js';
import type { SipHeaders } from './headers.js';
import type { Source } from './transport.js';

/** One Via element (RFC 3261 section 20.42). */
export interface Via {
  /** Transport as written, e.g. UDP. */
  readonly protocol: string;
  readonly host: string;
  readonly port?: number;
  readonly params: ReadonlyMap<string, string>;
}

/** What marks a branch as unique over space and time (RFC 3261 section 8.1.1.7). */
export const MAGIC_COOKIE = 'z9hG4bK';

/** A new branch value. */
export const newBranch = (): string => `${MAGIC_COOKIE}${randomBytes(9).toString('hex')}`;

/** A new tag for From or To. */
export const newTag = (): string => randomBytes(6).toString('hex');

/** An address as it stands in a URI: IPv6 in brackets. */
export const bracketed = (host: string): string => (isIPv6(host) ? `[${host}]` : host);

/** `host:port`, the port left out when it is the default 5060. */
export const hostPort = (host: string, port: number): string => (port === 5060 ? bracketed(host) : `${bracketed(host)}:${port}`);

/** Reads one Via element. Undefined when unreadable. */
export function parseVia(text: string): Via | undefined {
  const match = /^SIP\s*\/\s*2\.0\s*\/\s*([A-Za-z0-9-]+)\s+([^;]+)(;.*)?$/i.exec(text.trim());
  const sentBy = parseHostPort((match?.[2] ?? '').replace(/\s+/g, ''));
  if (!match?.[1] || !sentBy) return undefined;
  return { protocol: match[1], ...sentBy, params: parseParams(match[3] ?? '') };
}

/** The topmost Via of a message. Undefined when there is none or it is unreadable. */
export function topVia(headers: SipHeaders): Via | undefined {
  const first = splitTopLevel(headers.get('via') ?? '', ',')[0];
  return first === undefined ? undefined : parseVia(first);
}

function replaceTop(headers: SipHeaders, text: string | undefined): void {
  const lines = headers.all('via');
  const rest = splitTopLevel(lines[0] ?? '', ',').slice(1);
  const top = text === undefined ? rest : [text, ...rest];
  const others = [...(top.length > 0 ? [top.join(', ')] : []), ...lines.slice(1)];
  const written = headers.entries().findIndex(([name]) => ['via', 'v'].includes(name.toLowerCase()));
  headers.delete('via');
  const list = headers.entries();
  const kept = list.slice(0, written);
  for (const [name] of list) headers.delete(name);
  for (const [name, value] of [...kept, ...others.map((value) => ['Via', value] as const), ...list.slice(written)]) headers.append(name, value);
}

/** Takes the topmost Via off, as a proxy does with a response (RFC 3261 section 16.7). */
export function removeTopVia(headers: SipHeaders): void {
  replaceTop(headers, undefined);
}

/** How the topmost Via is completed with where the request came from. */
export interface ViaMarking {
  /** Answer to the source port even when `rport` was not asked for. */
  readonly forceRport: boolean;
}

/** Writes `received` and `rport` into the topmost Via of a request that arrived (RFC 3261 section 18.2.1, RFC 3581 section 4). */
export function markReceived(headers: SipHeaders, source: Source, marking: ViaMarking): void {
  const via = topVia(headers);
  if (!via) return;
  const asked = via.params.has('rport');
  const isElsewhere = via.host.replace(/^\[|\]$/g, '') !== source.address;
  if (!asked && !isElsewhere && !marking.forceRport) return;
  const params = new Map(via.params);
  params.delete('received');
  if (asked || marking.forceRport) params.set('rport', String(source.port));
  if (asked || isElsewhere) params.set('received', bracketed(source.address).replace(/^\[|\]$/g, ''));
  const text = [...params].map(([name, value]) => (value === '' ? `;${name}` : `;${name}=${value}`)).join('');
  const sentBy = via.port === undefined ? via.host : `${via.host}:${via.port}`;
  replaceTop(headers, `SIP/2.0/${via.protocol} ${sentBy}${text}`);
}

/** Where responses go (RFC 3261 section 18.2.2, RFC 3581 section 4). The Via must have been marked by `markReceived`. */
export function responseTarget(headers: SipHeaders, source: Source): Source {
  const via = topVia(headers);
  if (source.protocol === 'tcp' || !via) return source;
  const rport = Number(via.params.get('rport') ?? Number.NaN);
  return { ...source, port: rport > 0 ? rport : (via.port ?? 5060) };
}
