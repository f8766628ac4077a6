import type { CentreEntry } from '../core/acd/centre-version.js';
import type { VgError } from '../core/errors.js';
import type { Problem } from '../core/flow/problem.js';

export interface LiveCentre {
  readonly version: string;
  /** `api`: put over the file. */
  readonly from: 'file' | 'api';
  readonly text: string;
}

/** Who changes something, why, and what they had read (versions; `any`: whatever is live; null: it does not matter). */
export interface Said {
  readonly author: string;
  readonly note: string;
  readonly ifMatch: readonly string[] | 'any' | null;
}

/** What came of a change. In all cases but `applied` nothing was changed. */
export type CentreOutcome =
  | { readonly done: 'applied'; readonly live: LiveCentre; readonly before: string; readonly changes: readonly string[]; /** Gateways that have not confirmed it yet. */ readonly silent: readonly string[] }
  | { readonly done: 'unchanged'; readonly live: LiveCentre }
  | { readonly done: 'stale'; readonly live: LiveCentre; readonly last: CentreEntry | null }
  | { readonly done: 'faulty'; readonly problems: readonly Problem[] }
  | { readonly done: 'refused'; readonly error: VgError };
