import type { SipRequest } from './libraries.js';

/**
 * RFC 4028: where the caller's side supports timers, the caller refreshes (`refresher=uas` would be us): a call taken over by
 * another process cannot answer re-INVITEs, while drachtio-server refreshes by itself. So we ask to be the refresher wherever the caller left the choice.
 */
export function sessionTimer(request: SipRequest): Readonly<Record<string, string>> {
  const wish = /^\s*(\d+)\s*(?:;.*refresher\s*=\s*(uac|uas))?/i.exec(request.get('Session-Expires') ?? '');
  if (wish === null) return {};
  const seconds = Math.max(90, Number(wish[1]));
  const refresher = wish[2]?.toLowerCase() ?? 'uas';
  return { 'Session-Expires': `${seconds};refresher=${refresher}`, Require: 'timer' };
}
