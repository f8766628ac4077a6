import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectFile } from '../../gateway/project.js';
import { startRedis, type TestRedis } from '../support/redis-server.js';

describe('a gateway that waits for a SIP server', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  const agents = Object.fromEntries(['ANNA', 'BO'].flatMap((id) => [[`VAXEL_AGENT_${id}_TOKEN`, 'token-of-a-test'], [`VAXEL_AGENT_${id}_SIP_PASSWORD`, 'password-of-a-test']]));
  const env = () => ({
    PATH: process.env['PATH'] ?? '',
    DRACHTIO_PORT: '1',
    FREESWITCH: '127.0.0.1:1',
    REDIS_URL: redis.url,
    DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none',
    HTTP_PORT: '0',
    API_TOKEN: 'a-secret-for-tests-only',
    BILLING_URL: 'http://127.0.0.1:1',
    VAXEL_PARENT: '1',
    ...agents,
  });

  it.each([
    ['its parent dies', (child: ReturnType<typeof spawn>) => child.stdin?.end()],
    ['it is told to stop', (child: ReturnType<typeof spawn>) => child.kill('SIGTERM')],
  ])('ends when %s', async (_when, act) => {
    const child = spawn(process.execPath, [projectFile('dist', 'gateway', 'main.js')], { env: env(), stdio: ['pipe', 'ignore', 'pipe'] });
    const exited = once(child, 'exit');
    await once(createInterface({ input: child.stderr }), 'line');
    act(child);
    expect((await exited)[0]).toBe(0);
  });
});
