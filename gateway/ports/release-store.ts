import type { FlowSource, Release } from '../core/flow/release.js';

/**
 * The append-only log of flow versions and the sources they are made of, shared by all gateways. Rejects when the store does not answer
 * in time.
 */
export interface ReleaseStore {
  /** The entries from the one at `from` (0 = the first) on, oldest first. */
  entries(from: number): Promise<readonly Release[]>;
  /**
   * Adds an entry, with the source of its version when it is new. `after`: how many entries whoever decided had seen; `changed` when there
   * are more by now, and then nothing was written.
   */
  append(entry: Release, what: { readonly after: number; readonly source: FlowSource | null }): Promise<'appended' | 'changed'>;
  /** Null when that version was never published. */
  source(version: string): Promise<FlowSource | null>;
  close(): Promise<void>;
}
