import type { AgentId, CustomerId, Millis } from '../core/ids.js';
import type { Interaction, ThreadEntry } from '../core/thread/interaction.js';
import type { Result } from '../core/errors.js';

export interface IncidentCount {
  readonly incident: string;
  readonly told: number;
  readonly informed: number;
}

/** The customer's dialogue over all channels. */
export interface ThreadStore {
  /** Appends once per idempotency key (the interaction's id): a repeat is a no-op that answers ok. */
  append(interaction: Interaction): Promise<Result<null>>;
  /** Whether an entry with this id is on record. It may take seconds: nothing for a caller to wait for. */
  has(id: string): Promise<Result<boolean>>;
  /** Newest first. Looks by customer when known, else by number. */
  recent(who: { readonly customerId: CustomerId | null; readonly number: string | null }, limit: number): Promise<Result<readonly ThreadEntry[]>>;
  /** Who talked or wrote to the customer last, in any channel; null = nobody known. Looks by customer when known, else by number. */
  lastAgent(who: { readonly customerId: CustomerId | null; readonly number: string | null }): Promise<Result<AgentId | null>>;
  /** How many callers were told of each incident since then, and how many of them hung up content after it. */
  incidentCounts(since: Millis): Promise<Result<readonly IncidentCount[]>>;
  close(): Promise<void>;
}
