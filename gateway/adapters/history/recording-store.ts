import { ok, type Result } from '../../core/errors.js';
import type { Millis } from '../../core/ids.js';
import type { Recording } from '../../core/recording/recording.js';
import type { RecordingsPlace, RecordingStore, RecordingsWanted } from '../../ports/recording-store.js';
import type { HistoryDatabase } from './history-database.js';

/** A page may hold megabytes; nobody on the phone waits for it. */
const READ_LIMIT_MS = 4_000;
/** Removed in one statement, so that none is long. */
const REMOVED_AT_ONCE = 500;

const APPEND = 'INSERT INTO vaxel_recording (call, flow, at, line) VALUES ($1, $2, $3, $4) ON CONFLICT (call) DO NOTHING';
const PAGE = `
  SELECT call, at, line FROM vaxel_recording
  WHERE at >= $1 AND at < $2 AND ($3::text IS NULL OR flow = $3) AND ($4::timestamptz IS NULL OR (at, call) > ($4, $5))
  ORDER BY at, call LIMIT $6`;
const REMOVE = 'DELETE FROM vaxel_recording WHERE call IN (SELECT call FROM vaxel_recording WHERE at < $1 ORDER BY at LIMIT $2) RETURNING 1';

/** Recordings in the history database, each a line as it is exported. */
export class RecordingTable implements RecordingStore {
  constructor(private readonly database: HistoryDatabase) {
    database.expect([{ text: APPEND, values: ['rehearsal', 'none', new Date(0), '{}'] }]);
  }

  async append(recording: Recording): Promise<Result<null>> {
    const done = await this.database.query(APPEND, [recording.callId, recording.flow, new Date(recording.at), JSON.stringify(recording)]);
    return done.ok ? ok(null) : done;
  }

  async read({ since, until, flow }: RecordingsWanted, { after, limit }: { readonly after: RecordingsPlace | null; readonly limit: number }): Promise<Result<{ readonly lines: readonly string[]; readonly next: RecordingsPlace | null }>> {
    const found = await this.database.query(PAGE, [new Date(since), new Date(until), flow, after === null ? null : new Date(after.at), after?.callId ?? null, limit], READ_LIMIT_MS);
    if (!found.ok) return found;
    const last = found.value.at(-1);
    const isFull = found.value.length === limit;
    const next = isFull && last !== undefined && last['at'] instanceof Date ? { at: last['at'].getTime(), callId: String(last['call']) } : null;
    return ok({ lines: found.value.map(({ line }) => String(line)), next });
  }

  async removeBefore(at: Millis): Promise<Result<number>> {
    const done = await this.database.query(REMOVE, [new Date(at), REMOVED_AT_ONCE], READ_LIMIT_MS);
    return done.ok ? ok(done.value.length) : done;
  }
}
