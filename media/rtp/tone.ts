const RATE = 8000;
const DEFAULT_AMPLITUDE = 8000;

/** Row and column tone of each key, ITU-T Q.23. */
export const DTMF_FREQUENCIES: Readonly<Record<string, readonly [number, number]>> = {
  '1': [697, 1209], '2': [697, 1336], '3': [697, 1477], A: [697, 1633],
  '4': [770, 1209], '5': [770, 1336], '6': [770, 1477], B: [770, 1633],
  '7': [852, 1209], '8': [852, 1336], '9': [852, 1477], C: [852, 1633],
  '*': [941, 1209], '0': [941, 1336], '#': [941, 1477], D: [941, 1633],
};

/** One or more sine tones at 8 kHz. `amplitude` is the peak of each, 0-32767; they share the headroom. */
export function tone(frequenciesHz: readonly number[], durationMs: number, amplitude = DEFAULT_AMPLITUDE): Int16Array {
  const out = new Int16Array(Math.round((durationMs * RATE) / 1000));
  const peak = Math.min(amplitude, Math.floor(32_767 / Math.max(1, frequenciesHz.length)));
  for (let i = 0; i < out.length; i++) {
    let sum = 0;
    for (const hz of frequenciesHz) sum += Math.sin((2 * Math.PI * hz * i) / RATE);
    out[i] = Math.round(sum * peak);
  }
  return out;
}

export function silence(durationMs: number): Int16Array {
  return new Int16Array(Math.round((durationMs * RATE) / 1000));
}

export function joinSounds(parts: readonly Int16Array[]): Int16Array {
  const out = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
