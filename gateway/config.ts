import { isIP } from 'node:net';
import { z } from 'zod';
import { isRedisUrl } from './adapters/redis/connection.js';
import { addressFault } from './core/acd/network.js';
import { projectFile } from './project.js';

const list = (text: string): readonly string[] => text.split(',').map((item) => item.trim()).filter((item) => item !== '');
const port = z.coerce.number().int().min(0).max(65_535);
const host = z.string().min(1).max(253);

const environmentSchema = z.object({
  VAXEL_NODE: z.string().regex(/^[\w.-]{1,40}$/).default('gateway-1'),
  VAXEL_TENANT: z.string().regex(/^[\w-]{1,40}$/).default('main'),
  DRACHTIO_HOST: host.default('127.0.0.1'),
  DRACHTIO_PORT: port.default(9022),
  DRACHTIO_SECRET: z.string().min(1).default('cymru'),
  /** `host:port,host:port` of the media servers' event sockets. */
  FREESWITCH: z.string().default('127.0.0.1:8021'),
  FREESWITCH_PASSWORD: z.string().min(1).default('ClueCon'),
  /** Address at which media servers reach this process. */
  CALLBACK_HOST: host.default('127.0.0.1'),
  REDIS_URL: z.string().min(1).refine(isRedisUrl, 'a cluster is written as redis-cluster://host:port,host:port').default('redis://127.0.0.1:6379'),
  DATABASE_URL: z.string().min(1),
  /** YAML with sample interactions for a demo customer; not set in production. */
  SAMPLE_THREAD: z.string().optional(),
  HTTP_HOST: host.default('127.0.0.1'),
  HTTP_PORT: port.default(8080),
  /** Further origins of the desk page behind a proxy, separated by commas. */
  DESK_ORIGINS: z.string().default(''),
  API_TOKEN: z.string().min(16),
  FLOWS_DIR: z.string().default(projectFile('ivr-flows')),
  PROMPTS_DIR: z.string().default(projectFile('media', 'prompts')),
  /** Rendered speech; media servers must see it at the same path. */
  SPEECH_DIR: z.string().default(projectFile('var', 'speech')),
  /** Voice messages; media servers must see it at the same path, and write to its sub-folder `recording`. */
  MESSAGES_DIR: z.string().default(projectFile('var', 'messages')),
  /** So long they are kept, dealt with or not. */
  MESSAGES_KEEP_DAYS: z.coerce.number().int().min(1).max(3_650).default(30),
  /** Addresses and networks (CIDR) that may send calls, besides the trunks of the contact centre's file. */
  TRUNKS: z.string().default('').refine((text) => text.split(',').every((entry) => isNetwork(entry.trim())), 'IP addresses or networks such as 192.0.2.0/24, separated by commas').superRefine((text, context) => {
    const fault = list(text).filter(isNetwork).map(addressFault).find((one) => one !== null);
    if (fault) context.addIssue({ code: 'custom', message: `${fault.what}: ${fault.fix}` });
  }),
  /** `host:port` of the trunk that takes numbers which flows dial. */
  OUTBOUND_TRUNK: z.string().regex(/^[\w.-]+(:\d{1,5})?$/, 'host or host:port').optional(),
  /** Days for which the flow part of calls is kept for replays; 0 = nothing is kept. */
  RECORDING_DAYS: z.coerce.number().int().min(0).max(3_650).default(30),
  /** Log of the queue, one file a day and gateway. */
  QUEUE_LOG_DIR: z.string().default(projectFile('var', 'queue-log')),
  QUEUE_LOG_KEEP_DAYS: z.coerce.number().int().min(1).max(3_650).default(90),
  MAX_CALLS: z.coerce.number().int().min(1).max(10_000).default(500),
  DRAIN_MS: z.coerce.number().int().min(0).max(3_600_000).default(1_000),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
});

export interface Config {
  readonly node: string;
  readonly tenant: string;
  readonly drachtio: { readonly host: string; readonly port: number; readonly secret: string };
  readonly mediaServers: readonly { readonly host: string; readonly port: number; readonly secret: string }[];
  readonly callbackHost: string;
  readonly redisUrl: string;
  readonly databaseUrl: string;
  readonly sampleThread: string | null;
  readonly http: { readonly host: string; readonly port: number; readonly origins: readonly string[] };
  readonly apiToken: string;
  readonly flowsDir: string;
  readonly promptsDir: string;
  readonly speechDir: string;
  readonly messages: { readonly folder: string; readonly keepDays: number };
  readonly queueLog: { readonly folder: string; readonly keepDays: number };
  readonly trunks: readonly string[];
  readonly outboundTrunk: string | null;
  readonly recordingDays: number;
  readonly maxCalls: number;
  readonly drainMs: number;
  readonly logLevel: string;
}

/** What is wrong with the environment, one sentence a variable. */
export class ConfigError extends Error {}

/** Reads the environment once, checked. Throws ConfigError that names every variable that is missing or wrong. */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const parsed = environmentSchema.safeParse(environment);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigError(`The environment is not complete:\n  ${lines.join('\n  ')}`);
  }
  const env = parsed.data;
  return {
    node: env.VAXEL_NODE,
    tenant: env.VAXEL_TENANT,
    drachtio: { host: env.DRACHTIO_HOST, port: env.DRACHTIO_PORT, secret: env.DRACHTIO_SECRET },
    mediaServers: list(env.FREESWITCH).map((address) => ({ ...hostAndPort(address), secret: env.FREESWITCH_PASSWORD })),
    callbackHost: env.CALLBACK_HOST,
    redisUrl: env.REDIS_URL,
    databaseUrl: env.DATABASE_URL,
    sampleThread: env.SAMPLE_THREAD ?? null,
    http: { host: env.HTTP_HOST, port: env.HTTP_PORT, origins: list(env.DESK_ORIGINS) },
    apiToken: env.API_TOKEN,
    flowsDir: env.FLOWS_DIR,
    promptsDir: env.PROMPTS_DIR,
    speechDir: env.SPEECH_DIR,
    messages: { folder: env.MESSAGES_DIR, keepDays: env.MESSAGES_KEEP_DAYS },
    queueLog: { folder: env.QUEUE_LOG_DIR, keepDays: env.QUEUE_LOG_KEEP_DAYS },
    trunks: list(env.TRUNKS),
    outboundTrunk: env.OUTBOUND_TRUNK ?? null,
    recordingDays: env.RECORDING_DAYS,
    maxCalls: env.MAX_CALLS,
    drainMs: env.DRAIN_MS,
    logLevel: env.LOG_LEVEL,
  };
}

function isNetwork(entry: string): boolean {
  const [address = '', bits = '0'] = entry.split('/');
  return entry === '' || (isIP(address) !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (isIP(address) === 4 ? 32 : 128));
}

function hostAndPort(address: string): { readonly host: string; readonly port: number } {
  const match = /^([^:]+):(\d{1,5})$/.exec(address);
  if (match === null) throw new ConfigError(`FREESWITCH: "${address}" is not host:port`);
  return { host: match[1] ?? '', port: Number(match[2]) };
}
