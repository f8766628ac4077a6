import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../gateway/adapters/clock/system-clock.js';
import { ContentThread } from '../../gateway/content-thread.js';
import { brand, type AgentId } from '../../gateway/core/ids.js';
import { LiveContent } from '../../gateway/live-content.js';
import { projectFile } from '../../gateway/project.js';
import { startRedis, type TestRedis } from '../support/redis-server.js';
import { KeptLog } from '../support/silent-log.js';

describe('content that serves', () => {
  let redis: TestRedis;
  let live: LiveContent;
  const ask = vi.spyOn(ContentThread.prototype, 'ask');
  const asked = (): readonly string[] => ask.mock.calls.splice(0).map(([job]) => job);
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterEach(() => live.close());
  afterAll(() => redis.stop());

  it('is read beside the calls, but for the first time, when there are none', async () => {
    const config = { flowsDir: projectFile('ivr-flows'), redisUrl: redis.url, tenant: 'content', node: 'gw' };
    live = await LiveContent.open({ config, environment: { BILLING_URL: 'http://127.0.0.1:1' }, clock: systemClock, log: new KeptLog() });
    expect(asked()).toEqual([]);
    expect(await live.reload()).toBeNull();
    expect(asked()).toEqual(['check']);
    expect(await live.centre.setSkills('anna', { billing: 1 }, { author: 'Eva', note: 'spring', ifMatch: null })).toMatchObject({ done: 'applied' });
    expect(asked()).toEqual(['withSkills', 'check', 'changes', 'check']);
    expect(live.catalogue.content.centre.agents.get(brand<AgentId>('anna'))?.skills).toContainEqual({ skill: 'billing', level: 1 });
  });

  it('is the old one where the folder cannot be read, and the log says why', async () => {
    const log = new KeptLog();
    const config = { flowsDir: projectFile('ivr-flows'), redisUrl: redis.url, tenant: 'content-2', node: 'gw' };
    live = await LiveContent.open({ config, environment: { BILLING_URL: 'http://127.0.0.1:1' }, clock: systemClock, log });
    ask.mockRejectedValueOnce(new Error('EACCES: permission denied'));
    expect(await live.reload()).toBe('the folder could not be read: EACCES: permission denied');
    expect(log.lines.at(-1)).toMatchObject({ level: 'error', message: 'content refused, the old one goes on serving' });
  });
});
