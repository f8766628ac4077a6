import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPortPair } from '../../media/rtp/port-pair.js';
import { isReal } from '../support/backend.js';
import { expectNothingLeft, FLOWS_OF_TESTS, placeBySipp } from '../support/contract-case.js';
import { Exchange } from '../support/exchange.js';

/** The range of a real server is not the tests' to narrow; what it does without a port is in test/media/softswitch/freeswitch/rtp-ports. */
describe.skipIf(isReal())('a media server with RTP ports for one leg', () => {
  let exchange: Exchange;
  beforeAll(async () => {
    const { port, rtp, rtcp } = await openPortPair('127.0.0.1');
    for (const socket of [rtp, rtcp]) socket.close();
    exchange = await Exchange.start({ flowsDir: FLOWS_OF_TESTS, agents: ['ringing-a'], rtp: { min: port, max: port + 1 } });
  });
  afterAll(() => exchange.close());

  it('serves one caller; the next gets 503 and Retry-After, and an agent whose phone cannot be rung stays ready while that caller waits on', async () => {
    const agent = await exchange.rawAgent('ringing-a', {});
    const first = await exchange.call('wait:300 0', { to: `sip:+46771000200@${exchange.sip}` });
    expect((await placeBySipp(exchange, 'uac-refused-for-now-expect-503').done).problem).toBe('');
    await agent.ready();
    expect(await agent.next('offerClosed')).toMatchObject({ why: 'noService' });
    await agent.next('agent', ({ state }) => state.phase === 'ready');
    expect(first.call.state).toBe('up');
    first.hangUp();
    await first.finished;
    await expectNothingLeft(exchange);
  });
});
