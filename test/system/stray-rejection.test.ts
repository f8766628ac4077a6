import { afterAll, beforeAll, expect, it } from 'vitest';
import { ProcessExchange } from '../support/process-exchange.js';

/** Stands for a library that rejects a promise which nobody holds. */
const LIBRARY = "process.on('SIGUSR2', () => void Promise.reject(new Error('a library gave up')))";

let exchange: ProcessExchange;
beforeAll(async () => {
  exchange = await ProcessExchange.start({ NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(LIBRARY)}` });
});
afterAll(() => exchange.close());

it('a promise that a library rejects and nobody holds is logged with its stack, and the gateway goes on', async () => {
  const { gateway } = exchange;
  gateway.signal('SIGUSR2');
  const line = await Promise.race([gateway.logged('a promise was rejected and nobody held it'), gateway.exited.then(() => 'the gateway ended')]);
  expect(line).toMatchObject({ level: 50, err: expect.stringContaining('Error: a library gave up\n    at ') as string });
  expect((await fetch(`${await gateway.ready}/health`)).status).toBe(200);
});
