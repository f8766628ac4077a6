export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** One payload type of an m-line with its rtpmap and fmtp. */
export interface SdpCodec {
  readonly payload: number;
  readonly name: string;
  /** RTP clock in Hz. */
  readonly rate: number;
  readonly channels?: number;
  readonly fmtp?: string;
}

/** One m-line with what belongs to it. */
export interface SdpMedia {
  readonly kind: string;
  /** 0: refused or removed. */
  readonly port: number;
  readonly protocol: string;
  readonly formats: readonly string[];
  readonly codecs: readonly SdpCodec[];
  /** Address of this line's own c=, if it has one. */
  readonly address?: string;
  readonly ptimeMs?: number;
  /** Own direction, else that of the session, else sendrecv. */
  readonly direction: Direction;
  /** All other a= lines, as written after `a=`. */
  readonly attributes: readonly string[];
}

export interface SdpOrigin { readonly user: string; readonly id: string; readonly version: string; readonly address: string }

export interface Sdp {
  readonly origin: SdpOrigin;
  readonly name: string;
  readonly address?: string;
  readonly media: readonly SdpMedia[];
}

const STATIC: Readonly<Record<number, readonly [string, number]>> = {
  0: ['PCMU', 8000], 3: ['GSM', 8000], 4: ['G723', 8000], 8: ['PCMA', 8000], 9: ['G722', 8000], 13: ['CN', 8000], 18: ['G729', 8000],
};
const DIRECTIONS: readonly string[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];
const MAX_LINES = 1000;

interface Section { media?: string; lines: { type: string; value: string }[] }

/** Reads a session description (RFC 8866). Undefined when a line or a required part is unreadable. */
export function parseSdp(text: string): Sdp | undefined {
  const lines = text.split(/\r?\n|\r/).filter((line) => line !== '');
  if (lines.length > MAX_LINES || lines[0] !== 'v=0') return undefined;
  const sections: Section[] = [{ lines: [] }];
  for (const line of lines.slice(1)) {
    const match = /^([a-z])=(.*)$/.exec(line);
    if (!match?.[1]) return undefined;
    const entry = { type: match[1], value: (match[2] ?? '').trim() };
    if (entry.type === 'm') sections.push({ media: entry.value, lines: [] });
    else sections.at(-1)?.lines.push(entry);
  }
  return assemble(sections);
}

function assemble([session, ...rest]: Section[]): Sdp | undefined {
  const origin = /^(\S+) (\d{1,20}) (\d{1,20}) IN IP[46] (\S+)$/.exec(valueOf(session, 'o') ?? '');
  if (!session || !origin) return undefined;
  const sessionDirection = directionOf(session) ?? 'sendrecv';
  const media = rest.map((section) => parseMedia(section, sessionDirection));
  const known = media.filter((entry) => entry !== undefined);
  if (known.length !== media.length) return undefined;
  const address = addressOf(session);
  const [, user = '-', id = '0', version = '0', own = ''] = origin;
  return { origin: { user, id, version, address: own }, name: valueOf(session, 's') ?? '-', media: known, ...(address === undefined ? {} : { address }) };
}

const valueOf = (section: Section | undefined, type: string): string | undefined => section?.lines.find((line) => line.type === type)?.value;
const attributesOf = (section: Section): string[] => section.lines.filter((line) => line.type === 'a').map((line) => line.value);

function directionOf(section: Section): Direction | undefined {
  return attributesOf(section).find((value): value is Direction => DIRECTIONS.includes(value));
}

function addressOf(section: Section): string | undefined {
  // A time to live or address count after '/' belongs to multicast only.
  return /^IN IP[46] ([^\s/]+)/.exec(valueOf(section, 'c') ?? '')?.[1];
}

function parseMedia(section: Section, sessionDirection: Direction): SdpMedia | undefined {
  const match = /^(\S+) (\d{1,5})(?:\/\d+)? (\S+) (.+)$/.exec(section.media ?? '');
  if (!match?.[1] || !match[3] || !match[4] || Number(match[2]) > 65_535) return undefined;
  const formats = match[4].split(/\s+/);
  const all = attributesOf(section);
  const address = addressOf(section);
  const ptime = Number(all.find((value) => value.startsWith('ptime:'))?.slice(6));
  return {
    kind: match[1], port: Number(match[2]), protocol: match[3], formats, codecs: parseCodecs(formats, all),
    direction: directionOf(section) ?? sessionDirection,
    attributes: all.filter((value) => !DIRECTIONS.includes(value) && !/^(rtpmap|fmtp|ptime):/.test(value)),
    ...(address === undefined ? {} : { address }), ...(ptime > 0 ? { ptimeMs: ptime } : {}),
  };
}

function parseCodecs(formats: readonly string[], attributes: readonly string[]): SdpCodec[] {
  const codecs: SdpCodec[] = [];
  for (const format of formats) {
    const payload = /^\d{1,3}$/.test(format) ? Number(format) : 128;
    if (payload > 127) continue;
    const map = attributes.find((value) => value.startsWith(`rtpmap:${format} `))?.split(' ')[1]?.split('/');
    const known = STATIC[payload];
    const name = map?.[0] ?? known?.[0];
    const rate = Number(map?.[1] ?? known?.[1]);
    if (name === undefined || !(rate > 0)) continue;
    const fmtp = attributes.find((value) => value.startsWith(`fmtp:${format} `));
    codecs.push({
      payload, name, rate,
      ...(Number(map?.[2]) > 1 ? { channels: Number(map?.[2]) } : {}),
      ...(fmtp === undefined ? {} : { fmtp: fmtp.slice(fmtp.indexOf(' ') + 1) }),
    });
  }
  return codecs;
}

const family = (address: string): string => (address.includes(':') ? 'IP6' : 'IP4');

/** Writes a session description. */
export function formatSdp(sdp: Sdp): string {
  const { origin } = sdp;
  const lines = [
    'v=0', `o=${origin.user} ${origin.id} ${origin.version} IN ${family(origin.address)} ${origin.address}`, `s=${sdp.name}`,
    ...(sdp.address === undefined ? [] : [`c=IN ${family(sdp.address)} ${sdp.address}`]), 't=0 0',
    ...sdp.media.flatMap(mediaLines),
  ];
  return `${lines.join('\r\n')}\r\n`;
}

function mediaLines(media: SdpMedia): string[] {
  return [
    `m=${media.kind} ${media.port} ${media.protocol} ${media.formats.join(' ')}`,
    ...(media.address === undefined ? [] : [`c=IN ${family(media.address)} ${media.address}`]),
    ...media.codecs.flatMap((codec) => [
      `a=rtpmap:${codec.payload} ${codec.name}/${codec.rate}${codec.channels === undefined ? '' : `/${codec.channels}`}`,
      ...(codec.fmtp === undefined ? [] : [`a=fmtp:${codec.payload} ${codec.fmtp}`]),
    ]),
    ...(media.ptimeMs === undefined ? [] : [`a=ptime:${media.ptimeMs}`]),
    ...media.attributes.map((value) => `a=${value}`),
    ...(media.port === 0 ? [] : [`a=${media.direction}`]),
  ];
}
