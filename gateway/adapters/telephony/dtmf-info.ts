import type { SipMessage } from './libraries.js';

/** The digit of a SIP INFO with `application/dtmf-relay` (`Signal=5`) or `application/dtmf` (`5`); null when there is none. */
export function dtmfOfInfo(info: SipMessage): string | null {
  const type = (info.get('Content-Type') ?? '').toLowerCase();
  if (!type.startsWith('application/dtmf')) return null;
  const match = type.startsWith('application/dtmf-relay') ? /Signal\s*=\s*([0-9*#A-D])/i.exec(info.body) : /^\s*([0-9*#A-D])\s*$/i.exec(info.body);
  return match?.[1]?.toUpperCase() ?? null;
}
