import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { paramsOf, parseNameAddr, splitList } from './address.js';
import type { CallContext } from './call-context.js';
import { NamedTimers } from './clock.js';
import { type AnswerCause, Exchange, type Hop } from './exchange.js';
import { SipHeaders } from './headers.js';
import type { SipRequest, SipResponse } from './message.js';
import type { Protocol, Source } from './transport.js';
import { newTag } from './via.js';

export interface RegisterOptions {
  /** Request URI, for example `sip:example.com`. */
  registrar: string;
  /** The address that is registered. */
  aor: string;
  /** Our Contact value (default made from our address). */
  contact?: string;
  /** Where to send it (default: what the registrar's URI says). */
  via?: Source;
  credentials?: { username: string; password: string };
  /** Asked for; the registrar may shorten it (default 600). */
  expiresSeconds?: number;
  protocol?: Protocol;
}

export interface RegistrationEvents {
  /** Taken, the first time and on every refresh. */
  registered: [{ expiresSeconds: number }];
  /** Refused or not reached; tried again after a pause, except when the credentials are wrong. */
  failed: [{ status: number; reason: string; cause: AnswerCause }];
}

const FIRST_RETRY_MS = 2000;
const LONGEST_RETRY_MS = 120_000;

/** A registration that is kept alive until `close` (RFC 3261 section 10.2). */
export class Registration extends EventEmitter<RegistrationEvents> {
  private readonly callId = randomUUID();
  private readonly tag = newTag();
  private readonly timers: NamedTimers;
  private expiresSeconds: number;
  private cseq = 0;
  private failures = 0;
  private isClosed = false;
  private wasRegistered = false;
  /** Ends the request under way: registrar and we must not have two at a time (RFC 3261 section 10.2). */
  private running: Promise<unknown> = Promise.resolve();

  constructor(private readonly context: CallContext, private readonly opts: RegisterOptions) {
    super();
    this.timers = new NamedTimers(context.clock);
    this.expiresSeconds = opts.expiresSeconds ?? 600;
    this.refresh();
  }

  /** Takes the registration back. Resolves when the registrar has answered, or did not. */
  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    this.timers.clearAll();
    await this.running;
    if (this.wasRegistered) await this.send(0);
  }

  private refresh(): void {
    this.running = this.send(this.expiresSeconds).then(({ response, cause }) => {
      if (!this.isClosed || response.status < 300) this.take(response, cause);
    });
  }

  private take(response: SipResponse, cause: AnswerCause): void {
    const minimum = Number(response.headers.get('min-expires'));
    if (response.status === 423 && minimum > this.expiresSeconds && minimum < 86_400) {
      this.expiresSeconds = minimum;
      return this.refresh();
    }
    if (response.status >= 300) return this.fail(response, cause);
    this.failures = 0;
    this.wasRegistered = true;
    const seconds = this.granted(response);
    // Early enough that a lost request or two do not end the registration.
    if (!this.isClosed) this.timers.set('refresh', Math.max(seconds * 500, (seconds - 60) * 1000), () => this.refresh());
    this.emit('registered', { expiresSeconds: seconds });
  }

  private fail(response: SipResponse, cause: AnswerCause): void {
    const isHopeless = [401, 403, 407].includes(response.status);
    const pause = Math.min(FIRST_RETRY_MS * 2 ** this.failures++, LONGEST_RETRY_MS);
    if (!isHopeless) this.timers.set('refresh', pause, () => this.refresh());
    this.emit('failed', { status: response.status, reason: response.reason, cause });
  }

  /** Seconds the registrar gave our own contact. */
  private granted(response: SipResponse): number {
    const own = parseNameAddr(this.contact())?.uri;
    const mine = splitList(response.headers.all('contact')).find((value) => parseNameAddr(value)?.uri === own);
    const seconds = Number(mine === undefined ? undefined : paramsOf(mine).get('expires'));
    if (seconds > 0) return seconds;
    const general = Number(response.headers.get('expires'));
    return general > 0 ? general : this.expiresSeconds;
  }

  private contact(): string {
    return this.opts.contact ?? this.context.inviteHeaders(this.protocol()).find(([name]) => name === 'Contact')?.[1] ?? '';
  }

  private protocol(): Protocol {
    return this.opts.via?.protocol ?? (/;transport=tcp/i.test(this.opts.registrar) ? 'tcp' : (this.opts.protocol ?? 'udp'));
  }

  private send(expiresSeconds: number): Promise<{ response: SipResponse; cause: AnswerCause }> {
    const { opts, context } = this;
    const request: SipRequest = {
      kind: 'request', method: 'REGISTER', uri: opts.registrar, body: '',
      headers: SipHeaders.of([
        ['Max-Forwards', '70'], ['From', `<${opts.aor}>;tag=${this.tag}`], ['To', `<${opts.aor}>`], ['Call-ID', this.callId],
        ['CSeq', `${++this.cseq} REGISTER`], ['Contact', this.contact()], ['Expires', String(expiresSeconds)], ...context.commonHeaders(),
      ]),
    };
    const hop: Hop = opts.via ? { to: opts.via } : { uri: opts.registrar, protocol: this.protocol() };
    return new Promise((resolve) => {
      new Exchange({
        stack: context.stack, request, hop, credentials: opts.credentials ?? context.credentials, nextCseq: () => ++this.cseq,
        onResponse: (response, cause) => {
          if (response.status >= 200) resolve({ response, cause });
        },
      });
    });
  }
}
