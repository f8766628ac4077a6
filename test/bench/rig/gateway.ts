import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectFile } from '../../../gateway/project.js';
import { startRedis } from '../../support/redis-server.js';
import type { BenchBackend } from './backend.js';
import { Program } from './program.js';
import type { BenchPrompts } from './prompts.js';

export const SECRET = 'a-secret-for-the-bench-only';
export const TENANT = 'bench';
/** Numbers of content/contact-centre.yaml. */
export const NUMBERS = { ivr: '+46771000201', hello: '+46771000202', queue: '+46771000203' } as const;
/** Agents of content/contact-centre.yaml, whose phones are lifted to answer. */
export const AGENTS = ['bo', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7', 'a8'] as const;

/** A gateway as in production: a process of its own, with a Redis of its own. */
export interface BenchGateway {
  readonly program: Program;
  readonly http: string;
  readonly redisUrl: string;
  close(): Promise<void>;
}

export async function startGateway(backend: BenchBackend, prompts: BenchPrompts): Promise<BenchGateway> {
  const [redis, queueLog] = [await startRedis(), await mkdtemp(join(tmpdir(), 'vaxel-bench-'))];
  const { drachtio, freeswitch } = backend;
  const secrets = AGENTS.flatMap((id) => [[`VAXEL_AGENT_${id.toUpperCase()}_TOKEN`, `${SECRET}-${id}`], [`VAXEL_AGENT_${id.toUpperCase()}_SIP_PASSWORD`, SECRET]]);
  const { program, ready } = await Program.start({
    path: 'gateway/main.js',
    env: {
      VAXEL_NODE: 'bench',
      VAXEL_TENANT: TENANT,
      DRACHTIO_HOST: drachtio.host,
      DRACHTIO_PORT: String(drachtio.port),
      DRACHTIO_SECRET: drachtio.secret,
      FREESWITCH: `${freeswitch.host}:${freeswitch.port}`,
      FREESWITCH_PASSWORD: freeswitch.secret,
      REDIS_URL: redis.url,
      // Calls are served without the history; every end of a call would warn of it.
      DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none',
      HTTP_PORT: '0',
      API_TOKEN: SECRET,
      FLOWS_DIR: projectFile('test', 'bench', 'content'),
      PROMPTS_DIR: prompts.folder,
      // Kept over runs, so that nothing is rendered while something is measured.
      SPEECH_DIR: join(tmpdir(), 'vaxel-bench-speech'),
      // Of this gateway alone: one that starts reads what was logged before.
      QUEUE_LOG_DIR: queueLog,
      QUEUE_LOG_KEEP_DAYS: '1',
      MAX_CALLS: '5000',
      DRAIN_MS: '0',
      LOG_LEVEL: 'error',
      ...Object.fromEntries(secrets),
    },
  });
  return {
    program,
    http: String(ready['http']),
    redisUrl: redis.url,
    close: async () => {
      await program.stop();
      await redis.stop();
      await rm(queueLog, { recursive: true, force: true });
    },
  };
}
