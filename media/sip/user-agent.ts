import { randomUUID } from 'node:crypto';
import { parseNameAddr, splitList, tagOf } from './address.js';
import type { Call } from './call.js';
import type { CallContext, HeaderList } from './call-context.js';
import { type Clock, systemClock } from './clock.js';
import type { Credentials } from './digest.js';
import { contactOf } from './dialog.js';
import { Exchange, type Hop } from './exchange.js';
import { SipHeaders } from './headers.js';
import { IncomingCall } from './incoming-call.js';
import { parseCSeq, type SipRequest, type SipResponse } from './message.js';
import { type InviteOptions, OutgoingCall } from './outgoing-call.js';
import { type RegisterOptions, Registration } from './registration.js';
import { makeResponse, type ResponseParts } from './response.js';
import { agreeAsCallee } from './session-timer.js';
import { SipStack, type StackOptions } from './stack.js';
import { DEFAULT_TIMERS, type ServerTransaction, type TimerSettings } from './transaction.js';
import { type MessageTransport, type Protocol, SipTransport, type Source } from './transport.js';
import { hostPort, newTag } from './via.js';

export interface UserAgentOptions {
  host: string;
  /** 0: the system picks. */
  port: number;
  protocols?: Protocol[];
  /** A transport of the caller's making in place of `host`, `port` and `protocols`. */
  transport?: MessageTransport;
  clock?: Clock;
  timers?: Partial<TimerSettings>;
  /** Value of User-Agent and Server. */
  userAgent?: string;
  /** User part of our Contact. */
  contactUser?: string;
  /** Used for every challenge that has no credentials of its own. */
  credentials?: Credentials;
  /** 0 up to 1 (default Math.random); decides the pause after 491. */
  random?(): number;
  /** A new call, checked and not yet answered. Left out: 486. */
  onInvite?(call: IncomingCall): void;
  /** A request outside dialogs that is no INVITE. Returning false lets the user agent answer it: 200 to OPTIONS, else 405 or 501. */
  onRequest?(transaction: ServerTransaction): boolean | void;
  /** Further settings of the stack, for example how malformed messages are judged. */
  stack?: Pick<StackOptions, 'judge' | 'admit' | 'trying' | 'forceRport' | 'advertised' | 'maxServerTransactions' | 'onMalformed'>;
}

export interface RequestOptions { uri: string; from: string; to?: string; via?: Source; headers?: readonly (readonly [string, string])[]; body?: string; protocol?: Protocol }

const METHODS = ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'INFO', 'UPDATE'];
const KNOWN_METHODS = [...METHODS, 'REGISTER', 'PRACK', 'SUBSCRIBE', 'NOTIFY', 'REFER', 'MESSAGE', 'PUBLISH'];
const EXTENSIONS = ['timer'];

/** An endpoint: places and takes calls, registers, answers OPTIONS. RFC 3261 sections 8 to 15. */
export class UserAgent {
  readonly stack: SipStack;
  private readonly calls = new Map<string, Call>();
  private readonly registrations = new Set<Registration>();
  private readonly leaving = new Set<Promise<unknown>>();
  private readonly context: CallContext;
  private isClosed = false;

  private constructor(private readonly opts: UserAgentOptions, private readonly transport: MessageTransport) {
    const clock = opts.clock ?? systemClock;
    this.stack = new SipStack({
      ...opts.stack, transport, clock, ...(opts.timers ? { timers: opts.timers } : {}),
      onRequest: (transaction) => this.receive(transaction),
      onAck: (ack) => this.findByRequest(ack)?.receiveAck(ack),
      onStrayResponse: (response) => this.receiveStray(response),
    });
    this.context = {
      stack: this.stack, clock, timers: { ...DEFAULT_TIMERS, ...opts.timers }, credentials: opts.credentials,
      random: opts.random ?? Math.random,
      commonHeaders: () => (opts.userAgent === undefined ? [] : [['User-Agent', opts.userAgent]]),
      inviteHeaders: (protocol) => this.inviteHeaders(protocol),
      optionsHeaders: () => [['Allow', METHODS.join(', ')], ['Accept', 'application/sdp'], ['Supported', EXTENSIONS.join(', ')]],
      fallback: (transaction) => this.fallback(transaction),
      remember: (call) => this.calls.set(keyOf(call.sipCallId, call.localTag), call),
      await: (last) => {
        this.leaving.add(last);
        void last.then(() => this.leaving.delete(last));
      },
      forget: (call) => this.calls.delete(keyOf(call.sipCallId, call.localTag)),
    };
  }

  /** Opens the transport. Rejects when the port is taken. */
  static async open(opts: UserAgentOptions): Promise<UserAgent> {
    return new UserAgent(opts, opts.transport ?? (await SipTransport.open(opts)));
  }

  get host(): string {
    return this.transport.host;
  }

  get port(): number {
    return this.transport.port;
  }

  /** Calls that are not over, both directions. */
  get callCount(): number {
    return this.calls.size;
  }

  /** Places a call. Its outcome comes as events. */
  invite(opts: InviteOptions): OutgoingCall {
    return new OutgoingCall(this.context, opts);
  }

  /** Registers and keeps it so until the registration or the user agent is closed. */
  register(opts: RegisterOptions): Registration {
    const registration = new Registration(this.context, opts);
    this.registrations.add(registration);
    return registration;
  }

  /** Asks another agent what it can do. Resolves with its answer, 408 or 503 when there is none. */
  options(opts: RequestOptions): Promise<SipResponse> {
    return this.request('OPTIONS', opts);
  }

  /** Sends a request outside any dialog. Resolves with its final answer, 408 or 503 when there is none. */
  request(method: string, opts: RequestOptions): Promise<SipResponse> {
    let cseq = 1;
    const to = opts.to ?? opts.uri;
    const protocol = opts.via?.protocol ?? opts.protocol ?? 'udp';
    const headers = SipHeaders.of([
      ['Max-Forwards', '70'], ['From', `${opts.from.includes('<') ? opts.from : `<${opts.from}>`};tag=${newTag()}`], ['To', to.includes('<') ? to : `<${to}>`],
      ['Call-ID', randomUUID()], ['CSeq', `1 ${method}`], ...this.context.commonHeaders(), ...(opts.headers ?? []),
    ]);
    const hop: Hop = opts.via ? { to: opts.via } : { uri: opts.uri, protocol };
    return new Promise((resolve) => {
      new Exchange({
        stack: this.stack, request: { kind: 'request', method, uri: opts.uri, headers, body: opts.body ?? '' }, hop,
        credentials: this.opts.credentials, nextCseq: () => ++cseq,
        onResponse: (response) => {
          if (response.status >= 200) resolve(response);
        },
      });
    });
  }

  /** Takes registrations back, ends calls, waits for the answers up to `graceMs` (default 500), and closes the transport. */
  async close(opts: { graceMs?: number } = {}): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    const farewells: Promise<unknown>[] = [
      ...this.leaving,
      ...[...this.registrations].map((registration) => registration.close()),
      ...[...this.calls.values()].map((call) => new Promise<void>((resolve) => {
        if (call.state === 'up') return void call.bye().then(() => resolve());
        call.once('failed', () => resolve());
        call.hangUp();
      })),
    ];
    if (farewells.length > 0) await Promise.race([Promise.all(farewells), this.pause(opts.graceMs ?? 500)]);
    await this.stack.close();
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.context.clock.setTimer(ms, resolve);
    });
  }

  private inviteHeaders(protocol: Protocol): HeaderList {
    const own = this.opts.stack?.advertised ?? this.transport;
    const user = this.opts.contactUser === undefined ? '' : `${this.opts.contactUser}@`;
    return [
      ['Contact', `<sip:${user}${hostPort(own.host, own.port)}${protocol === 'tcp' ? ';transport=tcp' : ''}>`],
      ['Allow', METHODS.join(', ')], ['Supported', EXTENSIONS.join(', ')], ...this.context.commonHeaders(),
    ];
  }

  private respond(transaction: ServerTransaction, status: number, parts: ResponseParts = {}): void {
    transaction.respond(makeResponse(transaction.request, status, { toTag: newTag(), ...parts }));
  }

  private findByRequest(request: SipRequest): Call | undefined {
    const call = this.calls.get(keyOf(request.headers.get('call-id'), tagOf(request.headers.get('to'))));
    return call?.hasRemoteTag(tagOf(request.headers.get('from'))) ? call : undefined;
  }

  private receive(transaction: ServerTransaction): void {
    const { request } = transaction;
    if (tagOf(request.headers.get('to')) !== undefined) {
      const call = this.findByRequest(request);
      if (call) return call.receive(transaction);
      if (request.method !== 'OPTIONS') return this.respond(transaction, 481);
    }
    if (request.method === 'CANCEL' || request.method === 'BYE') return this.respond(transaction, 481);
    if (request.method === 'INVITE') return this.receiveInvite(transaction);
    if (!this.opts.onRequest || this.opts.onRequest(transaction) === false) this.fallback(transaction);
  }

  private fallback(transaction: ServerTransaction): void {
    const { method } = transaction.request;
    if (method === 'OPTIONS') return this.respond(transaction, 200, { headers: this.context.optionsHeaders() });
    this.respond(transaction, KNOWN_METHODS.includes(method) ? 405 : 501, { headers: [['Allow', METHODS.join(', ')]] });
  }

  private receiveInvite(transaction: ServerTransaction): void {
    const { headers } = transaction.request;
    const refusal = this.refusal(transaction.request);
    if (refusal) return this.respond(transaction, refusal.status, refusal.parts);
    // RFC 3261 section 8.2.2.2: the same request on another way; the first copy gets the answer.
    const identity = [headers.get('call-id'), tagOf(headers.get('from')), parseCSeq(headers)?.number].join('|');
    for (const call of this.calls.values()) if (call instanceof IncomingCall && call.identity === identity) return this.respond(transaction, 482);
    if (!this.opts.onInvite) return this.respond(transaction, 486);
    this.opts.onInvite(new IncomingCall(this.context, transaction));
  }

  /** The checks of RFC 3261 section 8.2 in its order. */
  private refusal({ uri, headers, body }: SipRequest): { status: number; parts?: ResponseParts } | undefined {
    if (!/^(sips?|tel):/i.test(uri)) return { status: 416 };
    const unknown = splitList(headers.all('require')).filter((tag) => !EXTENSIONS.includes(tag.toLowerCase()));
    if (unknown.length > 0) return { status: 420, parts: { headers: [['Unsupported', unknown.join(', ')]] } };
    if (headers.has('content-encoding') && headers.get('content-encoding')?.toLowerCase() !== 'identity') return { status: 415, parts: { headers: [['Accept-Encoding', 'identity']] } };
    const type = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
    if (body !== '' && type !== 'application/sdp') return { status: 415, parts: { headers: [['Accept', 'application/sdp']] } };
    const contact = contactOf(headers);
    if (contact === undefined || !parseNameAddr(contact)) return { status: 400, parts: { reason: 'Missing Contact Header' } };
    const timer = agreeAsCallee(headers);
    return timer.kind === 'tooSmall' ? { status: 422, parts: { headers: [['Min-SE', String(timer.minSeconds)]] } } : undefined;
  }

  private receiveStray(response: SipResponse): void {
    if (response.status < 200 || response.status >= 300 || parseCSeq(response.headers)?.method !== 'INVITE') return;
    this.calls.get(keyOf(response.headers.get('call-id'), tagOf(response.headers.get('from'))))?.receiveStray(response);
  }
}

const keyOf = (callId: string | undefined, localTag: string | undefined): string => `${callId ?? ''}|${localTag ?? ''}`;
