import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { oneOf } from '../../core/meant.js';
import { projectFile } from '../../project.js';

/** A folder as `ivr-flows`: it holds `flows`, `prompts`, `connectors` and the contact centre. */
export interface ContentFolder {
  readonly path: string;
  /** A file of it (`flows/x.yaml`) by the path that leads there from where the author stands. */
  nameOf(file: string): string;
}

const isContent = (path: string): boolean => existsSync(join(path, 'flows')) || existsSync(join(path, 'contact-centre.yaml'));

/** The folder itself, or the one that a file or folder lies in; null when there is none. */
export function contentFolder(within: string): ContentFolder | null {
  for (let path = resolve(within); ; path = dirname(path)) {
    if (isContent(path)) return at(path);
    if (path === dirname(path)) return null;
  }
}

/** Where flows are read from when nothing else is said: `FLOWS_DIR`, or the project's own. */
export const defaultFolder = (): ContentFolder => at(resolve(process.env['FLOWS_DIR'] ?? projectFile('ivr-flows')));

/** The one flow that a command is told, by id or file; empty where none is. @throws in one sentence when it is told more */
export function oneFlow([first = '', more]: readonly string[]): string {
  if (more !== undefined) throw new Error(`${more}: that is too much, one flow is named at a time`);
  return basename(first).replace(/\.yaml$/, '');
}

/** What to say where a command is not told a flow that there is. */
export const noSuchFlow = (id: string, flows: Iterable<string>): string => (id === '' ? `name a flow: one of ${[...flows].join(', ')}` : `there is no flow "${id}": ${oneOf(id, flows)}`);

/** Whether a path is a folder of flows as a whole, not a file or folder in it. */
export const isWholeFolder = (path: string, folder: ContentFolder): boolean => statSync(path).isDirectory() && resolve(path) === folder.path;

function at(path: string): ContentFolder {
  const from = relative(process.cwd(), path);
  // Far away a whole path is easier to read than a climb.
  const shown = from.startsWith(join('..', '..')) ? path : from;
  return { path, nameOf: (file) => join(shown, file) };
}
