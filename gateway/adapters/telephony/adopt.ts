import { EventEmitter, once } from 'node:events';
import type { CallId } from '../../core/ids.js';
import type { FoundLeg, LegHandle } from '../../ports/telephony.js';
import { reasonOf, requestInDialog } from './in-dialog.js';
import type { ConnectedLeg } from './leg.js';
import { LegMedia } from './leg-media.js';
import type { Legs, LegsOptions } from './legs.js';
import { endpointOf, type Endpoint, type MediaServer } from './libraries.js';

const SOCKET_LIMIT_MS = 3_000;
/** How long FreeSWITCH keeps a channel that nobody controls. */
const ORPHAN_LIMIT_S = 120;

/**
 * Takes over a leg of a dead process. The dialog is probed by an in-dialog OPTIONS: drachtio-server forgets a dialog when the far
 * end hangs up, whoever owned it. A channel without dialog is killed, a dialog without channel gets BYE. Both gone at once are no hang-up:
 * a channel outlives its dialog for a while.
 * @param isTalking the leg is bridged: its socket is left alone, since fetching it back would cut the conversation
 */
export async function adoptLeg(
  own: { readonly options: LegsOptions; readonly legs: Legs },
  leg: { readonly callId: CallId; readonly handle: LegHandle; readonly isTalking: boolean },
): Promise<FoundLeg> {
  const { options, legs } = own;
  const { callId, handle } = leg;
  const server = options.mediaServers.named(handle.mediaServer);
  if (server === null) {
    await endDialog(options, handle);
    return 'lost';
  }
  const [probe, exists] = await Promise.all([
    requestInDialog(options.sip, { method: 'OPTIONS', dialogId: handle.dialogId }),
    server.api(`uuid_exists ${handle.channel}`).then((body) => body.trim() === 'true'),
  ]);
  // RFC 5057: 481 from the far end means that its dialog is gone, whatever drachtio-server remembers.
  const hasDialog = probe.ok ? probe.value.status !== 481 : probe.error.code !== 'VG_LEG_GONE';
  if (!hasDialog && exists) await server.api(`uuid_kill ${handle.channel}`);
  if (hasDialog && !exists) await endDialog(options, handle);
  if (!hasDialog || !exists) return exists ? 'left' : 'lost';
  const [sipCallId, fromTag] = await Promise.all(['sip_call_id', 'sip_from_tag'].map((name) => server.api(`uuid_getvar ${handle.channel} ${name}`)));
  const channelDialogId = `${sipCallId?.trim() ?? ''};from-tag=${fromTag?.trim() ?? ''}`;
  const connected: ConnectedLeg = { callId, legId: handle.legId, handle, dialog: null, server, endpoint: null, media: null, isEnding: false, channelDialogId };
  legs.add(connected);
  if (!leg.isTalking) await fetchMedia(legs, connected);
  return 'alive';
}

/** The far end hears that it is over. */
async function endDialog({ sip }: LegsOptions, { dialogId }: LegHandle): Promise<void> {
  await requestInDialog(sip, { method: 'BYE', dialogId, headers: reasonOf('connection lost') });
}

/** Fetches the control socket of a leg that has none in this process; null when the media server does not give it. */
export async function fetchMedia(legs: Legs, leg: ConnectedLeg): Promise<LegMedia | null> {
  const endpoint = await fetchSocket(leg.server, leg.handle.channel);
  if (endpoint === null || leg.isEnding) return null;
  const media = new LegMedia(endpoint, leg.server);
  leg.endpoint = endpoint;
  leg.media = media;
  legs.hearEndpoint(leg);
  await media.prepare(leg.handle.role);
  return media;
}

/** Makes FreeSWITCH open a control socket for the channel to this process (uses fsmrf's table of expected sockets). */
async function fetchSocket(server: MediaServer, channel: string): Promise<Endpoint | null> {
  const userAgent = (await server.api(`uuid_getvar ${channel} sip_user_agent`)).trim();
  const id = /^drachtio-fsmrf:(.+)$/.exec(userAgent)?.[1];
  if (id === undefined) return null;
  const connected = new Promise<object>((resolve) => server.pendingConnections.set(id, { fn: resolve }));
  // A second loss of the socket must find something to go on with (`park`), else the channel would be hung up.
  const socket = `socket:${server.advertisedAddress}:${server.advertisedPort} async full`;
  await server.api(`uuid_transfer ${channel} 'm:^:${socket}^set:park_timeout=${ORPHAN_LIMIT_S}^park' inline`);
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), SOCKET_LIMIT_MS);
  const aborted = once(limit.signal, 'abort').then(() => null);
  const connection = await Promise.race([connected, aborted]);
  clearTimeout(timer);
  server.pendingConnections.delete(id);
  return connection === null ? null : endpointOf(connection, new EventEmitter(), server);
}
