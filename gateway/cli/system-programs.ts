import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';

/** A program that the system must offer, with the names of the packages that bring it. */
export interface SystemProgram {
  readonly command: string;
  readonly apt: string;
  readonly brew: string;
  readonly purpose: string;
  /** An optional npm package that does the same where the program cannot be had. */
  readonly npm?: string;
}

export const REDIS: SystemProgram = { command: 'redis-server', apt: 'redis-server', brew: 'redis', purpose: 'live state of calls and queues' };
export const ESPEAK: SystemProgram = { command: 'espeak-ng', apt: 'espeak-ng', brew: 'espeak-ng', purpose: 'spoken prompts' };
export const SIPP: SystemProgram = { command: 'sipp', apt: 'sip-tester', brew: 'sipp', purpose: 'SIP test scenarios' };
export const CHROMIUM: SystemProgram = { command: 'chromium', apt: 'chromium', brew: 'chromium', purpose: 'tests of the desk page' };

export const FOR_START: readonly SystemProgram[] = [REDIS, { ...ESPEAK, npm: 'espeak-ng' }];
export const FOR_TEST: readonly SystemProgram[] = [REDIS, ESPEAK, SIPP, CHROMIUM];

/** Whether the command is on PATH. */
export function isInstalled(command: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.some((folder) => folder !== '' && existsSync(join(folder, command)));
}

/**
 * Makes sure that the programs are there: as root on a machine with apt they are installed, and that is said; elsewhere one
 * sentence names the command to run. A program that an installed npm package can stand in for is not insisted on.
 * @param say where progress goes, a line each
 * @returns null when all are there, else the sentence
 */
export function ensurePrograms(programs: readonly SystemProgram[], say: (line: string) => void): string | null {
  const missing = programs.filter((program) => !isInstalled(program.command));
  if (missing.length === 0) return null;
  const canInstall = process.getuid?.() === 0 && isInstalled('apt-get');
  const lastLine = canInstall ? install(missing, say) : '';
  const still = missing.filter((program) => !isInstalled(program.command));
  const needed = still.filter((program) => !hasPackage(program.npm));
  for (const program of still) if (!needed.includes(program)) say(`${program.command} is not installed: its npm package does its work (${program.purpose}), more slowly`);
  if (needed.length === 0) return null;
  if (canInstall) return `Could not install ${needed.map((program) => program.apt).join(', ')}: ${lastLine}`;
  const names = needed.map((program) => program.command).join(', ');
  const command =
    process.platform === 'darwin'
      ? `brew install ${needed.map((program) => program.brew).join(' ')}`
      : `sudo apt-get install -y ${needed.map((program) => program.apt).join(' ')}`;
  return `Missing ${names} (${needed.map((program) => program.purpose).join('; ')}). Run: ${command}`;
}

/** @returns the last thing that apt had to complain about */
function install(programs: readonly SystemProgram[], say: (line: string) => void): string {
  for (const program of programs) say(`installing ${program.apt} (${program.purpose})`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['update', '-q'], { env, stdio: 'ignore' });
  // Debian would start redis-server as a service on its usual port; policy-rc.d semantics are replaced by asking it not to start.
  const done = spawnSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...programs.map((program) => program.apt)], {
    env: { ...env, RUNLEVEL: '1' },
    encoding: 'utf8',
  });
  return (done.stderr ?? '').trim().split('\n').at(-1) ?? '';
}

function hasPackage(name: string | undefined): boolean {
  if (name === undefined) return false;
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false; // Not found is the answer.
  }
}
