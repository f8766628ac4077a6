import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DigestAuth } from '../../../gateway/adapters/telephony/digest.js';
import { FakeClock } from '../../support/fake-clock.js';

const PASSWORD = 'anna-phone-password';
const SECRET = 'a-secret-of-all-gateways';
const digestOf = (now = (): number => 0, secret = SECRET): DigestAuth => new DigestAuth({ realm: 'vaxel', secret, now });
const ask = { method: 'REGISTER', password: PASSWORD };

/** A phone's answer to a challenge, worked out by RFC 7616 section 3.4.1. */
function answer(challenge: string, changes: Readonly<Record<string, string>> = {}): string {
  const field = (name: string) => new RegExp(`${name}="?([^",]+)`).exec(challenge)?.[1] ?? '';
  const algorithm = field('algorithm');
  const hash = (text: string) => createHash(algorithm === 'MD5' ? 'md5' : 'sha256').update(text).digest('hex');
  const fields = { username: 'anna', realm: field('realm'), nonce: field('nonce'), uri: 'sip:vaxel', nc: '00000001', cnonce: 'c0ffee', password: PASSWORD, ...changes };
  const first = hash(`${fields.username}:${fields.realm}:${fields.password}`);
  const response = hash(`${first}:${fields.nonce}:${fields.nc}:${fields.cnonce}:auth:${hash(`REGISTER:${fields.uri}`)}`);
  return `Digest username="${fields.username}", realm="${fields.realm}", nonce="${fields.nonce}", uri="${fields.uri}", nc=${fields.nc}, cnonce="${fields.cnonce}", qop=auth, algorithm=${algorithm}, response="${changes['response'] ?? response}"`;
}

describe('digest of agents’ phones', () => {
  // RFC 7616 section 3.9.1. Its nonce is not one of ours, so the right answer to it is "stale" and a wrong one "wrong".
  const vector = (algorithm: string, response: string) =>
    `Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm=${algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, response="${response}"`;
  it.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ] as const)('computes what RFC 7616 section 3.9.1 does with %s', (algorithm, response) => {
    const digest = new DigestAuth({ realm: 'http-auth@example.org', secret: SECRET, now: () => 0 });
    const what = { method: 'GET', password: 'Circle of Life' };
    expect(digest.verify(vector(algorithm, response), what)).toBe('stale');
    expect(digest.verify(vector(algorithm, response.toUpperCase()), what)).toBe('stale');
    expect(digest.verify(vector(algorithm, `0${response.slice(1)}`), what)).toBe('wrong');
    expect(digest.verify(vector(algorithm, response), { ...what, password: 'Circle of life' })).toBe('wrong');
    expect(digest.verify(vector(algorithm, response), { ...what, method: 'POST' })).toBe('wrong');
  });

  it('offers SHA-256 before MD5', () => {
    const [first, second] = digestOf().challenges(false);
    expect(first).toContain('algorithm=SHA-256');
    expect(second).toContain('algorithm=MD5');
    expect(first).toContain('qop="auth"');
  });

  it('says stale only when asked to', () => {
    const digest = digestOf();
    expect(digest.challenges(false)[0]).not.toContain('stale');
    expect(digest.challenges(true)[0]).toContain('stale=true');
  });

  it('takes a right answer to either challenge for 60 s', () => {
    const clock = new FakeClock();
    const digest = digestOf(() => clock.now());
    for (const challenge of digest.challenges(false)) expect(digest.verify(answer(challenge), ask)).toBe('ok');
    const [challenge = ''] = digest.challenges(false);
    clock.advance(59_999);
    expect(digest.verify(answer(challenge), ask)).toBe('ok');
    clock.advance(1);
    expect(digest.verify(answer(challenge), ask)).toBe('stale');
  });

  it('takes a nonce that another gateway signed, and none of somebody who has not their secret', () => {
    const [challenge = ''] = digestOf().challenges(false);
    expect(digestOf().verify(answer(challenge), ask)).toBe('ok');
    expect(digestOf(undefined, 'another secret').verify(answer(challenge), ask)).toBe('stale');
  });

  it('takes no nonce whose time was changed', () => {
    const clock = new FakeClock();
    const digest = digestOf(() => clock.now());
    const nonce = /nonce="([^"]+)/.exec(digest.challenges(false)[0] ?? '')?.[1] ?? '';
    const later = (clock.now() + 3_600_000).toString(16).padStart(12, '0') + nonce.slice(12);
    expect(digest.verify(answer(digest.challenges(false)[0] ?? '', { nonce: later }), ask)).toBe('stale');
  });

  it.each([
    ['another password', { password: 'guess' }],
    ['another user', { username: 'bo', response: '0'.repeat(64) }],
    ['another realm', { realm: 'elsewhere' }],
    ['an empty response', { response: '' }],
    ['a short response', { response: 'abc' }],
  ] as const)('refuses %s', (_what, changes) => {
    const digest = digestOf();
    expect(digest.verify(answer(digest.challenges(false)[0] ?? '', changes), ask)).toBe('wrong');
  });

  it.each([
    ['no digest', 'Basic YW5uYTpwYXNz'],
    ['nothing', ''],
    ['an unknown algorithm', 'Digest username="anna", realm="vaxel", algorithm=SHA-512, qop=auth, response="x"'],
    ['no protection level', 'Digest username="anna", realm="vaxel", algorithm=MD5, response="x"'],
    ['an endless header', `Digest username="anna", realm="vaxel", ${'x'.repeat(3_000)}`],
    ['names of object members', 'Digest __proto__="x", constructor="y", realm="vaxel", qop=auth, algorithm=__proto__'],
  ] as const)('refuses %s without a throw', (_what, header) => {
    expect(digestOf().verify(header, ask)).toBe('wrong');
  });

  it('reads the user name that a header claims', () => {
    expect(DigestAuth.userOf('Digest username="anna", realm="vaxel"')).toBe('anna');
    expect(DigestAuth.userOf('Basic YW5uYQ==')).toBeNull();
  });
});
