import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../gateway/adapters/redis/connection.js';
import { readOutbox } from '../../../gateway/adapters/redis/outbox.js';
import { brand } from '../../../gateway/core/ids.js';
import { KeptLog } from '../../support/silent-log.js';

describe('a reader of the outbox whose connection is dead and does not know it yet', () => {
  it.each(['ready', 'end'])('leaves the process time for the events that tell, in state %s', async (status) => {
    let attempts = 0;
    // As ioredis is after a long pause of the process: the end of the stream is still to be told, and each command is rejected at once.
    const refuse = (): Promise<never> => {
      // What never lets go would stop this test as well.
      if ((attempts += 1) > 1_000) process.exit(1);
      return Promise.reject(new Error('Stream is not writeable'));
    };
    const redis = { get status() { attempts += status === 'end' ? 1 : 0; if (attempts > 1_000) process.exit(1); return status; }, get: refuse, set: refuse, disconnect: () => undefined } as unknown as Connection;
    const stop = new AbortController();
    const reading = readOutbox({ redis, prefix: 'p:', node: brand('gw-1'), log: new KeptLog() }, () => Promise.resolve(), stop.signal);
    await pause(250);
    stop.abort();
    await reading;
    expect(attempts).toBeGreaterThan(0);
    expect(attempts).toBeLessThan(20);
  });
});
