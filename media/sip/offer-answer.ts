import { type Direction, formatSdp, parseSdp, type Sdp, type SdpCodec, type SdpMedia } from './sdp.js';

/** The far end of an audio stream, as its description says. */
export interface AudioRemote {
  readonly address: string;
  readonly port: number;
  /** Codecs in the order of preference, telephone-event left out. */
  readonly codecs: readonly SdpCodec[];
  /** Payload type of RFC 4733 events at 8 kHz, if offered. */
  readonly dtmfPayload?: number;
  readonly direction: Direction;
  readonly ptimeMs?: number;
}

const isEvent = (codec: SdpCodec): boolean => codec.name.toLowerCase() === 'telephone-event' && codec.rate === 8000;

/** The usable audio line of a description: plain RTP, port not 0. Undefined without one. */
export function audioOf(text: string | Sdp): AudioRemote | undefined {
  const sdp = typeof text === 'string' ? parseSdp(text) : text;
  const media = sdp?.media.find(isPlainAudio);
  const address = media?.address ?? sdp?.address;
  if (!media || address === undefined) return undefined;
  const dtmf = media.codecs.find(isEvent)?.payload;
  // RFC 3264 section 8.4: the address 0.0.0.0 is the old way to say hold.
  const direction: Direction = address === '0.0.0.0' ? (media.direction === 'sendrecv' ? 'sendonly' : media.direction) : media.direction;
  return {
    address, port: media.port, codecs: media.codecs.filter((codec) => !isEvent(codec)), direction,
    ...(dtmf === undefined ? {} : { dtmfPayload: dtmf }), ...(media.ptimeMs === undefined ? {} : { ptimeMs: media.ptimeMs }),
  };
}

const isPlainAudio = (media: SdpMedia): boolean => media.kind === 'audio' && media.port !== 0 && /^RTP\/AVPF?$/.test(media.protocol);

export const PCMU: SdpCodec = { payload: 0, name: 'PCMU', rate: 8000 };
export const PCMA: SdpCodec = { payload: 8, name: 'PCMA', rate: 8000 };
export const TELEPHONE_EVENT: SdpCodec = { payload: 101, name: 'telephone-event', rate: 8000, fmtp: '0-15' };

/** Our side of an audio stream. */
export interface AudioLocal {
  readonly address: string;
  readonly port: number;
  /** In order of preference (default PCMA, PCMU, telephone-event). */
  readonly codecs?: readonly SdpCodec[];
  readonly direction?: Direction;
  readonly ptimeMs?: number;
  /** Session id and version of o=; the version grows with each change (RFC 3264 section 8). */
  readonly session: { readonly id: string; readonly version: number };
}

/** An offer with one audio line. */
export function makeOffer(local: AudioLocal): string {
  return formatSdp({ ...frame(local), media: [audioLine(local, local.codecs ?? [PCMA, PCMU, TELEPHONE_EVENT])] });
}

const frame = (local: AudioLocal): Omit<Sdp, 'media'> => ({
  origin: { user: '-', id: local.session.id, version: String(local.session.version), address: local.address }, name: '-', address: local.address,
});

const audioLine = (local: AudioLocal, codecs: readonly SdpCodec[]): SdpMedia => ({
  kind: 'audio', port: local.port, protocol: 'RTP/AVP', formats: codecs.map((codec) => String(codec.payload)), codecs,
  ptimeMs: local.ptimeMs ?? 20, direction: local.direction ?? 'sendrecv', attributes: [],
});

const MIRROR: Readonly<Record<Direction, Direction>> = { sendrecv: 'sendrecv', sendonly: 'recvonly', recvonly: 'sendonly', inactive: 'inactive' };

/** What is left when the other side offers one direction and we want another (RFC 3264 section 6.1). */
export function answerDirection(offered: Direction, wanted: Direction): Direction {
  const mirrored = MIRROR[offered];
  const sends = (mirrored === 'sendrecv' || mirrored === 'sendonly') && (wanted === 'sendrecv' || wanted === 'sendonly');
  const receives = (mirrored === 'sendrecv' || mirrored === 'recvonly') && (wanted === 'sendrecv' || wanted === 'recvonly');
  return sends ? (receives ? 'sendrecv' : 'sendonly') : receives ? 'recvonly' : 'inactive';
}

/** The answer to an offer: its first plain audio line with the codecs we share, every other line refused. Undefined: nothing in common (488). */
export function makeAnswer(offerText: string, local: AudioLocal): string | undefined {
  const offer = parseSdp(offerText);
  const remote = offer && audioOf(offer);
  if (!offer || !remote) return undefined;
  const own = local.codecs ?? [PCMA, PCMU, TELEPHONE_EVENT];
  const chosen = offer.media.findIndex(isPlainAudio);
  const shared = (offer.media[chosen]?.codecs ?? []).filter((theirs) => own.some((ours) => isSameCodec(ours, theirs)));
  if (!shared.some((codec) => !isEvent(codec))) return undefined;
  const media = offer.media.map((line, index): SdpMedia => {
    if (index !== chosen) return { kind: line.kind, port: 0, protocol: line.protocol, formats: line.formats, codecs: [], direction: 'inactive', attributes: [] };
    return { ...audioLine(local, shared), direction: answerDirection(remote.direction, local.direction ?? 'sendrecv') };
  });
  return formatSdp({ ...frame(local), media });
}

const isSameCodec = (a: SdpCodec, b: SdpCodec): boolean =>
  a.name.toLowerCase() === b.name.toLowerCase() && a.rate === b.rate && (a.channels ?? 1) === (b.channels ?? 1);

/** The same description with another direction on its live lines and the o= version one higher. Unreadable text stays as it is. */
export function withDirection(text: string, direction: Direction): string {
  const sdp = parseSdp(text);
  if (!sdp) return text;
  const origin = { ...sdp.origin, version: String(BigInt(sdp.origin.version) + 1n) };
  return formatSdp({ ...sdp, origin, media: sdp.media.map((line) => ({ ...line, direction })) });
}
