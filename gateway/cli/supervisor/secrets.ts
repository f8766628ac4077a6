import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { ownFile } from '../state-file.js';

const secretsSchema = z.record(z.string(), z.string());

/**
 * Secrets of this installation by the name of their environment variable. Made at the first start, kept in a file that only its
 * owner reads; a variable that is set in the environment wins.
 */
export function installationSecrets(file: string, names: readonly string[]): Readonly<Record<string, string>> {
  const kept = existsSync(file) ? ownFile(file, secretsSchema, 'put it back from a copy, or remove it and have new secrets made') : {};
  const missing = names.filter((name) => kept[name] === undefined);
  for (const name of missing) kept[name] = randomBytes(24).toString('base64url');
  if (missing.length > 0) {
    writeFileSync(file, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600 });
    chmodSync(file, 0o600);
  }
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? kept[name] ?? '']));
}
