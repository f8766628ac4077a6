import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { splitTopLevel } from './address.js';

export type DigestAlgorithm = 'MD5' | 'SHA-256' | 'SHA-512-256';

export interface Credentials { readonly username: string; readonly password: string }

/** One Digest challenge (RFC 7616 section 3.3). */
export interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  readonly algorithm: DigestAlgorithm;
  /** The hash of A1 also covers both nonces (`-sess`). */
  readonly isSession: boolean;
  readonly opaque?: string;
  /** Whether `qop=auth` is offered; without it the old RFC 2069 form is used. */
  readonly hasQop: boolean;
  /** The password was right, only the nonce is too old. */
  readonly isStale: boolean;
}

const HASHES: Readonly<Record<string, readonly [DigestAlgorithm, string]>> = {
  'md5': ['MD5', 'md5'], 'sha-256': ['SHA-256', 'sha256'], 'sha-512-256': ['SHA-512-256', 'sha512-256'],
};

function hash(algorithm: DigestAlgorithm, text: string): string {
  return createHash(HASHES[algorithm.toLowerCase()]?.[1] ?? 'md5').update(text).digest('hex');
}

/** The parameters of a `Digest …` header value by lower-case name. Undefined for another scheme. */
export function parseDigestParams(value: string): Map<string, string> | undefined {
  const match = /^Digest\s+(.*)$/is.exec(value.trim());
  if (!match) return undefined;
  const params = new Map<string, string>();
  for (const part of splitTopLevel(match[1] ?? '', ',')) {
    const equals = part.indexOf('=');
    if (equals < 1) continue;
    const text = part.slice(equals + 1).trim();
    params.set(part.slice(0, equals).trim().toLowerCase(), text.startsWith('"') ? text.replace(/^"|"$/g, '').replace(/\\(.)/g, '$1') : text);
  }
  return params;
}

/** Reads one WWW-Authenticate or Proxy-Authenticate value. Undefined when it is not Digest or the algorithm is unknown. */
export function parseChallenge(value: string): Challenge | undefined {
  const params = parseDigestParams(value);
  const realm = params?.get('realm');
  const nonce = params?.get('nonce');
  if (!params || realm === undefined || nonce === undefined) return undefined;
  const written = (params.get('algorithm') ?? 'MD5').toLowerCase();
  const algorithm = HASHES[written.replace(/-sess$/, '')]?.[0];
  if (!algorithm) return undefined;
  const opaque = params.get('opaque');
  const qops = (params.get('qop') ?? '').split(',').map((text) => text.trim().toLowerCase());
  if (params.has('qop') && !qops.includes('auth')) return undefined;
  return {
    realm, nonce, algorithm, isSession: written.endsWith('-sess'), hasQop: params.has('qop'),
    isStale: params.get('stale')?.toLowerCase() === 'true', ...(opaque === undefined ? {} : { opaque }),
  };
}

/** The challenge to answer: the topmost one we understand (RFC 8760 section 2.4). */
export function chooseChallenge(values: readonly string[]): Challenge | undefined {
  return values.map(parseChallenge).find((challenge) => challenge !== undefined);
}

interface Answered { method: string; uri: string; nonceCount: number; cnonce: string }

function digestOf(challenge: Challenge, credentials: Credentials, request: Answered): string {
  const h = (text: string): string => hash(challenge.algorithm, text);
  const plain = h(`${credentials.username}:${challenge.realm}:${credentials.password}`);
  const a1 = challenge.isSession ? h(`${plain}:${challenge.nonce}:${request.cnonce}`) : plain;
  const a2 = h(`${request.method}:${request.uri}`);
  if (!challenge.hasQop) return h(`${a1}:${challenge.nonce}:${a2}`);
  return h(`${a1}:${challenge.nonce}:${countText(request.nonceCount)}:${request.cnonce}:auth:${a2}`);
}

const countText = (count: number): string => count.toString(16).padStart(8, '0');
const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

/** The value of the Authorization or Proxy-Authorization header. `cnonce` is made up when not given. */
export function answerChallenge(challenge: Challenge, credentials: Credentials, request: { method: string; uri: string; nonceCount?: number; cnonce?: string }): string {
  const answered: Answered = { nonceCount: 1, cnonce: randomBytes(8).toString('hex'), ...request };
  const parts = [
    `username=${quote(credentials.username)}`, `realm=${quote(challenge.realm)}`, `nonce=${quote(challenge.nonce)}`, `uri=${quote(request.uri)}`,
    `response="${digestOf(challenge, credentials, answered)}"`, `algorithm=${challenge.algorithm}${challenge.isSession ? '-sess' : ''}`,
    ...(challenge.opaque === undefined ? [] : [`opaque=${quote(challenge.opaque)}`]),
    ...(challenge.hasQop ? ['qop=auth', `nc=${countText(answered.nonceCount)}`] : []),
    ...(challenge.hasQop || challenge.isSession ? [`cnonce=${quote(answered.cnonce)}`] : []),
  ];
  return `Digest ${parts.join(', ')}`;
}

export interface VerifierOptions {
  readonly realm: string;
  /** Algorithms offered, the preferred first (default SHA-256, MD5). */
  readonly algorithms?: readonly DigestAlgorithm[];
  /** How long a nonce may be used (default 300,000 ms). */
  readonly nonceLifeMs?: number;
  now(): number;
}

export type Verified = { ok: true; username: string } | { ok: false; isStale: boolean };

const MAX_NONCES = 10_000;

/** The server side of Digest: nonces that carry their own time and signature, and a nonce count that must grow. */
export class DigestVerifier {
  private readonly secret = randomBytes(32);
  private readonly counts = new Map<string, number>();

  constructor(private readonly opts: VerifierOptions) {}

  /** WWW-Authenticate values, one an algorithm. */
  challenges(isStale = false): string[] {
    const nonce = this.makeNonce();
    return (this.opts.algorithms ?? ['SHA-256', 'MD5']).map((algorithm) =>
      `Digest realm=${quote(this.opts.realm)}, nonce="${nonce}", qop="auth", algorithm=${algorithm}${isStale ? ', stale=true' : ''}`);
  }

  /** Checks an Authorization value against the password of the user it names (`undefined`: no such user). */
  verify(value: string, method: string, passwordOf: (username: string) => string | undefined): Verified {
    const params = parseDigestParams(value);
    const challenge = parseChallenge(value);
    const username = params?.get('username') ?? '';
    const nonceCount = Number.parseInt(params?.get('nc') ?? '', 16);
    const password = passwordOf(username);
    const allowed = this.opts.algorithms ?? ['SHA-256', 'MD5'];
    if (!params || !challenge?.hasQop || !allowed.includes(challenge.algorithm) || challenge.realm !== this.opts.realm || password === undefined) return { ok: false, isStale: false };
    const expected = digestOf(challenge, { username, password }, { method, uri: params.get('uri') ?? '', nonceCount, cnonce: params.get('cnonce') ?? '' });
    if (!isEqual(expected, (params.get('response') ?? '').toLowerCase())) return { ok: false, isStale: false };
    if (!this.useNonce(challenge.nonce, nonceCount)) return { ok: false, isStale: true };
    return { ok: true, username };
  }

  private makeNonce(): string {
    const body = `${this.opts.now().toString(36)}.${randomBytes(6).toString('hex')}`;
    return `${body}.${this.sign(body)}`;
  }

  private sign(body: string): string {
    return createHmac('sha256', this.secret).update(body).digest('hex').slice(0, 24);
  }

  private useNonce(nonce: string, nonceCount: number): boolean {
    const at = nonce.lastIndexOf('.');
    const body = nonce.slice(0, Math.max(0, at));
    const madeAt = Number.parseInt(body.split('.')[0] ?? '', 36);
    if (!isEqual(this.sign(body), nonce.slice(at + 1)) || this.opts.now() - madeAt > (this.opts.nonceLifeMs ?? 300_000)) return false;
    // A count that does not grow is a replay (RFC 7616 section 3.4).
    if (!(nonceCount > (this.counts.get(nonce) ?? 0))) return false;
    this.counts.delete(nonce);
    this.counts.set(nonce, nonceCount);
    if (this.counts.size > MAX_NONCES) for (const oldest of [...this.counts.keys()].slice(0, MAX_NONCES / 10)) this.counts.delete(oldest);
    return true;
  }
}

function isEqual(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
