import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureMusic } from '../../../media/moh/ensure-music.js';
import { projectFile } from '../../project.js';
import { Child, type ChildPlan } from './child.js';

export interface SystemOptions {
  /** Data, logs and secrets of this installation. */
  readonly varDir: string;
  readonly host: string;
  /** Networks that may send calls besides the configured ones, separated by commas. */
  readonly trunks: string;
  readonly sipPort: number;
  readonly httpPort: number;
  readonly secrets: Readonly<Record<string, string>>;
  /** Agents whose phones run as processes beside the system. */
  readonly phonesFor: readonly string[];
  readonly flowsDir: string;
  /** Told about every step, for the terminal. */
  readonly say: (line: string) => void;
  /** A program that could not be kept running. */
  readonly onFatal: (message: string) => void;
}

export interface RunningSystem {
  readonly sip: { readonly host: string; readonly port: number };
  readonly httpUrl: string;
  readonly billingUrl: string;
  /** An invoice of the demo customer that can be extended. */
  readonly demoInvoice: string;
  pids(): Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

const program = (...path: readonly string[]): string => projectFile('dist', ...path);
/** A program that ends again so soon after its start is not started for ever. */
const MAX_RESTARTS_IN_A_ROW = 5;
const STEADY_AFTER_MS = 10_000;

/**
 * Starts the whole system as sibling processes and keeps it: redis, history, softswitch and sample billing, then the gateway, then
 * phones. The gateway gets addresses in its environment exactly as in production. A program that dies is started again at the same
 * addresses; the others reconnect to it.
 */
export class System {
  private readonly children = new Map<string, Child>();
  private readonly order: string[] = [];
  private readonly runDir = mkdtempSync(join(tmpdir(), 'vaxel-'));
  private isStopping = false;

  constructor(private readonly options: SystemOptions) {
    for (const folder of ['log', 'redis', 'history', 'billing', 'speech', 'messages']) mkdirSync(join(options.varDir, folder), { recursive: true, mode: 0o700 });
  }

  async start(): Promise<RunningSystem> {
    const { options } = this;
    const { varDir } = options;
    const redisUrl = join(this.runDir, 'redis.sock');
    const node = process.execPath;
    await ensureMusic(join(varDir, 'moh'));
    const ports = { SIP_HOST: options.host, SIP_PORT: String(options.sipPort), DRACHTIO_PORT: '0', FREESWITCH_SIP_PORT: '0', FREESWITCH_ESL_PORT: '0' };
    const secrets = { DRACHTIO_SECRET: options.secrets['DRACHTIO_SECRET'] ?? '', FREESWITCH_PASSWORD: options.secrets['FREESWITCH_PASSWORD'] ?? '' };
    const [, , softswitch, billing] = await Promise.all([
      // Calls can be served without it, but a first call whose pop lacks what was said before is a bad beginning.
      this.run({
        name: 'history',
        command: node,
        args: [program('gateway', 'adapters', 'history', 'pglite-server.js')],
        env: { DATA_DIR: join(varDir, 'history'), SOCKET_DIR: this.runDir, TEMPLATE_DIR: projectFile('var', 'history-template') },
      }),
      this.run({ name: 'redis', command: node, args: [program('gateway', 'cli', 'supervisor', 'redis-child.js')], env: { REDIS_SOCKET: redisUrl, REDIS_DIR: join(varDir, 'redis') } }),
      this.run({ name: 'softswitch', command: node, args: [program('media', 'softswitch', 'main.js')], env: { ...ports, ...secrets, MOH_DIR: join(varDir, 'moh'), CONTROL_PORT: '0' } }),
      this.run({ name: 'billing', command: node, args: [program('gateway', 'sample-billing', 'main.js')], env: { DATA_DIR: join(varDir, 'billing'), PORT: '0' } }),
    ]);
    const sip = softswitch['sip'] as Address;
    const freeswitch = softswitch['freeswitch'] as { readonly esl: Address };
    const drachtio = softswitch['drachtio'] as Address;
    const samples = join(options.flowsDir, 'sample-thread.yaml');
    const gateway = await this.run({
      name: 'gateway',
      command: node,
      args: [program('gateway', 'main.js')],
      env: {
        ...options.secrets,
        ...secrets,
        VAXEL_NODE: 'gateway-1',
        DRACHTIO_HOST: drachtio.host,
        DRACHTIO_PORT: String(drachtio.port),
        FREESWITCH: `${freeswitch.esl.host}:${freeswitch.esl.port}`,
        REDIS_URL: redisUrl,
        DATABASE_URL: `postgresql://postgres@/postgres?host=${encodeURIComponent(this.runDir)}`,
        TRUNKS: options.trunks,
        ...(existsSync(samples) ? { SAMPLE_THREAD: samples } : {}),
        HTTP_HOST: options.host,
        HTTP_PORT: String(options.httpPort),
        BILLING_URL: String(billing['url']),
        FLOWS_DIR: options.flowsDir,
        SPEECH_DIR: join(varDir, 'speech'),
        MESSAGES_DIR: join(varDir, 'messages'),
        QUEUE_LOG_DIR: join(varDir, 'queue-log'),
      },
    });
    await Promise.all(options.phonesFor.map((agent) => this.startPhone(agent, sip)));
    return {
      sip,
      httpUrl: String(gateway['http']),
      billingUrl: String(billing['url']),
      demoInvoice: (billing['demo'] as { readonly invoice: string }).invoice,
      pids: () => Object.fromEntries([...this.children].map(([name, child]) => [name, child.pid ?? 0])),
      stop: () => this.stop(),
    };
  }

  /** Stops all in reverse order of their start. Idempotent. */
  async stop(): Promise<void> {
    if (this.isStopping) return;
    this.isStopping = true;
    for (const name of [...this.order].reverse()) {
      this.options.say(`stopping ${name}`);
      await this.children.get(name)?.stop();
    }
    rmSync(this.runDir, { recursive: true, force: true });
  }

  private async startPhone(agent: string, sip: Address): Promise<void> {
    const variable = `VAXEL_AGENT_${agent.toUpperCase().replaceAll('-', '_')}_SIP_PASSWORD`;
    await this.run({
      name: `phone-${agent}`,
      command: process.execPath,
      args: [program('gateway', 'cli', 'main.js'), 'phone', '--json', '--agent', agent, '--sip', `${sip.host}:${sip.port}`],
      env: { [variable]: this.options.secrets[variable] ?? '', FLOWS_DIR: this.options.flowsDir },
    });
  }

  private async run(what: Omit<ChildPlan, 'logFile' | 'isReady'>): Promise<Readonly<Record<string, unknown>>> {
    // What is started now would be stopped by nobody.
    if (this.isStopping) throw new Error(`${what.name} is not started: the system stops`);
    const plan: ChildPlan = { ...what, logFile: join(this.options.varDir, 'log', `${what.name}.log`), isReady: (line) => line['event'] === 'ready' };
    this.order.push(plan.name);
    const child = new Child(plan);
    this.children.set(plan.name, child);
    const fields = await child.ready;
    // A restart must find the same ports, since others have its address.
    const again: ChildPlan = { ...plan, env: { ...plan.env, ...portsOf(plan.name, fields) } };
    void this.keep(child, again);
    this.options.say(`${plan.name} is up`);
    return fields;
  }

  /** Starts a program again when it ends by itself. */
  private async keep(first: Child, plan: ChildPlan): Promise<void> {
    let child = first;
    let failures = 0;
    for (;;) {
      const begun = Date.now();
      const code = await child.exited;
      if (this.isStopping) return;
      failures = Date.now() - begun > STEADY_AFTER_MS ? 0 : failures + 1;
      if (failures > MAX_RESTARTS_IN_A_ROW) return this.options.onFatal(`${plan.name} ended ${failures} times in a row; see ${plan.logFile}: ${child.lastWords()}`);
      this.options.say(`${plan.name} ended with status ${code}, starting it again`);
      child = new Child(plan);
      this.children.set(plan.name, child);
      child.ready.then(() => this.options.say(`${plan.name} is up again`), () => undefined);
    }
  }
}

/** The ports that a program said it listens on, as its environment names them. */
function portsOf(name: string, ready: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  if (name === 'gateway') return { HTTP_PORT: new URL(String(ready['http'])).port };
  if (name === 'billing') return { PORT: new URL(String(ready['url'])).port };
  if (name !== 'softswitch') return {};
  const { sip, drachtio, freeswitch } = ready as { readonly sip: Address; readonly drachtio: Address; readonly freeswitch: { readonly sip: Address; readonly esl: Address } };
  return {
    SIP_PORT: String(sip.port),
    DRACHTIO_PORT: String(drachtio.port),
    FREESWITCH_SIP_PORT: String(freeswitch.sip.port),
    FREESWITCH_ESL_PORT: String(freeswitch.esl.port),
  };
}
