import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HistoryDatabase } from '../../../gateway/adapters/history/history-database.js';
import { RecordingTable } from '../../../gateway/adapters/history/recording-store.js';
import { RECORDING_VERSION, type Recording } from '../../../gateway/core/recording/recording.js';
import type { RecordingsPlace } from '../../../gateway/ports/recording-store.js';
import { historyFolder, startHistory, type HistoryServer } from '../../support/history-server.js';
import { KeptLog } from '../../support/silent-log.js';

const AT = Date.parse('2026-11-27T10:00:00Z');
const recording = (callId: string, at: number, changes: Partial<Recording> = {}): Recording => ({
  recording: RECORDING_VERSION, callId, at, flow: 'main-menu', version: '0123456789abcdef', ani: null, dnis: '100', language: 'sv', vars: {}, incidents: [], events: [], way: [], end: { kind: 'lost' }, ...changes,
});

describe('recordings on PostgreSQL', () => {
  let folder: Awaited<ReturnType<typeof historyFolder>>;
  let server: HistoryServer;
  let database: HistoryDatabase;
  let store: RecordingTable;

  beforeAll(async () => {
    folder = await historyFolder();
    server = await startHistory(folder.path);
    database = new HistoryDatabase({ url: server.url, log: new KeptLog(), limitMs: 2_000 });
    await database.open();
    store = new RecordingTable(database);
    // Two calls of the same millisecond among them.
    for (const [id, at, flow] of [['c', 3, 'main-menu'], ['a', 1, 'main-menu'], ['b', 3, 'outage'], ['d', 4, 'main-menu']] as const) await store.append(recording(id, AT + at, { flow }));
  });
  afterAll(async () => {
    await database.close();
    await server.stop();
    await folder.remove();
  });

  const wanted = { since: AT, until: AT + 100, flow: null };
  const idsOf = (lines: readonly string[]): readonly string[] => lines.map((line) => (JSON.parse(line) as Recording).callId);

  it('reads them oldest first, page by page, each once', async () => {
    const ids: string[] = [];
    let after: RecordingsPlace | null = null;
    for (let page = 0; page < 10; page++) {
      const read = await store.read(wanted, { after, limit: 1 });
      if (!read.ok) throw new Error(read.error.detail);
      ids.push(...idsOf(read.value.lines));
      after = read.value.next;
      if (after === null) break;
    }
    expect(ids).toEqual(['a', 'b', 'c', 'd']);
  });

  it('reads those of a flow and of a time', async () => {
    const read = async (changes: object) => store.read({ ...wanted, ...changes }, { after: null, limit: 10 }).then((found) => (found.ok ? idsOf(found.value.lines) : found.error));
    expect(await read({ flow: 'main-menu' })).toEqual(['a', 'c', 'd']);
    expect(await read({ since: AT + 3, until: AT + 4 })).toEqual(['b', 'c']);
  });

  it('keeps a call once, as it was written first', async () => {
    await store.append(recording('once', AT + 200));
    await store.append(recording('once', AT + 200, { dnis: 'other' }));
    const read = await store.read({ since: AT + 200, until: AT + 201, flow: null }, { after: null, limit: 10 });
    expect(read.ok && read.value.lines.map((line) => (JSON.parse(line) as Recording).dnis)).toEqual(['100']);
  });

  it('removes what is older, and says how many', async () => {
    await store.append(recording('old', AT - 1_000));
    expect(await store.removeBefore(AT)).toEqual({ ok: true, value: 1 });
    expect(await store.removeBefore(AT)).toEqual({ ok: true, value: 0 });
    const read = await store.read(wanted, { after: null, limit: 10 });
    expect(read.ok && read.value.lines).toHaveLength(4);
  });

  it('answers VG_STORE while the database is not up', async () => {
    const away = new RecordingTable(new HistoryDatabase({ url: server.url, log: new KeptLog() }));
    expect(await away.append(recording('x', AT))).toMatchObject({ ok: false, error: { code: 'VG_STORE' } });
  });
});
