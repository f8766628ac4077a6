import { lookup } from 'node:dns';
import { isIP } from 'node:net';
import { parseUri } from './address.js';
import type { Protocol, Source } from './transport.js';

/**
 * Finds where a request to this URI goes (RFC 3263 without NAPTR and SRV: `maddr`, port or 5060, `transport` or the given protocol).
 * Literal addresses are answered before it returns, names after a look-up; undefined when the host is unknown or the URI is not sip.
 */
export function locate(uri: string, protocol: Protocol, done: (to: Source | undefined) => void): void {
  const parsed = parseUri(uri);
  if (parsed?.scheme !== 'sip') return done(undefined);
  const wanted = parsed.params.get('transport')?.toLowerCase();
  if (wanted !== undefined && wanted !== 'udp' && wanted !== 'tcp') return done(undefined);
  const host = (parsed.params.get('maddr') ?? parsed.host).replace(/^\[|\]$/g, '');
  const rest = { protocol: wanted ?? protocol, port: parsed.port ?? 5060 };
  if (isIP(host)) return done({ ...rest, address: host });
  lookup(host, { verbatim: false }, (error, address) => done(error ? undefined : { ...rest, address }));
}
