import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program that the system must offer, with the names of the packages that bring it. */
export interface SystemProgram {
  readonly command: string;
  readonly apt: string;
  readonly brew: string;
  readonly purpose: string;
}

export const REDIS: SystemProgram = { command: 'redis-server', apt: 'redis-server', brew: 'redis', purpose: 'live state of calls and queues' };
export const ESPEAK: SystemProgram = { command: 'espeak-ng', apt: 'espeak-ng', brew: 'espeak-ng', purpose: 'spoken prompts' };
export const SIPP: SystemProgram = { command: 'sipp', apt: 'sip-tester', brew: 'sipp', purpose: 'SIP test scenarios' };
export const CHROMIUM: SystemProgram = { command: 'chromium', apt: 'chromium', brew: 'chromium', purpose: 'tests of the desk page' };

export const FOR_START: readonly SystemProgram[] = [REDIS, ESPEAK];
export const FOR_TEST: readonly SystemProgram[] = [REDIS, ESPEAK, SIPP, CHROMIUM];

/** Whether the command is on PATH. */
export function isInstalled(command: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.some((folder) => folder !== '' && existsSync(join(folder, command)));
}

/**
 * Makes sure that the programs are there: as root on a machine with apt they are installed, and that is said; elsewhere one
 * sentence names the command to run.
 * @param say where progress goes, a line each
 * @returns null when all are there, else the sentence
 */
export function ensurePrograms(programs: readonly SystemProgram[], say: (line: string) => void): string | null {
  const missing = programs.filter((program) => !isInstalled(program.command));
  if (missing.length === 0) return null;
  if (process.getuid?.() === 0 && isInstalled('apt-get')) {
    const packages = missing.map((program) => program.apt);
    for (const program of missing) say(`installing ${program.apt} (${program.purpose})`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('apt-get', ['update', '-q'], { env, stdio: 'ignore' });
    // Debian would start redis-server as a service on its usual port; policy-rc.d semantics are replaced by asking it not to start.
    const done = spawnSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], {
      env: { ...env, RUNLEVEL: '1' },
      encoding: 'utf8',
    });
    const still = missing.filter((program) => !isInstalled(program.command));
    if (still.length === 0) return null;
    const lastLine = (done.stderr ?? '').trim().split('\n').at(-1) ?? '';
    return `Could not install ${still.map((program) => program.apt).join(', ')}: ${lastLine}`;
  }
  const names = missing.map((program) => program.command).join(', ');
  const command =
    process.platform === 'darwin'
      ? `brew install ${missing.map((program) => program.brew).join(' ')}`
      : `sudo apt-get install -y ${missing.map((program) => program.apt).join(' ')}`;
  return `Missing ${names} (${missing.map((program) => program.purpose).join('; ')}). Run: ${command}`;
}
