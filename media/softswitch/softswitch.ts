import { ControlPort } from './control-port.js';
import { startDrachtio } from './drachtio/start.js';
import { startFreeswitch } from './freeswitch/start.js';
import { listenFault } from './listen-fault.js';
import type { Log } from './log.js';
import type { Settings } from './settings.js';

interface Address { readonly host: string; readonly port: number }

/** Where everything listens: the ready line without its event name. */
export interface SoftswitchAddresses {
  readonly sip: Address;
  readonly drachtio: Address;
  readonly freeswitch: { readonly sip: Address; readonly esl: Address };
  readonly control?: Address;
}

export interface Softswitch {
  readonly addresses: SoftswitchAddresses;
  counts(): { readonly drachtio: object; readonly freeswitch: object };
  /** Ends every call and frees all ports; again is a no-op. */
  close(): Promise<void>;
}

/** Both stand-ins and, when asked for, the port with their counts. Rejects when a port cannot be had, in a sentence with the variable to change; then nothing stays open. */
export async function startSoftswitch(settings: Settings, log: Log): Promise<Softswitch> {
  const open: (() => Promise<void>)[] = [];
  const closeAll = async (): Promise<void> => {
    for (const close of open.splice(0).reverse()) await close();
  };
  try {
    const { host, freeswitch: media } = settings;
    const freeswitch = await startFreeswitch({
      host, sipPort: media.sipPort, eslPort: media.eslPort, eslPassword: media.password, mohDir: settings.mohDir, log,
      ...(settings.rtp ? { rtpPortRange: settings.rtp } : {}),
    });
    open.push(() => freeswitch.close());
    const drachtio = await startDrachtio({ host, sipPort: settings.sipPort, adminHost: '127.0.0.1', adminPort: settings.drachtio.port, secret: settings.drachtio.secret, log });
    open.push(() => drachtio.close());
    const counts = (): { drachtio: object; freeswitch: object } => ({ drachtio: drachtio.counts(), freeswitch: freeswitch.counts() });
    const control = settings.controlPort === undefined ? undefined : await ControlPort.open(settings.controlPort, counts);
    if (control) open.push(() => control.close());
    return {
      addresses: {
        sip: drachtio.sip, drachtio: drachtio.admin, freeswitch: { sip: freeswitch.sip, esl: freeswitch.esl },
        ...(control ? { control: { host: '127.0.0.1', port: control.port } } : {}),
      },
      counts, close: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw listenFault(error, settings);
  }
}
