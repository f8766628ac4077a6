import { readWav, writeWav } from '../../core/wav.js';

/** Hz; what the media server records, in mono. */
const RATE = 8_000;
const SAMPLES_A_MS = RATE / 1_000;
const FRAME = 160; // 20 ms
/** Mean of a frame's samples below which it is silence: as the media server sees it. */
const SILENCE_THRESHOLD = 200;
/** Kept after the last sound, so that the end of a word does not go with it. */
const TAIL_MS = 300;

/** The samples of a recording; null when it is something else. */
export function recordedSamples(file: Buffer): Int16Array | null {
  const pcm = readWav(file);
  return pcm?.rate === RATE ? pcm.samples : null;
}

/** How long the samples are up to their last sound, ms; 0 when all is silence. */
export function soundMs(samples: Int16Array): number {
  for (let end = samples.length; end > 0; end -= FRAME) {
    if (loudness(samples.subarray(Math.max(0, end - FRAME), end)) >= SILENCE_THRESHOLD) return Math.round(end / SAMPLES_A_MS);
  }
  return 0;
}

function loudness(frame: Int16Array): number {
  let sum = 0;
  for (const sample of frame) sum += Math.abs(sample);
  return sum / Math.max(1, frame.length);
}

/** The recording as a WAV of its own, without the silence that ended it. */
export function trimmedWav(samples: Int16Array): Buffer {
  return writeWav({ samples: samples.subarray(0, (soundMs(samples) + TAIL_MS) * SAMPLES_A_MS), rate: RATE });
}
