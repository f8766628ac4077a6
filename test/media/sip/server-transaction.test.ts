import { describe, expect, it } from 'vitest';
import { PEER_TCP, requestText } from './fake-transport.js';
import { setUp } from './server-stack.js';

describe('INVITE server transaction', () => {
  it.each([
    ['after200ms', ['200 100']],
    ['atOnce', ['0 100']],
    ['never', []],
  ] as const)('sends 100 Trying %s', (trying, expected) => {
    const t = setUp({ trying });
    t.take(requestText('INVITE'));
    t.clock.advance(1000);
    expect(t.sentAt).toEqual(expected);
  });

  it('sends no 100 when the user was quicker', () => {
    const t = setUp();
    t.answer(t.take(requestText('INVITE')), 180);
    t.clock.advance(1000);
    expect(t.transport.log).toEqual(['180']);
  });

  it('answers a repeated INVITE with the last provisional and shows it once', () => {
    const t = setUp();
    const invite = t.take(requestText('INVITE'));
    t.answer(invite, 180);
    t.answer(invite, 183);
    t.transport.deliver(requestText('INVITE'));
    expect(t.transport.log).toEqual(['180', '183', '183']);
    expect(t.requests).toHaveLength(1);
  });

  it('repeats a failure doubling up to T2 until 64 T1, then reports the missing ACK (timers G and H)', () => {
    const t = setUp();
    const invite = t.take(requestText('INVITE'));
    let timeouts = 0;
    invite.onTimeout = () => timeouts++;
    t.answer(invite, 486);
    t.clock.advance(60_000);
    expect(t.sentAt.map((text) => Number(text.split(' ')[0]))).toEqual([0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
    expect(timeouts).toBe(1);
    expect(t.stack.counts).toEqual({ clientTransactions: 0, serverTransactions: 0, timers: 0 });
  });

  it('does not repeat a failure over TCP but waits for the ACK', () => {
    const t = setUp();
    const invite = t.take(requestText('INVITE'), PEER_TCP);
    let timeouts = 0;
    invite.onTimeout = () => timeouts++;
    t.answer(invite, 486);
    t.clock.advance(60_000);
    expect(t.transport.log).toEqual(['486']);
    expect(timeouts).toBe(1);
  });

  it('absorbs repeated ACKs for T4 after the first one (timer I) and shows one', () => {
    const t = setUp();
    const invite = t.take(requestText('INVITE'));
    let acks = 0;
    invite.onAck = () => acks++;
    t.answer(invite, 404);
    t.ack();
    t.ack();
    expect(invite.state).toBe('confirmed');
    t.clock.advance(4999);
    expect(t.stack.counts.serverTransactions).toBe(1);
    t.clock.advance(1);
    expect(t.stack.counts).toEqual({ clientTransactions: 0, serverTransactions: 0, timers: 0 });
    expect(acks).toBe(1);
    expect(t.acks).toHaveLength(0);
    expect(t.transport.log).toEqual(['404']);
  });

  it('absorbs repeated INVITEs after 2xx, leaves the repeating to the user, ends after 64 T1 (timer L, RFC 6026)', () => {
    const t = setUp();
    const invite = t.take(requestText('INVITE'));
    t.answer(invite, 200);
    t.transport.deliver(requestText('INVITE'));
    t.clock.advance(10_000);
    expect(t.transport.log).toEqual(['200']);
    t.answer(invite, 200);
    t.answer(invite, 486);
    expect(t.transport.log).toEqual(['200', '200']);
    t.clock.advance(22_000);
    expect(t.stack.counts).toEqual({ clientTransactions: 0, serverTransactions: 0, timers: 0 });
  });

  it('gives the ACK of a 2xx to the user, with the branch of the INVITE or another', () => {
    const t = setUp();
    t.answer(t.take(requestText('INVITE')), 200);
    t.ack({ branch: 'z9hG4bKother' });
    t.ack();
    expect(t.acks).toHaveLength(2);
  });

  it('hands a CANCEL to the INVITE it names', () => {
    const t = setUp();
    const invite = t.take(requestText('INVITE'));
    const seen: string[] = [];
    invite.onCancel = (cancel) => {
      seen.push(cancel.request.method);
      t.answer(cancel, 200);
      t.answer(invite, 487);
    };
    t.transport.deliver(requestText('CANCEL'));
    t.transport.deliver(requestText('CANCEL'));
    expect(seen).toEqual(['CANCEL']);
    expect(t.transport.log).toEqual(['200', '487', '200']);
    expect(t.requests).toHaveLength(1);
  });

  it('answers a CANCEL for a user that does not listen: 200 and 487 before the final, only 200 after it', () => {
    const before = setUp();
    before.take(requestText('INVITE'));
    before.transport.deliver(requestText('CANCEL'));
    expect(before.transport.log).toEqual(['200', '487']);
    const after = setUp();
    after.answer(after.take(requestText('INVITE')), 200);
    after.transport.deliver(requestText('CANCEL'));
    expect(after.transport.log).toEqual(['200', '200']);
  });

  it('shows a CANCEL of nothing to the user, who answers 481', () => {
    const t = setUp();
    t.take(requestText('INVITE'));
    expect(t.take(requestText('CANCEL', { branch: 'z9hG4bKwrong' })).request.method).toBe('CANCEL');
  });

  it('matches an RFC 2543 peer, whose branch is no magic one, by what a repeat keeps', () => {
    const t = setUp();
    const via = 'Via: SIP/2.0/UDP 10.0.0.2:5070;branch=1';
    const invite = t.take(requestText('INVITE', { via }));
    t.transport.deliver(requestText('INVITE', { via }));
    t.transport.deliver(requestText('INVITE', { via, callId: 'call-2' }));
    expect(t.requests).toHaveLength(2);
    t.answer(invite, 486);
    t.transport.deliver(requestText('ACK', { via, to: '<sip:100@10.0.0.1>;tag=us' }));
    expect(invite.state).toBe('confirmed');
  });

  it('keeps two senders with the same branch apart', () => {
    const t = setUp();
    t.take(requestText('INVITE'));
    t.take(requestText('INVITE', { via: 'Via: SIP/2.0/UDP 10.0.0.3:5070;branch=z9hG4bKpeer1' }));
    expect(t.requests).toHaveLength(2);
  });
});

describe('non-INVITE server transaction', () => {
  it('stays silent on repeats before the answer, repeats the answer after it, for 64 T1 (timer J)', () => {
    const t = setUp();
    const options = t.take(requestText('OPTIONS'));
    t.transport.deliver(requestText('OPTIONS'));
    expect(t.transport.log).toEqual([]);
    t.answer(options, 200);
    t.transport.deliver(requestText('OPTIONS'));
    t.clock.advance(31_999);
    t.transport.deliver(requestText('OPTIONS'));
    expect(t.transport.log).toEqual(['200', '200', '200']);
    t.clock.advance(1);
    expect(t.stack.counts).toEqual({ clientTransactions: 0, serverTransactions: 0, timers: 0 });
    expect(t.requests).toHaveLength(1);
  });

  it('ends with the final answer over TCP and ignores a second one', () => {
    const t = setUp();
    const bye = t.take(requestText('BYE'), PEER_TCP);
    t.answer(bye, 200);
    t.answer(bye, 500);
    expect(t.transport.log).toEqual(['200']);
    expect(t.stack.counts.serverTransactions).toBe(0);
  });
});
