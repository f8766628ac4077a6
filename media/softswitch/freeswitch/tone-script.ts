import { joinSounds, silence, tone } from '../../rtp/tone.js';

/** A tone description, played through once and then `loops` times in all (-1: for ever). */
export interface ToneScript {
  readonly pcm: Int16Array;
  readonly loops: number;
}

const MAX_ROUND_MS = 120_000;
const MAX_FREQUENCIES = 12;
const DEFAULT_DBM = -7;

/**
 * Reads the part behind `tone_stream://`: `%(on,off,f1,f2…)` steps, `v=` level in dB, `l=`/`L=` rounds of what follows, `;loops=` rounds of
 * the whole. Unknown parts make no sound, as on the real server. Undefined if it would be longer than two minutes a round.
 */
export function parseToneScript(text: string): ToneScript | undefined {
  const parts: Int16Array[] = [];
  let levelDb = DEFAULT_DBM;
  let rounds = 1;
  let loops = 1;
  let totalMs = 0;
  for (const match of text.matchAll(/%\(([^)]*)\)|\b(loops|[vlL])=(-?\d+(?:\.\d+)?)/g)) {
    const [, step, option, value] = match;
    if (option === 'v') levelDb = Number(value);
    else if (option === 'loops') loops = Number(value);
    else if (option !== undefined) rounds = Math.max(1, Math.min(1000, Number(value)));
    if (step === undefined) continue;
    const numbers = step.split(',').map(Number);
    const [onMs = 0, offMs = 0, ...frequencies] = numbers;
    totalMs += (onMs + offMs) * rounds;
    if (numbers.some((number) => !(number >= 0)) || totalMs > MAX_ROUND_MS || frequencies.length > MAX_FREQUENCIES) return undefined;
    const sound = joinSounds([tone(frequencies, onMs, amplitudeOf(levelDb)), silence(offMs)]);
    for (let round = 0; round < rounds; round++) parts.push(sound);
  }
  return { pcm: joinSounds(parts), loops };
}

/** Peak of one tone at a level below full scale. */
function amplitudeOf(levelDb: number): number {
  return Math.round(32_767 * 10 ** (Math.max(-60, Math.min(0, levelDb)) / 20) * 0.5);
}
