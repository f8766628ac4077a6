import type { Pcm } from '../../core/wav.js';

/** Telephone speech ends at 3.4 kHz; what lies above half the new rate would fold back as noise. */
const CUT_OFF_HZ = 3_600;
/** Input samples on each side that shape one output sample. */
const HALF_WIDTH = 96;

/** Brings speech to the telephone's rate through a windowed-sinc low-pass (more than 60 dB down above half the new rate). */
export function resample(from: Pcm, toRate: number): Pcm {
  if (from.rate === toRate) return from;
  const step = gcd(from.rate, toRate);
  const [phases, advance] = [toRate / step, from.rate / step];
  const kernels = Array.from({ length: phases }, (_, phase) => kernel(((phase * advance) % phases) / phases, from.rate));
  // Silence before and after, so that nothing is read beyond the ends: that took more than twice as long in all.
  const padded = new Float64Array(from.samples.length + 2 * HALF_WIDTH);
  padded.set(from.samples, HALF_WIDTH - 1);
  const samples = new Int16Array(Math.ceil((from.samples.length * toRate) / from.rate));
  for (let n = 0; n < samples.length; n++) {
    const sum = product(kernels[n % phases] ?? kernel(0, from.rate), padded, Math.floor((n * advance) / phases));
    samples[n] = Math.max(-32_768, Math.min(32_767, Math.round(sum)));
  }
  return { samples, rate: toRate };
}

function product(taps: Float64Array, samples: Float64Array, first: number): number {
  let sum = 0;
  for (let k = 0; k < taps.length; k++) sum += (taps[k] ?? 0) * (samples[first + k] ?? 0);
  return sum;
}

/** The filter's taps for an output sample that lies `offset` (0-1) of an input sample after its centre; they add up to 1. */
function kernel(offset: number, rate: number): Float64Array {
  const cutOff = (2 * CUT_OFF_HZ) / rate;
  const taps = new Float64Array(2 * HALF_WIDTH);
  let sum = 0;
  for (let k = 0; k < taps.length; k++) {
    const t = k - HALF_WIDTH + 1 - offset;
    const x = Math.PI * cutOff * t;
    const turn = (Math.PI * (t + HALF_WIDTH)) / HALF_WIDTH;
    // Blackman window.
    const window = 0.42 - 0.5 * Math.cos(turn) + 0.08 * Math.cos(2 * turn);
    const tap = (x === 0 ? 1 : Math.sin(x) / x) * window;
    taps[k] = tap;
    sum += tap;
  }
  return taps.map((tap) => tap / sum);
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** Quieter than this is silence: about -50 dB. */
const SILENCE = 100;

/** Cuts silence at both ends down to at most `keepMs`. Only silence stays empty. */
export function trimSilence({ samples, rate }: Pcm, keepMs: number): Pcm {
  const first = samples.findIndex((sample) => Math.abs(sample) > SILENCE);
  if (first < 0) return { samples: new Int16Array(0), rate };
  const last = samples.findLastIndex((sample) => Math.abs(sample) > SILENCE);
  const keep = Math.floor((keepMs * rate) / 1_000);
  return { samples: samples.slice(Math.max(0, first - keep), Math.min(samples.length, last + 1 + keep)), rate };
}
