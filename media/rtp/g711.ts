import alawmulaw from 'alawmulaw';

/** The two companding laws of ITU-T G.711 by their SDP encoding names. */
export type G711Codec = 'PCMU' | 'PCMA';

/** Static payload types of RFC 3551 table 4. */
export const G711_PAYLOAD_TYPE: Readonly<Record<G711Codec, number>> = { PCMU: 0, PCMA: 8 };

/** Samples of one 20 ms frame at 8 kHz. */
export const FRAME_SAMPLES = 160;

interface Tables {
  readonly encode: Uint8Array;
  readonly decode: Int16Array;
}

// One look-up a sample instead of the shifts of the reference algorithm: a bridge of two streams costs 16,000 of them a second each way.
function buildTables(law: { encodeSample(sample: number): number; decodeSample(code: number): number }): Tables {
  const encode = new Uint8Array(65_536);
  for (let sample = -32_768; sample <= 32_767; sample++) encode[sample & 0xffff] = law.encodeSample(sample);
  const decode = new Int16Array(256);
  for (let code = 0; code < 256; code++) decode[code] = law.decodeSample(code);
  return { encode, decode };
}

const TABLES: Readonly<Record<G711Codec, Tables>> = { PCMU: buildTables(alawmulaw.mulaw), PCMA: buildTables(alawmulaw.alaw) };

/** Encodes 16 bit PCM to one byte a sample. */
export function encodeG711(codec: G711Codec, pcm: Int16Array): Buffer {
  const out = Buffer.allocUnsafe(pcm.length);
  writeG711(codec, pcm, { into: out, at: 0 });
  return out;
}

/** As `encodeG711`, but writes into a buffer that is already there (a packet behind its header). */
export function writeG711(codec: G711Codec, pcm: Int16Array, target: { into: Buffer; at: number }): void {
  const table = TABLES[codec].encode;
  const { into, at } = target;
  for (let i = 0; i < pcm.length; i++) into[at + i] = table[(pcm[i] ?? 0) & 0xffff] ?? 0;
}

/** Decodes one byte a sample to 16 bit PCM. */
export function decodeG711(codec: G711Codec, payload: Uint8Array): Int16Array {
  const out = new Int16Array(payload.length);
  readG711(codec, { from: payload, at: 0 }, out);
  return out;
}

/** As `decodeG711`, but reads as many bytes as there is room in `into` from the middle of a packet. */
export function readG711(codec: G711Codec, source: { from: Uint8Array; at: number }, into: Int16Array): void {
  const table = TABLES[codec].decode;
  const { from, at } = source;
  for (let i = 0; i < into.length; i++) into[i] = table[from[at + i] ?? 0] ?? 0;
}
