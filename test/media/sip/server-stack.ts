import { FakeClock } from '../../../media/sip/clock.js';
import type { SipRequest } from '../../../media/sip/message.js';
import { makeResponse } from '../../../media/sip/response.js';
import { type ServerTransaction, SipStack, type StackOptions } from '../../../media/sip/stack.js';
import { FakeTransport, PEER, requestText, type RequestParts } from './fake-transport.js';

/** A stack on a transport and a clock of the test, with what came up. */
export function setUp(options: Partial<StackOptions> = {}) {
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
