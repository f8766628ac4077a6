import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Clock } from '../../sip/clock.js';
import type { Pacer } from '../../rtp/pacer.js';
import type { Log } from '../log.js';
import type { Channel } from './channel.js';
import type { EventHeaders, SwitchEvent } from './event.js';
import type { EventSubject } from './event-bus.js';
import { EventBus } from './event-bus.js';
import type { SoundLibrary } from './sound-library.js';
import { Variables } from './variables.js';

export const VERSION = '1.10.12-release';
export const MAX_SESSIONS = 1000;

export interface SwitchSettings {
  readonly host: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly pacer: Pacer;
  readonly sounds: SoundLibrary;
  /** No RTP for so long ends a call with MEDIA_TIMEOUT; ten times as long on hold. */
  readonly mediaTimeoutMs: number;
  /** Bound for a call whose application is gone. */
  readonly parkTimeoutS: number;
}

/** What all channels share: who is there, global variables, and the event bus. */
export class Switch {
  readonly coreUuid = randomUUID();
  readonly hostname = hostname();
  readonly bus = new EventBus();
  readonly globals = new Variables();
  readonly channels = new Map<string, Channel>();
  readonly settings: SwitchSettings;
  readonly startedAtMs: number;
  sessionsSinceStart = 0;
  /** Address of the SIP profile; known once it is bound. */
  profile = { host: '', port: 0 };
  #sequence = 0;

  constructor(settings: SwitchSettings) {
    this.settings = settings;
    this.startedAtMs = settings.clock.now();
  }

  get log(): Log {
    return this.settings.log;
  }

  /** Publishes an event; `add` puts its own headers to it (and gives none back, for which nobody would look), and is asked only if somebody listens. */
  publish(subject: EventSubject, add: (to: EventHeaders) => undefined, body?: string): void {
    const { name, subclass } = subject;
    this.bus.publish(subject, (): SwitchEvent => {
      const headers = this.baseHeaders(name);
      if (subclass !== undefined) headers['Event-Subclass'] = subclass;
      add(headers);
      return { name, headers, ...(subclass === undefined ? {} : { subclass }), ...(body === undefined ? {} : { body }) };
    });
  }

  /** The headers every event begins with. */
  baseHeaders(name: string): EventHeaders {
    const now = new Date();
    return {
      'Event-Name': name,
      'Core-UUID': this.coreUuid,
      'FreeSWITCH-Hostname': this.hostname,
      'FreeSWITCH-Switchname': this.hostname,
      'FreeSWITCH-IPv4': this.settings.host,
      'FreeSWITCH-IPv6': '::1',
      'Event-Date-Local': now.toISOString().slice(0, 19).replace('T', ' '),
      'Event-Date-GMT': now.toUTCString(),
      'Event-Date-Timestamp': String(now.getTime() * 1000),
      'Event-Sequence': String(++this.#sequence),
    };
  }
}
