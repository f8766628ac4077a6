import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../media/sip/clock.js';
import { SipHeaders } from '../../../media/sip/headers.js';
import type { SipRequest, SipResponse } from '../../../media/sip/message.js';
import { SipStack, type StackOptions } from '../../../media/sip/stack.js';
import type { Source } from '../../../media/sip/transport.js';
import { FakeTransport, PEER, PEER_TCP, responseText } from './fake-transport.js';

function setUp(method: string, options: { to?: Source; stack?: Partial<StackOptions> } = {}) {
  const transport = new FakeTransport();
  const clock = new FakeClock();
  const sentAt: number[] = [];
  const send = transport.send.bind(transport);
  transport.send = (raw, to) => {
    sentAt.push(clock.now());
    return send(raw, to);
  };
  const events: string[] = [];
  const stray: SipResponse[] = [];
  const stack = new SipStack({ transport, clock, onRequest: () => undefined, onStrayResponse: (response) => stray.push(response), ...options.stack });
  const request: SipRequest = {
    kind: 'request', method, uri: 'sip:bob@10.0.0.2', body: '',
    headers: SipHeaders.of([['Max-Forwards', '70'], ['From', '<sip:a@x>;tag=1'], ['To', '<sip:b@x>'], ['Call-ID', 'c1'], ['CSeq', `7 ${method}`], ['Route', '<sip:10.0.0.2;lr>']]),
  };
  const transaction = stack.request(request, {
    to: options.to ?? PEER,
    onResponse: (response) => events.push(String(response.status)),
    onTimeout: () => events.push('timeout'),
    onTransportError: () => events.push('transport error'),
  });
  const answer = (status: number, parts: Parameters<typeof responseText>[2] = {}): void =>
    transport.deliver(responseText(transaction.request, status, parts), options.to ?? PEER);
  return { transport, clock, sentAt, events, stray, stack, transaction, answer };
}

describe('INVITE client transaction', () => {
  it('sends again after T1, doubling, and gives up after 64 T1 over UDP (timers A and B)', () => {
    const t = setUp('INVITE');
    t.clock.advance(60_000);
    expect(t.sentAt).toEqual([0, 500, 1500, 3500, 7500, 15_500, 31_500]);
    expect(t.events).toEqual(['timeout']);
    expect(t.stack.counts).toEqual({ clientTransactions: 0, serverTransactions: 0, timers: 0 });
    expect(new Set(t.transport.sent.map(({ raw }) => raw)).size).toBe(1);
  });

  it('begins with the first retry it is told, as a server with another first pause does', () => {
    const t = setUp('INVITE', { stack: { timers: { clientFirstRetryMs: 1000 } } });
    t.clock.advance(60_000);
    expect(t.sentAt).toEqual([0, 1000, 3000, 7000, 15_000, 31_000]);
  });

  it('never sends again over TCP but gives up after 64 T1', () => {
    const t = setUp('INVITE', { to: PEER_TCP });
    t.clock.advance(60_000);
    expect(t.sentAt).toEqual([0]);
    expect(t.events).toEqual(['timeout']);
  });

  it('stops repeating and waits without limit once a provisional answer came', () => {
    const t = setUp('INVITE');
    t.answer(180);
    t.clock.advance(600_000);
    expect(t.transport.log).toEqual(['INVITE']);
    expect(t.events).toEqual(['180']);
    expect(t.transaction.state).toBe('proceeding');
  });

  it('acknowledges a failure itself, again for each repeat, for 32 s (timer D)', () => {
    const t = setUp('INVITE');
    t.answer(486, { toTag: 'x9' });
    t.answer(486, { toTag: 'x9' });
    expect(t.transport.log).toEqual(['INVITE', 'ACK', 'ACK']);
    const ack = t.transport.request(1);
    expect(ack.headers.get('via')).toBe(t.transaction.request.headers.get('via'));
    expect(ack.headers.get('cseq')).toBe('7 ACK');
    expect(ack.headers.get('to')).toBe('<sip:b@x>;tag=x9');
    expect(ack.headers.get('route')).toBe('<sip:10.0.0.2;lr>');
    expect(t.events).toEqual(['486']);
    t.clock.advance(31_999);
    expect(t.transaction.state).toBe('completed');
    t.clock.advance(1);
    expect(t.transaction.state).toBe('terminated');
  });

  it('ends at once after a failure over TCP (timer D is zero)', () => {
    const t = setUp('INVITE', { to: PEER_TCP });
    t.answer(503);
    expect(t.transport.log).toEqual(['INVITE', 'ACK']);
    expect(t.stack.counts.clientTransactions).toBe(0);
  });

  it('passes the first 2xx up, later ones as stray, and keeps Accepted for 64 T1 (timer M, RFC 6026)', () => {
    const t = setUp('INVITE');
    t.answer(200);
    t.answer(200);
    t.answer(200, { toTag: 'fork' });
    expect(t.events).toEqual(['200']);
    expect(t.stray.map((response) => response.headers.get('to'))).toEqual(['<sip:b@x>;tag=b1', '<sip:b@x>;tag=fork']);
    expect(t.transport.log).toEqual(['INVITE']);
    t.clock.advance(32_000);
    expect(t.stack.counts).toEqual({ clientTransactions: 0, serverTransactions: 0, timers: 0 });
    t.answer(200);
    expect(t.stray).toHaveLength(3);
  });

  it('holds a CANCEL back until the first provisional answer', () => {
    const t = setUp('INVITE');
    t.transaction.cancel(SipHeaders.of([['Reason', 'SIP;cause=200']]));
    expect(t.transport.log).toEqual(['INVITE']);
    t.answer(100);
    t.transaction.cancel();
    expect(t.transport.log).toEqual(['INVITE', 'CANCEL']);
    const cancel = t.transport.request(1);
    expect(cancel.headers.get('via')).toBe(t.transaction.request.headers.get('via'));
    expect(cancel.headers.get('cseq')).toBe('7 CANCEL');
    expect(cancel.headers.get('reason')).toBe('SIP;cause=200');
    t.transport.deliver(responseText(cancel, 200));
    t.answer(487);
    expect(t.events).toEqual(['100', '487']);
    expect(t.transport.log).toEqual(['INVITE', 'CANCEL', 'ACK']);
  });

  it.each([['success', 200], ['failure', 486]])('sends no CANCEL after a %s', (_name, status) => {
    const t = setUp('INVITE');
    t.transaction.cancel();
    t.answer(status);
    t.transaction.cancel();
    expect(t.transport.log).not.toContain('CANCEL');
  });

  it('passes a 2xx that crossed the CANCEL up, for the user to end the call', () => {
    const t = setUp('INVITE');
    t.answer(180);
    t.transaction.cancel();
    t.answer(200);
    expect(t.events).toEqual(['180', '200']);
  });

  it('counts as cancelled when no final answer comes within 64 T1 of the CANCEL', () => {
    const t = setUp('INVITE');
    t.answer(180);
    t.clock.advance(100_000);
    t.transaction.cancel();
    t.clock.advance(32_000);
    expect(t.events).toEqual(['180', 'timeout']);
    expect(t.stack.counts.timers).toBe(0);
  });

  it('reports a transport error once and ends', async () => {
    const transport = new FakeTransport();
    transport.failure = new Error('refused');
    const stack = new SipStack({ transport, clock: new FakeClock(), onRequest: () => undefined });
    const headers = SipHeaders.of([['From', '<sip:a@x>;tag=1'], ['To', '<sip:b@x>'], ['Call-ID', 'c1'], ['CSeq', '1 INVITE']]);
    const error = await new Promise<Error>((resolve, reject) => {
      stack.request({ kind: 'request', method: 'INVITE', uri: 'sip:b@x', headers, body: '' }, { to: PEER_TCP, onResponse: reject, onTimeout: reject, onTransportError: resolve });
    });
    expect(error.message).toBe('refused');
    expect(stack.counts.clientTransactions).toBe(0);
  });
});

describe('non-INVITE client transaction', () => {
  it('sends again doubling up to T2 and gives up after 64 T1 (timers E and F)', () => {
    const t = setUp('OPTIONS');
    t.clock.advance(60_000);
    expect(t.sentAt).toEqual([0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
    expect(t.events).toEqual(['timeout']);
  });

  it('goes on every T2 after a provisional answer, still within 64 T1', () => {
    const t = setUp('BYE');
    t.answer(100);
    t.clock.advance(60_000);
    expect(t.sentAt).toEqual([0, 500, 4500, 8500, 12_500, 16_500, 20_500, 24_500, 28_500]);
    expect(t.events).toEqual(['100', 'timeout']);
  });

  it('absorbs repeated finals for T4 over UDP (timer K)', () => {
    const t = setUp('BYE');
    t.answer(200);
    t.answer(200);
    expect(t.events).toEqual(['200']);
    t.clock.advance(4999);
    expect(t.transaction.state).toBe('completed');
    t.clock.advance(1);
    expect(t.stack.counts).toEqual({ clientTransactions: 0, serverTransactions: 0, timers: 0 });
    expect(t.stray).toHaveLength(0);
  });

  it('never repeats over TCP and ends with the final', () => {
    const t = setUp('BYE', { to: PEER_TCP });
    t.clock.advance(10_000);
    t.answer(200);
    expect(t.sentAt).toEqual([0]);
    expect(t.stack.counts.clientTransactions).toBe(0);
  });

  it('does not take an answer whose method differs for its own', () => {
    const t = setUp('BYE');
    t.transport.deliver(responseText(t.transaction.request, 200).replace('CSeq: 7 BYE', 'CSeq: 7 INFO'));
    expect(t.events).toEqual([]);
    expect(t.stray).toHaveLength(1);
  });
});

describe('stack', () => {
  it('adds a top Via with branch, its own address and rport over UDP; none of it to the caller\'s headers', () => {
    const t = setUp('OPTIONS');
    expect(t.transaction.request.headers.get('via')).toMatch(/^SIP\/2\.0\/UDP 10\.0\.0\.1;branch=z9hG4bK\w+;rport$/);
    expect(setUp('OPTIONS', { to: PEER_TCP }).transaction.request.headers.get('via')).toMatch(/^SIP\/2\.0\/TCP 10\.0\.0\.1;branch=z9hG4bK\w+$/);
  });

  it('closes without further events', async () => {
    const t = setUp('INVITE');
    await t.stack.close();
    t.clock.advance(60_000);
    expect(t.events).toEqual([]);
    expect(t.transport.isClosed).toBe(true);
    expect(t.stack.counts.timers).toBe(0);
  });
});
