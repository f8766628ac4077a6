import type { Registration } from '../../ports/call-store.js';
import type { Log } from '../../ports/log.js';
import { DigestAuth } from './digest.js';
import type { SipRequest, SipResponder } from './libraries.js';

export interface RegistrarOptions {
  readonly domain: string;
  /** See `DigestOptions`. */
  readonly nonceSecret: string;
  /** Password of a phone by its user name (`anna`), or null when there is no such phone. */
  readonly passwordOf: (user: string) => string | null;
  readonly save: (registration: Registration) => Promise<void>;
  readonly remove: (aor: string) => Promise<void>;
  readonly now: () => number;
  readonly log: Log;
}

const MIN_EXPIRES_S = 30;
const MAX_EXPIRES_S = 3_600;

/** REGISTER of agents' phones (RFC 3261 section 10) with digest. The binding goes to the source address, so that phones behind NAT ring. */
export class Registrar {
  private readonly digest: DigestAuth;

  constructor(private readonly options: RegistrarOptions) {
    this.digest = new DigestAuth({ realm: options.domain, secret: options.nonceSecret, now: options.now });
  }

  handle(request: SipRequest, response: SipResponder): void {
    void this.answer(request).then(
      (answer) => response.send(answer.status, answer.reason, { headers: answer.headers }),
      (error: unknown) => {
        this.options.log.error({ err: String(error) }, 'REGISTER failed');
        // RFC 3261 section 21.5.4: temporary, and when to try again.
        response.send(503, undefined, { headers: { 'Retry-After': '5' } });
      },
    );
  }

  private async answer(request: SipRequest): Promise<Answer> {
    const user = /sips?:([^@;>]+)@/i.exec(request.get('To') ?? '')?.[1] ?? '';
    const authorization = request.get('Authorization');
    if (authorization === undefined) return this.challenge(false);
    const password = this.options.passwordOf(user);
    const verdict = DigestAuth.userOf(authorization) === user && password !== null ? this.digest.verify(authorization, { method: 'REGISTER', password }) : 'wrong';
    if (verdict === 'stale') return this.challenge(true);
    if (verdict === 'wrong') {
      this.options.log.warn({ user, source: request.source_address }, 'phone refused: wrong credentials');
      return { status: 403, reason: 'Forbidden', headers: {} };
    }
    return this.bind(request, `sip:${user}@${this.options.domain}`);
  }

  private challenge(isStale: boolean): Answer {
    // drachtio writes one header a name; RFC 8760 section 2.4 lets a list stand in one, but phones parse that badly, so the choice is by what they can do most likely.
    const [strongest = '', legacy = ''] = this.digest.challenges(isStale);
    return { status: 401, reason: 'Unauthorized', headers: { 'WWW-Authenticate': `${strongest}\r\nWWW-Authenticate: ${legacy}` } };
  }

  private async bind(request: SipRequest, aor: string): Promise<Answer> {
    const contact = request.get('Contact') ?? '';
    const uri = /<([^>]+)>/.exec(contact)?.[1] ?? contact.split(';')[0]?.trim() ?? '';
    const wished = Number(/;\s*expires\s*=\s*(\d+)/i.exec(contact)?.[1] ?? request.get('Expires') ?? MAX_EXPIRES_S);
    if (contact.trim() === '*' || wished === 0) {
      await this.options.remove(aor);
      this.options.log.info({ aor }, 'phone unregistered');
      return { status: 200, reason: 'OK', headers: {} };
    }
    if (!/^sips?:[^\s<>]{1,255}$/i.test(uri)) return { status: 400, reason: 'Bad Contact', headers: {} };
    if (wished < MIN_EXPIRES_S) return { status: 423, reason: 'Interval Too Brief', headers: { 'Min-Expires': String(MIN_EXPIRES_S) } };
    const seconds = Math.min(MAX_EXPIRES_S, wished);
    const source = { protocol: request.protocol === 'tcp' ? ('tcp' as const) : ('udp' as const), address: request.source_address, port: Number(request.source_port) };
    await this.options.save({ aor, contact: uri, source, expiresAt: this.options.now() + seconds * 1_000 });
    this.options.log.info({ aor, source: source.address, seconds }, 'phone registered');
    return { status: 200, reason: 'OK', headers: { Contact: `<${uri}>;expires=${seconds}`, Expires: String(seconds) } };
  }
}

interface Answer {
  readonly status: number;
  readonly reason: string;
  readonly headers: Readonly<Record<string, string>>;
}
