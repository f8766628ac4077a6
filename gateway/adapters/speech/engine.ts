import { createRequire } from 'node:module';
import { projectFile } from '../../project.js';

/** A program that speaks: it takes espeak-ng's arguments, the words by stdin, and gives a WAV by stdout. */
export interface Engine {
  readonly command: string;
  /** Those that come before the voice. */
  readonly args: readonly string[];
}

/** The espeak-ng command of the system. */
export const espeakCommand = (command: string): Engine => ({ command, args: ['--stdin', '--stdout'] });

/** The same command from the optional npm package espeak-ng, or null when that was not installed. About half a second slower a text. */
export function npmEngine(): Engine | null {
  try {
    createRequire(import.meta.url).resolve('espeak-ng');
  } catch {
    return null; // Not found is the answer.
  }
  return { command: process.execPath, args: [projectFile('dist', 'gateway', 'adapters', 'speech', 'espeak-npm.js')] };
}
