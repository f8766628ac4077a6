import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureMusic } from '../../../media/moh/ensure-music.js';
import { isReal, startBackend as realServers } from '../../support/backend.js';
import { Program } from './program.js';

interface Address {
  readonly host: string;
  readonly port: number;
}

/** The SIP and media servers under a row, outside the row's own process. */
export interface BenchBackend {
  readonly kind: 'softswitch' | 'real';
  readonly sip: Address;
  readonly drachtio: Address & { readonly secret: string };
  readonly freeswitch: Address & { readonly secret: string };
  /** Resolves when no call is left, at the latest after so many ms. */
  whenIdle(limitMs: number): Promise<void>;
  close(): Promise<void>;
}

const SECRET = 'bench-secret';
const POLL_MS = 50;
/** Real servers tell no counts: what is left of a call is gone by then. */
const REAL_REST_MS = 2_000;

/** A softswitch as a process of its own, or with VAXEL_BACKEND=real the servers that the environment names. */
export async function startBackend(): Promise<BenchBackend> {
  if (!isReal()) return startSoftswitch();
  const servers = await realServers();
  const { kind, sip, drachtio, freeswitch } = servers;
  return { kind, sip, drachtio, freeswitch, whenIdle: () => rest(REAL_REST_MS), close: () => servers.close() };
}

async function startSoftswitch(): Promise<BenchBackend> {
  const mohDir = join(tmpdir(), 'vaxel-bench-moh');
  await ensureMusic(mohDir);
  const { program, ready } = await Program.start({
    path: 'media/softswitch/main.js',
    env: {
      SIP_HOST: '127.0.0.1', SIP_PORT: '0', DRACHTIO_PORT: '0', DRACHTIO_SECRET: SECRET, FREESWITCH_SIP_PORT: '0', FREESWITCH_ESL_PORT: '0', FREESWITCH_PASSWORD: SECRET,
      MOH_DIR: mohDir, CONTROL_PORT: '0', LOG_LEVEL: 'error',
    },
  });
  const control = ready['control'] as Address;
  const isIdle = async (): Promise<boolean> => {
    const answer = await fetch(`http://${control.host}:${control.port}/counts`);
    const { drachtio, freeswitch } = (await answer.json()) as { drachtio: { dialogs: number }; freeswitch: { channels: number } };
    return drachtio.dialogs === 0 && freeswitch.channels === 0;
  };
  return {
    kind: 'softswitch',
    sip: ready['sip'] as Address,
    drachtio: { ...(ready['drachtio'] as Address), secret: SECRET },
    freeswitch: { ...(ready['freeswitch'] as { esl: Address }).esl, secret: SECRET },
    whenIdle: async (limitMs) => {
      for (const until = Date.now() + limitMs; Date.now() < until && !(await isIdle()); ) await rest(POLL_MS);
    },
    close: () => program.stop(),
  };
}

export const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
