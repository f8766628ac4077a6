import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { historyFolder, startHistory } from '../../support/history-server.js';

describe('the embedded history database', () => {
  let folder: Awaited<ReturnType<typeof historyFolder>>;
  beforeEach(async () => {
    folder = await historyFolder();
  });
  afterEach(() => folder.remove());

  it('listens on a unix socket instead, also after a crash left the old one behind', { timeout: 60_000 }, async () => {
    const first = await startHistory(folder.path, { SOCKET_DIR: folder.path });
    expect(statSync(join(folder.path, '.s.PGSQL.5432')).isSocket()).toBe(true);
    first.process.kill('SIGKILL');
    await first.stop();
    const second = await startHistory(folder.path, { SOCKET_DIR: folder.path });
    expect(second.url).toContain(encodeURIComponent(folder.path));
    expect(await second.stop()).toBe(0);
  });

  it('writes the template when there is none, starts from it afterwards, and ends with its parent or on SIGTERM', { timeout: 90_000 }, async () => {
    const template = join(folder.path, 'made', 'template');
    const first = await startHistory(folder.path, { TEMPLATE_DIR: template });
    expect(first.url).toMatch(/^postgresql:\/\/postgres@127\.0\.0\.1:[1-9]\d*\/postgres$/);
    expect(await first.stop()).toBe(0);
    expect(existsSync(join(template, 'PG_VERSION'))).toBe(true);
    const second = await startHistory(folder.path, { TEMPLATE_DIR: template, DATA_DIR: join(folder.path, 'other') });
    second.process.kill('SIGTERM');
    expect(await second.exited).toBe(0);
  });
});
