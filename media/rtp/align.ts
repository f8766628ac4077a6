import { Fft } from './fft.js';

/** Where a prompt was found in a recording; 1 is the same sound, whatever its level. */
export interface Alignment {
  readonly offsetSamples: number;
  readonly coefficient: number;
}

const DEFAULT_MIN_COEFFICIENT = 0.9;
const SILENCE_ENERGY_PER_SAMPLE = 4;

/** The place where the recording is most like the prompt, even if it is not very like it; undefined if the recording is shorter or nothing is to be heard. */
export function findPrompt(recording: Int16Array, prompt: Int16Array): Alignment | undefined {
  const scores = correlate(recording, prompt);
  let best = -1;
  for (let i = 0; i < scores.length; i++) if ((scores[i] ?? 0) > (scores[best] ?? 0)) best = i;
  return best < 0 ? undefined : { offsetSamples: best, coefficient: scores[best] ?? 0 };
}

/** All places where the prompt is heard, in order; two finds are at least half a prompt apart. */
export function findAllPrompts(recording: Int16Array, prompt: Int16Array, minCoefficient = DEFAULT_MIN_COEFFICIENT): Alignment[] {
  const scores = correlate(recording, prompt);
  const found: Alignment[] = [];
  for (let i = 0; i < scores.length; i++) {
    const coefficient = scores[i] ?? 0;
    if (coefficient < minCoefficient) continue;
    const last = found[found.length - 1];
    if (last === undefined || i - last.offsetSamples > prompt.length / 2) found.push({ offsetSamples: i, coefficient });
    else if (coefficient > last.coefficient) found[found.length - 1] = { offsetSamples: i, coefficient };
  }
  return found;
}

/** True if the prompt is heard with at least this coefficient. */
export function isHeard(recording: Int16Array, prompt: Int16Array, minCoefficient = DEFAULT_MIN_COEFFICIENT): boolean {
  return (findPrompt(recording, prompt)?.coefficient ?? 0) >= minCoefficient;
}

/** Normalised cross-correlation for every offset at which the whole prompt fits. */
function correlate(recording: Int16Array, prompt: Int16Array): Float32Array {
  const promptEnergy = energyOf(prompt);
  const offsets = recording.length - prompt.length + 1;
  if (offsets < 1 || promptEnergy < SILENCE_ENERGY_PER_SAMPLE * prompt.length) return new Float32Array(0);
  const products = slidingProducts(recording, prompt);
  const scores = new Float32Array(offsets);
  let energy = energyOf(recording.subarray(0, prompt.length));
  for (let i = 0; i < offsets; i++) {
    // Near silence the quotient is noise, not likeness.
    if (energy > SILENCE_ENERGY_PER_SAMPLE * prompt.length) scores[i] = (products[i] ?? 0) / Math.sqrt(energy * promptEnergy);
    energy += (recording[i + prompt.length] ?? 0) ** 2 - (recording[i] ?? 0) ** 2;
  }
  return scores;
}

function energyOf(pcm: Int16Array): number {
  let energy = 0;
  for (let i = 0; i < pcm.length; i++) energy += (pcm[i] ?? 0) ** 2;
  return energy;
}

/** Sum of products at each offset, by overlap-save. Two blocks share each transform, one as the real and one as the imaginary part. */
function slidingProducts(recording: Int16Array, prompt: Int16Array): Float64Array {
  const size = 2 ** Math.ceil(Math.log2(Math.max(4096, prompt.length * 2)));
  const fft = new Fft(size);
  const step = size - prompt.length + 1;
  const spectrum = { re: Float64Array.from({ length: size }, (_, i) => prompt[i] ?? 0), im: new Float64Array(size) };
  fft.forward(spectrum.re, spectrum.im);
  const out = new Float64Array(recording.length - prompt.length + 1);
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  for (let start = 0; start < out.length; start += step * 2) {
    loadBlock(re, recording, start);
    loadBlock(im, recording, start + step);
    fft.forward(re, im);
    multiplyByConjugate({ re, im }, spectrum);
    fft.inverse(re, im);
    storeBlock(out, re.subarray(0, step), start);
    storeBlock(out, im.subarray(0, step), start + step);
  }
  for (let i = 0; i < out.length; i++) out[i] = (out[i] ?? 0) / size;
  return out;
}

function loadBlock(into: Float64Array, recording: Int16Array, start: number): void {
  for (let i = 0; i < into.length; i++) into[i] = recording[start + i] ?? 0;
}

function storeBlock(out: Float64Array, block: Float64Array, start: number): void {
  if (start >= out.length) return;
  out.set(block.subarray(0, Math.min(block.length, out.length - start)), start);
}

function multiplyByConjugate(a: { re: Float64Array; im: Float64Array }, b: { re: Float64Array; im: Float64Array }): void {
  for (let i = 0; i < a.re.length; i++) {
    const ar = a.re[i] ?? 0;
    const ai = a.im[i] ?? 0;
    const br = b.re[i] ?? 0;
    const bi = b.im[i] ?? 0;
    a.re[i] = ar * br + ai * bi;
    a.im[i] = ai * br - ar * bi;
  }
}
