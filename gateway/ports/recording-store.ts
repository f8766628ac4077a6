import type { Result } from '../core/errors.js';
import type { Millis } from '../core/ids.js';
import type { Recording } from '../core/recording/recording.js';

export interface RecordingsWanted {
  /** Calls whose flow began then or later, and before `until`. */
  readonly since: Millis;
  readonly until: Millis;
  /** The flow that the number led to; null = any. */
  readonly flow: string | null;
}

/** Where the reading of recordings goes on: after this call. */
export interface RecordingsPlace {
  readonly at: Millis;
  readonly callId: string;
}

/** Recordings of calls, kept for some days. */
export interface RecordingStore {
  /** Once a call: a repeat is a no-op that answers ok. */
  append(recording: Recording): Promise<Result<null>>;
  /** The next so many as lines of JSON, oldest first. `next` null: there are no more. */
  read(wanted: RecordingsWanted, page: { readonly after: RecordingsPlace | null; readonly limit: number }): Promise<Result<{ readonly lines: readonly string[]; readonly next: RecordingsPlace | null }>>;
  /** Removes some of those whose flow began before. @returns how many */
  removeBefore(at: Millis): Promise<Result<number>>;
}
