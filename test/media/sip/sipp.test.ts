import { afterEach, describe, expect, it } from 'vitest';
import { DigestVerifier } from '../../../media/sip/digest.js';
import type { IncomingCall } from '../../../media/sip/incoming-call.js';
import { makeResponse } from '../../../media/sip/response.js';
import { SipTransport } from '../../../media/sip/transport.js';
import { Agents, answerTo, next, OFFER } from './agents.js';
import { freePort, hasSipp, runSipp } from './sipp.js';

const agents = new Agents();
afterEach(() => agents.closeAll());

/** Another SIP implementation drives ours, so that the stack does not only agree with itself. */
describe.skipIf(!hasSipp)('with SIPp', () => {
  it.each(['udp', 'tcp'] as const)('a callee repeats its 200 until the ACK, takes hold, INFO and BYE over %s', async (protocol) => {
    const events: string[] = [];
    const transport = await SipTransport.open({ host: '127.0.0.1', port: 0 });
    const answers: string[] = [];
    const send = transport.send.bind(transport);
    transport.send = (raw, to) => {
      if (raw.startsWith('SIP/2.0 200') && raw.includes('CSeq: 1 INVITE')) answers.push(raw);
      return send(raw, to);
    };
    const callee = await agents.make({
      transport,
      onInvite: (call: IncomingCall) => {
        call.on('info', ({ body }) => events.push(body.trim().replace(/\s+/g, ' ')));
        call.on('media', () => events.push(call.isHeldByPeer ? 'held' : 'media'));
        call.on('ended', ({ by }) => events.push(`ended by ${by}`));
        call.ring();
        call.answer(answerTo(call.remoteSdp ?? ''));
      },
    });
    const edit = (xml: string): string => (protocol === 'udp' ? xml.replace('<recv response="200"/><!-- the repeat -->', '<pause milliseconds="600"/>') : xml);
    expect(await runSipp({ scenario: 'uac-hold-info-bye-expect-200', localPort: await freePort(), remotePort: callee.port, protocol, edit })).toBe('');
    expect(answers.length).toBeGreaterThanOrEqual(2);
    expect(new Set(answers).size).toBe(1);
    expect(events).toEqual(['held', 'Signal=5 Duration=160', 'ended by remote']);
    expect(callee.callCount).toBe(0);
  });

  it('a callee is cancelled while it rings', async () => {
    const causes: string[] = [];
    const callee = await agents.make({
      onInvite: (call) => {
        call.on('failed', ({ cause }) => causes.push(cause));
        call.ring();
      },
    });
    expect(await runSipp({ scenario: 'uac-cancel-expect-487', localPort: await freePort(), remotePort: callee.port, calls: 5 })).toBe('');
    expect(causes).toEqual(Array.from({ length: 5 }, () => 'cancelled'));
  });

  it('a registrar checks its digest', async () => {
    const verifier = new DigestVerifier({ realm: 'vaxel', algorithms: ['MD5'], now: () => 0 });
    const registrar = await agents.make({
      onRequest: (transaction) => {
        const { request } = transaction;
        const verified = verifier.verify(request.headers.get('authorization') ?? '', 'REGISTER', () => 'secret');
        const challenge = verified.ok ? [] : verifier.challenges().map((value) => ['WWW-Authenticate', value] as const);
        transaction.respond(makeResponse(request, verified.ok ? 200 : 401, { toTag: 'r', headers: challenge }));
      },
    });
    expect(await runSipp({ scenario: 'uac-register-digest-expect-200', localPort: await freePort(), remotePort: registrar.port })).toBe('');
  });

  it('a caller answers a challenge, follows Record-Route, sends its ACK again, and is hung up on', async () => {
    const localPort = await freePort();
    const scenario = runSipp({ scenario: 'uas-digest-repeated-200-bye', localPort });
    const caller = await agents.make({ credentials: { username: '201', password: 'secret' } });
    const call = caller.invite({ uri: `sip:100@127.0.0.1:${localPort}`, from: 'sip:201@127.0.0.1', body: OFFER });
    const failed = next(call, 'failed');
    const ended = next(call, 'ended');
    const outcome = await Promise.race([next(call, 'answered'), failed]);
    expect(outcome).toMatchObject({ sdp: expect.stringContaining('m=audio 6000') as string });
    const { by, request } = await ended;
    expect([by, request?.headers.get('reason')]).toEqual(['remote', 'Q.850;cause=16']);
    expect(await scenario).toBe('');
  });
});
