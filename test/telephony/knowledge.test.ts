import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Exchange } from '../support/exchange.js';

describe('a prompt with a knowledge source', () => {
  let exchange: Exchange;
  beforeAll(async () => {
    exchange = await Exchange.start();
  });
  afterAll(() => exchange.close());

  it('is said in the words of the source, and the caller’s way shows them', async () => {
    const call = await exchange.call('wait:300 4 wait:300 11122 wait:1200 2', { to: `sip:+46771000200@${exchange.sip}` });
    await call.finished;
    const path = await vi.waitFor(() => {
      const [interaction] = [...exchange.thread.interactions.values()];
      expect(interaction).toBeDefined();
      return JSON.stringify(interaction);
    });
    expect(path).toContain('dra ur routerns kontakt');
  });
});
