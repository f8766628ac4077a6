import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { contractCase, expectNothingLeft, FLOWS_OF_TESTS, placeBySipp } from '../support/contract-case.js';
import { askMediaServer } from '../support/event-socket.js';
import { Exchange } from '../support/exchange.js';
import { canPlayDigits } from '../support/sipp.js';
import { expectTranscript, partsOf } from '../support/transcript.js';

describe("a caller's dialog", () => {
  let exchange: Exchange;
  beforeAll(async () => {
    exchange = await Exchange.start({ flowsDir: FLOWS_OF_TESTS, agents: [] });
  });
  afterAll(() => exchange.close());

  it.concurrent('is one call when the INVITE comes twice', async () => {
    const sipCallId = await contractCase(exchange, 'uac-repeated-invite-expect-200');
    expect(exchange.facts.all.filter((fact) => fact.type === 'caller.arrived' && fact.caller.sipCallId === sipCallId)).toHaveLength(1);
  });

  it.concurrent('may leave the offer to us', async () => {
    await contractCase(exchange, 'uac-late-offer-expect-200');
  });

  it.concurrent('is held by sendonly and inactive, and taken back', async () => {
    await contractCase(exchange, 'uac-hold-resume-expect-200', { isHeldInSilence: true });
  });

  it.concurrent('is held by a re-INVITE whose offer is ours', async () => {
    await contractCase(exchange, 'uac-hold-late-offer-expect-200', { isHeldInSilence: true });
  });

  it.concurrent.each(['udp', 'tcp'] as const)('behind proxies goes by their Record-Route, over %s', async (protocol) => {
    await contractCase(exchange, 'uac-record-route-expect-bye', { protocol, name: `caller-behind-proxies-${protocol}` });
  });

  it.concurrent.each(['Supported', 'Require'])('is answered by 200 alone when the caller says %s: 100rel', async (header) => {
    await contractCase(exchange, 'uac-100rel-expect-200', { keys: { rel: header }, name: `uac-100rel-${header.toLowerCase()}` });
  });

  it.concurrent('is held and taken back over TCP as well', async () => {
    await contractCase(exchange, 'uac-hold-resume-expect-200', { protocol: 'tcp', name: 'hold-resume-tcp', isHeldInSilence: true });
  });

  it.concurrent('is refreshed by us where the caller left it open', async () => {
    await contractCase(exchange, 'uac-session-timer-expect-200');
  });

  it.concurrent('is refreshed by the caller who wants to', async () => {
    await contractCase(exchange, 'uac-session-timer-own-expect-200');
  });

  it.concurrent('takes digits by INFO from a caller without RFC 4733', async () => {
    await contractCase(exchange, 'uac-info-digits-expect-200');
  });

  it.concurrent.each(['udp', 'tcp'] as const)('ends at once over %s', async (protocol) => {
    await contractCase(exchange, 'uac-hang-up-expect-200', { protocol, name: `hang-up-${protocol}`, keys: { wait: '100' } });
  });

  it.runIf(canPlayDigits).concurrent('is served to the end by keys pressed ahead', async () => {
    await contractCase(exchange, 'uac-keys-expect-bye', { name: 'keys-to-the-end', keys: { digits: '11471#1' } });
  });

  it.runIf(canPlayDigits).concurrent('is served to the end over TCP, our BYE by the same connection', async () => {
    await contractCase(exchange, 'uac-keys-expect-bye', { protocol: 'tcp', name: 'keys-to-the-end-tcp', keys: { digits: '11471#1' } });
  });

  it.runIf(canPlayDigits).concurrent('is ended kindly after wrong keys', async () => {
    await contractCase(exchange, 'uac-keys-expect-bye', { name: 'keys-wrong', keys: { digits: '**' } });
  });

  it.runIf(canPlayDigits).concurrent.each([
    ['menu', '', '300'],
    ['number', '1', '300'],
    ['question', '11471#', '300'],
    ['good-bye', '2', '100'],
    ['queue', '3', '600'],
  ])('ends with the caller at the %s', async (step, digits, wait) => {
    const scenario = digits === '' ? 'uac-hang-up-expect-200' : 'uac-keys-hang-up-expect-200';
    await contractCase(exchange, scenario, { name: `hang-up-at-${step}`, keys: { digits, wait } });
  });

  it.concurrent('is ended when the caller sends no RTP for too long', async () => {
    const call = placeBySipp(exchange, 'uac-silent-expect-bye');
    await vi.waitFor(() => expect(exchange.facts.callIdOf(call.sipCallId)).not.toBeNull());
    const channel = await exchange.channelOf(call.sipCallId, 'callerLeg');
    await askMediaServer(exchange.backend.freeswitch, `uuid_setvar ${channel} media_timeout 1000`);
    const { problem, trace } = await call.done;
    expect(problem).toBe('');
    expect(await exchange.ended(call.sipCallId)).toMatchObject({ result: 'upstreamError', reason: 'media-timeout' });
    await expectTranscript(exchange, 'uac-silent-expect-bye', () => ({ farEnds: { caller: trace.lines() }, ...partsOf(exchange, call.sipCallId), channels: {}, says: [] }));
  });

  it('leaves nothing behind', async () => {
    await expectNothingLeft(exchange);
  });
});
