import { EventEmitter } from 'node:events';
import { WebSocket } from 'ws';
import { CLOSE_CODES } from '../core/screen/close-codes.js';
import { serverMessageSchema, SUB_PROTOCOL, type ClientMessage, type ServerEvent, type ServerMessage } from '../core/screen/messages.js';

type Command = ClientMessage extends infer M ? (M extends { id: string } ? Omit<M, 'id'> : never) : never;
type Result = Extract<ServerMessage, { type: 'result' }>;
type Welcome = Extract<ServerMessage, { type: 'welcome' }>;

interface DeskClientEvents {
  message: [ServerMessage];
  /** An event of the gateway, after it was acknowledged. `receivedAt` is epoch ms. */
  event: [ServerEvent, number];
  /** The socket broke; signing in again is being tried. */
  lost: [number];
  back: [Welcome];
  /** For good: told to leave, refused, or gone for a minute. */
  closed: [number];
}

const ANSWER_LIMIT_MS = 5_000;
const RETURN_LIMIT_MS = 60_000;
const RETURN_EVERY_MS = 250;
const FINAL_CODES: readonly number[] = [CLOSE_CODES.signedOut, CLOSE_CODES.signInRefused, CLOSE_CODES.replaced];

async function connect(api: string): Promise<WebSocket> {
  const socket = new WebSocket(`${api.replace(/^http/, 'ws')}/v1/screen`, SUB_PROTOCOL);
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
  });
  return socket;
}

/** The agent's end of `vaxel.v1` without a page: signs in, acknowledges, sends commands, and comes back after a loss. */
export class DeskClient extends EventEmitter<DeskClientEvents> {
  private nextId = 0;
  private lastSeq = 0;
  private session: string | undefined;
  private isLeaving = false;
  private readonly waiting = new Map<string, (message: Result | Welcome) => void>();
  /** Events that came with the welcome, before whoever signed in could listen. */
  private held: (readonly [ServerEvent, number])[] = [];

  private constructor(
    private readonly where: { readonly api: string; readonly token: string },
    private socket: WebSocket,
  ) {
    super();
    (this as EventEmitter).on('newListener', (name) => name === 'event' && queueMicrotask(() => this.letGo()));
    this.hear(socket);
  }

  /** Connects and signs in. `api` is the gateway's `http://host:port`. Rejects when either is refused. */
  static async signIn(api: string, token: string): Promise<{ readonly client: DeskClient; readonly welcome: Welcome }> {
    const client = new DeskClient({ api, token }, await connect(api));
    const answer = await client.ask({ type: 'signIn', token });
    if (answer.type === 'welcome') {
      client.session = answer.session;
      return { client, welcome: answer };
    }
    client.close();
    throw new Error(answer.ok ? 'the gateway did not welcome us' : `${answer.error.code}: ${answer.error.detail}`);
  }

  /** Sends a command; resolves with its result. */
  async send(command: Command): Promise<Result> {
    const answer = await this.ask(command);
    return answer.type === 'result' ? answer : { type: 'result', re: answer.re, ok: true };
  }

  close(): void {
    this.isLeaving = true;
    this.socket.close();
  }

  private hear(socket: WebSocket): void {
    socket.on('message', (data: Buffer) => this.received(data.toString()));
    socket.on('error', () => undefined);
    socket.on('close', (code) => {
      const isFinal = this.isLeaving || FINAL_CODES.includes(code);
      if (isFinal) this.emit('closed', code);
      else void this.comeBack(code);
    });
  }

  /** Signs in again with the last sequence number seen, so that nothing said meanwhile is lost; gives up after a minute. */
  private async comeBack(code: number): Promise<void> {
    this.emit('lost', code);
    for (const until = Date.now() + RETURN_LIMIT_MS; Date.now() < until && !this.isLeaving; ) {
      try {
        this.socket = await connect(this.where.api);
        this.hear(this.socket);
        const answer = await this.ask({ type: 'signIn', token: this.where.token, lastSeq: this.lastSeq, ...(this.session === undefined ? {} : { session: this.session }) });
        if (answer.type !== 'welcome') break;
        this.session = answer.session;
        this.emit('back', answer);
        return;
      } catch {
        // Not there yet: the gateway is being started again.
        await new Promise((resolve) => setTimeout(resolve, RETURN_EVERY_MS));
      }
    }
    this.emit('closed', code);
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

  private letGo(): void {
    const { held } = this;
    this.held = [];
    for (const [event, at] of held) this.emit('event', event, at);
  }

  private received(text: string): void {
    const receivedAt = Date.now();
    const message = serverMessageSchema.parse(JSON.parse(text));
    this.emit('message', message);
    if (message.type === 'event') {
      this.lastSeq = message.seq;
      // The acknowledgement goes first: the phone rings when it arrived.
      this.socket.send(JSON.stringify({ type: 'ack', seq: message.seq }));
      if (this.listenerCount('event') === 0) this.held.push([message.event, receivedAt]);
      else this.emit('event', message.event, receivedAt);
    }
    if (message.type === 'result' || message.type === 'welcome') {
      this.waiting.get(message.re)?.(message);
      this.waiting.delete(message.re);
    }
  }
}
