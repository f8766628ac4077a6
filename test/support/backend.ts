import type { PortRange } from '../../media/rtp/port-pair.js';
import { startSoftswitch } from '../../media/softswitch/softswitch.js';
import { musicOfTests } from './music.js';
import { KeptLog } from './silent-log.js';

/** The SIP and media servers under a telephony test: the softswitch in this process, or running real ones. */
export interface Backend {
  readonly kind: 'softswitch' | 'real';
  readonly sip: { readonly host: string; readonly port: number };
  readonly drachtio: { readonly host: string; readonly port: number; readonly secret: string };
  readonly freeswitch: { readonly host: string; readonly port: number; readonly secret: string };
  /** What is alive in the softswitch; null for real servers. */
  counts(): { readonly drachtio: object; readonly freeswitch: object } | null;
  close(): Promise<void>;
}

/** The backend that the environment asks for: `VAXEL_BACKEND=real` with addresses (see README), else the softswitch, with those ports for RTP. */
export function startBackend(rtp?: PortRange): Promise<Backend> {
  return process.env['VAXEL_BACKEND'] === 'real' ? Promise.resolve(realBackend(process.env)) : embeddedBackend(rtp);
}

export const isReal = (): boolean => process.env['VAXEL_BACKEND'] === 'real';

async function embeddedBackend(rtp: PortRange | undefined): Promise<Backend> {
  const secret = 'test-secret';
  const softswitch = await startSoftswitch(
    {
      host: '127.0.0.1',
      sipPort: 0,
      drachtio: { port: 0, secret },
      freeswitch: { sipPort: 0, eslPort: 0, password: secret },
      mohDir: await musicOfTests(),
      rtp,
      controlPort: undefined,
      logLevel: 'error',
    },
    new KeptLog(),
  );
  const { sip, drachtio, freeswitch } = softswitch.addresses;
  return {
    kind: 'softswitch',
    sip,
    drachtio: { ...drachtio, secret },
    freeswitch: { ...freeswitch.esl, secret },
    counts: () => softswitch.counts(),
    close: () => softswitch.close(),
  };
}

function realBackend(env: NodeJS.ProcessEnv): Backend {
  const address = (name: string, fallback?: string) => {
    const [host = '', port = ''] = (env[name] ?? fallback ?? '').split(':');
    return { host, port: Number(port) };
  };
  return {
    kind: 'real',
    sip: address('VAXEL_REAL_SIP', '127.0.0.1:5060'),
    drachtio: { ...address('VAXEL_REAL_DRACHTIO'), secret: env['VAXEL_REAL_DRACHTIO_SECRET'] ?? 'cymru' },
    freeswitch: { ...address('VAXEL_REAL_FREESWITCH'), secret: env['VAXEL_REAL_FREESWITCH_PASSWORD'] ?? 'ClueCon' },
    counts: () => null,
    close: () => Promise.resolve(),
  };
}
