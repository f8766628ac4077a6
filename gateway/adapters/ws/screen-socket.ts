import { WebSocket, type RawData } from 'ws';
import { jsonFault } from '../../core/json-fault.js';
import { CLOSE_CODES } from '../../core/screen/close-codes.js';
import { clientMessageSchema, serverMessageSchema, type ClientMessage, type ServerMessage } from '../../core/screen/messages.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { Outlet } from './agent-session.js';
import type { ScreenLimits } from './limits.js';
import { TokenBucket } from './token-bucket.js';

type Received =
  | { readonly kind: 'message'; readonly message: ClientMessage }
  | { readonly kind: 'refused'; readonly re: string; readonly detail: string }
  | { readonly kind: 'unreadable' };

const ACKS_PER_MESSAGE = 10;

/** Reads one frame. `refused` has the id to answer to; `unreadable` has none. */
export function readFrame(text: string): Received {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'unreadable' };
  }
  const fault = jsonFault(value, text);
  const parsed = clientMessageSchema.safeParse(value);
  if (fault === null && parsed.success) return { kind: 'message', message: parsed.data };
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : null;
  if (typeof id !== 'string' || id.length === 0 || id.length > 64) return { kind: 'unreadable' };
  const issue = parsed.error?.issues[0];
  const { path, message } = fault ?? { path: issue?.path.join('.'), message: issue?.message ?? 'not understood' };
  return { kind: 'refused', re: id, detail: `${path || 'message'}: ${message}` };
}

/** The frame of a message that the schema accepts; null (and a log line) when it does not, which is our own bug. */
export function frameOf(message: ServerMessage, log: Log): string | null {
  const checked = serverMessageSchema.safeParse(message);
  if (checked.success) return JSON.stringify(checked.data);
  const issue = checked.error.issues[0];
  log.error({ message: message.type, path: issue?.path.join('.'), issue: issue?.message }, 'message to a screen does not fit its schema');
  return null;
}

export interface SocketEvents {
  onMessage(message: ClientMessage): void;
  onClosed(): void;
}

/** One WebSocket: bounds, heartbeat and schema checks. Knows nothing of agents. */
export class ScreenSocket implements Outlet {
  private readonly bucket: TokenBucket;
  /** Acknowledgements answer what we send, so they may be as many; a flood of them is one all the same. */
  private readonly acks: TokenBucket;
  private cancelPing: () => void = () => undefined;
  private isAlive = true;

  constructor(
    private readonly socket: WebSocket,
    private readonly with_: { readonly clock: Clock; readonly log: Log; readonly limits: ScreenLimits },
    private readonly events: SocketEvents,
  ) {
    const { clock, limits } = with_;
    this.bucket = new TokenBucket({ perSecond: limits.messagesPerSecond, burst: limits.messageBurst }, clock.now());
    this.acks = new TokenBucket({ perSecond: limits.messagesPerSecond * ACKS_PER_MESSAGE, burst: limits.messageBurst * ACKS_PER_MESSAGE }, clock.now());
    socket.on('message', (data, isBinary) => this.receive(data, isBinary));
    socket.on('pong', () => (this.isAlive = true));
    // ws reports protocol violations (also an oversize frame) here and closes the socket by itself.
    socket.on('error', (error) => with_.log.debug({ error: error.message }, 'screen socket failed'));
    socket.once('close', () => {
      this.cancelPing();
      socket.removeAllListeners('message');
      events.onClosed();
    });
    this.schedulePing();
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  send(frame: string): void {
    if (!this.isOpen) return;
    if (this.socket.bufferedAmount + frame.length > this.with_.limits.maxBufferedBytes) {
      this.with_.log.warn({ bufferedBytes: this.socket.bufferedAmount }, 'screen too slow, closed');
      // A close frame would wait behind the backlog.
      this.socket.terminate();
      return;
    }
    this.socket.send(frame);
  }

  /** Sends a message after checking it against its schema. */
  tell(message: ServerMessage): void {
    const frame = frameOf(message, this.with_.log);
    if (frame !== null) this.send(frame);
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason);
    // A peer that never answers the close frame must not keep the socket.
    const cancel = this.with_.clock.after(2_000, () => this.socket.terminate());
    this.socket.once('close', cancel);
  }

  terminate(): void {
    this.socket.terminate();
  }

  private receive(data: RawData, isBinary: boolean): void {
    this.isAlive = true;
    if (!this.isOpen) return;
    if (isBinary) return this.close(CLOSE_CODES.badMessage, 'text frames only');
    const received = readFrame(String(data));
    const bucket = received.kind === 'message' && received.message.type === 'ack' ? this.acks : this.bucket;
    if (!bucket.take(this.with_.clock.now())) return this.close(CLOSE_CODES.tooManyCommands, 'too many messages');
    switch (received.kind) {
      case 'message':
        return this.events.onMessage(received.message);
      case 'refused':
        return this.tell({ type: 'result', re: received.re, ok: false, error: { code: 'VG_BAD_MESSAGE', detail: received.detail } });
      case 'unreadable':
        return this.close(CLOSE_CODES.badMessage, 'not a message of vaxel.v1');
    }
  }

  private schedulePing(): void {
    this.cancelPing = this.with_.clock.after(this.with_.limits.pingEveryMs, () => {
      if (!this.isAlive) {
        this.with_.log.info({}, 'screen socket dead, closed');
        return this.socket.terminate();
      }
      this.isAlive = false;
      if (this.isOpen) this.socket.ping();
      this.schedulePing();
    });
  }
}
