import { tagOf } from './address.js';
import { systemClock } from './clock.js';
import type { Clock } from './clock.js';
import { type BaseClientTransaction, type ClientOwner, InviteClientTransaction, OtherClientTransaction } from './client-transaction.js';
import { formatMessage, parseMessage, type ParseResult, type SipMessage, type SipRequest, type SipResponse } from './message.js';
import { makeResponse } from './response.js';
import { type BaseServerTransaction, InviteServerTransaction, OtherServerTransaction, type TryingMode } from './server-transaction.js';
import { type ClientHandlers, clientKey, type ClientTransaction, DEFAULT_TIMERS, serverKey, type ServerTransaction, type TimerSettings } from './transaction.js';
import type { MessageTransport, Source } from './transport.js';
import { hostPort, markReceived, newBranch, newTag, responseTarget } from './via.js';

export type { ClientTransaction, ServerTransaction, TimerSettings } from './transaction.js';

/** What to do with a message that could not be accepted: answer it, drop it, or what the RFC says. */
export type Verdict = 'default' | 'drop' | { status: number; reason: string };
export type Malformed = Extract<ParseResult, { ok: false }>;

export interface StackOptions {
  transport: MessageTransport;
  clock?: Clock;
  timers?: Partial<TimerSettings>;
  /** Each new request except ACK and a CANCEL that matches. The user answers by `respond`. */
  onRequest(transaction: ServerTransaction): void;
  /** An ACK that matches no transaction: the one for a 2xx. */
  onAck?(ack: SipRequest, source: Source): void;
  /** An answer without transaction, and every 2xx to INVITE after the first: retransmissions and other forks. */
  onStrayResponse?(response: SipResponse, source: Source): void;
  /** A message that was refused or dropped; reason without personal data. */
  onMalformed?(reason: string, source: Source): void;
  /** Decides about a message that failed a check, before anything is answered. */
  judge?(malformed: Malformed, source: Source): Verdict;
  /** Sees every datagram or framed message before it is read; false drops it. */
  admit?(raw: Buffer, source: Source): boolean;
  /** When the stack sends 100 to an INVITE (default after 200 ms). */
  trying?: TryingMode;
  /** Answer to the source port even when the request has no `rport` (default false). */
  forceRport?: boolean;
  /** Address for Via when it is not the transport's own. */
  advertised?: { host: string; port: number };
  /** Server transactions kept at most; beyond that requests get 503 without state (default 20,000). */
  maxServerTransactions?: number;
}

/** Transactions over one transport: parsing, matching and every state machine of RFC 3261 section 17 with RFC 6026. */
export class SipStack {
  private readonly clients = new Map<string, BaseClientTransaction>();
  private readonly servers = new Map<string, BaseServerTransaction>();
  private readonly owner: Omit<ClientOwner, 'ended'>;
  private isClosed = false;

  constructor(private readonly opts: StackOptions) {
    this.owner = {
      clock: opts.clock ?? systemClock,
      timers: { ...DEFAULT_TIMERS, ...opts.timers },
      send: (message, to) => opts.transport.send(formatMessage(message), to),
      strayAnswer: (response, source) => opts.onStrayResponse?.(response, source),
      startCancel: (request, to) => this.startClient(request, to, { onResponse() {}, onTimeout() {}, onTransportError() {} }),
    };
    opts.transport.onMessage = (raw, source) => this.receive(raw, source);
  }

  /** Live transactions and their running timers. */
  get counts(): { clientTransactions: number; serverTransactions: number; timers: number } {
    let timers = 0;
    for (const transaction of [...this.clients.values(), ...this.servers.values()]) timers += transaction.timers.size;
    return { clientTransactions: this.clients.size, serverTransactions: this.servers.size, timers };
  }

  /** Sends a request in a new client transaction. A top Via with branch (and rport over UDP) is added to a copy of it. */
  request(request: SipRequest, opts: { to: Source } & ClientHandlers): ClientTransaction {
    const own = this.opts.advertised ?? this.opts.transport;
    const { protocol } = opts.to;
    const headers = request.headers.clone();
    const rport = protocol === 'udp' ? ';rport' : '';
    headers.prepend('Via', `SIP/2.0/${protocol.toUpperCase()} ${hostPort(own.host, own.port)};branch=${newBranch()}${rport}`);
    return this.startClient({ ...request, headers }, opts.to, opts);
  }

  /** Sends outside any transaction: ACK for a 2xx, a 2xx retransmission. A request without Via gets one. */
  sendStateless(message: SipMessage, to: Source): void {
    let sent = message;
    if (message.kind === 'request' && !message.headers.has('via')) {
      const own = this.opts.advertised ?? this.opts.transport;
      const via = `SIP/2.0/${to.protocol.toUpperCase()} ${hostPort(own.host, own.port)};branch=${newBranch()}${to.protocol === 'udp' ? ';rport' : ''}`;
      sent = { ...message, headers: message.headers.clone().prepend('Via', via) };
    }
    this.owner.send(sent, to).catch(() => undefined); // whoever waits for it asks again
  }

  /** Ends all transactions without further events and closes the transport. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const transaction of [...this.clients.values(), ...this.servers.values()]) transaction.stop();
    await this.opts.transport.close();
  }

  private startClient(request: SipRequest, to: Source, handlers: ClientHandlers): ClientTransaction {
    const key = clientKey(request.headers);
    if (key === undefined) throw new Error('request without readable CSeq');
    const owner: ClientOwner = { ...this.owner, ended: () => this.clients.delete(key) };
    const Machine = request.method === 'INVITE' ? InviteClientTransaction : OtherClientTransaction;
    const transaction = new Machine({ owner, request, to, handlers });
    this.clients.set(key, transaction);
    transaction.start();
    return transaction;
  }

  private receive(data: Buffer, source: Source): void {
    if (this.isClosed || this.opts.admit?.(data, source) === false) return;
    // RFC 3261 section 7.5 and RFC 5626: a datagram of line ends only is a keep-alive.
    if (data.length <= 4 && /^[\r\n]*$/.test(data.toString('latin1'))) return;
    const parsed = parseMessage(data);
    if (!parsed.ok) return this.refuse(parsed, source);
    const { message, raw } = parsed;
    if (message.kind === 'response') this.receiveResponse(message, source);
    else if (source.protocol === 'tcp' && !message.headers.has('content-length')) {
      this.refuse({ ok: false, status: 400, reason: 'Missing Content-Length Header', request: message, raw }, source);
    } else this.receiveRequest(message, raw, source);
  }

  private refuse(malformed: Malformed, source: Source): void {
    this.opts.onMalformed?.(malformed.reason, source);
    const verdict = this.opts.judge?.(malformed, source) ?? 'default';
    const { request } = malformed;
    if (verdict === 'drop' || !request) return;
    const status = verdict === 'default' ? malformed.status : verdict.status;
    if (status !== undefined) this.answerStateless(request, source, { status, reason: verdict === 'default' ? malformed.reason : verdict.reason });
  }

  /** Answers without keeping anything: what is refused at the door must not cost memory. */
  private answerStateless(request: SipRequest, source: Source, answer: { status: number; reason?: string }): void {
    markReceived(request.headers, source, { forceRport: this.opts.forceRport ?? false });
    const parts = { toTag: newTag(), ...(answer.reason === undefined ? {} : { reason: answer.reason }) };
    this.sendStateless(makeResponse(request, answer.status, parts), responseTarget(request.headers, source));
  }

  private receiveResponse(response: SipResponse, source: Source): void {
    const key = clientKey(response.headers);
    const transaction = key === undefined ? undefined : this.clients.get(key);
    if (transaction) transaction.receive(response, source);
    else this.opts.onStrayResponse?.(response, source);
  }

  private receiveRequest(request: SipRequest, raw: string, source: Source): void {
    markReceived(request.headers, source, { forceRport: this.opts.forceRport ?? false });
    if (request.method === 'ACK') return this.receiveAck(request, source);
    const key = serverKey(request, request.method);
    const known = this.servers.get(key);
    if (known) return known.retransmitted();
    if (this.servers.size >= (this.opts.maxServerTransactions ?? 20_000)) return this.answerStateless(request, source, { status: 503 });
    const invite = request.method === 'CANCEL' ? this.servers.get(serverKey(request, 'INVITE')) : undefined;
    const transaction = this.startServer(key, { request, raw, source });
    if (transaction instanceof InviteServerTransaction) transaction.begin(this.opts.trying ?? 'after200ms');
    if (invite) cancelled(invite, transaction);
    else this.opts.onRequest(transaction);
  }

  private startServer(key: string, parts: { request: SipRequest; raw: string; source: Source }): BaseServerTransaction {
    const owner = { ...this.owner, ended: () => this.servers.delete(key) };
    const Machine = parts.request.method === 'INVITE' ? InviteServerTransaction : OtherServerTransaction;
    const transaction = new Machine({ owner, ...parts });
    this.servers.set(key, transaction);
    return transaction;
  }

  private receiveAck(ack: SipRequest, source: Source): void {
    const invite = this.servers.get(serverKey(ack, 'INVITE'));
    // RFC 6026 section 7.1: an ACK in Accepted is for the 2xx and belongs to the user, whatever branch it has.
    if (invite && invite.state !== 'accepted') invite.acknowledged(ack);
    else if (tagOf(ack.headers.get('to')) !== undefined) this.opts.onAck?.(ack, source);
  }
}

/** Hands a CANCEL to the user of its INVITE, or answers for a user that does not care (RFC 3261 section 9.2). */
function cancelled(invite: BaseServerTransaction, cancel: BaseServerTransaction): void {
  if (invite.onCancel) return invite.onCancel(cancel);
  const toTag = newTag();
  cancel.respond(makeResponse(cancel.request, 200, { toTag }));
  if (invite.state === 'proceeding') invite.respond(makeResponse(invite.request, 487, { toTag }));
}
