import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { vi } from 'vitest';
import { openAgentPhone } from '../../gateway/cli/agent-phone.js';
import { DeskClient } from '../../gateway/cli/desk-client.js';
import type { Config } from '../../gateway/config.js';
import type { CallState } from '../../gateway/core/call/call-state.js';
import type { ServerEvent } from '../../gateway/core/screen/messages.js';
import { startGateway, type Gateway } from '../../gateway/gateway.js';
import { projectFile } from '../../gateway/project.js';
import { serveBilling } from '../../gateway/sample-billing/server.js';
import { readSampleData } from '../../gateway/sample-billing/sample-data.js';
import { BillingStore } from '../../gateway/sample-billing/store.js';
import type { AgentCall, AgentPhone, AnswerRule } from '../../media/phone/agent-phone.js';
import { HeadlessPhone, type CallerCall, type PlaceCallOptions } from '../../media/phone/headless-phone.js';
import { parseKeyScript } from '../../media/phone/key-script.js';
import { startBackend, type Backend } from './backend.js';
import { KeptFacts } from './kept-facts.js';
import { MemoryThread } from './memory-thread.js';
import { startRedis, type TestRedis } from './redis-server.js';
import { SipTrace } from './sip-trace.js';
import { KeptLog } from './silent-log.js';

export const SERVICE_NUMBER = '+46771000100';
export const DEMO_CALLER = '+46701234567';
const ENDING = { timeout: 20_000, interval: 20 };
/** Password of every agent's phone, and the API's token. */
export const AGENT_SECRET = 'a-secret-for-tests-only';

/** A whole exchange for telephony tests: backend, Redis, sample billing and one gateway, with callers and agents to drive it. */
export class Exchange {
  readonly callers: HeadlessPhone[] = [];
  readonly agents: TestAgent[] = [];
  /** SIP of the calls that `call` placed, as their phones saw it. */
  readonly traces = new WeakMap<CallerCall, SipTrace>();

  readonly backend: Backend;
  readonly redis: TestRedis;
  readonly billing: { readonly url: string; close(): Promise<void> };
  readonly thread: MemoryThread;
  readonly log: KeptLog;
  readonly facts: KeptFacts;
  readonly gateway: Gateway;
  private readonly folder: string;

  private constructor(parts: Pick<Exchange, 'backend' | 'redis' | 'billing' | 'thread' | 'log' | 'facts' | 'gateway'> & { readonly folder: string }) {
    ({ backend: this.backend, redis: this.redis, billing: this.billing, thread: this.thread, log: this.log, facts: this.facts, gateway: this.gateway, folder: this.folder } = parts);
  }

  /** @param options.flowsDir other content than the sample, whose agents are named by `options.agents` */
  static async start(options: { readonly flowsDir?: string; readonly agents?: readonly string[]; readonly config?: Partial<Config> } = {}): Promise<Exchange> {
    const folder = await mkdtemp(join(tmpdir(), 'vx-ex-'));
    const [backend, redis] = await Promise.all([startBackend(), startRedis()]);
    const data = readSampleData(undefined);
    const store = new BillingStore(folder, data, () => new Date().toISOString().slice(0, 10));
    const billing = await serveBilling({ store, customers: data.customers, port: 0 });
    const thread = new MemoryThread();
    const log = new KeptLog();
    const config: Config = {
      node: 'test',
      tenant: 'test',
      drachtio: backend.drachtio,
      mediaServers: [backend.freeswitch],
      callbackHost: '127.0.0.1',
      redisUrl: redis.url,
      databaseUrl: '',
      sampleThread: null,
      http: { host: '127.0.0.1', port: 0, origins: [] },
      apiToken: AGENT_SECRET,
      flowsDir: options.flowsDir ?? projectFile('ivr-flows'),
      promptsDir: projectFile('media', 'prompts'),
      // Rendered speech is kept over runs, as in production.
      speechDir: join(tmpdir(), 'vaxel-test-speech'),
      trunks: [],
      outboundTrunk: null,
      maxCalls: 200,
      drainMs: 0,
      logLevel: 'error',
      ...options.config,
    };
    const environment = { BILLING_URL: billing.url, ...agentSecrets(options.agents ?? ['anna', 'bo']) };
    const facts = new KeptFacts();
    const gateway = await startGateway(config, { environment, log, thread, onFact: (fact) => facts.keep(fact) });
    return new Exchange({ backend, redis, billing, thread, log, facts, gateway, folder });
  }

  get sip(): string {
    return `${this.backend.sip.host}:${this.backend.sip.port}`;
  }

  /** What to call the addresses of this exchange in a transcript. */
  get names(): ReadonlyMap<string, string> {
    return new Map([[this.sip, 'sip']]);
  }

  /** Places a call to the service number with a key script (see media/phone/key-script.ts). */
  async call(keys = '', options: Partial<PlaceCallOptions> = {}): Promise<CallerCall> {
    const phone = await HeadlessPhone.open({ host: '127.0.0.1' });
    this.callers.push(phone);
    const trace = SipTrace.of(phone.agent, this.names);
    const script = parseKeyScript(keys);
    if (!script.ok) throw new Error(script.reason);
    const call = await phone.call({ from: DEMO_CALLER, to: `sip:${SERVICE_NUMBER}@${this.sip}`, keys: script.steps, maxTalkMs: 60_000, ...options });
    this.traces.set(call, trace);
    return call;
  }

  /** Signs an agent in with a phone of its own. */
  async agent(id: string, rule: AnswerRule = { kind: 'auto' }, toneHz = 440): Promise<TestAgent> {
    const phone = await openAgentPhone({ aor: `sip:${id}@vaxel`, password: AGENT_SECRET, sip: this.sip, rule, toneHz });
    const { client } = await DeskClient.signIn(this.gateway.httpUrl, `${AGENT_SECRET}-${id}`);
    const agent = new TestAgent(id, client, phone, SipTrace.of(phone.agent, this.names));
    this.agents.push(agent);
    return agent;
  }

  /** The sample invoice as the billing service has it. */
  async invoice(number: string): Promise<{ readonly dueDate: string; readonly extended: boolean }> {
    return (await (await fetch(`${this.billing.url}/invoices/${number}`)).json()) as { dueDate: string; extended: boolean };
  }

  /** What the billing service itself recorded. */
  async ledger(): Promise<readonly { readonly type: string; readonly invoice: string }[]> {
    return (await (await fetch(`${this.billing.url}/ledger`)).json()) as { type: string; invoice: string }[];
  }

  /** What the gateway did last with that call: resolves when it is over and nothing of it is left to do. */
  async ended(sipCallId: string): Promise<Readonly<Record<string, unknown>>> {
    return vi.waitFor(() => {
      const [end] = this.log.of('call ended', sipCallId);
      if (end === undefined) throw new Error(`the call ${sipCallId} is not over`);
      return end.fields;
    }, ENDING);
  }

  /** The media server's channel of a leg, from the call's snapshot; resolves once it is there. */
  channelOf(sipCallId: string, leg: 'callerLeg' | 'agentLeg'): Promise<string> {
    const redis = new Redis(this.redis.socketPath);
    const key = `vx:{test}:s:${this.facts.callIdOf(sipCallId) ?? ''}`;
    const find = async (): Promise<string> => {
      const snapshot = JSON.parse((await redis.hget(key, 'snap')) ?? '{}') as Partial<Pick<CallState, 'callerLeg' | 'agentLeg'>>;
      const found = snapshot[leg];
      if (found?.phase !== 'up') throw new Error(`the ${leg} is not up`);
      return found.address.channel;
    };
    return vi.waitFor(find, ENDING).finally(() => redis.disconnect());
  }

  async close(): Promise<void> {
    await Promise.all(this.agents.map((agent) => agent.close()));
    await Promise.all(this.callers.map((caller) => caller.close()));
    await this.gateway.stop();
    await Promise.all([this.backend.close(), this.billing.close(), this.redis.stop()]);
    await rm(this.folder, { recursive: true, force: true });
  }
}

function agentSecrets(ids: readonly string[]): Record<string, string> {
  return Object.fromEntries(ids.flatMap((id) => [[`VAXEL_AGENT_${variable(id)}_TOKEN`, `${AGENT_SECRET}-${id}`], [`VAXEL_AGENT_${variable(id)}_SIP_PASSWORD`, AGENT_SECRET]]));
}

const variable = (agentId: string): string => agentId.toUpperCase().replaceAll('-', '_');

/** An agent with a screen client and a phone; events are kept, so that waiting for one that came already works. */
export class TestAgent {
  readonly events: { readonly event: ServerEvent; readonly at: number }[] = [];
  private readonly calls: AgentCall[] = [];
  private readonly waiting: { readonly test: (event: ServerEvent) => boolean; readonly found: (event: ServerEvent) => void }[] = [];

  constructor(
    readonly id: string,
    readonly client: DeskClient,
    readonly phone: AgentPhone,
    readonly trace: SipTrace,
  ) {
    phone.on('call', (call) => this.calls.push(call));
    client.on('event', (event, at) => {
      this.events.push({ event, at });
      for (const one of this.waiting.splice(0)) {
        if (one.test(event)) one.found(event);
        else this.waiting.push(one);
      }
    });
  }

  /** Resolves with the first event of that type (and phase, for `agent`) after the ones already waited for. */
  next<T extends ServerEvent['type']>(type: T, test: (event: Extract<ServerEvent, { type: T }>) => boolean = () => true): Promise<Extract<ServerEvent, { type: T }>> {
    const matches = (event: ServerEvent): event is Extract<ServerEvent, { type: T }> => event.type === type && test(event as Extract<ServerEvent, { type: T }>);
    const kept = this.events.findIndex(({ event }) => matches(event));
    const found = this.events[kept]?.event;
    if (found !== undefined && matches(found)) {
      this.events.splice(0, kept + 1);
      return Promise.resolve(found);
    }
    return new Promise((resolve) =>
      this.waiting.push({
        test: matches,
        found: (event) => {
          this.events.splice(0);
          if (matches(event)) resolve(event);
        },
      }),
    );
  }

  /** The next call that reaches the phone after the ones already taken. */
  async nextCall(): Promise<AgentCall> {
    const kept = this.calls.shift();
    if (kept !== undefined) return kept;
    await once(this.phone, 'call');
    return this.nextCall();
  }

  inPhase(phase: string): Promise<unknown> {
    return this.next('agent', (event) => event.state.phase === phase);
  }

  async ready(): Promise<void> {
    const result = await this.client.send({ type: 'ready' });
    if (!result.ok) throw new Error(`${this.id}: ${result.error.code} ${result.error.detail}`);
    await this.inPhase('ready');
  }

  async close(): Promise<void> {
    await this.client.send({ type: 'signOut' }).catch(() => undefined);
    this.client.close();
    await this.phone.close();
  }
}
