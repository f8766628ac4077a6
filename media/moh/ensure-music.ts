import { access, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWav8k } from '../rtp/wav.js';
import { composeMusic } from './compose-music.js';

/** Raised when the composition changes, so that the old file is not taken for it. */
const FILE = 'quiet-morning-1.wav';

/** Writes the music into the folder unless it is there. @returns its path. Rejects with the error of the file system. */
export async function ensureMusic(folder: string): Promise<string> {
  const path = join(folder, FILE);
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (isThere) return path;
  await mkdir(folder, { recursive: true });
  const draft = join(folder, `.${FILE}.${process.pid}.tmp`);
  await writeWav8k(draft, composeMusic());
  await rename(draft, path);
  return path;
}
