import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { contractCase, FLOWS_OF_TESTS } from '../support/contract-case.js';
import { Exchange } from '../support/exchange.js';

/** The tests of this file are one story: a gateway that takes one call at a time, and is then told to stop. */
describe('a gateway at its limit', () => {
  let exchange: Exchange;
  beforeAll(async () => {
    exchange = await Exchange.start({ flowsDir: FLOWS_OF_TESTS, agents: [], config: { maxCalls: 1, drainMs: 20_000 } });
  });
  afterAll(() => exchange.close());

  it('refuses the next caller with 503 and Retry-After, leaves callers to the SIP server while it stops, and serves the first to the end', async () => {
    const first = await exchange.call('');
    await expect.poll(() => exchange.gateway.counts()['legs']).toBe(1);
    await contractCase(exchange, 'uac-refused-for-now-expect-503', { name: 'at-the-limit' });
    const stopped = exchange.gateway.stop();
    await contractCase(exchange, 'uac-options-expect-503');
    await contractCase(exchange, 'uac-drained-expect-503', { name: 'draining' });
    expect(first.call.state).toBe('up');
    first.hangUp();
    await stopped;
    await first.finished;
    expect(exchange.log.lines.filter((line) => line.level === 'error')).toEqual([]);
  });
});

describe('a gateway that is told to stop just as a caller arrives', () => {
  it('has the end of that call in its log before it has stopped', async () => {
    const exchange = await Exchange.start({ flowsDir: FLOWS_OF_TESTS, agents: [], config: { drainMs: 20_000 } });
    try {
      const call = await exchange.call('');
      await vi.waitFor(() => expect(exchange.facts.all.map(({ type }) => type)).toContain('caller.arrived'), { timeout: 5_000, interval: 1 });
      call.hangUp();
      await exchange.gateway.stop();
      expect(exchange.log.of('call arrived', call.call.sipCallId)).toHaveLength(1);
      expect(exchange.log.of('call ended', call.call.sipCallId)).toHaveLength(1);
    } finally {
      await exchange.close();
    }
  });
});
