import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import type { Log } from '../log.js';
import { Application, type Applications } from './applications.js';
import { frame, FrameReader } from './frames.js';
import { answerFrame, type AppMessage, parseAppMessage } from './wire.js';

/** Version that the server names; drachtio-srf only sends pings to `v0.8.2` and later. */
export const SERVER_VERSION = 'v0.9.4';
const MAX_CONNECTIONS = 256;
/** An application that does not read is cut off when this many bytes wait for it. */
const MAX_UNSENT_BYTES = 16_777_216;

export interface AdminOptions {
  readonly host: string;
  readonly port: number;
  readonly secret: string;
  readonly apps: Applications;
  readonly log: Log;
  /** `tcp/host:port,udp/host:port` of the SIP side. */
  readonly hostports: string;
  /** Messages about SIP; the connection is authenticated. */
  onMessage(app: Application, message: AppMessage): void;
}

/** The TCP port for applications: framing, authentication, routes and pings. */
export class AdminServer {
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly opts: AdminOptions, private readonly server: Server) {
    server.on('connection', (socket) => this.accept(socket));
    server.on('error', (error) => opts.log.error({ error: error.message }, 'drachtio port failed'));
  }

  /** Opens the port (0: the system picks). Rejects when it is taken. */
  static async open(opts: AdminOptions): Promise<AdminServer> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: opts.host, port: opts.port }, resolve);
    });
    server.removeAllListeners('error');
    return new AdminServer(opts, server);
  }

  get port(): number {
    const address = this.server.address();
    return typeof address === 'object' && address ? address.port : this.opts.port;
  }

  /** Ends every connection and frees the port. */
  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    if (this.server.listening) await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private accept(socket: Socket): void {
    if (this.sockets.size >= MAX_CONNECTIONS) {
      socket.destroy();
      return;
    }
    this.sockets.add(socket);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 1000);
    const connection = new Connection(this.opts, socket);
    socket.on('data', (bytes) => connection.receive(bytes));
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      this.sockets.delete(socket);
      connection.left();
    });
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

class Connection {
  private readonly reader = new FrameReader();
  private app: Application | undefined;
  private isEnding = false;

  constructor(private readonly opts: AdminOptions, private readonly socket: Socket) {}

  receive(bytes: Buffer): void {
    const { payloads, broken } = this.reader.push(bytes);
    for (const payload of payloads) {
      if (this.isEnding) return;
      this.dispatch(parseAppMessage(payload));
    }
    if (broken !== undefined) {
      this.opts.log.warn({ reason: broken }, 'application sent an unreadable frame, connection dropped');
      this.socket.destroy();
    }
  }

  left(): void {
    if (!this.app) return;
    this.opts.apps.leave(this.app);
    this.opts.log.info({ applications: this.opts.apps.count }, 'application disconnected');
  }

  private write(payload: string): void {
    if (this.socket.writableLength > MAX_UNSENT_BYTES) this.socket.destroy();
    else if (this.socket.writable) this.socket.write(frame(payload));
  }

  private end(): void {
    this.isEnding = true;
    this.socket.destroySoon();
  }

  private dispatch(message: AppMessage): void {
    const { app } = this;
    if (message.kind === 'authenticate') return this.authenticate(message);
    if (message.kind === 'refused') return this.refuse(message);
    // The real server lets anybody in; a stand-in that did so would hide a wrong secret.
    if (!app) return this.refuse({ id: message.id, answer: 'NO', reason: 'not authenticated', disconnect: true });
    switch (message.kind) {
      case 'ping': return this.write(answerFrame(message.id, 'OK', 'pong'));
      case 'route': return this.route(app, message);
      case 'removeRoute':
        this.opts.apps.removeRoutes(app);
        return this.write(answerFrame(message.id, 'OK'));
      default: return this.opts.onMessage(app, message);
    }
  }

  private authenticate(message: { id: string; secret: string; tags: readonly string[] }): void {
    if (!timingSafeEqual(digest(message.secret), digest(this.opts.secret))) {
      return this.refuse({ id: message.id, answer: 'NO', reason: 'incorrect secret', disconnect: true });
    }
    if (!this.app) {
      this.app = new Application({ send: (payload) => this.write(payload), end: () => this.end() }, message.tags);
      this.opts.apps.join(this.app);
      this.opts.log.info({ applications: this.opts.apps.count }, 'application connected');
    }
    this.write(answerFrame(message.id, 'OK', this.opts.hostports, SERVER_VERSION, this.opts.hostports));
  }

  private route(app: Application, message: { id: string; verb: string }): void {
    if (message.verb === 'subscribe') {
      return this.refuse({ id: message.id, answer: 'NOK', reason: 'route subscribe is not supported by the softswitch', disconnect: false });
    }
    this.opts.apps.route(app, message.verb);
    this.write(answerFrame(message.id, 'OK'));
  }

  private refuse(refusal: { id: string; answer: 'NO' | 'NOK'; reason: string; disconnect: boolean }): void {
    this.opts.log.warn({ reason: refusal.reason }, 'message of an application refused');
    this.write(answerFrame(refusal.id, refusal.answer, refusal.reason));
    if (refusal.disconnect) this.end();
  }
}
