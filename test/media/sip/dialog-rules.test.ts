import { describe, expect, it } from 'vitest';
import { splitList } from '../../../media/sip/address.js';
import { answerTo, bareAgent, OFFER } from './agents.js';
import { placed, up } from './calls-up.js';

describe('the answer 200 to an INVITE', () => {
  it('is repeated from T1, doubling up to T2, until the ACK', async () => {
    const t = await bareAgent();
    t.deliver('INVITE', { body: OFFER });
    t.calls[0]?.answer(answerTo(OFFER));
    t.clock.advance(3600);
    expect(t.transport.log).toEqual(['200', '200', '200', '200']);
    t.inDialog('ACK', { cseq: 1 });
    t.clock.advance(60_000);
    expect(t.transport.log).toHaveLength(4);
    expect(t.clock.pending).toBe(0);
  });

  it('ends the call with BYE when no ACK comes for 64 T1', async () => {
    const t = await bareAgent();
    t.deliver('INVITE', { body: OFFER });
    const reasons: string[] = [];
    t.calls[0]?.on('ended', ({ reason }) => reasons.push(reason));
    t.calls[0]?.answer(answerTo(OFFER));
    t.clock.advance(32_000);
    expect(reasons).toEqual(['noAck']);
    expect(t.transport.request(-1).method).toBe('BYE');
    expect(t.agent.callCount).toBe(0);
  });

  it('is not stopped by an ACK with another CSeq', async () => {
    const t = await bareAgent();
    t.deliver('INVITE', { body: OFFER });
    t.calls[0]?.answer(answerTo(OFFER));
    t.inDialog('ACK', { cseq: 9 });
    t.clock.advance(500);
    expect(t.transport.log).toEqual(['200', '200']);
  });
});

describe('the caller', () => {
  it('sends its ACK again for each repeat of the 200, the same one', async () => {
    const t = await placed();
    t.answer('INVITE', 200, { body: answerTo(OFFER) });
    t.answer('INVITE', 200, { body: answerTo(OFFER) });
    expect(t.transport.log).toEqual(['INVITE', 'ACK', 'ACK', 'ACK']);
    expect(t.transport.request(-1).headers.get('cseq')).toBe('1 ACK');
    expect(t.transport.request(-1).uri).toBe('sip:bob@10.0.0.2:5070');
  });

  it('acknowledges a second fork and ends it, keeping the first', async () => {
    const t = await placed();
    t.answer('INVITE', 200, { toTag: 'fork', body: answerTo(OFFER) });
    expect(t.transport.log).toEqual(['INVITE', 'ACK', 'ACK', 'BYE']);
    expect(t.transport.request(-1).headers.get('to')).toContain('tag=fork');
    expect(t.call.state).toBe('up');
  });

  it('acknowledges and ends a call whose 200 crossed its CANCEL', async () => {
    const t = await bareAgent();
    const call = t.place();
    const failures: unknown[] = [];
    call.on('failed', (failure) => failures.push(failure));
    t.answer('INVITE', 180);
    call.cancel();
    t.answer('INVITE', 200, { body: answerTo(OFFER) });
    expect(t.transport.log).toEqual(['INVITE', 'CANCEL', 'ACK', 'BYE']);
    expect(failures).toMatchObject([{ status: 487, cause: 'cancelled' }]);
    expect(t.agent.callCount).toBe(0);
  });

  it('ends a late offer that nobody answers', async () => {
    const t = await bareAgent();
    const failures: unknown[] = [];
    t.place({ lateAnswer: () => undefined }).on('failed', (failure) => failures.push(failure));
    t.answer('INVITE', 200, { body: OFFER });
    expect(t.transport.log).toEqual(['INVITE', 'ACK', 'BYE']);
    expect(failures).toMatchObject([{ status: 488, cause: 'noAnswerToOffer' }]);
  });

  it('shows early media and one call, however many provisional answers come', async () => {
    const t = await bareAgent();
    const seen: string[] = [];
    const call = t.place();
    call.on('ringing', ({ status, sdp }) => seen.push(`${status} ${sdp === undefined ? 'without' : 'with'} media`));
    t.answer('INVITE', 100);
    t.answer('INVITE', 180);
    t.answer('INVITE', 183, { body: answerTo(OFFER) });
    expect(seen).toEqual(['180 without media', '183 with media']);
    t.answer('INVITE', 200);
    expect(call.remoteSdp).toBe(answerTo(OFFER));
  });

  it('puts its own headers in place of the usual ones', async () => {
    const t = await bareAgent();
    t.place({ headers: [['Contact', '<sip:x@y>'], ['X-A', '1'], ['X-A', '2']] });
    expect(t.transport.request(0).headers.all('contact')).toEqual(['<sip:x@y>']);
    expect(t.transport.request(0).headers.all('x-a')).toEqual(['1', '2']);
  });
});

describe('routing inside a dialog', () => {
  it('follows Record-Route in reverse as caller, in order as callee', async () => {
    const t = await bareAgent();
    const call = t.place();
    t.answer('INVITE', 200, { body: answerTo(OFFER), extra: ['Contact: <sip:bob@10.0.0.9>', 'Record-Route: <sip:10.0.0.7:5071;lr>, <sip:10.0.0.8;lr>'] });
    void call.bye();
    const bye = t.transport.sent.at(-1);
    expect(bye?.to).toEqual({ protocol: 'udp', address: '10.0.0.8', port: 5060 });
    expect(t.transport.request(-1).uri).toBe('sip:bob@10.0.0.9');
    expect(splitList(t.transport.request(-1).headers.all('route'))).toEqual(['<sip:10.0.0.8;lr>', '<sip:10.0.0.7:5071;lr>']);

    const callee = await up({ extra: ['Record-Route: <sip:10.0.0.7:5071;lr>', 'Record-Route: <sip:10.0.0.8;lr>'] });
    expect(callee.transport.response(0).headers.all('record-route')).toEqual(['<sip:10.0.0.7:5071;lr>', '<sip:10.0.0.8;lr>']);
    void callee.call.bye();
    expect(callee.transport.sent.at(-1)?.to.port).toBe(5071);
  });

  it('gives a strict router the request URI', async () => {
    const t = await up({ extra: ['Record-Route: <sip:10.0.0.7:5071>'] });
    void t.call.bye();
    expect(t.transport.request(-1).uri).toBe('sip:10.0.0.7:5071');
    expect(t.transport.request(-1).headers.all('route')).toEqual(['<sip:alice@10.0.0.2:5070>']);
  });

  it('goes to the new Contact after a re-INVITE', async () => {
    const t = await up();
    t.transport.deliver((await import('./fake-transport.js')).requestText('INVITE', {
      to: `<sip:100@10.0.0.1>;tag=${t.call.localTag}`, cseq: 2, branch: 'z9hG4bKmove', body: OFFER,
    }).replace('Contact: <sip:alice@10.0.0.2:5070>', 'Contact: <sip:alice@10.0.0.3:5090>'));
    t.inDialog('ACK', { cseq: 2 });
    void t.call.bye();
    expect(t.transport.sent.at(-1)?.to).toEqual({ protocol: 'udp', address: '10.0.0.3', port: 5090 });
  });
});

describe('a request inside a dialog', () => {
  it.each([
    ['a lower CSeq gets 500', { cseq: 1 }, 500],
    ['another To tag gets 481', { to: '<sip:100@10.0.0.1>;tag=wrong' }, 481],
    ['another From tag gets 481', { from: '<sip:alice@10.0.0.2>;tag=wrong' }, 481],
    ['another Call-ID gets 481', { callId: 'wrong' }, 481],
  ])('with %s', async (_name, parts, status) => {
    const t = await up();
    t.inDialog('INFO', parts);
    expect(t.transport.response(-1).status).toBe(status);
    expect(t.call.state).toBe('up');
  });

  it.each([['NOTIFY', 405], ['REFER', 405], ['FOO', 501], ['OPTIONS', 200]])('%s gets %s', async (method, status) => {
    const t = await up();
    t.inDialog(method);
    expect(t.transport.response(-1).status).toBe(status);
  });

  it('after BYE gets 481, a repeated BYE the same 200', async () => {
    const t = await up();
    t.inDialog('BYE');
    t.inDialog('BYE');
    t.inDialog('INFO', { cseq: 3 });
    expect(t.transport.log).toEqual(['200', '200', '200', '481']);
  });
});

describe('before the answer', () => {
  it('a BYE of the caller ends the call: 200, and 487 to its INVITE', async () => {
    const t = await bareAgent();
    t.deliver('INVITE', { body: OFFER });
    const causes: string[] = [];
    t.calls[0]?.on('failed', ({ cause }) => causes.push(cause));
    t.calls[0]?.ring();
    t.inDialog('BYE');
    expect(t.transport.log).toEqual(['180', '200', '487']);
    expect(causes).toEqual(['cancelled']);
  });

  it('a second INVITE of the caller gets 500, one of the callee 491', async () => {
    const t = await bareAgent();
    t.deliver('INVITE', { body: OFFER });
    t.calls[0]?.ring();
    t.inDialog('INVITE', { body: OFFER });
    expect(t.transport.log).toEqual(['180', '500']);
    expect(t.calls[0]?.state).toBe('ringing');
  });

  it('answering or refusing twice, ringing after the end and cancelling after the answer change nothing', async () => {
    const t = await bareAgent();
    t.deliver('INVITE', { body: OFFER });
    const call = t.calls[0];
    expect(call?.answer(answerTo(OFFER))).toBe(true);
    expect(call?.answer(answerTo(OFFER))).toBe(false);
    call?.reject(486);
    call?.ring();
    t.deliver('CANCEL');
    expect(t.transport.log).toEqual(['200', '200']);
    expect(t.transport.response(-1).headers.get('cseq')).toBe('1 CANCEL');
    expect(call?.state).toBe('up');
  });
});

describe('the checks before a call comes up', () => {
  it.each([
    ['an unknown Require', { extra: ['Require: foo, timer'] }, 420],
    ['a body that is no SDP', { extra: ['Content-Type: text/plain'], body: 'x' }, 415],
    ['a request URI of another scheme', { uri: 'mailto:a@b' }, 416],
    ['a To tag of no dialog', { to: '<sip:100@10.0.0.1>;tag=gone' }, 481],
    ['too short a session timer', { extra: ['Session-Expires: 60', 'Supported: timer'] }, 422],
  ])('%s gets %s', async (_name, parts, status) => {
    const t = await bareAgent();
    const body = 'body' in parts ? parts.body : '';
    t.transport.deliver((await import('./fake-transport.js')).requestText('INVITE', { ...parts, body }).replace('Content-Type: application/sdp\r\n', ''));
    expect(t.transport.response(-1).status).toBe(status);
    expect(t.calls).toHaveLength(0);
  });

  it('a copy that came another way gets 482', async () => {
    const t = await bareAgent();
    t.deliver('INVITE', { body: OFFER });
    t.deliver('INVITE', { body: OFFER, branch: 'z9hG4bKcopy' });
    expect(t.transport.log).toEqual(['482']);
  });

  it('CANCEL and BYE of nothing get 481', async () => {
    const t = await bareAgent();
    t.deliver('CANCEL');
    t.deliver('BYE', { branch: 'z9hG4bKb' });
    expect(t.transport.log).toEqual(['481', '481']);
  });
});
