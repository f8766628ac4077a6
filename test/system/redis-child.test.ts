import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { projectFile } from '../../gateway/project.js';
import { descendants, isRunning } from '../support/vaxel-command.js';

describe('the redis of vaxel up', () => {
  let folder = '';
  let running: ChildProcess[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vx-redis-'));
    running = [];
  });
  afterEach(async () => {
    await Promise.all(running.map((child) => (child.exitCode === null && child.signalCode === null ? (child.stdin?.end(), once(child, 'exit')) : undefined)));
    rmSync(folder, { recursive: true, force: true });
  });

  const socket = (): string => join(folder, 'r.sock');

  /** Started as the supervisor does, and ready. */
  async function start(): Promise<{ readonly child: ChildProcess; readonly family: readonly number[] }> {
    const env = { PATH: process.env['PATH'] ?? '', REDIS_SOCKET: socket(), REDIS_DIR: folder };
    const child = spawn(process.execPath, [projectFile('dist', 'gateway', 'cli', 'supervisor', 'redis-child.js')], { env, stdio: ['pipe', 'pipe', 'inherit'], detached: true });
    running.push(child);
    const lines = createInterface({ input: child.stdout });
    await new Promise<void>((resolve) => lines.on('line', (line) => line.startsWith('{"event":"ready"') && resolve()));
    return { child, family: descendants(child.pid ?? 0) };
  }

  async function ask<T>(question: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(socket(), { retryStrategy: () => null });
    try {
      return await question(redis);
    } finally {
      redis.disconnect();
    }
  }

  const serverPid = async (redis: Redis): Promise<number> => Number(/process_id:(\d+)/.exec(await redis.info('server'))?.[1]);
  /** Listening and connected ones. */
  const endsOfSocket = (): number => readFileSync('/proc/net/unix', 'latin1').split(socket()).length - 1;
  const nothingIsLeftOf = (family: readonly number[]) => vi.waitFor(() => expect(family.filter(isRunning)).toEqual([]), { timeout: 15_000, interval: 20 });

  it.each([
    ['it is killed with -9', (child: ChildProcess) => child.kill('SIGKILL')],
    ['it is told to stop', (child: ChildProcess) => child.kill('SIGTERM')],
    ['the supervisor dies', (child: ChildProcess) => child.stdin?.end()],
  ])('leaves nothing behind when %s', async (_how, end) => {
    const { child, family } = await start();
    expect(family.length).toBeGreaterThan(0);
    end(child);
    await once(child, 'exit');
    await nothingIsLeftOf(family);
  });

  it('ends in order: nothing runs any more when it has ended', async () => {
    const { child, family } = await start();
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(family.filter(isRunning)).toEqual([]);
  });

  it('ends when redis-server was killed, so that the supervisor starts both again', async () => {
    const { child, family } = await start();
    const exited = once(child, 'exit');
    process.kill(await ask(serverPid), 'SIGKILL');
    await exited;
    await nothingIsLeftOf(family);
  });

  it('started again at once after a -9 it waits for the old server, keeps its data and its socket', async () => {
    const { child } = await start();
    await ask((redis) => redis.set('kept', 'yes'));
    const old = await ask(serverPid);
    // The old server is held up, as a slow disk would do it, until the new process has knocked.
    process.kill(old, 'SIGSTOP');
    child.kill('SIGKILL');
    const again = start();
    await vi.waitFor(() => expect(endsOfSocket()).toBeGreaterThan(1), { timeout: 15_000, interval: 20 });
    // Nothing to wait for: one that is right does nothing now. A longer pause would only show a wrong one more surely.
    await delay(700);
    process.kill(old, 'SIGCONT');
    await again;
    await nothingIsLeftOf([old]);
    // Its end would have removed the socket of a server that had not waited.
    expect(await ask((redis) => redis.get('kept'))).toBe('yes');
  });
});
