/** 16 bit PCM at 8 kHz, mono: what the media server records. */
const RATE = 8_000;
const BYTES_A_SAMPLE = 2;
const HEADER_BYTES = 44;
const FRAME_BYTES = 320; // 20 ms
const BYTES_A_MS = (RATE * BYTES_A_SAMPLE) / 1_000;
/** Mean of a frame's samples below which it is silence: as the media server sees it. */
const SILENCE_THRESHOLD = 200;
/** Kept after the last sound, so that the end of a word does not go with it. */
const TAIL_MS = 300;

/** The samples of a recording, as bytes; null when it is something else. A recorder that was cut off leaves a wrong length: data ends with the file. */
export function samplesOf(file: Buffer): Buffer | null {
  if (file.length < 12 || file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE') return null;
  let isOurs = false;
  for (let at = 12; at + 8 <= file.length; ) {
    const [id, size, body] = [file.toString('latin1', at, at + 4), file.readUInt32LE(at + 4), at + 8];
    if (id === 'fmt ' && body + 16 <= file.length) isOurs = file.readUInt16LE(body) === 1 && file.readUInt16LE(body + 2) === 1 && file.readUInt32LE(body + 4) === RATE && file.readUInt16LE(body + 14) === 16;
    if (id === 'data') return isOurs ? file.subarray(body, wholeSamples(body, file.length, size)) : null;
    at = body + size + (size % 2);
  }
  return null;
}

/** A length of nothing is one that was never written. */
const wholeSamples = (body: number, fileEnd: number, size: number): number => {
  const end = size === 0 ? fileEnd : Math.min(fileEnd, body + size);
  return end - ((end - body) % BYTES_A_SAMPLE);
};

/** How long the samples are up to their last sound, ms; 0 when all is silence. */
export function soundMs(samples: Buffer): number {
  for (let end = samples.length; end > 0; end -= FRAME_BYTES) {
    const frame = samples.subarray(Math.max(0, end - FRAME_BYTES), end);
    if (loudness(frame) >= SILENCE_THRESHOLD) return Math.round(end / BYTES_A_MS);
  }
  return 0;
}

function loudness(frame: Buffer): number {
  let sum = 0;
  for (let at = 0; at + 1 < frame.length; at += BYTES_A_SAMPLE) sum += Math.abs(frame.readInt16LE(at));
  return sum / Math.max(1, frame.length / BYTES_A_SAMPLE);
}

/** The recording as a WAV of its own, without the silence that ended it. */
export function trimmedWav(samples: Buffer): Buffer {
  const end = Math.min(samples.length, (soundMs(samples) + TAIL_MS) * BYTES_A_MS);
  const data = samples.subarray(0, end);
  const head = Buffer.alloc(HEADER_BYTES);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(HEADER_BYTES - 8 + data.length, 4);
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(RATE, 24);
  head.writeUInt32LE(RATE * BYTES_A_SAMPLE, 28);
  head.writeUInt16LE(BYTES_A_SAMPLE, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}
