import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { vi } from 'vitest';
import { openAgentPhone } from '../../gateway/cli/agent-phone.js';
import { DeskClient } from '../../gateway/cli/desk-client.js';
import type { Config } from '../../gateway/config.js';
import type { CallState } from '../../gateway/core/call/call-state.js';
import { startGateway, type Gateway } from '../../gateway/gateway.js';
import { projectFile } from '../../gateway/project.js';
import { serveBilling } from '../../gateway/sample-billing/server.js';
import { readSampleData } from '../../gateway/sample-billing/sample-data.js';
import { BillingStore } from '../../gateway/sample-billing/store.js';
import type { PortRange } from '../../media/rtp/port-pair.js';
import type { AnswerRule } from '../../media/phone/agent-phone.js';
import { HeadlessPhone, type CallerCall, type PlaceCallOptions } from '../../media/phone/headless-phone.js';
import { parseKeyScript } from '../../media/phone/key-script.js';
import { startBackend, type Backend } from './backend.js';
import { EventSocketTrace } from './event-socket-trace.js';
import { SPEECH_OF_TESTS } from './spoken-prompts.js';
import { KeptFacts } from './kept-facts.js';
import { MemoryRecordings } from './memory-recordings.js';
import { MemoryThread } from './memory-thread.js';
import { RawPhone, type RawPhoneOptions } from './raw-phone.js';
import { startRedis, type TestRedis } from './redis-server.js';
import { SipTrace } from './sip-trace.js';
import { KeptLog } from './silent-log.js';
import { RawAgent, ScreenAgent, TestAgent } from './test-agent.js';

export const SERVICE_NUMBER = '+46771000100';
export const DEMO_CALLER = '+46701234567';
const ENDING = { timeout: 20_000, interval: 20 };
/** Password of every agent's phone, and the API's token. */
export const AGENT_SECRET = 'a-secret-for-tests-only';

/** A whole exchange for telephony tests: backend, Redis, sample billing and one gateway, with callers and agents to drive it. */
export class Exchange {
  readonly callers: HeadlessPhone[] = [];
  readonly agents: ScreenAgent[] = [];
  private readonly rawPhones: RawPhone[] = [];
  /** SIP of the calls that `call` placed, as their phones saw it. */
  readonly traces = new WeakMap<CallerCall, SipTrace>();

  readonly backend: Backend;
  readonly redis: TestRedis;
  readonly billing: { readonly url: string; close(): Promise<void> };
  readonly thread: MemoryThread;
  readonly recordings: MemoryRecordings;
  readonly log: KeptLog;
  readonly facts: KeptFacts;
  readonly eventSockets: EventSocketTrace;
  readonly gateway: Gateway;
  readonly folder: string;

  private constructor(parts: Pick<Exchange, 'backend' | 'redis' | 'billing' | 'thread' | 'recordings' | 'log' | 'facts' | 'eventSockets' | 'gateway'> & { readonly folder: string }) {
    ({ backend: this.backend, redis: this.redis, billing: this.billing, thread: this.thread, recordings: this.recordings, log: this.log, facts: this.facts, eventSockets: this.eventSockets, gateway: this.gateway, folder: this.folder } = parts);
  }

  /** @param options.flowsDir other content than the sample, whose agents are named by `options.agents`; options.rtp: ports of the softswitch's media */
  static async start(options: { readonly flowsDir?: string; readonly agents?: readonly string[]; readonly config?: Partial<Config>; readonly environment?: NodeJS.ProcessEnv; readonly rtp?: PortRange } = {}): Promise<Exchange> {
    const folder = await mkdtemp(join(tmpdir(), 'vx-ex-'));
    const [backend, redis] = await Promise.all([startBackend(options.rtp), startRedis()]);
    const data = readSampleData(undefined);
    const store = new BillingStore(folder, data, () => new Date().toISOString().slice(0, 10));
    const billing = await serveBilling({ store, customers: data.customers, texts: data.texts, port: 0 });
    const thread = new MemoryThread();
    const recordings = new MemoryRecordings();
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
      speechDir: SPEECH_OF_TESTS,
      messages: { folder: join(folder, 'messages'), keepDays: 30 },
      queueLog: { folder: join(folder, 'queue-log'), keepDays: 30 },
      trunks: [],
      outboundTrunk: null,
      recordingDays: 30,
      maxCalls: 200,
      drainMs: 0,
      logLevel: 'error',
      ...options.config,
    };
    const environment = { BILLING_URL: billing.url, ...agentSecrets(options.agents ?? ['anna', 'bo']), ...options.environment };
    const facts = new KeptFacts();
    const gateway = await startGateway(config, { environment, log, ...(config.databaseUrl === '' ? { history: { thread, recordings } } : {}), onFact: (fact) => facts.keep(fact) });
    return new Exchange({ backend, redis, billing, thread, recordings, log, facts, eventSockets: EventSocketTrace.begin(), gateway, folder });
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

  /** Signs an agent in who takes no calls. */
  async agentWithoutPhone(id: string): Promise<ScreenAgent> {
    const { client } = await DeskClient.signIn(this.gateway.httpUrl, `${AGENT_SECRET}-${id}`);
    const agent = new ScreenAgent(id, client);
    this.agents.push(agent);
    return agent;
  }

  /** Signs an agent in whose phone is written by hand. */
  async rawAgent(id: string, options: { readonly protocol?: 'udp' | 'tcp'; readonly toneHz?: number } = {}): Promise<RawAgent> {
    const phone = await RawPhone.open({ toneHz: 440, ...options, sip: this.sip, user: id, names: this.names });
    await phone.register(`sip:${id}@vaxel`, AGENT_SECRET);
    const { client } = await DeskClient.signIn(this.gateway.httpUrl, `${AGENT_SECRET}-${id}`);
    const agent = new RawAgent(id, client, phone);
    this.agents.push(agent);
    return agent;
  }

  /** A far end that is no agent's, written by hand. */
  async rawPhone(options: Pick<RawPhoneOptions, 'user' | 'port' | 'toneHz'>): Promise<RawPhone> {
    const phone = await RawPhone.open({ ...options, sip: this.sip, names: this.names });
    this.rawPhones.push(phone);
    return phone;
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
    await Promise.all([...this.callers, ...this.rawPhones].map((phone) => phone.close()));
    await this.gateway.stop();
    await Promise.all([this.backend.close(), this.billing.close(), this.redis.stop()]);
    await rm(this.folder, { recursive: true, force: true });
  }
}

function agentSecrets(ids: readonly string[]): Record<string, string> {
  return Object.fromEntries(ids.flatMap((id) => [[`VAXEL_AGENT_${variable(id)}_TOKEN`, `${AGENT_SECRET}-${id}`], [`VAXEL_AGENT_${variable(id)}_SIP_PASSWORD`, AGENT_SECRET]]));
}

const variable = (agentId: string): string => agentId.toUpperCase().replaceAll('-', '_');
