import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tone } from '../../../media/rtp/tone.js';
import { writeWav8k } from '../../../media/rtp/wav.js';

export interface BenchPrompts {
  readonly folder: string;
  /** Three seconds, longer than anybody listens here. */
  readonly long: string;
  /** A quarter of a second. */
  readonly short: string;
}

/** Recorded prompts that begin with sound at once, the same for the gateway and for what it is compared with. */
export async function writePrompts(): Promise<BenchPrompts> {
  const folder = join(tmpdir(), 'vaxel-bench-prompts');
  await mkdir(folder, { recursive: true });
  const prompts = { folder, long: join(folder, 'long.wav'), short: join(folder, 'short.wav') };
  await writeWav8k(prompts.long, tone([440], 3_000));
  await writeWav8k(prompts.short, tone([660], 250));
  return prompts;
}
