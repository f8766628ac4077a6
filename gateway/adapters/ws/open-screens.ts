import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { AgentId } from '../../core/ids.js';
import { SUB_PROTOCOL } from '../../core/screen/messages.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { LocalScreens, ScreenHost, Screens } from '../../ports/screens.js';
import { Connection } from './connection.js';
import { DEFAULT_LIMITS, type ScreenLimits } from './limits.js';
import { FigureFrames } from './figure-frames.js';
import { Refusals } from './refusals.js';
import { ScreenSocket } from './screen-socket.js';
import { Sessions } from './sessions.js';
import { refusalOf } from './upgrade.js';

export interface ScreensOptions {
  /** Screens connect to it at `SCREEN_PATH`. */
  readonly server: Server;
  readonly host: ScreenHost;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<ScreenLimits>;
  /** Origins besides our own host, such as `https://desk.example.se` behind a proxy. */
  readonly allowedOrigins?: readonly string[];
}

export interface OpenScreens extends LocalScreens {
  /** Closes every socket (1001) and takes no new ones. Idempotent. */
  close(): Promise<void>;
  counts(): { readonly sockets: number; readonly signedIn: number; readonly agents: number; readonly waiting: number };
}

interface Handshake {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** How long a socket may take to answer our close frame before it is cut, ms. */
const CLOSE_WITHIN_MS = 1_000;
/** A refused peer may take so long to read why, ms. */
const REFUSED_WITHIN_MS = 1_000;

/** Serves the agents' screens over WebSocket (`vaxel.v1`) on an HTTP server. */
export function openScreens(options: ScreensOptions): OpenScreens {
  const screens = new ScreenServer(options);
  screens.listen();
  return screens;
}

class ScreenServer implements OpenScreens {
  private readonly limits: ScreenLimits;
  private readonly upgrader: WebSocketServer;
  private readonly sessions: Sessions;
  private readonly refusals: Refusals;
  private readonly figures: FigureFrames;
  private readonly open = new Map<ScreenSocket, { readonly closed: Promise<void> }>();
  private closing: Promise<void> | null = null;

  constructor(private readonly options: ScreensOptions) {
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.sessions = new Sessions({ clock: options.clock, log: options.log, limits: this.limits });
    this.figures = new FigureFrames(options);
    this.refusals = new Refusals(this.limits.refusalsPerMinute);
    this.upgrader = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: this.limits.maxFrameBytes,
      perMessageDeflate: false,
      handleProtocols: () => SUB_PROTOCOL,
    });
  }

  listen(): void {
    this.options.server.on('upgrade', this.onUpgrade);
  }

  push: Screens['push'] = (agentId, event, ackWithinMs) => this.sessions.push(agentId, event, ackWithinMs);

  closeReplaced(agentId: AgentId): void {
    this.sessions.closeReplaced(agentId);
  }

  counts(): ReturnType<OpenScreens['counts']> {
    return { sockets: this.open.size, ...this.sessions.counts() };
  }

  close(): Promise<void> {
    this.closing ??= this.closeAll();
    return this.closing;
  }

  private readonly onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const address = request.socket.remoteAddress ?? 'unknown';
    const refusal = this.busy(address) ?? refusalOf(request, this.options.allowedOrigins ?? []);
    if (refusal !== null) {
      this.options.log.info({ address, status: refusal.status, reason: refusal.reason }, 'screen connection refused');
      return refuse({ request, socket, head }, refusal);
    }
    this.upgrader.handleUpgrade(request, socket, head, (ws) => this.accept(ws, address));
  };

  private busy(address: string): { status: number; reason: string } | null {
    if (this.closing !== null) return { status: 503, reason: 'closing' };
    if (this.open.size >= this.limits.maxSockets) return { status: 503, reason: 'too many screens' };
    if (this.refusals.isBlocked(address, this.options.clock.now())) return { status: 429, reason: 'too many refused sign-ins' };
    return null;
  }

  private accept(ws: WebSocket, address: string): void {
    const { clock, log, host } = this.options;
    let onClosed: () => void = () => undefined;
    const closed = new Promise<void>((resolve) => (onClosed = resolve));
    const socket: ScreenSocket = new ScreenSocket(ws, { clock, log, limits: this.limits }, {
      onMessage: (message) => connection.onMessage(message),
      onClosed: () => {
        this.open.delete(socket);
        connection.onClosed();
        onClosed();
      },
    });
    const connection = new Connection(socket, address, { host, clock, log, limits: this.limits, sessions: this.sessions, refusals: this.refusals, figures: this.figures });
    this.open.set(socket, { closed });
  }

  private async closeAll(): Promise<void> {
    this.options.server.off('upgrade', this.onUpgrade);
    const all = [...this.open];
    for (const [socket] of all) socket.close(1001, 'the gateway stops');
    const cancel = this.options.clock.after(CLOSE_WITHIN_MS, () => all.forEach(([socket]) => socket.terminate()));
    await Promise.all(all.map(([, entry]) => entry.closed));
    cancel();
    this.sessions.closeAll();
    this.upgrader.close();
  }
}

function refuse({ socket }: Handshake, refusal: { readonly status: number; readonly reason: string }): void {
  // The peer may be gone already; that is no fault of ours.
  socket.on('error', () => socket.destroy());
  // Unread, it would never notice that the peer closes, and one that does not close would stay for ever.
  socket.resume();
  const limit = setTimeout(() => socket.destroy(), REFUSED_WITHIN_MS);
  socket.once('close', () => clearTimeout(limit));
  const phrase = STATUS_CODES[refusal.status] ?? 'Refused';
  socket.end(
    `HTTP/1.1 ${refusal.status} ${phrase}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(refusal.reason)}\r\n\r\n${refusal.reason}`,
  );
}
