import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { projectFile } from '../../gateway/project.js';
import type { Backend } from './backend.js';
import { musicOfTests } from './music.js';

interface Address {
  readonly host: string;
  readonly port: number;
}

interface Ready {
  readonly sip: Address;
  readonly drachtio: Address;
  readonly freeswitch: { readonly sip: Address; readonly esl: Address };
}

/** The softswitch as a process that a test can kill and start again at the same addresses. */
export class SoftswitchProcess implements Backend {
  readonly kind = 'softswitch';

  private constructor(
    private child: ChildProcess,
    private readonly at: Ready,
    private readonly folder: string,
  ) {}

  static async start(): Promise<SoftswitchProcess> {
    const folder = await musicOfTests();
    const { child, ready } = await launch(folder, { SIP_PORT: '0', DRACHTIO_PORT: '0', FREESWITCH_SIP_PORT: '0', FREESWITCH_ESL_PORT: '0' });
    return new SoftswitchProcess(child, ready, folder);
  }

  get sip(): Address {
    return this.at.sip;
  }

  get drachtio(): Backend['drachtio'] {
    return { ...this.at.drachtio, secret: SECRET };
  }

  get freeswitch(): Backend['freeswitch'] {
    return { ...this.at.freeswitch.esl, secret: SECRET };
  }

  counts(): null {
    return null;
  }

  /** No good-bye to anybody: kill -9. */
  async kill(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }

  async startAgain(): Promise<void> {
    const { sip, drachtio, freeswitch } = this.at;
    const ports = { SIP_PORT: sip.port, DRACHTIO_PORT: drachtio.port, FREESWITCH_SIP_PORT: freeswitch.sip.port, FREESWITCH_ESL_PORT: freeswitch.esl.port };
    this.child = (await launch(this.folder, Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)])))).child;
  }

  async close(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exited = once(this.child, 'exit');
      this.child.stdin?.end();
      await exited;
    }
  }
}

const SECRET = 'test-secret';

async function launch(mohDir: string, ports: Readonly<Record<string, string>>): Promise<{ readonly child: ChildProcess; readonly ready: Ready }> {
  const child = spawn(process.execPath, [projectFile('dist', 'media', 'softswitch', 'main.js')], {
    env: { PATH: process.env['PATH'] ?? '', ...ports, DRACHTIO_SECRET: SECRET, FREESWITCH_PASSWORD: SECRET, MOH_DIR: mohDir, LOG_LEVEL: 'error', VAXEL_PARENT: '1' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, ready: JSON.parse(line) as Ready };
}
