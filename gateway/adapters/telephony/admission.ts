import { BlockList, isIPv6 } from 'node:net';
import type { SipRequest } from './libraries.js';

export interface Admission {
  /** Whether this source address may send calls without registration. */
  readonly isTrunk: (address: string) => boolean;
  /** Calls at once; the next is refused with 503. */
  readonly maxCalls: number;
  readonly callsNow: () => number;
  readonly isUp: () => boolean;
  readonly isDraining: () => boolean;
}

export interface Refusal {
  readonly status: number;
  readonly reason: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly why: string;
}

/** RFC 4028 section 5: nobody has to refresh more often. A longer interval than the caller asked for may not be answered. */
const MIN_SESSION_S = 90;
const RETRY_LATER = { 'Retry-After': '5' };

/** What is wrong with an INVITE before any application looks at it; null when nothing is. */
export function admit(request: SipRequest, rules: Admission): Refusal | null {
  if (!rules.isTrunk(request.source_address)) {
    return { status: 403, reason: 'Forbidden', headers: {}, why: 'source is no trunk' };
  }
  // Without Retry-After, which would keep the trunk from the gateways behind the same SIP server that take calls (RFC 3261 section 21.5.4).
  if (rules.isDraining()) return { status: 503, reason: 'Service Unavailable', headers: {}, why: 'draining' };
  if (!rules.isUp()) return { status: 503, reason: 'Service Unavailable', headers: RETRY_LATER, why: 'no media server' };
  if (rules.callsNow() >= rules.maxCalls) return { status: 503, reason: 'Service Unavailable', headers: RETRY_LATER, why: 'at the limit' };
  // RFC 3261 section 8.1.1.8: an INVITE has exactly one Contact. Without it createUAS fails and still sends its 200.
  if (!request.has('Contact')) return { status: 400, reason: 'Missing Contact', headers: {}, why: 'no Contact' };
  if (secondsOf(request.get('Session-Expires')) < MIN_SESSION_S) {
    return { status: 422, reason: 'Session Interval Too Small', headers: { 'Min-SE': String(MIN_SESSION_S) }, why: 'session timer too short' };
  }
  if (request.body && !/^m=audio [1-9]\d* RTP\/AVP /m.test(request.body)) return notAcceptable('304 vaxel "media type not available: plain RTP audio is needed"', 'no plain RTP audio offered');
  if (request.body && !offersG711(request.body)) return notAcceptable('305 vaxel "incompatible media format: PCMU or PCMA is needed"', 'no codec in common');
  return null;
}

/** RFC 3261 section 20.43: the warning says what would be acceptable. */
const notAcceptable = (warning: string, why: string): Refusal => ({ status: 488, reason: 'Not Acceptable Here', headers: { Warning: warning }, why });

/** By a static payload type (RFC 3551 table 4), or by the name of a dynamic one. */
const offersG711 = (sdp: string): boolean => /^m=audio [1-9]\d* RTP\/AVP (?:\d+ )*[08](?:\s|$)/m.test(sdp) || /^a=rtpmap:\d+ PCM[AU]\/8000(?:\s|\/|$)/im.test(sdp);

const secondsOf = (sessionExpires: string | undefined): number => Number(/^\s*(\d+)/.exec(sessionExpires ?? '')?.[1] ?? Infinity);

/** Tells whether an address is in a list of addresses and networks (CIDR). An empty list admits nobody. */
export function trunkList(entries: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const entry of entries) {
    const [network = '', bits] = entry.split('/');
    const family = isIPv6(network) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(network, family);
    else list.addSubnet(network, Number(bits), family);
  }
  return (address) => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** The same for a list that may be replaced: it is compiled once for each array that `entries` gives. */
export function trunkListOf(entries: () => readonly string[]): (address: string) => boolean {
  let known: { readonly entries: readonly string[]; readonly isTrunk: (address: string) => boolean } | null = null;
  return (address) => {
    const now = entries();
    if (known?.entries !== now) known = { entries: now, isTrunk: trunkList(now) };
    return known.isTrunk(address);
  };
}
