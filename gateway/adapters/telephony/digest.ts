import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Algorithms in the order offered: RFC 8760 prefers SHA-256, older phones know only MD5. */
const ALGORITHMS = { 'SHA-256': 'sha256', MD5: 'md5' } as const;
type Algorithm = keyof typeof ALGORITHMS;

const NONCE_LIFE_MS = 60_000;

export type Verdict = 'ok' | 'stale' | 'wrong';

export interface DigestOptions {
  readonly realm: string;
  /** Signs nonces. The same for all gateways at a SIP server: it hands the answer to a challenge to any of them. */
  readonly secret: string;
  readonly now: () => number;
}

/** Digest challenges and their answers (RFC 7616, RFC 8760 for SIP), `qop=auth` only. Nonces are signed with their time, so none is kept. */
export class DigestAuth {
  constructor(private readonly options: DigestOptions) {}

  /** The value of one WWW-Authenticate header for each algorithm, strongest first. */
  challenges(isStale: boolean): readonly string[] {
    const stale = isStale ? ', stale=true' : '';
    return (Object.keys(ALGORITHMS) as Algorithm[]).map(
      (algorithm) => `Digest realm="${this.options.realm}", nonce="${this.newNonce()}", algorithm=${algorithm}, qop="auth"${stale}`,
    );
  }

  /** The user name that the Authorization header claims, or null when it is no digest for this realm. */
  static userOf(header: string): string | null {
    return fieldsOf(header)['username'] ?? null;
  }

  verify(header: string, what: { readonly method: string; readonly password: string }): Verdict {
    const fields = fieldsOf(header);
    const algorithm = (fields['algorithm'] ?? 'MD5').toUpperCase();
    if (!(algorithm in ALGORITHMS) || fields['realm'] !== this.options.realm || fields['qop'] !== 'auth') return 'wrong';
    const hash = (text: string) => createHash(ALGORITHMS[algorithm as Algorithm]).update(text).digest('hex');
    const { username = '', realm = '', nonce = '', uri = '', nc = '', cnonce = '', response = '' } = fields;
    // RFC 7616 section 3.4.1: H(H(A1):nonce:nc:cnonce:qop:H(A2))
    const wanted = hash(`${hash(`${username}:${realm}:${what.password}`)}:${nonce}:${nc}:${cnonce}:auth:${hash(`${what.method}:${uri}`)}`);
    const given = Buffer.from(response.toLowerCase());
    const isRight = given.length === wanted.length && timingSafeEqual(given, Buffer.from(wanted));
    if (!isRight) return 'wrong';
    return this.isFresh(nonce) ? 'ok' : 'stale';
  }

  private newNonce(): string {
    const time = this.options.now().toString(16).padStart(12, '0');
    return `${time}${this.sign(time)}`;
  }

  private isFresh(nonce: string): boolean {
    const time = nonce.slice(0, 12);
    return nonce.slice(12) === this.sign(time) && this.options.now() - Number.parseInt(time, 16) < NONCE_LIFE_MS;
  }

  private sign(time: string): string {
    return createHmac('sha256', this.options.secret).update(`digest nonce ${time}`).digest('hex').slice(0, 32);
  }
}

function fieldsOf(header: string): Readonly<Record<string, string>> {
  if (!/^\s*Digest\s/i.test(header) || header.length > 2_000) return {};
  const fields: Record<string, string> = {};
  for (const match of header.matchAll(/(\w+)\s*=\s*(?:"([^"]*)"|([^\s,]+))/g)) {
    const [, name = '', quoted, bare] = match;
    fields[name.toLowerCase()] = quoted ?? bare ?? '';
  }
  return fields;
}
