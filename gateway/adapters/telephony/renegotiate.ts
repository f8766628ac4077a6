import { failed, ok, type Result } from '../../core/errors.js';
import { requestInDialog } from './in-dialog.js';
import type { Endpoint, SipServer } from './libraries.js';

/**
 * Sends a far end's description to its channel, by re-INVITE.
 * @returns the channel's answer, fit for the far end's dialog
 */
export async function renegotiate(sip: SipServer, endpoint: Endpoint, sdp: string): Promise<Result<string>> {
  const answer = await requestInDialog(sip, { method: 'INVITE', dialogId: endpoint.dialog.id, body: sdp });
  if (!answer.ok) return answer;
  if (answer.value.status !== 200) return failed('VG_MEDIA', `the media server answered ${answer.value.status}`);
  endpoint.local.sdp = asNextVersion(endpoint.local.sdp, answer.value.body);
  // FreeSWITCH asks by itself, for example when a channel on hold comes into a bridge: srf answers with this. An empty answer would end the channel.
  endpoint.dialog.local.sdp = sdp;
  return ok(endpoint.local.sdp);
}

/** Our description as an offer: both directions, as a new version where that changes it. */
export function asFreshOffer(sdp: string): string {
  return asNextVersion(sdp, bothWays(sdp));
}

/** The same description without hold. */
export function bothWays(sdp: string): string {
  return sdp.replace(/^a=(sendonly|recvonly|inactive)(?=\r?$)/m, 'a=sendrecv');
}

/** Whether who wrote this does not want to hear us (RFC 3264 section 8.4, and the address 0.0.0.0 of older phones). */
export function isHold(sdp: string): boolean {
  return /^a=(sendonly|inactive)\s*$/m.test(sdp) || /^c=IN IP4 0\.0\.0\.0\s*$/m.test(sdp);
}

/**
 * RFC 3264 section 8: within a dialog the origin line stays what it was, but for its version. FreeSWITCH puts another address into
 * it when it answers a re-INVITE.
 */
function asNextVersion(before: string, next: string): string {
  const origin = /^o=(\S+) (\d+) (\d+) (.*?)\r?$/m.exec(before);
  if (origin === null || before === next) return next;
  const [, user, id, version = '0', address] = origin;
  return next.replace(/^o=[^\r\n]*/m, () => `o=${user} ${id} ${BigInt(version) + 1n} ${address}`);
}
