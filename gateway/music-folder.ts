import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { FoundMusic } from './core/acd/queue-faults.js';
import { readWav } from './core/wav.js';
import { projectFile } from './project.js';

/** Shorter music would be started again and again. */
const SHORTEST_SECONDS = 1;

/** Where the music of queues lies: MUSIC_DIR, else the project's own folder. Media servers must see it at the same path. */
export const musicFolder = (environment: NodeJS.ProcessEnv): string => environment['MUSIC_DIR'] || projectFile('media', 'moh');

/** Finds the music of that name: `<name>.wav`, or all WAV files of the folder `<name>` by their names. Does not throw. */
export function findMusic(folder: string, name: string): FoundMusic {
  const path = join(folder, name);
  const inFolder = wavsIn(path);
  const files = inFolder.length > 0 ? inFolder.map((file) => join(path, file)) : isFile(`${path}.wav`) ? [`${path}.wav`] : [];
  if (files.length === 0) return { found: 'nothing' };
  const unfit = files.find((file) => !isPlayable(file));
  return unfit === undefined ? { found: 'files', files } : { found: 'unfit', file: unfit.slice(folder.length + 1) };
}

function wavsIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((file) => file.endsWith('.wav')).sort();
  } catch {
    return []; // there is no such folder: the music may be a file
  }
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

function isPlayable(file: string): boolean {
  // The media server gets the files of a folder as one list, with this sign between them.
  if (file.includes('!')) return false;
  try {
    const wav = readWav(readFileSync(file));
    return wav !== null && wav.samples.length >= wav.rate * SHORTEST_SECONDS;
  } catch {
    return false; // not readable for this process, so hardly for the media server
  }
}
