#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../dist/gateway/cli/main.js', import.meta.url));
if (!existsSync(entry)) {
  console.error('vaxel: not built yet. Run `npm install` (or `npm run build`) in the project folder first.');
  process.exit(1);
}
await import(entry);
