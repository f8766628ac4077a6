import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DayFiles } from '../../../gateway/adapters/queue-log/day-files.js';
import type { QueueFact } from '../../../gateway/core/acd/queue-fact.js';
import { KeptLog } from '../../support/silent-log.js';
import { UNMAKEABLE } from '../../support/unmakeable.js';
import { eachTurnDuring } from '../../support/turns.js';

const NOON = Date.now() - (Date.now() % 86_400_000) + 43_200_000;
const DAY = 86_400_000;
const left = (id: string, at = NOON): QueueFact => ({ v: 1, id, at, type: 'call.abandoned', callId: id, queue: 'q', waitMs: 1 });
const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);

describe('the log of facts on disk', () => {
  let folder: string;
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'vx-log-')), 'queue-log');
  });
  afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }));

  const files = (node = 'gw-1', keepDays = 90) => new DayFiles({ folder, node, keepDays, log: new KeptLog() });
  const write = async (facts: readonly QueueFact[], node?: string) => {
    const log = files(node);
    for (const fact of facts) log.append(fact);
    await log.close();
  };
  const ids = async (from = NOON - DAY, to = NOON + DAY) => (await files().read(from, to)).map(({ id }) => id);

  it('has a file a day and node, one line a fact, for the gateway’s user alone', async () => {
    await write([left('a'), left('b'), left('c', NOON + DAY), left('d')]);
    expect((await readdir(folder)).sort()).toEqual([`${dayOf(NOON)}.gw-1.jsonl`, `${dayOf(NOON + DAY)}.gw-1.jsonl`]);
    const file = join(folder, `${dayOf(NOON)}.gw-1.jsonl`);
    expect((await readFile(file, 'utf8')).trimEnd().split('\n')).toEqual([left('a'), left('b'), left('d')].map((fact) => JSON.stringify(fact)));
    expect([(await stat(file)).mode & 0o777, (await stat(folder)).mode & 0o777]).toEqual([0o600, 0o700]);
  });

  it('is read by time, over the files of all nodes, each fact once', async () => {
    await write([left('b', NOON + 2), left('a', NOON + 1)]);
    await write([left('b', NOON + 2), left('c', NOON + 3)], 'gw-2');
    expect(await ids()).toEqual(['a', 'b', 'c']);
  });

  it('is read from the beginning of a span to before its end', async () => {
    await write([left('a', NOON), left('b', NOON + 1), left('c', NOON + 2)]);
    expect(await ids(NOON, NOON + 2)).toEqual(['a', 'b']);
  });

  it('is read a piece at a time, so that a long day keeps nobody waiting', async () => {
    const facts = Array.from({ length: 5_000 }, (_, at) => left(`fact ${at} æøå`));
    await write(facts);
    const parsed = vi.spyOn(JSON, 'parse');
    let [seen, most] = [0, 0];
    await eachTurnDuring(async () => expect(await ids()).toEqual(facts.map(({ id }) => id)), () => {
      most = Math.max(most, parsed.mock.calls.length - seen);
      seen = parsed.mock.calls.length;
    });
    parsed.mockRestore();
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(facts.length / 2);
  });

  it('passes over a torn line, and goes on after it on a new one', async () => {
    await write([left('a')]);
    await appendFile(join(folder, `${dayOf(NOON)}.gw-1.jsonl`), JSON.stringify(left('torn')).slice(0, 30));
    await write([left('b')]);
    expect(await ids()).toEqual(['a', 'b']);
  });

  it('keeps what the disk did not take, and writes it with the next', async () => {
    await writeFile(folder, 'a file stands where the folder should be');
    const log = files();
    log.append(left('a'));
    await log.close();
    await rm(folder);
    log.append(left('b'));
    await log.close();
    expect(await ids()).toEqual(['a', 'b']);
  });

  it('has all that was appended when it is read, though the disk takes facts together', async () => {
    const log = files();
    log.append(left('a'));
    log.append(left('b'));
    expect((await log.read(NOON - DAY, NOON + DAY)).map(({ id }) => id)).toEqual(['a', 'b']);
    log.append(left('c'));
    expect(await readdir(folder)).toHaveLength(1);
    expect(await ids()).toEqual(['a', 'b']);
    await log.close();
    expect(await ids()).toEqual(['a', 'b', 'c']);
  });

  it('does not read as empty what cannot be read', async () => {
    await writeFile(folder, 'a file');
    await expect(ids()).rejects.toThrow(/ENOTDIR/);
  });

  it('is empty where nothing was written', async () => {
    expect(await ids()).toEqual([]);
  });

  it('loses files that are older than it keeps, and no others', async () => {
    await write([left('a')]);
    const old = `${dayOf(NOON - 91 * DAY)}.gw-9.jsonl`;
    await writeFile(join(folder, old), '');
    await writeFile(join(folder, 'notes.txt'), '');
    await write([left('b')]);
    expect((await readdir(folder)).sort()).toEqual([`${dayOf(NOON)}.gw-1.jsonl`, 'notes.txt']);
  });

  it('says so at once where no folder can be made', async () => {
    const log = new KeptLog();
    const nowhere = new DayFiles({ folder: UNMAKEABLE, node: 'gw-1', keepDays: 90, log });
    nowhere.append(left('a'));
    await nowhere.close();
    expect(log.lines.map(({ message }) => message)).toEqual(['queue log not written']);
  });

  it('says so when it cannot be written, and tries again with the next fact', async () => {
    const log = new KeptLog();
    const broken = new DayFiles({ folder, node: 'gw-1', keepDays: 90, log });
    await writeFile(folder, 'in the way');
    broken.append(left('a'));
    await broken.close();
    expect(log.lines.map(({ message }) => message)).toContain('queue log not written');
    await rm(folder);
    broken.append(left('b'));
    await broken.close();
    expect(await ids()).toEqual(['a', 'b']);
  });
});
