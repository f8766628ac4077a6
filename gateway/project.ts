import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the project: the nearest one above this file that has a package.json, built or not. */
export const projectRoot: string = findRoot(dirname(fileURLToPath(import.meta.url)));

/** A file of the project by its path from the project's folder, such as `ivr-flows/contact-centre.yaml`. */
export const projectFile = (...path: readonly string[]): string => join(projectRoot, ...path);

function findRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const above = dirname(folder);
  if (above === folder) throw new Error('vaxel: no package.json above the program');
  return findRoot(above);
}
