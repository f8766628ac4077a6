import type { Server } from 'node:net';
import { createServer } from 'node:net';
import { EslLink } from './esl-link.js';
import type { Switch } from './switch.js';
import { MAX_SESSIONS, VERSION } from './switch.js';

const HEARTBEAT_MS = 20_000;

/** Takes the clients that connect to the event socket and sends the heartbeat. */
export class EventSocketServer {
  readonly #owner: Switch;
  readonly #server: Server;
  readonly #links = new Set<EslLink>();
  #stopHeartbeat: () => void = () => undefined;

  /** Binds the address. Rejects if it is taken. */
  static async open(owner: Switch, opts: { port: number; password: string }): Promise<EventSocketServer> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(opts.port, owner.settings.host, () => {
        server.off('error', reject);
        resolve();
      });
    });
    return new EventSocketServer(owner, server, opts.password);
  }

  private constructor(owner: Switch, server: Server, password: string) {
    this.#owner = owner;
    this.#server = server;
    server.on('connection', (socket) => {
      const link = EslLink.inbound({ owner, socket, password });
      this.#links.add(link);
      link.onClosed = () => this.#links.delete(link);
    });
    this.#scheduleHeartbeat();
  }

  get port(): number {
    const address = this.#server.address();
    return address !== null && typeof address === 'object' ? address.port : 0;
  }

  get linkCount(): number {
    return this.#links.size;
  }

  async close(): Promise<void> {
    this.#stopHeartbeat();
    for (const link of this.#links) link.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #scheduleHeartbeat(): void {
    this.#stopHeartbeat = this.#owner.settings.clock.setTimer(HEARTBEAT_MS, () => {
      this.#heartbeat();
      this.#scheduleHeartbeat();
    });
  }

  #heartbeat(): void {
    const owner = this.#owner;
    owner.publish({ name: 'HEARTBEAT' }, (to) => void Object.assign(to, {
      'Event-Info': 'System Ready',
      'FreeSWITCH-Version': `${VERSION}~64bit`,
      'Uptime-msec': String(owner.settings.clock.now() - owner.startedAtMs),
      'Session-Count': String(owner.channels.size),
      'Max-Sessions': String(MAX_SESSIONS),
      'Session-Per-Sec': '300',
      'Session-Since-Startup': String(owner.sessionsSinceStart),
      'Idle-CPU': '100.000000',
      'Heartbeat-Interval': String(HEARTBEAT_MS / 1000),
    }));
  }
}
