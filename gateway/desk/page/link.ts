import type { CloseCodes } from '../../core/screen/close-codes.js';
import type { ClientMessage, ServerMessage } from '../../core/screen/messages.js';

// The page only takes types from the gateway; the compiler checks these two against the original.
const SUB_PROTOCOL = 'vaxel.v1';
const CLOSE: Pick<CloseCodes, 'signedOut' | 'signInRefused' | 'replaced'> = { signedOut: 4000, signInRefused: 4001, replaced: 4009 };

export type Outcome = { readonly ok: true } | { readonly ok: false; readonly code: string; readonly detail: string };
export type LinkState = 'connecting' | 'open' | 'waiting';
export type StopReason = 'signedOut' | 'refused' | 'replaced';
type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;
/** What the agent can ask for. */
export type Command = WithoutId<Exclude<ClientMessage, { type: 'signIn' | 'ack' | 'ping' }>>;

export interface LinkListener {
  /** Runs before the event is acknowledged: what it draws is on the screen when the gateway hears of it. */
  onMessage(message: ServerMessage): void;
  onLink(state: LinkState): void;
  onStopped(reason: StopReason): void;
}

const NO_LINK: Outcome = { ok: false, code: 'LINK', detail: 'no connection' };
const COMMAND_WITHIN_MS = 8_000;
const PING_EVERY_MS = 10_000;
const SILENT_FOR_MS = 16_000;
const LONGEST_PAUSE_MS = 8_000;

/** The screen's connection: signs in, acknowledges, and after a loss comes back by itself and gets what it missed. */
export class Link {
  private socket: WebSocket | null = null;
  private session: string | null = null;
  private lastSeq = 0;
  private attempts = 0;
  private retryTimer = 0;
  private pingTimer = 0;
  private heardAt = 0;
  private isStopped = false;
  private readonly pending = new Map<string, (outcome: Outcome) => void>();

  constructor(
    private readonly where: { readonly url: string; readonly token: string },
    private readonly listener: LinkListener,
  ) {}

  start(): void {
    this.isStopped = false;
    this.connect();
    window.addEventListener('online', this.hurry);
    document.addEventListener('visibilitychange', this.hurry);
  }

  stop(): void {
    this.isStopped = true;
    window.removeEventListener('online', this.hurry);
    document.removeEventListener('visibilitychange', this.hurry);
    window.clearTimeout(this.retryTimer);
    this.drop();
  }

  /** Sends a command; resolves with its one result, or with `LINK` when the connection is or goes down. */
  send(command: Command): Promise<Outcome> {
    const { socket } = this;
    if (socket?.readyState !== WebSocket.OPEN || this.session === null) return Promise.resolve(NO_LINK);
    const id = crypto.randomUUID();
    return new Promise((resolve) => {
      const timer = window.setTimeout(() => this.settle(id, NO_LINK), COMMAND_WITHIN_MS);
      this.pending.set(id, (outcome) => {
        window.clearTimeout(timer);
        resolve(outcome);
      });
      socket.send(JSON.stringify({ ...command, id }));
    });
  }

  private connect(): void {
    this.listener.onLink('connecting');
    const socket = new WebSocket(this.where.url, SUB_PROTOCOL);
    this.socket = socket;
    this.heardAt = Date.now();
    socket.onopen = () => {
      const seen = this.session === null ? {} : { session: this.session, lastSeq: this.lastSeq };
      socket.send(JSON.stringify({ type: 'signIn', id: crypto.randomUUID(), token: this.where.token, ...seen }));
      this.pingTimer = window.setInterval(() => this.ping(), PING_EVERY_MS);
    };
    socket.onmessage = (frame) => {
      if (this.socket === socket) this.receive(String(frame.data));
    };
    socket.onclose = (closed) => {
      if (this.socket === socket) this.lost(closed.code);
    };
  }

  private receive(text: string): void {
    this.heardAt = Date.now();
    const message = JSON.parse(text) as ServerMessage;
    switch (message.type) {
      case 'welcome':
        if (message.session !== this.session) this.lastSeq = 0;
        this.session = message.session;
        this.attempts = 0;
        this.listener.onMessage(message);
        return this.listener.onLink('open');
      case 'resync':
        this.lastSeq = message.fromSeq - 1;
        return this.listener.onMessage(message);
      case 'event':
        if (message.seq > this.lastSeq) {
          this.lastSeq = message.seq;
          this.listener.onMessage(message);
        }
        return this.socket?.send(JSON.stringify({ type: 'ack', seq: message.seq }));
      case 'figures':
        return this.listener.onMessage(message);
      case 'result':
        return this.settle(message.re, message.ok ? { ok: true } : { ok: false, ...message.error });
    }
  }

  private settle(id: string, outcome: Outcome): void {
    this.pending.get(id)?.(outcome);
    this.pending.delete(id);
  }

  private lost(code: number): void {
    this.drop();
    const stopped = stopReasonOf(code);
    if (stopped !== null) {
      this.stop();
      return this.listener.onStopped(stopped);
    }
    if (this.isStopped) return;
    this.attempts += 1;
    // The random part keeps a whole floor of agents from coming back in the same instant.
    const pause = Math.min(LONGEST_PAUSE_MS, 250 * 2 ** this.attempts) * (0.6 + 0.4 * Math.random());
    this.listener.onLink('waiting');
    this.retryTimer = window.setTimeout(() => this.connect(), pause);
  }

  private drop(): void {
    window.clearInterval(this.pingTimer);
    const { socket } = this;
    this.socket = null;
    socket?.close();
    for (const id of [...this.pending.keys()]) this.settle(id, NO_LINK);
  }

  private ping(): void {
    if (Date.now() - this.heardAt > SILENT_FOR_MS) return this.lost(0);
    this.socket?.send(JSON.stringify({ type: 'ping', id: crypto.randomUUID() }));
  }

  /** The network or the tab came back: do not sit out the pause. */
  private readonly hurry = (): void => {
    if (this.isStopped || document.visibilityState === 'hidden') return;
    if (this.socket !== null) return this.socket.readyState === WebSocket.OPEN ? this.ping() : undefined;
    window.clearTimeout(this.retryTimer);
    this.connect();
  };
}

function stopReasonOf(code: number): StopReason | null {
  if (code === CLOSE.signedOut) return 'signedOut';
  if (code === CLOSE.signInRefused) return 'refused';
  return code === CLOSE.replaced ? 'replaced' : null;
}
