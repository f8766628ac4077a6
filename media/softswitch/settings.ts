import { z } from 'zod';

const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback);
const secret = z.string().min(1, 'must not be empty');

const schema = z.object({
  /** IPv4 address for SIP and RTP. */
  SIP_HOST: z.ipv4().default('127.0.0.1'),
  SIP_PORT: port(5060),
  /** Applications connect on loopback only. */
  DRACHTIO_PORT: port(9022),
  DRACHTIO_SECRET: secret,
  FREESWITCH_SIP_PORT: port(5080),
  FREESWITCH_ESL_PORT: port(8021),
  FREESWITCH_PASSWORD: secret,
  MOH_DIR: z.string().min(1),
  RTP_PORT_MIN: port(0),
  RTP_PORT_MAX: port(0),
  /** HTTP for leak tests; not opened when unset. */
  CONTROL_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('warn'),
}).refine((env) => env.RTP_PORT_MIN === 0 ? env.RTP_PORT_MAX === 0 : env.RTP_PORT_MIN < env.RTP_PORT_MAX, 'RTP_PORT_MIN must be below RTP_PORT_MAX, or both 0');

/** Ports may be 0: the system picks. */
export interface Settings {
  readonly host: string;
  readonly sipPort: number;
  readonly drachtio: { readonly port: number; readonly secret: string };
  readonly freeswitch: { readonly sipPort: number; readonly eslPort: number; readonly password: string };
  readonly mohDir: string;
  readonly rtp: { readonly min: number; readonly max: number } | undefined;
  readonly controlPort: number | undefined;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
}

/** Reads the environment; on failure one line that names each wrong variable, never its value. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): { ok: true; settings: Settings } | { ok: false; problem: string } {
  const parsed = schema.safeParse(env);
  if (!parsed.success) return { ok: false, problem: parsed.error.issues.map((issue) => `${issue.path.join('.') || 'environment'}: ${issue.message}`).join('; ') };
  const { data } = parsed;
  return {
    ok: true,
    settings: {
      host: data.SIP_HOST, sipPort: data.SIP_PORT, drachtio: { port: data.DRACHTIO_PORT, secret: data.DRACHTIO_SECRET },
      freeswitch: { sipPort: data.FREESWITCH_SIP_PORT, eslPort: data.FREESWITCH_ESL_PORT, password: data.FREESWITCH_PASSWORD },
      mohDir: data.MOH_DIR, rtp: data.RTP_PORT_MIN === 0 ? undefined : { min: data.RTP_PORT_MIN, max: data.RTP_PORT_MAX },
      controlPort: data.CONTROL_PORT, logLevel: data.LOG_LEVEL,
    },
  };
}
