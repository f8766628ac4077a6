import { DTMF_FREQUENCIES } from './tone.js';

const RATE = 8000;

/** Power of one frequency as a share of the whole power, 0 to 1: about 1 for a pure tone, 0.5 for each of two equal ones. */
export function toneShare(pcm: Int16Array, hz: number): number {
  const factor = 2 * Math.cos((2 * Math.PI * hz) / RATE);
  let before = 0;
  let last = 0;
  let energy = 0;
  for (let i = 0; i < pcm.length; i++) {
    const sample = pcm[i] ?? 0;
    const next = sample + factor * last - before;
    before = last;
    last = next;
    energy += sample * sample;
  }
  if (energy === 0) return 0;
  const power = last * last + before * before - factor * last * before;
  return Math.min(1, (2 * power) / (pcm.length * energy));
}

/** Root mean square of the samples, 0 to 32767. */
export function loudness(pcm: Int16Array): number {
  let energy = 0;
  for (let i = 0; i < pcm.length; i++) energy += (pcm[i] ?? 0) ** 2;
  return pcm.length === 0 ? 0 : Math.sqrt(energy / pcm.length);
}

const MIN_LOUDNESS = 200;
const MIN_TONE_SHARE = 0.25;
const MIN_SUM_SHARE = 0.75;
const BLOCK_SAMPLES = 160;
const MIN_BLOCKS = 2;

/** The key whose two tones fill this block, else undefined. Voice fails, as nearly all power must be in exactly one row and one column tone. */
export function dtmfInBlock(pcm: Int16Array): string | undefined {
  if (loudness(pcm) < MIN_LOUDNESS) return undefined;
  for (const [digit, [row, column]] of Object.entries(DTMF_FREQUENCIES)) {
    const low = toneShare(pcm, row);
    if (low < MIN_TONE_SHARE) continue;
    const high = toneShare(pcm, column);
    if (high >= MIN_TONE_SHARE && low + high >= MIN_SUM_SHARE) return digit;
  }
  return undefined;
}

/** Finds keys in sound: one report for each press of at least 40 ms, when it comes up. Feed it 20 ms frames. */
export class InbandDtmfDetector {
  readonly #onDigit: (digit: string, durationMs: number) => void;
  #digit: string | undefined;
  #blocks = 0;

  constructor(onDigit: (digit: string, durationMs: number) => void) {
    this.#onDigit = onDigit;
  }

  push(frame: Int16Array): void {
    const digit = dtmfInBlock(frame);
    if (digit !== undefined && digit === this.#digit) {
      this.#blocks += 1;
      return;
    }
    this.flush();
    this.#digit = digit;
    this.#blocks = digit === undefined ? 0 : 1;
  }

  /** The stream ended or fell silent: a key that was down is up now. */
  flush(): void {
    if (this.#digit !== undefined && this.#blocks >= MIN_BLOCKS) this.#onDigit(this.#digit, (this.#blocks * BLOCK_SAMPLES * 1000) / RATE);
    this.#digit = undefined;
    this.#blocks = 0;
  }
}
