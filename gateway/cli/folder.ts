import { mkdtempSync, rmdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeFolders } from '../made-folder.js';

/** What only its owner may read. */
export const OWNER_ONLY = 0o700;

/**
 * Makes sure of a folder that files can be written to.
 * @param option names the folder on the command line
 * @throws in one sentence with the path and what to do
 */
export function makeFolder(path: string, option: string, mode?: number): void {
  try {
    makeFolders(resolve(path), mode);
    rmdirSync(mkdtempSync(join(path, '.vaxel-')));
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw new Error(`${path}: no folder can be made or written there (${code}): make it writable, or name another one with ${option}`);
  }
}
