/**
 * Changes the sample rate. Going down, each output sample is the mean of a window with falling weights, so that what lies above the new
 * limit does not fold back into the voice band; going up, samples are joined by straight lines. Good enough for a telephone.
 */
export function resample(pcm: Int16Array, fromRate: number, toRate: number): Int16Array {
  if (fromRate === toRate) return pcm;
  const step = fromRate / toRate;
  const out = new Int16Array(Math.floor(pcm.length / step));
  const reach = Math.max(1, step);
  for (let i = 0; i < out.length; i++) out[i] = Math.round(weightedMean(pcm, i * step, reach));
  return out;
}

/** Triangular window of half width `reach` around a place between samples. */
function weightedMean(pcm: Int16Array, centre: number, reach: number): number {
  let sum = 0;
  let weights = 0;
  const last = Math.min(pcm.length - 1, Math.ceil(centre + reach));
  for (let i = Math.max(0, Math.floor(centre - reach)); i <= last; i++) {
    const weight = 1 - Math.abs(i - centre) / reach;
    if (weight <= 0) continue;
    sum += weight * (pcm[i] ?? 0);
    weights += weight;
  }
  return weights === 0 ? 0 : sum / weights;
}
