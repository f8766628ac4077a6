import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';
import { STORE_KEY_NAMES, storePrefix } from '../../gateway/adapters/redis/keys.js';
import { openAgentPhone } from '../../gateway/cli/agent-phone.js';
import { DeskClient } from '../../gateway/cli/desk-client.js';
import type { CallState } from '../../gateway/core/call/call-state.js';
import { projectFile } from '../../gateway/project.js';
import { readSampleData } from '../../gateway/sample-billing/sample-data.js';
import { serveBilling } from '../../gateway/sample-billing/server.js';
import { BillingStore } from '../../gateway/sample-billing/store.js';
import type { AnswerRule } from '../../media/phone/agent-phone.js';
import { HeadlessPhone, type CallerCall, type PlaceCallOptions } from '../../media/phone/headless-phone.js';
import { parseKeyScript } from '../../media/phone/key-script.js';
import { startBackend, type Backend } from './backend.js';
import { SPEECH_OF_TESTS } from './spoken-prompts.js';
import { DEMO_CALLER, SERVICE_NUMBER } from './exchange.js';
import { startRedis, type TestRedis } from './redis-server.js';
import { SipTrace } from './sip-trace.js';
import { TestAgent } from './test-agent.js';

const TENANT = 'test';
const SECRET = 'a-secret-for-tests-only';

/** A billing store that tells when something was committed, before anybody gets the answer. */
export class WatchedBilling extends BillingStore {
  readonly events = new EventEmitter<{ committed: [] }>();

  override extend(wish: Parameters<BillingStore['extend']>[0]): ReturnType<BillingStore['extend']> {
    const done = super.extend(wish);
    this.events.emit('committed');
    return done;
  }
}

/** One line of a gateway's log. */
export type LoggedLine = Readonly<Record<string, unknown>> & { readonly msg: string };

/** A gateway as a process of its own, which a test can kill. Its log is kept. */
export class GatewayProcess {
  readonly lines: LoggedLine[] = [];
  readonly exited: Promise<unknown>;
  private readonly arrived = new EventEmitter<{ line: [LoggedLine] }>();
  private stray = '';

  private constructor(
    private readonly child: ChildProcess,
    readonly ready: Promise<string>,
  ) {
    this.exited = once(child, 'exit');
    this.arrived.setMaxListeners(0);
    createInterface({ input: child.stderr ?? process.stdin }).on('line', (line) => this.keep(line));
  }

  /** Starts dist/gateway/main.js with this environment. `starting`: what is done to it before it serves. */
  static async start(env: Readonly<Record<string, string>>, starting?: (gateway: GatewayProcess) => void): Promise<GatewayProcess> {
    const child = spawn(process.execPath, [projectFile('dist', 'gateway', 'main.js')], {
      env: { PATH: process.env['PATH'] ?? '', ...env, VAXEL_PARENT: '1' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const ready = new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).once('line', (line) => resolve(String((JSON.parse(line) as { http: string }).http)));
      child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}: ${started.text}`)));
    });
    const started = new GatewayProcess(child, ready);
    starting?.(started);
    await ready;
    return started;
  }

  /** What it printed that is no log line: a stack, a warning of node. */
  get text(): string {
    return this.stray;
  }

  /** Resolves with the first line that says this and passes the test, also one that came already. */
  logged(message: string, test: (line: LoggedLine) => boolean = () => true): Promise<LoggedLine> {
    const matches = (line: LoggedLine): boolean => line.msg === message && test(line);
    const kept = this.lines.find(matches);
    if (kept !== undefined) return Promise.resolve(kept);
    return new Promise((resolve) => {
      const look = (line: LoggedLine): void => {
        if (!matches(line)) return;
        this.arrived.off('line', look);
        resolve(line);
      };
      this.arrived.on('line', look);
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** No good-bye: kill -9. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  async stop(): Promise<void> {
    this.child.stdin?.end();
    await this.exited;
  }

  private keep(text: string): void {
    if (process.env['VAXEL_TEST_LOG'] === '1') console.error(text);
    if (!text.startsWith('{')) {
      this.stray += `${text}\n`;
      return;
    }
    const line = JSON.parse(text) as LoggedLine;
    this.lines.push(line);
    this.arrived.emit('line', line);
  }
}

/** An exchange whose gateway is a process: backend, Redis and sample billing in this one, so that only the gateway dies. */
export class ProcessExchange {
  private caller: HeadlessPhone | null = null;
  private readonly agents: TestAgent[] = [];

  private constructor(
    readonly backend: Backend,
    readonly redis: TestRedis,
    readonly billing: WatchedBilling,
    private readonly billingServer: { readonly url: string; close(): Promise<void> },
    private readonly folder: string,
    private readonly extra: Readonly<Record<string, string>>,
    public gateway: GatewayProcess,
  ) {}

  /**
   * @param extra more environment for the gateway
   * @param own in place of the usual backend
   * @param through makes the way that the first gateway takes to Redis; others go straight to it
   */
  static async start(extra: Readonly<Record<string, string>> = {}, own?: Backend, through?: (redis: TestRedis) => Promise<string>): Promise<ProcessExchange> {
    const folder = await mkdtemp(join(tmpdir(), 'vx-px-'));
    const [backend, redis] = await Promise.all([own ?? startBackend(), startRedis({ isDurable: true })]);
    const data = readSampleData(undefined);
    const billing = new WatchedBilling(folder, data, () => new Date().toISOString().slice(0, 10));
    const server = await serveBilling({ store: billing, customers: data.customers, texts: data.texts, port: 0 });
    const way = through === undefined ? {} : { REDIS_URL: await through(redis) };
    const gateway = await GatewayProcess.start(environment({ folder, backend, redis, billingUrl: server.url, extra: { ...extra, ...way } }));
    return new ProcessExchange(backend, redis, billing, server, folder, extra, gateway);
  }

  get sip(): string {
    return `${this.backend.sip.host}:${this.backend.sip.port}`;
  }

  /** Starts another gateway, as the supervisor does after one died. */
  async startAnother(starting?: (gateway: GatewayProcess) => void): Promise<GatewayProcess> {
    const { folder, backend, redis, extra } = this;
    this.gateway = await GatewayProcess.start(environment({ folder, backend, redis, billingUrl: this.billingServer.url, extra }), starting);
    return this.gateway;
  }

  /** A call as its gateway last wrote it. */
  async snapshot(callId: string): Promise<CallState> {
    const redis = new Redis(this.redis.socketPath);
    try {
      return JSON.parse((await redis.hget(`${storePrefix(TENANT)}${STORE_KEY_NAMES.SNAPSHOT}${callId}`, 'snap')) ?? 'null') as CallState;
    } finally {
      redis.disconnect();
    }
  }

  /** How the call ended, as that gateway tells operators; null when it does not know. */
  async endOf(call: CallerCall, gateway: GatewayProcess): Promise<unknown> {
    const answer = await fetch(`${await gateway.ready}/v1/calls/ended?sipCallId=${encodeURIComponent(call.call.sipCallId)}`, { headers: { authorization: `Bearer ${SECRET}` } });
    return answer.status === 404 ? null : answer.json();
  }

  /** Redis keys that name a call which this gateway has served, but for the mark of who had it last, which goes by itself. */
  async keysOfCalls(): Promise<readonly string[]> {
    const redis = new Redis(this.redis.socketPath);
    try {
      const callIds = new Set(this.gateway.lines.map((line) => line['callId']).filter((id) => typeof id === 'string'));
      const keys = (await redis.keys('*')).filter((key) => [...callIds].some((callId) => key.includes(callId)));
      const lives = await Promise.all(keys.map((key) => redis.pttl(key)));
      return keys.filter((key, index) => !(key.startsWith('vx:') && Number(lives[index]) > 0));
    } finally {
      redis.disconnect();
    }
  }

  async setFaults(faults: { readonly dropAnswers?: number; readonly fail?: number; readonly delayMs?: number }): Promise<void> {
    await fetch(`${this.billingServer.url}/faults`, { method: 'POST', body: JSON.stringify(faults) });
  }

  async call(keys = '', options: Partial<PlaceCallOptions> = {}): Promise<CallerCall> {
    this.caller ??= await HeadlessPhone.open({ host: '127.0.0.1' });
    const script = parseKeyScript(keys);
    if (!script.ok) throw new Error(script.reason);
    return this.caller.call({ from: DEMO_CALLER, to: `sip:${SERVICE_NUMBER}@${this.sip}`, keys: script.steps, maxTalkMs: 60_000, ...options });
  }

  async agent(id: 'anna' | 'bo' | 'cia', rule: AnswerRule = { kind: 'auto' }, toneHz = 440): Promise<TestAgent> {
    const phone = await openAgentPhone({ aor: `sip:${id}@vaxel`, password: SECRET, sip: this.sip, rule, toneHz });
    const agent = new TestAgent(id, await this.screen(id), phone, SipTrace.of(phone.agent, new Map()));
    this.agents.push(agent);
    return agent;
  }

  /** The agent's screen connects again, to whichever gateway runs now; the phone is the same. */
  async reconnected(agent: TestAgent): Promise<TestAgent> {
    const again = new TestAgent(agent.id, await this.screen(agent.id), agent.phone, agent.trace);
    this.agents.splice(this.agents.indexOf(agent), 1, again);
    return again;
  }

  async close(): Promise<void> {
    await Promise.all(this.agents.map((agent) => agent.close()));
    await this.caller?.close();
    await this.gateway.stop();
    await Promise.all([this.backend.close(), this.billingServer.close(), this.redis.stop()]);
    await rm(this.folder, { recursive: true, force: true });
  }

  private async screen(id: string): Promise<DeskClient> {
    return (await DeskClient.signIn(await this.gateway.ready, `${SECRET}-${id}`)).client;
  }
}

function environment(of: { readonly folder: string; readonly backend: Backend; readonly redis: TestRedis; readonly billingUrl: string; readonly extra: Readonly<Record<string, string>> }): Record<string, string> {
  const { drachtio, freeswitch } = of.backend;
  return {
    VAXEL_NODE: 'test',
    VAXEL_TENANT: TENANT,
    DRACHTIO_HOST: drachtio.host,
    DRACHTIO_PORT: String(drachtio.port),
    DRACHTIO_SECRET: drachtio.secret,
    FREESWITCH: `${freeswitch.host}:${freeswitch.port}`,
    FREESWITCH_PASSWORD: freeswitch.secret,
    REDIS_URL: of.redis.url,
    // Calls are served without the history.
    DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none',
    HTTP_PORT: '0',
    API_TOKEN: SECRET,
    BILLING_URL: of.billingUrl,
    SPEECH_DIR: SPEECH_OF_TESTS,
    QUEUE_LOG_DIR: join(of.folder, 'queue-log'),
    QUEUE_LOG_KEEP_DAYS: '1',
    DRAIN_MS: '0',
    ...Object.fromEntries(['ANNA', 'BO', 'CIA'].flatMap((id) => [[`VAXEL_AGENT_${id}_TOKEN`, `${SECRET}-${id.toLowerCase()}`], [`VAXEL_AGENT_${id}_SIP_PASSWORD`, SECRET]])),
    ...of.extra,
  };
}
