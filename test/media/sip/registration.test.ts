import { afterEach, describe, expect, it } from 'vitest';
import { DigestVerifier } from '../../../media/sip/digest.js';
import { makeResponse } from '../../../media/sip/response.js';
import type { ServerTransaction } from '../../../media/sip/transaction.js';
import type { UserAgent } from '../../../media/sip/user-agent.js';
import { Agents, bareAgent, next, OFFER } from './agents.js';

const agents = new Agents();
afterEach(() => agents.closeAll());

/** A registrar with digest; keeps the CSeq and Expires of what it took. */
async function registrar(opts: { algorithms?: readonly ('SHA-256' | 'MD5')[] } = {}): Promise<{ agent: UserAgent; taken: string[]; callIds: Set<string> }> {
  const verifier = new DigestVerifier({ realm: 'vaxel', now: () => 0, ...(opts.algorithms ? { algorithms: opts.algorithms } : {}) });
  const taken: string[] = [];
  const callIds = new Set<string>();
  const answer = (transaction: ServerTransaction): void => {
    const { request } = transaction;
    const { headers } = request;
    const verified = verifier.verify(headers.get('authorization') ?? '', request.method, (name) => (name === '201' ? 'secret' : undefined));
    if (!verified.ok) return transaction.respond(makeResponse(request, 401, { toTag: 'r', headers: verifier.challenges().map((value) => ['WWW-Authenticate', value] as const) }));
    taken.push(`${headers.get('cseq')} expires ${headers.get('expires')}`);
    callIds.add(headers.get('call-id') ?? '');
    transaction.respond(makeResponse(request, 200, { toTag: 'r', headers: [['Contact', `${headers.get('contact')};expires=${headers.get('expires')}`]] }));
  };
  return { agent: await agents.make({ onRequest: answer }), taken, callIds };
}

describe('a registration', () => {
  it.each([['SHA-256'], ['MD5']] as const)('is made with %s, kept under one Call-ID, and taken back when closed', async (algorithm) => {
    const { agent, taken, callIds } = await registrar({ algorithms: [algorithm] });
    const phone = await agents.make();
    const registration = phone.register({ registrar: `sip:127.0.0.1:${agent.port}`, aor: 'sip:201@vaxel', credentials: { username: '201', password: 'secret' }, expiresSeconds: 300 });
    expect(await next(registration, 'registered')).toEqual({ expiresSeconds: 300 });
    await registration.close();
    expect(taken).toEqual(['2 REGISTER expires 300', '4 REGISTER expires 0']);
    expect(callIds.size).toBe(1);
  });

  it('with a wrong password fails once, without trying for ever', async () => {
    const { agent, taken } = await registrar();
    const phone = await agents.make();
    const registration = phone.register({ registrar: `sip:127.0.0.1:${agent.port}`, aor: 'sip:201@vaxel', credentials: { username: '201', password: 'wrong' } });
    expect(await next(registration, 'failed')).toMatchObject({ status: 401, cause: 'response' });
    expect(taken).toEqual([]);
  });

  it('is refreshed before it ends, with the time the registrar gave', async () => {
    const t = await bareAgent();
    const registration = t.agent.register({ registrar: 'sip:10.0.0.2:5070', aor: 'sip:201@10.0.0.2', expiresSeconds: 3600 });
    t.answer('REGISTER', 200, { extra: ['Contact: <sip:other@10.0.0.9>;expires=9, <sip:10.0.0.1>;expires=200'] });
    expect(await next(registration, 'registered')).toEqual({ expiresSeconds: 200 });
    t.clock.advance(139_999);
    expect(t.transport.log).toEqual(['REGISTER']);
    t.clock.advance(1);
    expect(t.transport.log).toEqual(['REGISTER', 'REGISTER']);
  });

  it('asks for longer after 423 Interval Too Brief', async () => {
    const t = await bareAgent();
    t.agent.register({ registrar: 'sip:10.0.0.2:5070', aor: 'sip:201@10.0.0.2', expiresSeconds: 60 });
    t.answer('REGISTER', 423, { extra: ['Min-Expires: 120'] });
    await new Promise(setImmediate);
    expect(t.transport.request(-1).headers.get('expires')).toBe('120');
  });

  it('is tried again after 2, 4, 8 … s when the registrar does not answer', async () => {
    const t = await bareAgent();
    const registration = t.agent.register({ registrar: 'sip:10.0.0.2:5070', aor: 'sip:201@10.0.0.2' });
    const sent = (): number => new Set(t.transport.sent.map(({ raw }) => raw)).size;
    for (const [round, pauseMs] of [2000, 4000, 8000].entries()) {
      const failed = next(registration, 'failed');
      t.clock.advance(32_000);
      expect((await failed).cause).toBe('timeout');
      t.clock.advance(pauseMs - 1);
      expect(sent()).toBe(round + 1);
      t.clock.advance(1);
      expect(sent()).toBe(round + 2);
    }
  });
});

describe('credentials', () => {
  it('are given to a challenge of an INVITE, with a new CSeq and branch, the same Call-ID and From tag', async () => {
    const t = await bareAgent({ credentials: { username: '201', password: 'secret' } });
    t.place();
    t.answer('INVITE', 407, { extra: ['Proxy-Authenticate: Digest realm="p", nonce="1", qop="auth"'] });
    t.answer('INVITE', 401, { extra: ['WWW-Authenticate: Digest realm="u", nonce="2", qop="auth"'] });
    expect(t.transport.log).toEqual(['INVITE', 'ACK', 'INVITE', 'ACK', 'INVITE']);
    const [first, last] = [t.transport.request(0).headers, t.transport.request(-1).headers];
    expect([last.get('call-id'), last.get('from')]).toEqual([first.get('call-id'), first.get('from')]);
    expect(last.get('cseq')).toBe('3 INVITE');
    expect(last.get('via')).not.toBe(first.get('via'));
    expect(last.get('proxy-authorization')).toContain('realm="p"');
    expect(last.get('authorization')).toContain('realm="u"');
    expect(t.transport.request(-1).body).toBe(OFFER);
  });

  it('are given again for a stale nonce, not for a refused password', async () => {
    const t = await bareAgent({ credentials: { username: '201', password: 'secret' } });
    const failures: number[] = [];
    t.place().on('failed', ({ status }) => failures.push(status));
    t.answer('INVITE', 401, { extra: ['WWW-Authenticate: Digest realm="u", nonce="1", qop="auth"'] });
    t.answer('INVITE', 401, { extra: ['WWW-Authenticate: Digest realm="u", nonce="2", qop="auth", stale=true'] });
    expect(failures).toEqual([]);
    t.answer('INVITE', 401, { extra: ['WWW-Authenticate: Digest realm="u", nonce="3", qop="auth"'] });
    expect(failures).toEqual([401]);
  });
});
