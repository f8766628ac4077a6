import { afterEach, describe, expect, it } from 'vitest';
import { audioOf } from '../../../media/sip/offer-answer.js';
import { Agents, answerTo, next, OFFER } from './agents.js';

const agents = new Agents();
afterEach(() => agents.closeAll());

describe.each(['udp', 'tcp'] as const)('a call between two agents over %s', (protocol) => {
  it('rings, is answered, and is ended by the caller', async () => {
    const { out, incoming, caller, callee } = await agents.pair({ protocol });
    expect(incoming.remoteSdp).toBe(OFFER);
    expect(incoming.callerUri).toBe('sip:4711@example.com');
    const ringing = next(out, 'ringing');
    incoming.ring();
    expect((await ringing).status).toBe(180);
    const answered = next(out, 'answered');
    const acknowledged = next(incoming, 'acknowledged');
    expect(incoming.answer(answerTo(OFFER))).toBe(true);
    expect((await answered).sdp).toBe(answerTo(OFFER));
    await acknowledged;
    const ended = next(incoming, 'ended');
    expect(await out.bye()).toBe(200);
    expect(await ended).toMatchObject({ by: 'remote', reason: 'bye' });
    expect([caller.callCount, callee.callCount]).toEqual([0, 0]);
  });

  it('is ended by the callee, after the ACK though asked before it', async () => {
    const { out, incoming } = await agents.pair({ protocol });
    const ended = next(out, 'ended');
    incoming.answer(answerTo(OFFER));
    expect(await incoming.bye()).toBe(200);
    expect((await ended).by).toBe('remote');
  });

  it('is taken back by the caller while it rings', async () => {
    const { out, incoming } = await agents.pair({ protocol });
    incoming.ring();
    await next(out, 'ringing');
    const [failed, cancelled] = [next(out, 'failed'), next(incoming, 'failed')];
    out.cancel([['Reason', 'SIP;cause=200;text="Call completed elsewhere"']]);
    expect(await failed).toMatchObject({ status: 487, cause: 'cancelled' });
    const seen = await cancelled;
    expect(seen).toMatchObject({ status: 487, cause: 'cancelled' });
    expect(seen.message?.headers.get('reason')).toContain('cause=200');
  });

  it('is refused', async () => {
    const { out, incoming } = await agents.pair({ protocol });
    const failed = next(out, 'failed');
    incoming.reject(486, [['Retry-After', '30']]);
    expect(await failed).toMatchObject({ status: 486, reason: 'Busy Here', cause: 'response' });
  });

  it('negotiates late: the callee offers, the ACK answers', async () => {
    const { out, incoming } = await agents.pair({ protocol, lateAnswer: answerTo });
    expect(incoming.remoteSdp).toBeUndefined();
    const media = next(incoming, 'media');
    const answered = next(out, 'answered');
    incoming.answer(OFFER);
    expect((await answered).sdp).toBe(OFFER);
    expect((await media).sdp).toBe(answerTo(OFFER));
    expect(out.localSdp).toBe(answerTo(OFFER));
  });

  it('is put on hold and taken back by either side', async () => {
    const { out, incoming } = await agents.pair({ protocol });
    incoming.answer(answerTo(OFFER));
    await next(incoming, 'acknowledged');
    for (const [holder, held] of [[out, incoming], [incoming, out]] as const) {
      expect(await holder.hold()).toMatchObject({ ok: true });
      expect(held.isHeldByPeer).toBe(true);
      expect(audioOf(holder.remoteSdp ?? '')?.direction).toBe('recvonly');
      expect(await holder.resume()).toMatchObject({ ok: true });
      expect(held.isHeldByPeer).toBe(false);
      expect(audioOf(holder.remoteSdp ?? '')?.direction).toBe('sendrecv');
    }
  });

  it('lets the user decide about a re-INVITE', async () => {
    const { out, incoming } = await agents.pair({ protocol });
    incoming.answer(answerTo(OFFER));
    await next(incoming, 'acknowledged');
    incoming.once('reinvite', (reinvite) => reinvite.reject(488));
    expect(await out.reinvite(OFFER)).toEqual({ ok: false, status: 488 });
    expect(out.state).toBe('up');
  });

  it('carries INFO both ways', async () => {
    const { out, incoming } = await agents.pair({ protocol });
    incoming.answer(answerTo(OFFER));
    await next(incoming, 'acknowledged');
    const info = next(incoming, 'info');
    const response = await out.request('INFO', { body: 'Signal=5\r\nDuration=160\r\n', contentType: 'application/dtmf-relay' });
    expect(response.status).toBe(200);
    expect(await info).toMatchObject({ contentType: 'application/dtmf-relay', body: 'Signal=5\r\nDuration=160\r\n' });
  });
});

describe('an agent', () => {
  it('answers OPTIONS with what it can', async () => {
    const [a, b] = [await agents.make(), await agents.make()];
    const response = await a.options({ uri: `sip:127.0.0.1:${b.port}`, from: 'sip:a@127.0.0.1' });
    expect(response.status).toBe(200);
    expect(response.headers.get('allow')).toContain('INVITE');
  });

  it('gets 503 when nobody listens for TCP, 408 when nobody answers', async () => {
    const a = await agents.make({ timers: { t1Ms: 2 } });
    const gone = await agents.make({ protocols: ['tcp'] });
    const { port } = gone;
    await gone.close();
    const out = a.invite({ uri: `sip:127.0.0.1:${port};transport=tcp`, from: 'sip:a@127.0.0.1', body: OFFER });
    expect(await next(out, 'failed')).toMatchObject({ status: 503, cause: 'transport' });
    const deaf = await agents.make({ onRequest: () => true });
    expect((await a.options({ uri: `sip:127.0.0.1:${deaf.port}`, from: 'sip:a@127.0.0.1' })).status).toBe(408);
  });

  it('reports an unknown host and a scheme it cannot send to', async () => {
    const a = await agents.make();
    for (const uri of ['tel:4711', 'sip:x@127.0.0.1;transport=ws']) {
      expect(await next(a.invite({ uri, from: 'sip:a@127.0.0.1', body: OFFER }), 'failed')).toMatchObject({ status: 503, cause: 'transport' });
    }
  });

  it('ends its calls when it is closed', async () => {
    const { out, incoming, callee } = await agents.pair();
    incoming.answer(answerTo(OFFER));
    await next(incoming, 'acknowledged');
    const ended = next(out, 'ended');
    await callee.close();
    expect((await ended).by).toBe('remote');
  });
});
