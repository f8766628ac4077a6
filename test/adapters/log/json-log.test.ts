import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLog } from '../../../gateway/adapters/log/json-log.js';

describe('the log of a program', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'vaxel-log-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** A pipe whose reader has gone. */
  function brokenPipe(): number {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = openSync(path, constants.O_WRONLY);
    closeSync(reader);
    rmSync(path);
    return writer;
  }

  it('is written to its last line before it ends, a JSON object a line, without secrets', async () => {
    const path = join(folder, 'log');
    const log = createLog('info', openSync(path, 'w'));
    log.debug({}, 'too fine');
    log.child({ call: 'c1' }).info({ token: 'abc', nested: { password: 'def' } }, 'first');
    log.warn({}, 'last');
    await log.end();
    const lines = readFileSync(path, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as unknown);
    expect(lines).toEqual([
      { level: 30, time: expect.any(String), call: 'c1', token: '[hidden]', nested: { password: '[hidden]' }, msg: 'first' },
      { level: 40, time: expect.any(String), msg: 'last' },
    ]);
  });

  it('ends although nobody reads it any more, also a second time', async () => {
    const log = createLog('info', brokenPipe());
    log.info({}, 'for nobody');
    log.info({}, 'for nobody at all');
    await log.end();
    log.info({}, 'for nobody either');
    await log.end();
  });
});
