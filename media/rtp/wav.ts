import { readFile, writeFile } from 'node:fs/promises';
import type { G711Codec } from './g711.js';
import { decodeG711, encodeG711 } from './g711.js';
import { resample } from './resample.js';

/** Mono 16 bit sound. */
export interface Sound {
  readonly sampleRate: number;
  readonly pcm: Int16Array;
}

/** The file is no WAV that we can play. `VG_WAV_FORMAT`. */
export class WavFormatError extends Error {
  readonly code = 'VG_WAV_FORMAT';
}

const FORMAT_PCM = 1;
const FORMAT_OF_CODEC: Readonly<Record<G711Codec, number>> = { PCMA: 6, PCMU: 7 };
const FORMAT_EXTENSIBLE = 0xfffe;

interface FormatChunk {
  readonly format: number;
  readonly channels: number;
  readonly sampleRate: number;
  readonly bits: number;
}

/** Reads 16 bit PCM, A-law or μ-law; several channels are mixed to one. Throws WavFormatError. */
export function parseWav(raw: Buffer): Sound {
  if (raw.length < 12 || raw.toString('latin1', 0, 4) !== 'RIFF' || raw.toString('latin1', 8, 12) !== 'WAVE') throw new WavFormatError('not a RIFF WAVE file');
  let format: FormatChunk | undefined;
  for (let at = 12; at + 8 <= raw.length; ) {
    const id = raw.toString('latin1', at, at + 4);
    const declared = raw.readUInt32LE(at + 4);
    // A recorder that was cut off leaves a size that is too big (or 0xFFFFFFFF); what is there is played.
    const chunk = raw.subarray(at + 8, Math.min(raw.length, at + 8 + declared));
    if (id === 'fmt ') format = parseFormat(chunk);
    if (id === 'data') {
      if (format === undefined) throw new WavFormatError('data before format');
      return { sampleRate: format.sampleRate, pcm: mixDown(decodeData(format, chunk), format.channels) };
    }
    at += 8 + declared + (declared % 2);
  }
  throw new WavFormatError('no data chunk');
}

function parseFormat(chunk: Buffer): FormatChunk {
  if (chunk.length < 16) throw new WavFormatError('format chunk too short');
  const written = chunk.readUInt16LE(0);
  const format = written === FORMAT_EXTENSIBLE && chunk.length >= 26 ? chunk.readUInt16LE(24) : written;
  const parsed = { format, channels: chunk.readUInt16LE(2), sampleRate: chunk.readUInt32LE(4), bits: chunk.readUInt16LE(14) };
  if (parsed.channels < 1 || parsed.channels > 8) throw new WavFormatError('unusable number of channels');
  if (parsed.sampleRate < 4000 || parsed.sampleRate > 192_000) throw new WavFormatError('unusable sample rate');
  return parsed;
}

function decodeData(format: FormatChunk, data: Buffer): Int16Array {
  if (format.format === FORMAT_OF_CODEC.PCMU) return decodeG711('PCMU', data);
  if (format.format === FORMAT_OF_CODEC.PCMA) return decodeG711('PCMA', data);
  if (format.format !== FORMAT_PCM || format.bits !== 16) throw new WavFormatError(`format ${format.format} with ${format.bits} bits is not supported`);
  const pcm = new Int16Array(Math.floor(data.length / 2));
  for (let i = 0; i < pcm.length; i++) pcm[i] = data.readInt16LE(i * 2);
  return pcm;
}

function mixDown(interleaved: Int16Array, channels: number): Int16Array {
  if (channels === 1) return interleaved;
  const mono = new Int16Array(Math.floor(interleaved.length / channels));
  for (let i = 0; i < mono.length; i++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += interleaved[i * channels + c] ?? 0;
    mono[i] = Math.round(sum / channels);
  }
  return mono;
}

/** Writes mono: 16 bit PCM, or companded if a codec is named. */
export function formatWav(sound: Sound, codec?: G711Codec): Buffer {
  const data = codec === undefined ? pcmBytes(sound.pcm) : encodeG711(codec, sound.pcm);
  const bytes = codec === undefined ? 2 : 1;
  const head = Buffer.alloc(44);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(36 + data.length + (data.length % 2), 4);
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(codec === undefined ? FORMAT_PCM : FORMAT_OF_CODEC[codec], 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(sound.sampleRate, 24);
  head.writeUInt32LE(sound.sampleRate * bytes, 28);
  head.writeUInt16LE(bytes, 32);
  head.writeUInt16LE(bytes * 8, 34);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat(data.length % 2 === 0 ? [head, data] : [head, data, Buffer.alloc(1)]);
}

function pcmBytes(pcm: Int16Array): Buffer {
  const data = Buffer.allocUnsafe(pcm.length * 2);
  for (let i = 0; i < pcm.length; i++) data.writeInt16LE(pcm[i] ?? 0, i * 2);
  return data;
}

/** The file as 8 kHz PCM. Throws WavFormatError, or the error of the file system. */
export async function readWav8k(path: string): Promise<Int16Array> {
  const sound = parseWav(await readFile(path));
  return resample(sound.pcm, sound.sampleRate, 8000);
}

/** Writes 8 kHz mono 16 bit PCM. */
export async function writeWav8k(path: string, pcm: Int16Array): Promise<void> {
  await writeFile(path, formatWav({ sampleRate: 8000, pcm }));
}
