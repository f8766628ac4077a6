import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TestRedis {
  readonly socketPath: string;
  /** `unix://…`, as the adapters take it. */
  readonly url: string;
  /** The server's process id, for tests that pause it. It changes with `restart`. */
  readonly pid: () => number;
  /** Stops the server and removes its folder. Safe to repeat. */
  stop(): Promise<void>;
  /** Kills the server (no good-bye) and starts it again at the same socket. Its data is kept only with `isDurable`. */
  restart(): Promise<void>;
}

/** Starts a redis-server child on a unix socket in a new temporary folder. `isDurable`: append-only file, synced at each write. */
export function startRedis(options: { readonly isDurable?: boolean } = {}): Promise<TestRedis> {
  return launchRedis(['--port', '0', ...(options.isDurable ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no'])]);
}

/** The same with these arguments beside the socket and the folder. */
export async function launchRedis(own: readonly string[]): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'vx-'));
  const socketPath = join(folder, 'r.sock');
  const args = ['--unixsocket', socketPath, '--save', '', '--dir', folder, ...own];
  let child: ChildProcess | null = null;
  let guard: ChildProcess | null = null;
  const launch = async () => {
    child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    guard = child.pid === undefined ? null : guarding(child.pid);
    await isServing(child);
  };
  const kill = async () => {
    if (child) await killed(child);
    guard?.stdin?.end('over\n');
    child = guard = null;
  };
  await launch();
  return {
    socketPath,
    url: `unix://${socketPath}`,
    pid: () => child?.pid ?? 0,
    stop: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
    restart: async () => {
      await kill();
      await launch();
    },
  };
}

/** Ends the server when this process dies, however it does: the guard's input closes before it was told that all is over. */
function guarding(pid: number): ChildProcess {
  const guard = spawn('sh', ['-c', 'read word; [ "$word" = over ] || kill -9 "$0"', String(pid)], { stdio: ['pipe', 'ignore', 'ignore'] });
  guard.stdin?.on('error', () => undefined); // it was ended from outside
  guard.on('error', () => undefined); // no shell: the server then ends with stop() only
  return guard;
}

async function isServing(child: ChildProcess): Promise<void> {
  let output = '';
  await new Promise<void>((resolve, reject) => {
    const onData = (chunk: Buffer) => {
      output += chunk.toString();
      if (/ready to accept connections/i.test(output)) resolve();
    };
    child.stdout?.on('data', onData);
    child.stderr?.on('data', onData);
    child.once('error', (error) => reject(new Error(`redis-server did not start (apt-get install redis-server): ${error.message}`)));
    child.once('exit', (code) => reject(new Error(`redis-server ended with ${code}: ${output}`)));
  });
  child.removeAllListeners('exit');
  child.stdout?.removeAllListeners('data').resume();
  child.stderr?.removeAllListeners('data').resume();
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}
