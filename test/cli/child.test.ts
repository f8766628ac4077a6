import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Child } from '../../gateway/cli/supervisor/child.js';

describe('a program that the supervisor starts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vx-child-'));
  let child: Child;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(async () => {
    vi.useRealTimers();
    await child.stop();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const start = (script: string): void => {
    const isReady = (line: Readonly<Record<string, unknown>>): boolean => line['event'] === 'ready';
    child = new Child({ name: 'billing', command: process.execPath, args: ['-e', script], env: {}, logFile: join(folder, 'billing.log'), isReady });
  };

  it('is given up with its name and its log when it runs but does not serve', async () => {
    start('setInterval(() => undefined, 1000)');
    vi.advanceTimersByTime(60_000);
    await expect(child.ready).rejects.toThrow(/^billing runs, but does not serve after 60 s; see .*billing\.log: it said nothing$/);
  });

  it('is not given up once it serves', async () => {
    start('console.log(JSON.stringify({ event: "ready", port: 7 })); setInterval(() => undefined, 1000)');
    expect(await child.ready).toEqual({ event: 'ready', port: 7 });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that ends before it serves is told with its last words', async () => {
    start('console.error("no port"); process.exit(3)');
    await expect(child.ready).rejects.toThrow('billing ended with status 3: no port');
    expect(vi.getTimerCount()).toBe(0);
  });
});
