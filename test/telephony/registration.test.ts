import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAgentPhone } from '../../gateway/cli/agent-phone.js';
import type { SipResponse } from '../../media/sip/message.js';
import { UserAgent } from '../../media/sip/user-agent.js';
import { FLOWS_OF_TESTS } from '../support/contract-case.js';
import { AGENT_SECRET, Exchange } from '../support/exchange.js';

describe("an agent's phone", () => {
  let exchange: Exchange;
  beforeAll(async () => {
    exchange = await Exchange.start({ flowsDir: FLOWS_OF_TESTS, agents: ['talk-a', 'busy-a'] });
  });
  afterAll(() => exchange.close());

  /** Asks without credentials first; then with what `answer` makes of the challenge for that algorithm. */
  const register = async (user: string, algorithm: Algorithm, password: string): Promise<SipResponse> => {
    const phone = await UserAgent.open({ host: '127.0.0.1', port: 0 });
    const uri = `sip:${exchange.sip}`;
    const aor = `sip:${user}@vaxel`;
    const contact = ['Contact', `<sip:${user}@127.0.0.1:${phone.port}>;expires=60`] as const;
    const challenged = await phone.request('REGISTER', { uri, from: aor, to: aor, headers: [contact] });
    expect(challenged.status).toBe(401);
    const challenges = challenged.headers.all('www-authenticate');
    expect(challenges.map((text) => /algorithm=([^,\s]+)/.exec(text)?.[1])).toEqual(['SHA-256', 'MD5']);
    const challenge = challenges.find((text) => text.includes(`algorithm=${algorithm}`)) ?? '';
    const answer = await phone.request('REGISTER', { uri, from: aor, to: aor, headers: [contact, ['Authorization', digest({ challenge, uri, user, password, algorithm })]] });
    await phone.close();
    return answer;
  };

  it.each(['SHA-256', 'MD5'] as const)('registers with %s', async (algorithm) => {
    const answer = await register('talk-a', algorithm, AGENT_SECRET);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('contact')).toMatch(/^<sip:talk-a@127\.0\.0\.1:\d+>;expires=60$/);
  });

  it.each(['SHA-256', 'MD5'] as const)('is refused with a wrong password and %s', async (algorithm) => {
    expect((await register('busy-a', algorithm, 'guessed')).status).toBe(403);
    expect(exchange.log.of('phone refused: wrong credentials').map((line) => line.fields['user'])).toContain('busy-a');
    expect(exchange.log.text()).not.toContain('guessed');
  });

  it('is refused when there is no such phone', async () => {
    expect((await register('nobody', 'SHA-256', AGENT_SECRET)).status).toBe(403);
  });

  it('takes its registration back when it closes', async () => {
    const phone = await openAgentPhone({ aor: 'sip:talk-a@vaxel', password: AGENT_SECRET, sip: exchange.sip, rule: { kind: 'ring' }, toneHz: 0 });
    await phone.close();
    await expect.poll(() => exchange.log.of('phone unregistered').map((line) => line.fields['aor'])).toContain('sip:talk-a@vaxel');
  });

  it('that loses its registration costs the caller no place: the agent is not ready, and not before the phone is back', async () => {
    const agent = await exchange.agent('busy-a');
    await agent.ready();
    await agent.phone.close();
    const call = await exchange.call('wait:300 4');
    expect(await agent.next('agent', ({ state }) => state.phase === 'notReady')).toMatchObject({ state: { reason: 'legFailed' } });
    expect(await agent.client.send({ type: 'ready' })).toMatchObject({ ok: false, error: { code: 'VG_PHONE_UNREGISTERED' } });
    const phone = await openAgentPhone({ aor: 'sip:busy-a@vaxel', password: AGENT_SECRET, sip: exchange.sip, rule: { kind: 'after', ms: 0 }, toneHz: 440 });
    await agent.client.send({ type: 'ready' });
    await agent.next('talking');
    call.hangUp();
    await agent.next('callEnded');
    await phone.close();
  });
});

type Algorithm = 'SHA-256' | 'MD5';

/** RFC 7616 by hand, so that our own digest code is not both sides of the test. */
function digest(about: { readonly challenge: string; readonly uri: string; readonly user: string; readonly password: string; readonly algorithm: Algorithm }): string {
  const { challenge, uri, user, password, algorithm } = about;
  const value = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? '';
  const hash = (text: string): string => createHash(algorithm === 'MD5' ? 'md5' : 'sha256').update(text).digest('hex');
  const [realm, nonce, cnonce] = [value('realm'), value('nonce'), 'c0ffee'];
  const response = hash(`${hash(`${user}:${realm}:${password}`)}:${nonce}:00000001:${cnonce}:auth:${hash(`REGISTER:${uri}`)}`);
  return `Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=${algorithm}, cnonce="${cnonce}", qop=auth, nc=00000001`;
}
