import { ok, type Result } from '../../gateway/core/errors.js';
import type { Recording } from '../../gateway/core/recording/recording.js';
import type { RecordingsPlace, RecordingStore, RecordingsWanted } from '../../gateway/ports/recording-store.js';

/** A store of recordings in memory that shows what was appended. */
export class MemoryRecordings implements RecordingStore {
  readonly kept = new Map<string, Recording>();

  append(recording: Recording): Promise<Result<null>> {
    if (!this.kept.has(recording.callId)) this.kept.set(recording.callId, recording);
    return Promise.resolve(ok(null));
  }

  read({ since, until, flow }: RecordingsWanted, { after, limit }: { readonly after: RecordingsPlace | null; readonly limit: number }): Promise<Result<{ readonly lines: readonly string[]; readonly next: RecordingsPlace | null }>> {
    const isAfter = ({ at, callId }: Recording): boolean => after === null || at > after.at || (at === after.at && callId > after.callId);
    const found = [...this.kept.values()]
      .filter((one) => one.at >= since && one.at < until && (flow === null || one.flow === flow) && isAfter(one))
      .sort((a, b) => a.at - b.at || (a.callId < b.callId ? -1 : 1))
      .slice(0, limit);
    const last = found.at(-1);
    return Promise.resolve(ok({ lines: found.map((one) => JSON.stringify(one)), next: found.length === limit && last !== undefined ? { at: last.at, callId: last.callId } : null }));
  }

  removeBefore(before: number): Promise<Result<number>> {
    const old = [...this.kept.values()].filter(({ at }) => at < before);
    for (const { callId } of old) this.kept.delete(callId);
    return Promise.resolve(ok(old.length));
  }
}
