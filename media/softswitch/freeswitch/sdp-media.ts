import { audioOf } from '../../sip/offer-answer.js';
import type { Direction, SdpCodec } from '../../sip/sdp.js';
import type { G711Codec } from '../../rtp/g711.js';
import { G711_PAYLOAD_TYPE } from '../../rtp/g711.js';
import type { RtpAddress } from '../../rtp/source-lock.js';

/** What one offer and answer agree on, from our point of view. */
export interface Agreement {
  readonly codec: { readonly name: G711Codec; readonly payload: number };
  /** Payload type of telephone-event; undefined if the peer did not offer it. */
  readonly dtmfPayload?: number;
  readonly ptimeMs: number;
  readonly direction: Direction;
  readonly remote: RtpAddress;
}

const MIRRORED: Readonly<Record<Direction, Direction>> = { sendrecv: 'sendrecv', sendonly: 'recvonly', recvonly: 'sendonly', inactive: 'inactive' };
const OWN_DTMF_PAYLOAD = 101;

const isG711 = (name: string): name is G711Codec => name === 'PCMU' || name === 'PCMA';

const isOwnFavourite = (codec: SdpCodec): boolean => codec.name.toUpperCase() === 'PCMU';

/**
 * Reads the peer's description; undefined if it has no plain audio line with PCMU or PCMA (488). The first codec of its list that we know
 * wins, or with `prefersOwn` the first of ours.
 */
export function agreeOn(remoteSdp: string, opts: { prefersOwn?: boolean } = {}): Agreement | undefined {
  const remote = audioOf(remoteSdp);
  const codecs = [...(remote?.codecs ?? [])];
  if (opts.prefersOwn === true) codecs.sort((a, b) => Number(isOwnFavourite(b)) - Number(isOwnFavourite(a)));
  for (const codec of codecs) {
    const name = codec.name.toUpperCase();
    if (remote === undefined || !isG711(name) || codec.rate !== 8000) continue;
    return {
      codec: { name, payload: codec.payload },
      ...(remote.dtmfPayload === undefined ? {} : { dtmfPayload: remote.dtmfPayload }),
      ptimeMs: remote.ptimeMs ?? 20,
      direction: MIRRORED[remote.direction],
      remote: { address: remote.address, port: remote.port },
    };
  }
  return undefined;
}

/** Whether the peer has put us on hold. */
export function isOnHold(agreement: Agreement): boolean {
  return agreement.direction === 'recvonly' || agreement.direction === 'inactive';
}

/** Who describes itself: address, port and the o= line's id with a version that grows. */
export interface LocalDescription {
  readonly host: string;
  readonly port: number;
  readonly sessionId: number;
  readonly version: number;
}

interface AudioPart {
  readonly codecs: readonly { readonly name: G711Codec; readonly payload: number }[];
  readonly dtmfPayload?: number;
  readonly ptimeMs: number;
}

function lines(local: LocalDescription, part: AudioPart, direction: string | undefined): string {
  const payloads = [...part.codecs.map((codec) => codec.payload), ...(part.dtmfPayload === undefined ? [] : [part.dtmfPayload])];
  return [
    'v=0', `o=FreeSWITCH ${local.sessionId} ${local.version} IN IP4 ${local.host}`, 's=FreeSWITCH', `c=IN IP4 ${local.host}`, 't=0 0',
    `m=audio ${local.port} RTP/AVP ${payloads.join(' ')}`,
    ...part.codecs.map((codec) => `a=rtpmap:${codec.payload} ${codec.name}/8000`),
    ...(part.dtmfPayload === undefined ? [] : [`a=rtpmap:${part.dtmfPayload} telephone-event/8000`, `a=fmtp:${part.dtmfPayload} 0-15`]),
    ...(direction === undefined ? [] : [`a=${direction}`]),
    `a=ptime:${part.ptimeMs}`, '',
  ].join('\r\n');
}

/**
 * Our answer: one codec, the peer's payload types, the direction written unless it is sendrecv. The real server keeps the comfort noise
 * in a dialog whose first offer was its own.
 */
export function answerSdp(local: LocalDescription, agreement: Agreement, opts: { wasFirstOfferOurs?: boolean } = {}): string {
  const { codec, direction, ...rest } = agreement;
  const sdp = lines(local, { ...rest, codecs: [codec] }, direction === 'sendrecv' ? undefined : direction);
  return opts.wasFirstOfferOurs === true ? withComfortNoise(sdp) : sdp;
}

/** The offer for an INVITE without description: both laws, telephone-event, and the comfort noise that the real server offers as well. */
export function offerSdp(local: LocalDescription): string {
  const codecs = (['PCMU', 'PCMA'] as const).map((name) => ({ name, payload: G711_PAYLOAD_TYPE[name] }));
  return withComfortNoise(lines(local, { codecs, dtmfPayload: OWN_DTMF_PAYLOAD, ptimeMs: 20 }, undefined));
}

/** Comfort noise as the last payload type, before direction and packet time. */
const withComfortNoise = (sdp: string): string => sdp.replace(/(m=audio [^\r]*)/, '$1 13').replace(/a=(?=ptime|sendrecv|sendonly|recvonly|inactive)/, 'a=rtpmap:13 CN/8000\r\na=');

/** The same description as the channel variable shows it: the direction always written, and last. */
export function withDirectionLast(sdp: string, direction: Direction): string {
  return `${sdp.replace(/a=(sendrecv|sendonly|recvonly|inactive)\r\n/, '')}a=${direction}\r\n`;
}
