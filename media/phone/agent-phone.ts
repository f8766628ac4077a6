import { EventEmitter } from 'node:events';
import type { Pacer } from '../rtp/pacer.js';
import { type Clock, systemClock } from '../sip/clock.js';
import type { IncomingCall } from '../sip/incoming-call.js';
import type { AnswerCause } from '../sip/exchange.js';
import type { Registration } from '../sip/registration.js';
import type { SdpCodec } from '../sip/sdp.js';
import type { Protocol, Source } from '../sip/transport.js';
import { UserAgent } from '../sip/user-agent.js';
import { autoAnswerDelayMs } from './auto-answer.js';
import { PhoneCall } from './phone-call.js';
import { PhoneMedia } from './phone-media.js';
import type { Saying } from './sound-source.js';

/**
 * What the phone does with a call: `auto` answers when the caller asks for it and else rings; `after` answers always, after so long;
 * `reject` refuses; `ring` rings until the caller gives up; `never` sends nothing at all, not even 180.
 */
export type AnswerRule = { kind: 'auto' } | { kind: 'after'; ms: number } | { kind: 'reject'; status: number } | { kind: 'ring' } | { kind: 'never' };

export interface AgentPhoneOptions {
  /** IPv4 address for SIP and RTP. */
  host: string;
  port?: number;
  /** User part of the address, for example the agent's extension. */
  user: string;
  protocol?: Protocol;
  clock?: Clock;
  pacer?: Pacer;
  rule: AnswerRule;
  /** What is said in each call (default silence). */
  say?: Saying;
  codecs?: readonly SdpCodec[];
  /** Calls at the same time; one more gets 486 (default 1). */
  maxCalls?: number;
  keepMs?: number;
  /** Without it the phone only waits at its address. */
  register?: { registrar: string; aor: string; via?: Source; credentials?: { username: string; password: string }; expiresSeconds?: number };
}

export interface AgentPhoneEvents {
  /** A call arrived; its 180 or answer is yet to come. */
  call: [AgentCall];
  /** A call was refused without coming up: by the rule, or because all lines are busy. */
  refused: [{ arrivedAtMs: number; status: number }];
  registered: [{ expiresSeconds: number }];
  registrationFailed: [{ status: number; reason: string; cause: AnswerCause }];
}

/** A phone on an agent's desk, without the agent. */
export class AgentPhone extends EventEmitter<AgentPhoneEvents> {
  /** May be changed at any time; counts for the next call. */
  rule: AnswerRule;
  readonly calls = new Set<AgentCall>();
  private registration: Registration | undefined;
  private opened: UserAgent | undefined;
  private opening = 0;

  private constructor(private readonly opts: AgentPhoneOptions) {
    super();
    this.rule = opts.rule;
  }

  /** Opens the SIP port and starts to register. Rejects when the port is taken; a refused registration comes as event. */
  static async open(opts: AgentPhoneOptions): Promise<AgentPhone> {
    const phone = new AgentPhone(opts);
    phone.opened = await UserAgent.open({
      host: opts.host, port: opts.port ?? 0, clock: opts.clock ?? systemClock, userAgent: 'Vaxel-Agent-Phone', contactUser: opts.user,
      ...(opts.register?.credentials ? { credentials: opts.register.credentials } : {}),
      onInvite: (call) => phone.take(call),
    });
    phone.startRegistration();
    return phone;
  }

  get agent(): UserAgent {
    if (!this.opened) throw new Error('phone is not open');
    return this.opened;
  }

  /** Where calls reach it without a registrar. */
  get uri(): string {
    const transport = this.opts.protocol === 'tcp' ? ';transport=tcp' : '';
    return `sip:${this.opts.user}@${this.opts.host}:${this.agent.port}${transport}`;
  }

  /** Unregisters, hangs up and closes. */
  async close(): Promise<void> {
    await this.agent.close();
    await Promise.all([...this.calls].map((call) => call.finished));
  }

  private startRegistration(): void {
    const { register, protocol } = this.opts;
    if (!register) return;
    this.registration = this.agent.register({ ...register, ...(protocol ? { protocol } : {}) });
    this.registration.on('registered', (event) => this.emit('registered', event));
    this.registration.on('failed', (failure) => this.emit('registrationFailed', failure));
  }

  private take(call: IncomingCall): void {
    const { opts, rule } = this;
    if (rule.kind === 'reject') return this.refuse(call, rule.status);
    if (this.calls.size + this.opening >= (opts.maxCalls ?? 1)) return this.refuse(call, 486);
    this.opening++;
    const media = PhoneMedia.open({
      host: opts.host, ...(opts.pacer ? { pacer: opts.pacer } : {}), ...(opts.codecs ? { codecs: opts.codecs } : {}), ...(opts.keepMs === undefined ? {} : { keepMs: opts.keepMs }),
    });
    media.then((opened) => this.begin(call, opened), () => this.refuse(call, 500)).finally(() => this.opening--).catch(() => call.reject(500));
  }

  private refuse(call: IncomingCall, status: number): void {
    call.reject(status);
    this.emit('refused', { arrivedAtMs: call.arrivedAtMs, status });
  }

  private begin(call: IncomingCall, media: PhoneMedia): void {
    // The caller may have given up while the ports were opened.
    if (call.state === 'ended') return void media.close();
    const made = new AgentCall(call, media, { clock: this.opts.clock ?? systemClock, say: this.opts.say ?? { kind: 'silence' } });
    this.calls.add(made);
    void made.finished.then(() => this.calls.delete(made));
    this.emit('call', made);
    made.follow(this.rule);
  }
}

/** One call of an agent's phone. */
export class AgentCall extends PhoneCall {
  private stopTimer: (() => void) | undefined;
  private expiryTimer: (() => void) | undefined;

  constructor(readonly incoming: IncomingCall, media: PhoneMedia, private readonly opts: { clock: Clock; say: Saying }) {
    super(incoming, media, opts.clock);
    this.note({ event: 'inviteReceived', arrivedAtMs: incoming.arrivedAtMs, isAutoAnswer: autoAnswerDelayMs(incoming.invite.headers) !== undefined });
    media.say({ kind: 'nothing' });
    void this.finished.then(() => [this.stopTimer, this.expiryTimer].forEach((cancel) => cancel?.()));
    incoming.on('acknowledged', ({ sdp }) => {
      if (sdp !== undefined) media.take(sdp);
    });
  }

  /** Acts by the rule. */
  follow(rule: AnswerRule): void {
    if (rule.kind === 'never' || this.incoming.state !== 'arriving') return;
    if (rule.kind === 'reject') return this.incoming.reject(rule.status);
    const delayMs = rule.kind === 'after' ? rule.ms : rule.kind === 'auto' ? autoAnswerDelayMs(this.incoming.invite.headers) : undefined;
    if (delayMs === 0) return this.answer();
    this.ring();
    if (delayMs !== undefined) this.stopTimer = this.opts.clock.setTimer(delayMs, () => this.answer());
  }

  /** Sends 180. RFC 3261 section 13.3.1: an invitation that says how long it is good for ends then, with 487. */
  ring(): void {
    const { incoming } = this;
    if (incoming.state !== 'arriving') return;
    incoming.ring();
    this.note({ event: 'ringing' });
    const seconds = Number(incoming.invite.headers.get('expires') ?? 'none');
    if (Number.isFinite(seconds)) this.expiryTimer = this.opts.clock.setTimer(seconds * 1_000, () => this.reject(487));
  }

  /** Answers with 200; 488 when there is no common codec. Nothing happens when the call is up or over. */
  answer(): void {
    const { incoming, media } = this;
    if (incoming.state === 'up' || incoming.state === 'ended') return;
    const sdp = incoming.remoteSdp === undefined ? media.offer() : media.answer(incoming.remoteSdp);
    if (sdp === undefined) return incoming.reject(488);
    incoming.answer(sdp);
    media.say(this.opts.say);
    this.answered();
  }

  /** Refuses a call that is not answered yet. */
  reject(status: number): void {
    this.incoming.reject(status);
  }
}
