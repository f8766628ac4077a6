import { systemClock } from '../../sip/clock.js';
import type { Clock } from '../../sip/clock.js';
import type { TimerSettings } from '../../sip/transaction.js';
import { Pacer } from '../../rtp/pacer.js';
import type { PortRange } from '../../rtp/port-pair.js';
import type { Log } from '../log.js';
import { CountingClock } from './counting-clock.js';
import { EventSocketServer } from './event-socket-server.js';
import { SipProfile } from './sip-profile.js';
import { SoundLibrary } from './sound-library.js';
import { Switch } from './switch.js';

export interface FreeswitchOptions {
  /** IPv4 literal for SIP, RTP and the event socket. */
  readonly host: string;
  /** 0: the system picks. */
  readonly sipPort: number;
  /** 0: the system picks. */
  readonly eslPort: number;
  readonly eslPassword: string;
  readonly rtpPortRange?: PortRange;
  /** Folder of WAV files that `local_stream://moh` plays one after the other, for ever. */
  readonly mohDir: string;
  readonly log: Log;
  /** No RTP for so long ends a call (default 30 s). */
  readonly mediaTimeoutMs?: number;
  /** How long a call whose application is gone is kept (default 120 s). */
  readonly parkTimeoutS?: number;
  readonly clock?: Clock;
  /** SIP transaction timers, for tests. */
  readonly timers?: Partial<TimerSettings>;
}

export interface FreeswitchCounts {
  readonly channels: number;
  readonly rtpSessions: number;
  /** Timers that have not fired, the heartbeat's among them. */
  readonly timers: number;
  /** Event-socket connections, both directions. */
  readonly sockets: number;
}

export interface Freeswitch {
  readonly sip: { readonly host: string; readonly port: number };
  readonly esl: { readonly host: string; readonly port: number };
  counts(): FreeswitchCounts;
  /** Ends every call and frees all ports; again is a no-op. */
  close(): Promise<void>;
}

const DEFAULT_MEDIA_TIMEOUT_MS = 30_000;
const DEFAULT_PARK_TIMEOUT_S = 120;

/** Starts the stand-in for FreeSWITCH. Rejects if a port is taken. */
export async function startFreeswitch(opts: FreeswitchOptions): Promise<Freeswitch> {
  const clock = new CountingClock(opts.clock ?? systemClock);
  const pacer = new Pacer();
  const sounds = new SoundLibrary({ log: opts.log, pacer });
  await sounds.addStream('moh', opts.mohDir);
  const owner = new Switch({
    host: opts.host, log: opts.log, clock, pacer, sounds,
    mediaTimeoutMs: opts.mediaTimeoutMs ?? DEFAULT_MEDIA_TIMEOUT_MS, parkTimeoutS: opts.parkTimeoutS ?? DEFAULT_PARK_TIMEOUT_S,
  });
  const profile = await SipProfile.open(owner, {
    port: opts.sipPort, ...(opts.rtpPortRange === undefined ? {} : { portRange: opts.rtpPortRange }), ...(opts.timers === undefined ? {} : { timers: opts.timers }),
  });
  const server = await EventSocketServer.open(owner, { port: opts.eslPort, password: opts.eslPassword }).catch(async (error: unknown) => {
    await profile.close();
    throw error;
  });
  return handle({ owner, profile, server, clock });
}

interface Parts {
  readonly owner: Switch;
  readonly profile: SipProfile;
  readonly server: EventSocketServer;
  readonly clock: CountingClock;
}

function handle({ owner, profile, server, clock }: Parts): Freeswitch {
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await profile.close();
    await server.close();
  };
  return {
    sip: { ...owner.profile },
    esl: { host: owner.settings.host, port: server.port },
    counts: () => ({
      channels: owner.channels.size,
      rtpSessions: profile.rtpSessions,
      timers: clock.pending,
      sockets: server.linkCount + [...owner.channels.values()].reduce((sum, channel) => sum + channel.links.size, 0),
    }),
    close: () => (closing ??= close()),
  };
}
