import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { localDay, startProgram, type Program } from '../../gateway/sample-billing/program.js';

let folder = '';
let running: Program | null = null;
let lines: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vaxel-billing-'));
  lines = [];
});
afterEach(async () => {
  running?.stop();
  await running?.stopped;
  running = null;
  rmSync(folder, { recursive: true, force: true });
});

const start = async (environment: Readonly<Record<string, string>> = {}, stdin = new PassThrough()): Promise<string> => {
  running = await startProgram({ environment: { DATA_DIR: folder, ...environment }, stdin, print: (line) => lines.push(line) });
  return (JSON.parse(lines[0] ?? '{}') as { url: string }).url;
};

it('prints one ready line with its address and an invoice that the demo can extend', async () => {
  const url = await start();
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([{ event: 'ready', url, demo: { invoice: '471100', number: '+46701234567' } }]);
  const response = await fetch(`${url}/invoices/471100`);
  expect(await response.json()).toMatchObject({ status: 'open', extended: false });
});

it('ends when the pipe of its parent closes', async () => {
  const stdin = new PassThrough();
  const url = await start({ VAXEL_PARENT: '1' }, stdin);
  stdin.end();
  await running?.stopped;
  await expect(fetch(url)).rejects.toThrow();
});

it('says why it cannot start', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  const taken = typeof address === 'object' && address !== null ? String(address.port) : '';
  await expect(start({ PORT: taken })).rejects.toThrow(/EADDRINUSE/);
  await expect(start({ PORT: 'x' })).rejects.toThrow(/no port/);
  await expect(start({ SAMPLE_DATA: join(folder, 'none.yaml') })).rejects.toThrow(/ENOENT/);
  await new Promise<void>((resolve) => other.close(() => resolve()));
});

it('counts days as people where it stands do', () => {
  expect(localDay(new Date(2026, 0, 5, 23, 59))).toBe('2026-01-05');
});
