#!/usr/bin/env node
/**
 * Puts the command where `npx vaxel` finds it. A `bin` entry in package.json would be worse: for a project's own command npx then
 * makes a linked copy in its cache at every call, which is slow and fails when that cache is stale or two start at once (npm 11.19).
 */
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../node_modules/.bin/', import.meta.url));
const command = fileURLToPath(new URL('./vaxel.js', import.meta.url));
const link = `${folder}vaxel`;
chmodSync(command, 0o755);
if (!existsSync(link)) {
  mkdirSync(folder, { recursive: true });
  rmSync(link, { force: true });
  symlinkSync('../../bin/vaxel.js', link);
}
