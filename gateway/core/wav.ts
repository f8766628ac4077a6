/** Samples of a mono 16 bit WAV. */
export interface Pcm {
  readonly samples: Int16Array;
  /** Hz */
  readonly rate: number;
}

const HEADER_BYTES = 44;

/** Reads a mono 16 bit PCM WAV; null when it is something else. A stream's header gives no true length, and one that was cut off none: data ends with the file. */
export function readWav(file: Buffer): Pcm | null {
  if (file.length < 12 || file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE') return null;
  let rate = 0;
  for (let at = 12; at + 8 <= file.length; ) {
    const [id, size, body] = [file.toString('latin1', at, at + 4), file.readUInt32LE(at + 4), at + 8];
    if (id === 'fmt ') {
      if (body + 16 > file.length || file.readUInt16LE(body) !== 1 || file.readUInt16LE(body + 2) !== 1 || file.readUInt16LE(body + 14) !== 16) return null;
      rate = file.readUInt32LE(body + 4);
    }
    if (id === 'data') return rate === 0 ? null : { rate, samples: samplesOf(file.subarray(body, size === 0 ? file.length : Math.min(file.length, body + size))) };
    at = body + size + (size % 2);
  }
  return null;
}

/** Samples of 16 bit little-endian; half a one at the end is left out. */
export function samplesOf(data: Buffer): Int16Array {
  const samples = new Int16Array(data.length >> 1);
  for (let i = 0; i < samples.length; i++) samples[i] = data.readInt16LE(i * 2);
  return samples;
}

/** A mono 16 bit PCM WAV file. */
export function writeWav({ samples, rate }: Pcm): Buffer {
  const file = Buffer.alloc(HEADER_BYTES + samples.length * 2);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(samples.length * 2, 40);
  for (let i = 0; i < samples.length; i++) file.writeInt16LE(samples[i] ?? 0, HEADER_BYTES + i * 2);
  return file;
}

/** Length of the sound of a file written by `writeWav`, from its size. */
export const durationOfSize = (bytes: number, rate: number): number => Math.round(((bytes - HEADER_BYTES) / 2 / rate) * 1_000);
