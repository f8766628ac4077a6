import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { contractCase, expectNothingLeft, FLOWS_OF_TESTS } from '../support/contract-case.js';
import { Exchange } from '../support/exchange.js';

describe('a call that cannot be served', () => {
  let exchange: Exchange;
  beforeAll(async () => {
    exchange = await Exchange.start({ flowsDir: FLOWS_OF_TESTS, agents: [] });
  });
  afterAll(() => exchange.close());

  it.concurrent('gets 404 at an unknown number', async () => {
    await contractCase(exchange, 'uac-unknown-number-expect-404', { service: '+46771999999' });
  });

  it.concurrent('gets 488 without a codec in common', async () => {
    await contractCase(exchange, 'uac-no-common-codec-expect-488');
  });

  it.concurrent('gets 488 when only encrypted audio is offered', async () => {
    await contractCase(exchange, 'uac-encrypted-only-expect-488');
  });

  it.concurrent('gets 400 without Contact', async () => {
    await contractCase(exchange, 'uac-no-contact-expect-400');
  });

  it.concurrent('gets 422 when it wants to refresh more often than every 90 s', async () => {
    await contractCase(exchange, 'uac-timer-too-short-expect-422');
  });

  it.concurrent('is over when the caller cancels before the answer', async () => {
    await contractCase(exchange, 'uac-cancel-expect-487', { leavesDuringSetUp: true });
  });

  it.concurrent('goes on when the CANCEL comes after the answer', async () => {
    await contractCase(exchange, 'uac-cancel-crosses-200-expect-481');
  });

  it.concurrent.each(['udp', 'tcp'] as const)('is not needed to ask what we can do, over %s', async (protocol) => {
    await contractCase(exchange, 'uac-options-expect-200', { protocol });
  });

  it('that srf cannot read is one line of the log', async () => {
    const phone = await exchange.rawPhone({ user: 'odd', toneHz: 440 });
    // RFC 3261 section 7.1: the version is not case-sensitive; srf's parser takes it in capitals only.
    phone.send([
      `OPTIONS sip:${exchange.sip} sip/2.0`, phone.via(), 'Max-Forwards: 70', 'From: <sip:odd@127.0.0.1>;tag=odd', `To: <sip:${exchange.sip}>`,
      'Call-ID: odd', 'CSeq: 1 OPTIONS', phone.contact, 'Content-Length: 0', '', '',
    ].join('\r\n'));
    await vi.waitFor(() => expect(exchange.log.of('unreadable SIP message dropped').map((line) => line.fields)).toEqual([{ what: 'incoming message', err: 'failed to parse sip message' }]), { timeout: 5_000 });
  });

  it('leaves nothing behind', async () => {
    await expectNothingLeft(exchange);
  });
});
