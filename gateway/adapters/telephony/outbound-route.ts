import { failed, ok, type Result } from '../../core/errors.js';
import type { Registration } from '../../ports/call-store.js';

export interface OutboundRoutes {
  /** Our own domain: its addresses are registered phones. */
  readonly domain: string;
  /** `host:port` that takes numbers; null = none does. */
  readonly trunk: string | null;
  readonly registrationOf: (aor: string) => Promise<Registration | null>;
}

export interface OutboundRoute {
  /** Request URI. */
  readonly uri: string;
  readonly to: string;
  /** Next hop, where it is not what the URI says. */
  readonly proxy: string | null;
}

/**
 * Where an INVITE to this target goes: a phone of our domain to the source address of its registration, a number to the trunk, any
 * other SIP address straight to its host. Never a `tel:` URI: drachtio-server 0.9.4 crashes on one.
 */
export async function routeTo(target: string, routes: OutboundRoutes): Promise<Result<OutboundRoute>> {
  if (/^\+?[0-9]{3,20}$/.test(target)) {
    if (routes.trunk === null) return failed('VG_UNSUPPORTED', 'no trunk takes dialled numbers (OUTBOUND_TRUNK is not set)');
    const uri = `sip:${target}@${routes.trunk};user=phone`;
    return ok({ uri, to: uri, proxy: null });
  }
  const host = /^sip:[^\s@<>"]{1,64}@([^\s:;<>"]{1,255})(?::\d{1,5})?(?:;[^\s<>"]*)?$/i.exec(target)?.[1];
  if (host === undefined) return failed('VG_UNSUPPORTED', 'neither a number nor a SIP address');
  if (host.toLowerCase() !== routes.domain.toLowerCase()) return ok({ uri: target, to: target, proxy: null });
  const registration = await routes.registrationOf(target);
  if (registration === null) return failed('VG_PHONE_UNREGISTERED', target);
  const { source, contact } = registration;
  return ok({ uri: contact, to: target, proxy: `sip:${source.address}:${source.port};transport=${source.protocol}` });
}
