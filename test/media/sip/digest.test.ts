import { describe, expect, it } from 'vitest';
import { answerChallenge, chooseChallenge, DigestVerifier, parseChallenge } from '../../../media/sip/digest.js';

const response = (value: string): string | undefined => /response="([0-9a-f]+)"/.exec(value)?.[1];

describe('the answer to a challenge', () => {
  const MUFASA = { username: 'Mufasa', password: 'Circle of Life' };
  const RFC_7616 = 'realm="http-auth@example.org", qop="auth, auth-int", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';
  const GET = { method: 'GET', uri: '/dir/index.html', nonceCount: 1, cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ' };

  it.each([
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
  ])('with %s is the one that RFC 7616 section 3.9.1 computes', (algorithm, expected) => {
    const challenge = parseChallenge(`Digest ${RFC_7616}, algorithm=${algorithm}`);
    if (!challenge) throw new Error('unreadable');
    const value = answerChallenge(challenge, MUFASA, GET);
    expect(response(value)).toBe(expected);
    expect(value).toContain('opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"');
    expect(value).toContain('nc=00000001');
  });

  it('without qop is the one of RFC 2069', () => {
    const challenge = parseChallenge('Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"');
    if (!challenge) throw new Error('unreadable');
    const value = answerChallenge(challenge, { username: 'Mufasa', password: 'CircleOfLife' }, { method: 'GET', uri: '/dir/index.html' });
    expect(response(value)).toBe('1949323746fe6a43ef61f9606e7febea');
    expect(value).not.toMatch(/qop|nc=|cnonce/);
  });

  it('takes the topmost challenge that is understood', () => {
    expect(chooseChallenge(['Basic realm="x"', 'Digest realm="a", nonce="1", algorithm=SHA-1024', 'Digest realm="b", nonce="2", algorithm=sha-256', 'Digest realm="c", nonce="3"'])).toMatchObject({ realm: 'b', algorithm: 'SHA-256' });
    expect(chooseChallenge(['Digest realm="x", nonce="1", qop="auth-int"'])).toBeUndefined();
    expect(chooseChallenge(['Digest', 'Digest ,,=,', ''])).toBeUndefined();
  });
});

describe('the verifier', () => {
  const PASSWORDS: Record<string, string> = { 201: 'secret' };
  const passwordOf = (name: string): string | undefined => PASSWORDS[name];
  function setUp(nonceLifeMs = 1000) {
    const time = { now: 5000 };
    const verifier = new DigestVerifier({ realm: 'vaxel', nonceLifeMs, now: () => time.now });
    const challenge = parseChallenge(verifier.challenges()[0] ?? '');
    if (!challenge) throw new Error('unreadable');
    const answer = (parts: { password?: string; username?: string; method?: string; nonceCount?: number } = {}): string =>
      answerChallenge(challenge, { username: parts.username ?? '201', password: parts.password ?? 'secret' }, { method: parts.method ?? 'REGISTER', uri: 'sip:x', nonceCount: parts.nonceCount ?? 1 });
    return { time, verifier, answer, check: (value: string) => verifier.verify(value, 'REGISTER', passwordOf) };
  }

  it('offers SHA-256 before MD5 and takes both', () => {
    const { verifier, check } = setUp();
    const offered = verifier.challenges().map((value) => parseChallenge(value));
    expect(offered.map((challenge) => challenge?.algorithm)).toEqual(['SHA-256', 'MD5']);
    for (const challenge of offered) {
      if (!challenge) throw new Error('unreadable');
      const other = { ...challenge, nonce: parseChallenge(verifier.challenges()[0] ?? '')?.nonce ?? '' };
      expect(check(answerChallenge(other, { username: '201', password: 'secret' }, { method: 'REGISTER', uri: 'sip:x' }))).toEqual({ ok: true, username: '201' });
    }
  });

  it.each([['a wrong password', { password: 'x' }], ['an unknown user', { username: '999' }], ['another method', { method: 'INVITE' }]])('refuses %s', (_name, parts) => {
    const { answer, check } = setUp();
    expect(check(answer(parts))).toEqual({ ok: false, isStale: false });
  });

  it('refuses a replay and takes the next count', () => {
    const { answer, check } = setUp();
    const first = answer();
    expect(check(first).ok).toBe(true);
    expect(check(first)).toEqual({ ok: false, isStale: true });
    expect(check(answer({ nonceCount: 2 })).ok).toBe(true);
  });

  it('asks anew when the nonce is too old, and refuses one it did not make', () => {
    const { time, answer, check } = setUp();
    const value = answer();
    time.now += 1001;
    expect(check(value)).toEqual({ ok: false, isStale: true });
    const foreign = setUp();
    expect(check(foreign.answer()).ok).toBe(false);
  });

  it.each(['', 'Digest', 'Basic abc', 'Digest username="201"', 'Digest username="201", realm="vaxel", nonce=".", uri="x", response=""'])('refuses %j', (value) => {
    expect(setUp().check(value).ok).toBe(false);
  });
});
