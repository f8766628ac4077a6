#!/usr/bin/env node
/**
 * Puts the command where `npx vaxel` looks first. For a project's own command npx otherwise makes a linked copy in its cache, which
 * is slow and breaks when two are started at once (npm 11).
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
