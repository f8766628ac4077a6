import { EventEmitter } from 'node:events';
import { WebSocket } from 'ws';
import { serverMessageSchema, SUB_PROTOCOL, type ClientMessage, type ServerEvent, type ServerMessage } from '../core/screen/messages.js';

type Command = ClientMessage extends infer M ? (M extends { id: string } ? Omit<M, 'id'> : never) : never;
type Result = Extract<ServerMessage, { type: 'result' }>;
type Welcome = Extract<ServerMessage, { type: 'welcome' }>;

interface DeskClientEvents {
  message: [ServerMessage];
  /** An event of the gateway, after it was acknowledged. `receivedAt` is epoch ms. */
  event: [ServerEvent, number];
  closed: [number];
}

const ANSWER_LIMIT_MS = 5_000;

/** The agent's end of `vaxel.v1` without a page: signs in, acknowledges, sends commands. */
export class DeskClient extends EventEmitter<DeskClientEvents> {
  private nextId = 0;
  private readonly waiting = new Map<string, (message: Result | Welcome) => void>();

  private constructor(private readonly socket: WebSocket) {
    super();
    socket.on('message', (data: Buffer) => this.received(data.toString()));
    socket.on('close', (code) => this.emit('closed', code));
    socket.on('error', () => undefined);
  }

  /** Connects and signs in. `api` is the gateway's `http://host:port`. Rejects when either is refused. */
  static async signIn(api: string, token: string): Promise<{ readonly client: DeskClient; readonly welcome: Welcome }> {
    const socket = new WebSocket(`${api.replace(/^http/, 'ws')}/v1/screen`, SUB_PROTOCOL);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('error', reject);
    });
    const client = new DeskClient(socket);
    const answer = await client.ask({ type: 'signIn', token });
    if (answer.type === 'welcome') return { client, welcome: answer };
    client.close();
    throw new Error(answer.ok ? 'the gateway did not welcome us' : `${answer.error.code}: ${answer.error.detail}`);
  }

  /** Sends a command; resolves with its result. */
  async send(command: Command): Promise<Result> {
    const answer = await this.ask(command);
    return answer.type === 'result' ? answer : { type: 'result', re: answer.re, ok: true };
  }

  close(): void {
    this.socket.close();
  }

  private ask(command: Command): Promise<Result | Welcome> {
    this.nextId += 1;
    const id = `c${this.nextId}`;
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => {
        this.waiting.delete(id);
        reject(new Error(`no answer to ${command.type}`));
      }, ANSWER_LIMIT_MS);
      this.waiting.set(id, (message) => {
        clearTimeout(limit);
        resolve(message);
      });
      this.socket.send(JSON.stringify({ ...command, id }));
    });
  }

  private received(text: string): void {
    const receivedAt = Date.now();
    const message = serverMessageSchema.parse(JSON.parse(text));
    this.emit('message', message);
    if (message.type === 'event') {
      // The acknowledgement goes first: the phone rings when it arrived.
      this.socket.send(JSON.stringify({ type: 'ack', seq: message.seq }));
      this.emit('event', message.event, receivedAt);
    }
    if (message.type === 'result' || message.type === 'welcome') {
      this.waiting.get(message.re)?.(message);
      this.waiting.delete(message.re);
    }
  }
}
