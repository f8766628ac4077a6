import { execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether SIPp is installed (package sip-tester). */
export const hasSipp = ((): boolean => {
  try {
    execFileSync('sipp', ['-v'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    // `sipp -v` prints its version and exits with 99.
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
})();

/** A UDP port that is free now. */
export async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}

export interface SippOptions {
  scenario: string;
  localPort: number;
  remotePort?: number;
  protocol?: 'udp' | 'tcp';
  calls?: number;
  /** Changes the scenario before it runs. */
  edit?(xml: string): string;
}

/** Runs one scenario of the folder `sipp`. Resolves with '' when every step was as written, else with what SIPp says. */
export async function runSipp({ scenario, localPort, remotePort, protocol = 'udp', calls = 1, edit = (xml) => xml }: SippOptions): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sipp-'));
  const errors = join(folder, 'errors.log');
  const file = join(folder, `${scenario}.xml`);
  await writeFile(file, edit(await readFile(new URL(`./sipp/${scenario}.xml`, import.meta.url), 'utf8')));
  const args = [
    ...(remotePort === undefined ? [] : [`127.0.0.1:${remotePort}`]), '-sf', file, '-i', '127.0.0.1', '-p', String(localPort), '-t', protocol === 'udp' ? 'u1' : 't1',
    '-m', String(calls), '-r', String(calls), '-timeout', '12s', '-timeout_error', '-recv_timeout', '8000', '-nostdin', '-trace_err', '-error_file', errors,
  ];
  const child = spawn('sipp', args, { stdio: 'ignore', cwd: folder, env: { ...process.env, TERM: 'dumb' } });
  const [code] = (await once(child, 'exit')) as [number];
  const said = await readFile(errors, 'utf8').catch(() => '');
  await rm(folder, { recursive: true });
  return code === 0 ? '' : `exit ${code}\n${said}`;
}
