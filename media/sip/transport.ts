import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { connect, createServer, isIPv6, type Server, type Socket } from 'node:net';
import { literalLookup } from '../literal-lookup.js';
import { type Frame, StreamFramer } from './framing.js';

export type Protocol = 'udp' | 'tcp';

/** Where a message came from or goes to: an IP address without brackets, and a port. */
export interface Source { protocol: Protocol; address: string; port: number }

/** What the stack needs from a transport; tests put a fake in its place. */
export interface MessageTransport {
  /** Address and port that go into Via and Contact. */
  readonly host: string;
  readonly port: number;
  onMessage: (raw: Buffer, source: Source) => void;
  /** Sends one message. Rejects when it cannot be handed over: unknown address, refused or broken connection. */
  send(raw: string, to: Source): Promise<void>;
  close(): Promise<void>;
}

export interface TransportOptions { host: string; port: number; protocols?: Protocol[] }

/** Connections kept at most, both ways together; a new one beyond that is closed at once. */
const MAX_CONNECTIONS = 4096;
/** A peer that does not read is cut off when this many bytes wait for it. */
const MAX_UNSENT_BYTES = 1_048_576;
const CONNECT_TIMEOUT_MS = 5000;
const BIND_TRIES = 20;

/** IPv4 addresses that an IPv6 socket shows as ::ffff:1.2.3.4 are written plainly. */
const plain = (address: string | undefined): string => (address ?? '').replace(/^::ffff:(?=\d+\.)/, '');
const keyOf = (address: string, port: number): string => `${address}|${port}`;

/** One host and port for SIP over UDP and TCP (RFC 3261 section 18). TCP connections are reused in both directions. */
export class SipTransport implements MessageTransport {
  onMessage: (raw: Buffer, source: Source) => void = () => undefined;
  private readonly connections = new Map<string, Promise<Socket>>();
  private readonly sockets = new Set<Socket>();
  private isClosed = false;

  private constructor(readonly host: string, readonly port: number, private readonly udp: UdpSocket | undefined, private readonly tcp: Server | undefined) {
    udp?.on('message', (data, from) => this.onMessage(data, { protocol: 'udp', address: plain(from.address), port: from.port }));
    udp?.on('error', () => undefined); // one datagram failed; its sender was told by the send callback
    tcp?.on('connection', (socket) => this.accept(socket));
    tcp?.on('error', () => undefined);
  }

  /** Opens both protocols on the same port number (0: the system picks). Rejects when the port is taken. */
  static async open(opts: TransportOptions): Promise<SipTransport> {
    const protocols = opts.protocols ?? ['udp', 'tcp'];
    for (let tries = 1; ; tries++) {
      const tcp = protocols.includes('tcp') ? await listen(opts.host, opts.port) : undefined;
      const tcpAddress = tcp?.address();
      const wanted = typeof tcpAddress === 'object' && tcpAddress ? tcpAddress.port : opts.port;
      if (!protocols.includes('udp')) return new SipTransport(opts.host, wanted, undefined, tcp);
      try {
        const udp = await bind(opts.host, wanted);
        return new SipTransport(opts.host, udp.address().port, udp, tcp);
      } catch (error) {
        tcp?.close();
        // The port that is free for TCP may be taken for UDP: with 0 another one will do.
        if (opts.port !== 0 || tries >= BIND_TRIES) throw error;
      }
    }
  }

  async send(raw: string, to: Source): Promise<void> {
    if (this.isClosed) throw new Error('transport is closed');
    if (to.protocol === 'tcp') return write(await this.connection(to), raw);
    const udp = this.udp;
    if (!udp) throw new Error('no UDP socket');
    return new Promise((resolve, reject) => udp.send(raw, to.port, to.address, (error) => (error ? reject(error) : resolve())));
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    for (const socket of this.sockets) socket.destroySoon(); // what was sent still leaves
    await Promise.all([
      this.udp && new Promise<void>((resolve) => this.udp?.close(() => resolve())),
      this.tcp && new Promise<void>((resolve) => this.tcp?.close(() => resolve())),
    ]);
  }

  private connection(to: Source): Promise<Socket> {
    const known = this.connections.get(keyOf(to.address, to.port));
    if (known) return known;
    const opening = new Promise<Socket>((resolve, reject) => {
      const socket = connect({ host: to.address, port: to.port, timeout: CONNECT_TIMEOUT_MS });
      socket.once('timeout', () => socket.destroy(new Error('connection timed out')));
      socket.once('connect', () => {
        socket.setTimeout(0);
        resolve(socket);
      });
      socket.once('error', reject);
      this.adopt(socket, to);
    });
    this.connections.set(keyOf(to.address, to.port), opening);
    return opening;
  }

  private accept(socket: Socket): void {
    if (this.sockets.size >= MAX_CONNECTIONS || this.isClosed) {
      socket.destroy();
      return;
    }
    const source: Source = { protocol: 'tcp', address: plain(socket.remoteAddress), port: socket.remotePort ?? 0 };
    this.connections.set(keyOf(source.address, source.port), Promise.resolve(socket));
    this.adopt(socket, source);
  }

  private adopt(socket: Socket, source: Source): void {
    const framer = new StreamFramer();
    this.sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('data', (bytes) => {
      for (const frame of framer.push(bytes)) this.take(frame, socket, source);
    });
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      this.sockets.delete(socket);
      this.connections.delete(keyOf(source.address, source.port));
    });
  }

  private take(frame: Frame, socket: Socket, source: Source): void {
    if (frame.kind === 'ping') socket.write('\r\n');
    else if (frame.kind === 'message') this.onMessage(frame.data, source);
    else {
      // Without a length the next message cannot be found: the one at hand is delivered, then the connection ends.
      if (frame.data) this.onMessage(frame.data, source);
      setImmediate(() => socket.end());
    }
  }
}

function write(socket: Socket, raw: string): Promise<void> {
  if (socket.writableLength > MAX_UNSENT_BYTES) socket.destroy();
  return new Promise((resolve, reject) => {
    socket.write(raw, (error) => (error ? reject(error) : resolve()));
  });
}

function listen(host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}

function bind(host: string, port: number): Promise<UdpSocket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4', recvBufferSize: 2_097_152, lookup: literalLookup as never });
    socket.once('error', (error) => {
      socket.close();
      reject(error);
    });
    socket.bind(port, host, () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}
