import { once } from 'node:events';
import { WebSocket } from 'ws';
import { serverMessageSchema, SUB_PROTOCOL, type ServerMessage } from '../../gateway/core/screen/messages.js';
import { ANNA_TOKEN } from './fake-screen-host.js';

type EventMessage = Extract<ServerMessage, { type: 'event' }>;

/** A raw client of `vaxel.v1` for tests: acknowledges only when told to, and keeps every message. */
export class ScreenClient {
  readonly received: ServerMessage[] = [];
  private taken = 0;
  private wake: () => void = () => undefined;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  private isClosed = false;

  constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      this.received.push(serverMessageSchema.parse(JSON.parse(data.toString())));
      this.wake();
    });
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => {
        this.isClosed = true;
        this.wake();
        resolve({ code, reason: reason.toString() });
      });
    });
  }

  static async open(port: number, options: { readonly origin?: string; readonly protocol?: string; readonly path?: string } = {}): Promise<ScreenClient> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${options.path ?? '/v1/screen'}`, options.protocol ?? SUB_PROTOCOL, options.origin === undefined ? {} : { origin: options.origin });
    const client = new ScreenClient(socket);
    await once(socket, 'open');
    return client;
  }

  /** Opens and signs in; the messages up to the first events are left to be taken. */
  static async signedIn(port: number, seen: { readonly session?: string; readonly lastSeq?: number } = {}): Promise<{ readonly client: ScreenClient; readonly session: string }> {
    const client = await ScreenClient.open(port);
    client.send({ type: 'signIn', id: 'in', token: ANNA_TOKEN, ...seen });
    const welcome = await client.next();
    if (welcome.type !== 'welcome') throw new Error(`expected a welcome, got ${JSON.stringify(welcome)}`);
    return { client, session: welcome.session };
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  /** The next message in order; waits for it. Rejects when the socket closes instead. */
  async next(): Promise<ServerMessage> {
    while (this.received.length <= this.taken) {
      if (this.isClosed) throw new Error('closed');
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    const message = this.received[this.taken];
    this.taken += 1;
    if (message === undefined) throw new Error('no message');
    return message;
  }

  async nextEvent(): Promise<EventMessage> {
    for (;;) {
      const message = await this.next();
      if (message.type === 'event') return message;
    }
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }
}
