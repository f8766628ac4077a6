import { describe, expect, it } from 'vitest';
import { PEER_TCP, requestText } from './fake-transport.js';
import { setUp } from './server-stack.js';

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
