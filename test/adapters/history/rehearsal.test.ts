import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { HistoryDatabase } from '../../../gateway/adapters/history/history-database.js';
import { RecordingTable } from '../../../gateway/adapters/history/recording-store.js';
import { threadStoreOn } from '../../../gateway/adapters/history/thread-store.js';
import { brand, type CustomerId } from '../../../gateway/core/ids.js';
import type { Interaction } from '../../../gateway/core/thread/interaction.js';
import { RECORDING_VERSION } from '../../../gateway/core/recording/recording.js';
import { historyFolder, startHistory, type HistoryServer } from '../../support/history-server.js';
import { KeptLog } from '../../support/silent-log.js';

const who = { customerId: brand<CustomerId>('c1'), number: null };
const caller = { customerId: null, number: '+46701234567' };
const call: Interaction = { specversion: '1.0', id: 'i1', source: '/test', type: 'vaxel.phone.call', subject: 'c1', time: '2026-10-01T12:00:00.000Z', datacontenttype: 'application/json', data: { channel: 'phone', direction: 'in', summary: 's', path: [] } };

describe('a history that has just come up', () => {
  let folder: Awaited<ReturnType<typeof historyFolder>>;
  let server: HistoryServer;
  beforeAll(async () => {
    folder = await historyFolder();
    server = await startHistory(folder.path);
  });
  afterAll(async () => {
    await server.stop();
    await folder.remove();
  });

  it('has done once, and taken back, whatever the first call will ask of it: a database is slow at each statement for the first time', async () => {
    const asked = vi.spyOn(pg.Client.prototype, 'query');
    const texts = (): ReadonlySet<unknown> => new Set((asked.mock.calls as readonly (readonly unknown[])[]).map(([text]) => text));
    const log = new KeptLog();
    const database = new HistoryDatabase({ url: server.url, log, limitMs: 5_000 });
    const recordings = new RecordingTable(database);
    const thread = await threadStoreOn(database, { log });
    const rehearsed = texts();
    asked.mockClear();
    expect(await thread.recent(who, 5)).toEqual({ ok: true, value: [] });
    expect(await thread.recent(caller, 5)).toEqual({ ok: true, value: [] });
    await thread.lastAgent(who);
    await thread.lastAgent(caller);
    expect(await thread.has('rehearsal')).toEqual({ ok: true, value: false });
    await thread.append(call);
    await recordings.append({ recording: RECORDING_VERSION, callId: 'c1', at: 1, flow: 'f', version: '0123456789abcdef', ani: null, dnis: '100', language: 'sv', vars: {}, incidents: [], events: [], way: [], end: { kind: 'lost' } });
    const first = [...texts()];
    asked.mockRestore();
    expect(first).toHaveLength(7);
    expect(first.filter((text) => !rehearsed.has(text))).toEqual([]);
    await thread.close();
  });
});
