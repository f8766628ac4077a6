import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

const ANYBODY = 0o777;

/**
 * Makes a folder and those above it, where they are not there. Not by `recursive` of `mkdir`: where ENOENT means "never", as in /proc, Node
 * goes on making the folder above without end.
 * @throws the error of the file system
 */
export function makeFolders(path: string, mode = ANYBODY): void {
  if (existsSync(path)) return;
  makeFolders(dirname(path), mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    // Another process was first.
    if (!existsSync(path)) throw error;
  }
}
