import { timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Channel } from './channel.js';
import type { EslCommand } from './command-reader.js';
import { CommandReader } from './command-reader.js';
import { runCommand } from './esl-commands.js';
import type { EventListener } from './event-bus.js';
import type { SwitchEvent } from './event.js';
import { formatEvent } from './event.js';
import { Subscription } from './subscription.js';
import type { Switch } from './switch.js';

const GOODBYE = 'Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n';
const KEEP_ALIVE_MS = 30_000;
/** A client that does not read is let go before it fills our memory. */
const MAX_UNSENT_BYTES = 16 * 1024 * 1024;

interface LinkOptions {
  readonly owner: Switch;
  readonly socket: Socket;
  /** Outbound: the channel that the socket controls. */
  readonly channel?: Channel;
  /** Inbound: what `auth` must give. */
  readonly password?: string;
}

/** One event-socket connection, in either direction. Commands are carried out one after the other, each with exactly one reply. */
export class EslLink implements EventListener {
  readonly owner: Switch;
  readonly channel: Channel | undefined;
  readonly subscription = new Subscription();
  isAuthenticated: boolean;
  /** Called once when the connection is gone. */
  onClosed: (() => void) | undefined;
  readonly #socket: Socket;
  readonly #password: string | undefined;
  readonly #reader = new CommandReader();
  #work: Promise<void> = Promise.resolve();
  #isClosed = false;

  /** A client that connected to us; it is asked to authenticate. */
  static inbound(opts: LinkOptions): EslLink {
    const link = new EslLink(opts);
    link.write('Content-Type: auth/request\n\n');
    return link;
  }

  /** A connection that a channel made to an application. */
  static outbound(opts: LinkOptions): EslLink {
    return new EslLink(opts);
  }

  private constructor(opts: LinkOptions) {
    this.owner = opts.owner;
    this.channel = opts.channel;
    this.#socket = opts.socket;
    this.#password = opts.password;
    this.isAuthenticated = opts.channel !== undefined;
    opts.socket.setNoDelay(true);
    opts.socket.setKeepAlive(true, KEEP_ALIVE_MS);
    opts.socket.on('data', (data: Buffer) => this.#read(data));
    opts.socket.on('error', (error) => this.owner.log.debug({ reason: error.message }, 'event socket broke'));
    opts.socket.on('close', () => this.#closed());
    this.#listen();
  }

  // --- for the commands ---------------------------------------------------------------------------------------------

  passwordMatches(given: string): boolean {
    const [own, theirs] = [Buffer.from(this.#password ?? ''), Buffer.from(given)];
    return own.length === theirs.length && timingSafeEqual(own, theirs);
  }

  write(text: string): void {
    if (this.#isClosed || this.#socket.destroyed || this.#socket.writableEnded) return;
    this.#socket.write(text);
    if (this.#socket.writableLength <= MAX_UNSENT_BYTES) return;
    this.owner.log.warn({ uuid: this.channel?.uuid }, 'event socket closed: the client does not read');
    this.#socket.destroy();
  }

  reply(text: string, headers: Readonly<Record<string, string>> = {}): void {
    const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}\n`).join('');
    this.write(`Content-Type: command/reply\nReply-Text: ${text}\n${more}\n`);
  }

  replyApi(result: string): void {
    this.write(`Content-Type: api/response\nContent-Length: ${Buffer.byteLength(result)}\n\n${result}`);
  }

  /** Subscriptions or filters changed. */
  relisten(): void {
    this.owner.bus.remove(this);
    if (!this.#isClosed) this.#listen();
  }

  /** Says goodbye and closes. */
  disconnect(): void {
    const about = this.channel === undefined ? '' : `Controlled-Session-UUID: ${this.channel.uuid}\nContent-Disposition: disconnect\n`;
    this.write(`Content-Type: text/disconnect-notice\n${about}Content-Length: ${GOODBYE.length}\n\n${GOODBYE}`);
    this.#socket.end();
  }

  /** The channel it controls is over. */
  sessionEnded(channel: Channel): void {
    channel.links.delete(this);
    this.disconnect();
  }

  /** Cuts the connection without a word, for shutdown. */
  destroy(): void {
    this.#socket.destroy();
  }

  // --- events -------------------------------------------------------------------------------------------------------

  wants(name: string, subclass: string | undefined): boolean {
    return this.isAuthenticated && this.subscription.wants(name, subclass);
  }

  get onlyChannels(): ReadonlySet<string> | undefined {
    return this.subscription.onlyChannels;
  }

  deliver(event: SwitchEvent): void {
    if (this.subscription.passes(event)) this.write(formatEvent(event, this.subscription.format));
  }

  // --- the socket ---------------------------------------------------------------------------------------------------

  #listen(): void {
    this.owner.bus.add(this);
  }

  #read(data: Buffer): void {
    try {
      for (const command of this.#reader.push(data)) this.#enqueue(command);
    } catch (error) {
      this.owner.log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'event socket closed: malformed command');
      this.#socket.destroy();
    }
  }

  #enqueue(command: EslCommand): void {
    this.#work = this.#work.then(() => (this.#isClosed ? undefined : runCommand(this, command))).catch((error: unknown) => {
      // A bug of ours must not shift every later reply: the client gets its one answer.
      this.owner.log.error({ error: error instanceof Error ? error.stack : String(error) }, 'event socket command failed');
      this.reply('-ERR softswitch failure');
    });
  }

  #closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.owner.bus.remove(this);
    this.channel?.linkLost(this);
    this.onClosed?.();
  }
}
