import { findPrompt } from '../../media/rtp/align.js';
import { readWav8k } from '../../media/rtp/wav.js';

const SAMPLES_PER_MS = 8;
const SILENT = 60;
/** Cross-correlation from which on two sounds are taken for the same. */
const LIKE_ENOUGH = 0.9;
const BEGINNING_SAMPLES = 250 * SAMPLES_PER_MS;
const NOWHERE = { offsetSamples: 0, coefficient: 0 };

export interface HeardPrompt {
  readonly files: readonly string[];
  /** False when something stopped it: then only its beginning was looked for. */
  readonly isWhole: boolean;
  /** Likeness with what was to be said, 1 is the same. */
  readonly coefficient: number;
  readonly startsAt: number;
  readonly endsAt: number;
}

/** Looks for what was said in what was heard, each after the one before; a prompt that is not there has a low coefficient. Places are in samples. */
export async function findPrompts(heard: Int16Array, said: readonly (readonly string[])[]): Promise<readonly HeardPrompt[]> {
  const found: HeardPrompt[] = [];
  for (const files of said) {
    const prompt = withoutEnd(joined(await Promise.all(files.map((file) => readWav8k(file)))));
    const from = found.at(-1)?.endsAt ?? 0;
    const rest = heard.subarray(from);
    const whole = findPrompt(rest, prompt);
    const isWhole = whole !== undefined && whole.coefficient >= LIKE_ENOUGH;
    // A prompt that a key stopped is known by its beginning.
    const place = isWhole ? whole : (findPrompt(rest, prompt.subarray(0, BEGINNING_SAMPLES)) ?? NOWHERE);
    const startsAt = from + place.offsetSamples;
    found.push({ files, isWhole, coefficient: place.coefficient, startsAt, endsAt: startsAt + (isWhole ? prompt.length : Math.min(BEGINNING_SAMPLES, prompt.length)) });
  }
  return found;
}

function joined(parts: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Without the silence at its end, in which a call may be hung up. */
function withoutEnd(prompt: Int16Array): Int16Array {
  let end = prompt.length;
  while (end > 0 && Math.abs(prompt[end - 1] ?? 0) < SILENT) end--;
  return prompt.subarray(0, end);
}
