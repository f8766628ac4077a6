import { execFile, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectFile } from '../../gateway/project.js';

interface Outcome {
  readonly status: number;
  readonly output: string;
  readonly complaint: string;
}

/** A Compose program of this machine. `config` reads files only: it needs no container engine. */
export interface ComposeClient {
  readonly version: string;
  /** Runs `config` as an operator would: in a folder with the project's docker-compose.yml, this text as `.env`, and an agents.env. */
  config(dotEnv: string): Promise<Outcome>;
}

// Without the variables of this shell, which would win over the file.
const ENVIRONMENT = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/' };

/** The Compose programs that are installed: the plugin of the Docker client, and the program of its own. */
export function composeClients(): readonly ComposeClient[] {
  return [['docker', 'compose'], ['docker-compose']].flatMap((command) => {
    const [program = '', ...first] = command;
    const asked = spawnSync(program, [...first, 'version', '--short'], { env: ENVIRONMENT, encoding: 'utf8' });
    return asked.status === 0 ? [{ version: `${command.join(' ')} ${asked.stdout.trim()}`, config: (dotEnv: string) => configIn(command, dotEnv) }] : [];
  });
}

function configIn([program = '', ...first]: readonly string[], dotEnv: string): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'vx-compose-'));
  copyFileSync(projectFile('docker-compose.yml'), join(folder, 'docker-compose.yml'));
  writeFileSync(join(folder, '.env'), dotEnv);
  writeFileSync(join(folder, 'agents.env'), 'VAXEL_AGENT_ANNA_TOKEN=of-a-test\n');
  return new Promise((resolve) => {
    execFile(program, [...first, 'config'], { cwd: folder, env: ENVIRONMENT }, (error, output, complaint) => {
      rmSync(folder, { recursive: true, force: true });
      resolve({ status: error === null ? 0 : Number(error.code ?? 1), output, complaint });
    });
  });
}
