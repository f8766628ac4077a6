import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../media/sip/clock.js';
import type { SipRequest } from '../../../media/sip/message.js';
import { makeResponse } from '../../../media/sip/response.js';
import { type ServerTransaction, SipStack, type StackOptions } from '../../../media/sip/stack.js';
import { FakeTransport, PEER, PEER_TCP, requestText, type RequestParts } from './fake-transport.js';

function setUp(options: Partial<StackOptions> = {}) {
  const transport = new FakeTransport();
  const clock = new FakeClock();
  const sentAt: string[] = [];
  const send = transport.send.bind(transport);
  transport.send = (raw, to) => {
    sentAt.push(`${clock.now()} ${raw.slice(8, 11)}`);
    return send(raw, to);
  };
  const requests: ServerTransaction[] = [];
  const acks: SipRequest[] = [];
  const malformed: string[] = [];
  const stack = new SipStack({
    transport, clock, onRequest: (transaction) => requests.push(transaction), onAck: (ack) => acks.push(ack),
    onMalformed: (reason) => malformed.push(reason), ...options,
  });
  const take = (text: string, source = PEER): ServerTransaction => {
    transport.deliver(text, source);
    const transaction = requests.at(-1);
    if (!transaction) throw new Error('no request came up');
    return transaction;
  };
  const answer = (transaction: ServerTransaction, status: number): void => transaction.respond(makeResponse(transaction.request, status, { toTag: 'us' }));
  const ack = (parts: RequestParts = {}): void => transport.deliver(requestText('ACK', { to: '<sip:100@10.0.0.1>;tag=us', ...parts }));
  return { transport, clock, sentAt, requests, acks, malformed, stack, take, answer, ack };
}

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

describe('where answers go', () => {
  it.each([
    ['the port in Via without rport', 'SIP/2.0/UDP 10.0.0.2:5099;branch=z9hG4bKx', 5099, 'SIP/2.0/UDP 10.0.0.2:5099;branch=z9hG4bKx'],
    ['5060 when Via has no port', 'SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKx', 5060, 'SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKx'],
    ['the source port with rport', 'SIP/2.0/UDP 10.0.0.2:5099;branch=z9hG4bKx;rport', 5070, 'SIP/2.0/UDP 10.0.0.2:5099;branch=z9hG4bKx;rport=5070;received=10.0.0.2'],
    ['the source address when Via names another', 'SIP/2.0/UDP host.example:5099;branch=z9hG4bKx', 5099, 'SIP/2.0/UDP host.example:5099;branch=z9hG4bKx;received=10.0.0.2'],
  ])('%s', (_name, via, port, written) => {
    const t = setUp();
    t.answer(t.take(requestText('OPTIONS', { via: `Via: ${via}, SIP/2.0/UDP 10.9.9.9;branch=z9hG4bKnext` })), 200);
    expect(t.transport.sent[0]?.to).toEqual({ protocol: 'udp', address: '10.0.0.2', port });
    expect(t.transport.response(0).headers.get('via')).toBe(`${written}, SIP/2.0/UDP 10.9.9.9;branch=z9hG4bKnext`);
  });

  it('over TCP a new connection to the port in Via when the old one is gone', async () => {
    const t = setUp();
    const options = t.take(requestText('OPTIONS', { via: 'Via: SIP/2.0/TCP 10.0.0.2:5099;branch=z9hG4bKx' }), PEER_TCP);
    const send = t.transport.send.bind(t.transport);
    t.transport.send = (raw, to) => (to.port === 5070 ? Promise.reject(new Error('closed')) : send(raw, to));
    const errors: Error[] = [];
    options.onTransportError = (error) => errors.push(error);
    t.answer(options, 200);
    await new Promise(setImmediate);
    expect(t.transport.sent[0]?.to).toEqual({ protocol: 'tcp', address: '10.0.0.2', port: 5099 });
    expect(errors).toEqual([]);
  });

  it('nowhere over UDP when sending fails: the transaction is over and says so', async () => {
    const t = setUp();
    const invite = t.take(requestText('INVITE'));
    t.transport.failure = new Error('unreachable');
    const errors: string[] = [];
    invite.onTransportError = (error) => errors.push(error.message);
    t.answer(invite, 486);
    await new Promise(setImmediate);
    expect(errors).toEqual(['unreachable']);
    expect(t.stack.counts.serverTransactions).toBe(0);
  });

  it('the source port without rport when forced', () => {
    const t = setUp({ forceRport: true });
    t.answer(t.take(requestText('OPTIONS', { via: 'Via: SIP/2.0/UDP 10.0.0.2:5099;branch=z9hG4bKx' })), 200);
    expect(t.transport.sent[0]?.to.port).toBe(5070);
  });
});

describe('malformed messages', () => {
  it.each([
    ['no CSeq', (text: string) => text.replace(/CSeq.*\r\n/, ''), 400],
    ['CSeq of another method', (text: string) => text.replace('1 OPTIONS', '1 INFO'), 400],
    ['CSeq too large', (text: string) => text.replace('1 OPTIONS', '4294967296 OPTIONS'), 400],
    ['no From', (text: string) => text.replace(/From.*\r\n/, ''), 400],
    ['two From', (text: string) => text.replace('Call-ID', 'From: <sip:x@y>;tag=1\r\nCall-ID'), 400],
    ['an unreadable To', (text: string) => text.replace(/To: .*/, 'To: <sip:b@x'), 400],
    ['Max-Forwards with letters', (text: string) => text.replace('Max-Forwards: 70', 'Max-Forwards: abc'), 400],
    ['a negative Content-Length', (text: string) => text.replace('Content-Length: 0', 'Content-Length: -1'), 400],
    ['Content-Length beyond the datagram', (text: string) => text.replace('Content-Length: 0', 'Content-Length: 10'), 400],
    ['a line without colon', (text: string) => text.replace('Call-ID', 'garbage\r\nCall-ID'), 400],
    ['SIP/3.0', (text: string) => text.replace('SIP/2.0\r\n', 'SIP/3.0\r\n'), 505],
  ])('with %s gets %s', (_name, spoil, status) => {
    const t = setUp();
    t.transport.deliver(spoil(requestText('OPTIONS')));
    expect(t.transport.log).toEqual([String(status)]);
    expect(t.requests).toHaveLength(0);
    expect(t.malformed).toHaveLength(1);
    expect(t.stack.counts.serverTransactions).toBe(0);
  });

  it.each([
    ['no Via', requestText('OPTIONS').replace(/Via.*\r\n/, '')],
    ['an unreadable start line', 'HELLO\r\n\r\n'],
    ['bytes that are no text', Buffer.from([0, 255, 254, 3, 10, 10]).toString('latin1')],
    ['an ACK without CSeq', requestText('ACK').replace(/CSeq.*\r\n/, '')],
    ['an answer without CSeq', 'SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1\r\n\r\n'],
    ['an answer of version 3', 'SIP/3.0 200 OK\r\n\r\n'],
    ['too many bytes', requestText('OPTIONS', { body: 'x'.repeat(70_000) })],
  ])('%s is dropped in silence', (_name, text) => {
    const t = setUp();
    t.transport.deliver(text);
    expect(t.transport.log).toEqual([]);
    expect(t.malformed).toHaveLength(1);
    expect(t.requests).toHaveLength(0);
  });

  it('over TCP without Content-Length gets 400', () => {
    const t = setUp();
    t.transport.deliver(requestText('OPTIONS').replace(/Content-Length.*\r\n/, ''), PEER_TCP);
    expect(t.transport.log).toEqual(['400']);
  });

  it('can be judged by the user, who answers otherwise or drops', () => {
    const spoiled = requestText('OPTIONS').replace(/CSeq.*\r\n/, '');
    const strict = setUp({ judge: () => 'drop' });
    strict.transport.deliver(spoiled);
    expect(strict.transport.log).toEqual([]);
    const other = setUp({ judge: () => ({ status: 400, reason: 'Bad Request' }) });
    other.transport.deliver(spoiled);
    expect(other.transport.response(0).reason).toBe('Bad Request');
  });

  it('a keep-alive of line ends is neither answered nor reported over UDP', () => {
    const t = setUp();
    t.transport.deliver('\r\n\r\n');
    expect(t.malformed).toEqual([]);
    expect(t.transport.log).toEqual([]);
  });

  it('requests beyond the limit of transactions get 503 without state', () => {
    const t = setUp({ maxServerTransactions: 1 });
    t.take(requestText('OPTIONS'));
    t.transport.deliver(requestText('OPTIONS', { branch: 'z9hG4bKpeer2' }));
    expect(t.transport.log).toEqual(['503']);
    expect(t.stack.counts.serverTransactions).toBe(1);
  });
});
