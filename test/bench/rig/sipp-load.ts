import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectFile } from '../../../gateway/project.js';

export interface Load {
  /** `uac` is SIPp's own (INVITE, 200, ACK, BYE); else a file below test/bench/scenarios. */
  readonly scenario: string;
  /** `host:port` under load. */
  readonly target: string;
  readonly service: string;
  readonly cps: number;
  readonly calls: number;
  /** Longest time that a call may take, ms. */
  readonly callLimitMs: number;
}

export interface LoadResult {
  readonly succeeded: number;
  readonly failed: number;
  readonly retransmissions: number;
  /** Calls a second that were really begun. */
  readonly cps: number;
}

/** Places calls at a steady rate by one SIPp and counts what came of them. */
export async function sippLoad(load: Load): Promise<LoadResult> {
  const folder = await mkdtemp(join(tmpdir(), 'vx-load-'));
  const [port, mediaPort] = await Promise.all([freePort(), freePort()]);
  const scenario = load.scenario === 'uac' ? ['-sn', 'uac'] : ['-sf', projectFile('test', 'bench', 'scenarios', load.scenario)];
  const begun = load.calls / load.cps;
  const args = [
    load.target, ...scenario, '-s', load.service, '-i', '127.0.0.1', '-p', String(port), '-mi', '127.0.0.1', '-mp', String(mediaPort), '-t', 'u1',
    '-r', String(load.cps), '-m', String(load.calls), '-l', String(load.calls), '-nostdin', '-recv_timeout', String(load.callLimitMs),
    '-timeout', String(Math.ceil(begun + (2 * load.callLimitMs) / 1_000)), '-trace_stat', '-fd', '1', '-stf', join(folder, 'stat.csv'),
  ];
  const child = sipp(args, folder);
  await once(child, 'exit');
  const stat = await readFile(join(folder, 'stat.csv'), 'utf8').catch(() => '');
  await rm(folder, { recursive: true });
  return countsOf(stat);
}

/** A SIPp that answers calls (its own `uas`), for SIPp against SIPp. */
export async function sippAnswers(): Promise<{ readonly target: string; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'vx-load-'));
  const port = await freePort();
  const child = sipp(['-sn', 'uas', '-i', '127.0.0.1', '-p', String(port), '-nostdin'], folder);
  const exited = once(child, 'exit');
  return {
    target: `127.0.0.1:${port}`,
    close: async () => {
      child.kill('SIGKILL');
      await exited;
      await rm(folder, { recursive: true });
    },
  };
}

function sipp(args: readonly string[], folder: string): ChildProcess {
  const child = spawn('sipp', [...args], { stdio: 'ignore', cwd: folder, env: { ...process.env, TERM: 'dumb' } });
  const endWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', endWithUs);
  child.once('exit', () => process.off('exit', endWithUs));
  return child;
}

/** Reads SIPp's statistics, a line a second. */
function countsOf(stat: string): LoadResult {
  const [names = [], ...lines] = stat.trim().split('\n').map((line) => line.split(';'));
  const read = (line: readonly string[] | undefined, name: string): number => Number(line?.[names.indexOf(name)] ?? 0);
  const last = lines.at(-1);
  return {
    succeeded: read(last, 'SuccessfulCall(C)'),
    failed: read(last, 'FailedCall(C)'),
    retransmissions: read(last, 'Retransmissions(C)'),
    // The mean falls as soon as all calls are begun and only their ends are waited for.
    cps: Math.max(0, ...lines.map((line) => read(line, 'CallRate(C)'))),
  };
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}
