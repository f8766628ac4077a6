import { createSocket, type Socket } from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import { connect, type Socket as TcpSocket } from 'node:net';
import Srf from 'drachtio-srf';
import type { Clock } from '../../../../media/sip/clock.js';
import type { Log } from '../../../../media/softswitch/log.js';
import { frame } from '../../../../media/softswitch/drachtio/frames.js';
import { type Drachtio, startDrachtio } from '../../../../media/softswitch/drachtio/start.js';

const ignore = (): void => undefined;
export const quiet: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
export const SECRET = 'test-secret';

/** The parts of drachtio-srf that the tests use; its own types leave most of them out. */
export interface Message extends EventEmitter {
  readonly method: string; readonly uri: string; readonly body: string; readonly raw: string; readonly status: number; readonly reason: string;
  readonly protocol: string; readonly source_port: number; readonly receivedOn?: string; readonly stackDialogId: string; readonly stackTxnId: string;
  get(name: string): string | undefined;
  has(name: string): boolean;
  cancel(opts: { headers?: Record<string, string> }, callback: (error: Error | null) => void): void;
}
export type SendOptions = { headers?: Record<string, string>; body?: string };
export interface Reply extends EventEmitter {
  send(status: number, opts?: SendOptions, callback?: (error: unknown, sent: Message) => void): void;
}
export interface Dialog extends EventEmitter {
  readonly id: string;
  readonly sip: { callId: string; localTag: string; remoteTag: string };
  readonly local: { sdp: string }; readonly remote: { sdp: string };
  destroy(opts?: object): Promise<Message>;
  modify(sdp: string): Promise<string>;
  request(opts: { method: string; headers?: Record<string, string>; body?: string }): Promise<Message>;
}
export type Handler = (req: Message, res: Reply) => void;
export interface UacOptions { localSdp?: string; headers?: Record<string, string>; callingNumber?: string; noAck?: boolean; auth?: { username: string; password: string } }
export interface App extends EventEmitter {
  invite(handler: Handler): void;
  options(handler: Handler): void;
  register(handler: Handler): void;
  createUAS(req: Message, res: Reply, opts: SendOptions & { localSdp: string }): Promise<Dialog>;
  createUAC(uri: string, opts: UacOptions, callbacks?: { cbRequest?: (error: unknown, req: Message) => void; cbProvisional?: (res: Message) => void }): Promise<Dialog>;
  request(uri: string, opts: object, callback: (error: (Error & { code?: string }) | null, req: Message) => void): void;
  disconnect(): void;
}

/** What a test opens; everything is closed again, last first. */
export class Rig {
  private readonly closers: (() => Promise<void> | void)[] = [];

  private constructor(readonly server: Drachtio) {}

  static async open(clock?: Clock, log: Log = quiet): Promise<Rig> {
    const server = await startDrachtio({ host: '127.0.0.1', sipPort: 0, adminHost: '127.0.0.1', adminPort: 0, secret: SECRET, log, ...(clock ? { clock } : {}) });
    const rig = new Rig(server);
    rig.closers.push(() => server.close());
    return rig;
  }

  /** A real drachtio-srf; `set` adds its handlers before it connects, as an application does. */
  async app(set: (srf: App) => void = ignore): Promise<App> {
    const srf = new Srf() as unknown as App & { connect(opts: object): void };
    set(srf);
    srf.on('error', ignore);
    srf.connect({ host: '127.0.0.1', port: this.server.admin.port, secret: SECRET });
    const [error] = await once(srf, 'connect');
    if (error instanceof Error) throw error;
    this.closers.push(() => leave(srf));
    // The routes were written right behind the authentication: once a later connection was served they have been read.
    (await this.raw()).close();
    return srf;
  }

  /** An application that writes its messages by hand; authenticated. */
  async raw(): Promise<RawApp> {
    const app = await this.stranger();
    await app.ask(`authenticate|${SECRET}|`);
    return app;
  }

  /** The same before it has said who it is. */
  async stranger(): Promise<RawApp> {
    const app = await RawApp.open(this.server.admin.port);
    this.closers.push(() => app.close());
    return app;
  }

  /** A call from `peer` that the application of `answerCall` takes, ACK included. */
  async answered(peer: Peer, callId: string, parts: Partial<RequestParts> = {}): Promise<{ toTag: string; ok: string }> {
    const { port } = this.server.sip;
    peer.send(request('INVITE', { peer, port, callId, body: SDP, ...parts }));
    const ok = await peer.next(/^SIP\/2\.0 200/);
    const toTag = tag(ok, 'To');
    peer.send(request('ACK', { peer, port, callId, toTag }));
    return { toTag, ok };
  }

  async peer(): Promise<Peer> {
    const peer = await Peer.open(this.server.sip.port);
    this.closers.push(() => peer.close());
    return peer;
  }

  async close(): Promise<void> {
    for (const close of this.closers.splice(0).reverse()) await close();
  }
}

/** Ends the connection of an application for good, as a crash does. */
export function leave(srf: App): void {
  try {
    srf.disconnect();
  } catch {
    ignore(); // it was gone already
  }
}

/** Answers every call with a fixed session description and collects the dialogs. */
export function answerCall(srf: App, dialogs: EventEmitter = new EventEmitter()): EventEmitter {
  srf.invite((req, res) => {
    srf.createUAS(req, res, { localSdp: SDP }).then((dialog) => dialogs.emit('dialog', dialog, req), (error: unknown) => dialogs.emit('failed', error));
  });
  return dialogs;
}

/** The first argument of the next event. */
export async function next<T>(emitter: EventEmitter, event: string): Promise<T> {
  const [value] = (await once(emitter, event)) as [T];
  return value;
}

/** An application of raw frames. */
export class RawApp {
  readonly heard: string[] = [];
  private readonly news = new EventEmitter();
  private buffer = Buffer.alloc(0);
  readonly closed: Promise<unknown>;

  private constructor(readonly socket: TcpSocket) {
    this.closed = once(socket, 'close');
    socket.on('error', ignore);
    socket.on('data', (data) => {
      this.buffer = Buffer.concat([this.buffer, data]);
      for (let hash = this.buffer.indexOf('#'); hash > 0; hash = this.buffer.indexOf('#')) {
        const end = hash + 1 + Number(this.buffer.toString('utf8', 0, hash));
        if (this.buffer.length < end) return;
        this.heard.push(this.buffer.toString('utf8', hash + 1, end));
        this.buffer = this.buffer.subarray(end);
        this.news.emit('payload');
      }
    });
  }

  static async open(port: number): Promise<RawApp> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RawApp(socket);
  }

  /** The first payload that matches, taken out of the list. */
  async next(pattern: RegExp): Promise<string> {
    for (;;) {
      const at = this.heard.findIndex((payload) => pattern.test(payload));
      if (at >= 0) return this.heard.splice(at, 1)[0] ?? '';
      await once(this.news, 'payload');
    }
  }

  /** Sends a message and gives what stands behind `response|<id>|`. */
  async ask(message: string): Promise<string> {
    const id = `m-${Math.random()}`;
    this.write(`${id}|${message}`);
    const answer = await this.next(new RegExp(`\\|response\\|${id}\\|`));
    return answer.slice(answer.indexOf(id) + id.length + 1);
  }

  write(payload: string): void {
    this.socket.write(frame(payload));
  }

  close(): void {
    this.socket.destroy();
  }
}

/** A SIP peer of raw datagrams. */
export class Peer {
  private readonly heard: string[] = [];
  private isClosed = false;
  private waiting: { pattern: RegExp; resolve: (text: string) => void }[] = [];

  private constructor(private readonly socket: Socket, private readonly to: number) {
    socket.on('message', (data) => this.take(data.toString()));
  }

  static async open(to: number): Promise<Peer> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new Peer(socket, to);
  }

  get port(): number {
    return this.socket.address().port;
  }

  send(text: string): void {
    this.socket.send(text, this.to, '127.0.0.1');
  }

  /** The first message, heard already or still to come, whose start line matches; it is taken out of the list. */
  next(pattern: RegExp): Promise<string> {
    const at = this.heard.findIndex((text) => pattern.test(text));
    if (at >= 0) return Promise.resolve(this.heard.splice(at, 1)[0] ?? '');
    return new Promise((resolve) => this.waiting.push({ pattern, resolve }));
  }

  /** Start lines that nobody took, once everything sent before has been answered. */
  async rest(): Promise<string[]> {
    const callId = `barrier-${Math.random()}`;
    this.send(request('BYE', { peer: this, port: this.to, callId, toTag: 'none' }));
    await this.next(new RegExp(`Call-ID: ${callId}`));
    return this.heard.splice(0).map((text) => text.slice(0, text.indexOf('\r\n')));
  }

  /** An answer to a request that this peer received. */
  reply(received: string, status: string, parts: AnswerParts = {}): string {
    return answer(received, status, parts);
  }

  close(): Promise<void> {
    if (this.isClosed) return Promise.resolve();
    this.isClosed = true;
    return new Promise((resolve) => this.socket.close(() => resolve()));
  }

  private take(text: string): void {
    const waiter = this.waiting.find(({ pattern }) => pattern.test(text));
    if (!waiter) {
      this.heard.push(text);
      return;
    }
    this.waiting = this.waiting.filter((other) => other !== waiter);
    waiter.resolve(text);
  }
}

export const SDP = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8\r\n';

export interface RequestParts {
  readonly peer: Peer; readonly port: number; readonly callId: string;
  readonly cseq?: number; readonly branch?: string; readonly toTag?: string; readonly fromTag?: string;
  readonly headers?: readonly string[]; readonly body?: string; readonly uri?: string; readonly contact?: string;
}

/** A request as a caller writes it. */
export function request(method: string, parts: RequestParts): string {
  const { peer, port, callId, cseq = 1, body = '' } = parts;
  const type = body === '' ? [] : ['Content-Type: application/sdp'];
  return [
    `${method} ${parts.uri ?? `sip:100@127.0.0.1:${port}`} SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.1:${peer.port};rport;branch=${parts.branch ?? `z9hG4bK-${callId}-${cseq}-${method === 'CANCEL' ? 'INVITE' : method}`}`,
    'Max-Forwards: 70',
    `From: <sip:caller@127.0.0.1>;tag=${parts.fromTag ?? 'caller'}`,
    `To: <sip:100@127.0.0.1>${parts.toTag === undefined ? '' : `;tag=${parts.toTag}`}`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq} ${method}`,
    `Contact: ${parts.contact ?? `<sip:caller@127.0.0.1:${peer.port}>`}`,
    ...(parts.headers ?? []), ...type,
    `Content-Length: ${Buffer.byteLength(body)}`, '', body,
  ].join('\r\n');
}

export interface AnswerParts { readonly toTag?: string; readonly headers?: readonly string[]; readonly body?: string }

function answer(received: string, status: string, parts: AnswerParts): string {
  const lines = received.split('\r\n');
  const copied = lines.filter((line) => /^(Via|From|Call-ID|CSeq|Record-Route):/.test(line));
  const to = lines.find((line) => line.startsWith('To:')) ?? '';
  const body = parts.body ?? '';
  const tagged = parts.toTag === undefined || to.includes(';tag=') ? to : `${to};tag=${parts.toTag}`;
  const type = body === '' ? [] : ['Content-Type: application/sdp'];
  return [`SIP/2.0 ${status}`, ...copied, tagged, ...(parts.headers ?? []), ...type, `Content-Length: ${Buffer.byteLength(body)}`, '', body].join('\r\n');
}

/** The value of a header in a raw message; '' without one. */
export function header(text: string, name: string): string {
  const line = text.split('\r\n').find((entry) => entry.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return line?.slice(name.length + 1).trim() ?? '';
}

export const tag = (text: string, name: string): string => /;tag=([^;\s]+)/.exec(header(text, name))?.[1] ?? '';
