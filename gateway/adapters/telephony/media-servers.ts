import type { CallId } from '../../core/ids.js';
import type { Log } from '../../ports/log.js';
import { hearOnlyWhatIsRead } from './event-socket-events.js';
import { tryDoor } from './event-socket-door.js';
import { mendAfterLoss, whenSignedIn } from './event-socket-loss.js';
import { sendCommandsAtOnce } from './event-socket-writes.js';
import { newMediaResourceFunction, type MediaServer, type SipServer } from './libraries.js';
import { hearPeers, tellPeers, type PeerWord } from './peer-words.js';
import { refusalWaitMs } from './refusal-wait.js';

export interface MediaServerAddress {
  readonly host: string;
  readonly port: number;
  readonly secret: string;
}

/** Names the call on each channel that is made for it. */
export const CALL_HEADER = 'X-Call-Ref';

const CONNECT_LIMIT_MS = 5_000;
const RETRY_AFTER_MS = 500;
/** A link that broke is mostly back by then; a server that is not has lost its channels. */
const BACK_WITHIN_MS = 3_000;

/**
 * The FreeSWITCH servers. Each is connected in the background and again after a loss; a call is made on the connected one with
 * the fewest endpoints of ours.
 */
export class MediaServers {
  private readonly servers = new Map<string, MediaServer>();
  private readonly inUse = new Map<string, number>();
  private readonly timers = new Set<NodeJS.Timeout>();
  /** Those that operators were told of. */
  private readonly away = new Map<string, 'away' | 'refused'>();
  private isClosed = false;

  constructor(
    private readonly sip: SipServer,
    private readonly options: {
      readonly addresses: readonly MediaServerAddress[];
      readonly listenAddress: string;
      readonly onLost: (name: string) => void;
      /** Some process, or this one, told it. */
      readonly onWord: (word: PeerWord) => void;
      readonly log: Log;
    },
  ) {
    sendCommandsAtOnce();
    hearOnlyWhatIsRead();
  }

  /** Starts connecting to all; resolves when the first attempt of each has ended, well or not. */
  async start(): Promise<void> {
    await Promise.all(this.options.addresses.map((address) => this.connect(address)));
  }

  isUp(): boolean {
    return [...this.servers.values()].some((server) => server.connected());
  }

  /** The server of that name (`host:port` of its event socket), if it is connected. */
  named(name: string): MediaServer | null {
    const server = this.servers.get(name);
    return server?.connected() === true ? server : null;
  }

  /** The connected server that carries the fewest of our endpoints. */
  choose(): { readonly name: string; readonly server: MediaServer } | null {
    let best: { name: string; server: MediaServer; load: number } | null = null;
    for (const [name, server] of this.servers) {
      const load = this.inUse.get(name) ?? 0;
      if (server.connected() && (best === null || load < best.load)) best = { name, server, load };
    }
    return best;
  }

  /** Ends the channels that some process made for that caller: a dead one took their names with it. */
  async endChannelsFor(callId: CallId): Promise<void> {
    await Promise.all(this.connected().map((server) => server.api(`hupall NORMAL_CLEARING sip_h_${CALL_HEADER} ${callId}`)));
  }

  /** Tells every process at these servers. */
  async tellPeers(word: PeerWord): Promise<void> {
    await Promise.all(this.connected().map((server) => tellPeers(server, word)));
  }

  took(name: string): void {
    this.inUse.set(name, (this.inUse.get(name) ?? 0) + 1);
  }

  gaveBack(name: string): void {
    this.inUse.set(name, Math.max(0, (this.inUse.get(name) ?? 0) - 1));
  }

  close(): void {
    this.isClosed = true;
    for (const timer of this.timers) clearTimeout(timer);
    for (const server of this.servers.values()) server.disconnect();
    this.servers.clear();
  }

  private connected(): readonly MediaServer[] {
    return [...this.servers.values()].filter((server) => server.connected());
  }

  /** @param refusals how often it has refused us before this attempt */
  private async connect(address: MediaServerAddress, refusals = 0): Promise<void> {
    const name = `${address.host}:${address.port}`;
    if (this.isClosed) return;
    try {
      const door = await tryDoor(address, CONNECT_LIMIT_MS);
      if (!door.isOpen) {
        if (door.isRefused) this.isAway(name, 'refused', { told: `media server refused the sign-in, trying again: ${door.why}` });
        else this.isAway(name, 'away', { told: 'media server not reachable, trying again', err: door.why });
        const more = door.isRefused ? refusals + 1 : 0;
        return this.later(more === 0 ? RETRY_AFTER_MS : refusalWaitMs(more), () => void this.connect(address, more));
      }
      const server = await this.attempt(address);
      if (this.isClosed) return server.disconnect();
      this.servers.set(name, server);
      this.isHere(name);
      mendAfterLoss(server);
      hearPeers(server, this.options.onWord);
      // fsmrf reconnects its link by itself after `end`; the listener keeps an `error` from ending the process.
      server.on('error', (error: Error) => this.isAway(name, 'away', { told: 'media server lost', err: error.message }));
      server.on('end', () => {
        this.isAway(name, 'away', { told: 'media server lost' });
        this.later(BACK_WITHIN_MS, () => this.options.onLost(name));
      });
      whenSignedIn(server, {
        done: () => this.isHere(name),
        refused: () => this.isAway(name, 'refused', { told: 'media server refused the sign-in, trying again: is FREESWITCH_PASSWORD right?' }),
      });
    } catch (error) {
      this.isAway(name, 'away', { told: 'media server not reachable, trying again', err: String(error) });
      this.later(RETRY_AFTER_MS, () => void this.connect(address));
    }
  }

  /** It is tried again all the time: that it is away is told once, and once more that it is there and refuses us. */
  private isAway(name: string, why: 'away' | 'refused', { told, err }: { readonly told: string; readonly err?: string }): void {
    const before = this.away.get(name);
    if (before === why || before === 'refused') return;
    this.away.set(name, why);
    this.options.log[why === 'refused' ? 'error' : 'warn']({ mediaServer: name, ...(err === undefined ? {} : { err }) }, told);
  }

  private isHere(name: string): void {
    this.away.delete(name);
    this.options.log.info({ mediaServer: name }, 'media server connected');
  }

  /** fsmrf may never settle, so the attempt has a limit of its own. */
  private attempt(address: MediaServerAddress): Promise<MediaServer> {
    const mrf = newMediaResourceFunction(this.sip);
    const { listenAddress } = this.options;
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error('no answer to the sign-in')), CONNECT_LIMIT_MS);
      mrf
        .connect({ address: address.host, port: address.port, secret: address.secret, listenAddress, advertisedAddress: listenAddress })
        .then(resolve, reject)
        .finally(() => clearTimeout(limit));
    });
  }

  private later(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      run();
    }, ms);
    this.timers.add(timer);
  }
}
