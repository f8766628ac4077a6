import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
const PROGRAM = join(PROJECT, 'dist/gateway/adapters/history/pglite-server.js');
/** Kept between runs: an empty database takes seconds to make. */
const TEMPLATE = join(PROJECT, 'node_modules/.cache/vaxel/history-template');

export interface HistoryServer {
  readonly url: string;
  readonly process: ChildProcess;
  readonly exited: Promise<number | null>;
  /** Ends it as a parent's death would; resolves with its exit status. */
  stop(): Promise<number | null>;
}

/** A folder for data and socket, removed by `remove`. */
export async function historyFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'vaxel-h-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Starts the embedded database as the supervisor does. `folder` keeps its data; `env` overrides. */
export async function startHistory(folder: string, env: Readonly<Record<string, string>> = {}): Promise<HistoryServer> {
  const child = spawn(process.execPath, [PROGRAM], {
    env: { PATH: process.env['PATH'] ?? '', DATA_DIR: join(folder, 'data'), PORT: '0', TEMPLATE_DIR: TEMPLATE, VAXEL_PARENT: '1', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const ready = once(createInterface({ input: child.stdout }), 'line').then(([line]) => JSON.parse(String(line)) as { readonly url: string });
  const first = await Promise.race([ready, exited]);
  if (first === null || typeof first === 'number') throw new Error(`history database ended with status ${first}`);
  return {
    url: first.url,
    process: child,
    exited,
    stop: () => {
      child.stdin.end();
      return exited;
    },
  };
}
