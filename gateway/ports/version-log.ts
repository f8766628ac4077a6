/**
 * An append-only log of versions of something that is written as text, and what each version is made of, shared by all gateways. Rejects
 * when the store does not answer in time.
 */
export interface VersionLog<Entry, Source> {
  /** The entries from the one at `from` (0 = the first) on, oldest first. */
  entries(from: number): Promise<readonly Entry[]>;
  /**
   * Adds an entry, with the source of its version when it is new. `after`: how many entries whoever decided had seen; `changed` when there
   * are more by now, and then nothing was written.
   */
  append(entry: Entry, what: { readonly after: number; readonly source: Source | null }): Promise<'appended' | 'changed'>;
  /** Null when that version was never written. */
  source(version: string): Promise<Source | null>;
  close(): Promise<void>;
}
