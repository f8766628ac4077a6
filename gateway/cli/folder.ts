import { existsSync, mkdirSync, mkdtempSync, rmdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** What only its owner may read. */
export const OWNER_ONLY = 0o700;
const ANYBODY = 0o777;

/**
 * Makes sure of a folder that files can be written to.
 * @param option names the folder on the command line
 * @throws in one sentence with the path and what to do
 */
export function makeFolder(path: string, option: string, mode = ANYBODY): void {
  try {
    makeWithThoseAbove(resolve(path), mode);
    rmdirSync(mkdtempSync(join(path, '.vaxel-')));
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw new Error(`${path}: no folder can be made or written there (${code}): make it writable, or name another one with ${option}`);
  }
}

/** Not `recursive`: where ENOENT means "never", as in /proc, Node goes on making the folder above without end. */
function makeWithThoseAbove(path: string, mode: number): void {
  if (existsSync(path)) return;
  makeWithThoseAbove(dirname(path), mode);
  mkdirSync(path, { mode });
}
