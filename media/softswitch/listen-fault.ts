import type { Settings } from './settings.js';

/** What node says of a port that cannot be had. */
type Fault = NodeJS.ErrnoException & { readonly address?: string; readonly port?: number };

/** Why nothing can listen there, with the variable to change. Another fault stays as it is. */
export function listenFault(error: unknown, settings: Settings): unknown {
  if (!(error instanceof Error)) return error;
  const { code = '', address = settings.host, port = 0, syscall } = error as Fault;
  if (code === 'EADDRNOTAVAIL') return new Error(`${address} is no address of this machine: name one with SIP_HOST`, { cause: error });
  const [what, variable] = portsOf(settings).find(([, , wanted]) => wanted === port) ?? [];
  if (variable === undefined || (code !== 'EADDRINUSE' && code !== 'EACCES')) return error;
  const place = `${what}: ${syscall === 'bind' ? 'UDP' : 'TCP'} port ${port} of ${address}`;
  if (code === 'EACCES') return new Error(`${place} needs more rights: name one above 1023 with ${variable}`, { cause: error });
  return new Error(`${place} is taken by another program, perhaps another softswitch or a real server (\`ss -lntup\` lists who listens): end that one, or name a free port with ${variable}`, { cause: error });
}

const portsOf = ({ sipPort, drachtio, freeswitch, controlPort }: Settings): readonly (readonly [what: string, variable: string, port: number | undefined])[] => [
  ['SIP', 'SIP_PORT', sipPort],
  ['the port of drachtio', 'DRACHTIO_PORT', drachtio.port],
  ['SIP of the media server', 'FREESWITCH_SIP_PORT', freeswitch.sipPort],
  ['the event socket', 'FREESWITCH_ESL_PORT', freeswitch.eslPort],
  ['the control port', 'CONTROL_PORT', controlPort],
];
