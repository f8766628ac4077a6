import type { CustomerId } from '../core/ids.js';
import type { Interaction, ThreadEntry } from '../core/thread/interaction.js';
import type { Result } from '../core/errors.js';

/** The customer's dialogue over all channels. */
export interface ThreadStore {
  /** Appends once per idempotency key (the interaction's id): a repeat is a no-op that answers ok. */
  append(interaction: Interaction): Promise<Result<null>>;
  /** Newest first. Looks by customer when known, else by number. */
  recent(who: { readonly customerId: CustomerId | null; readonly number: string | null }, limit: number): Promise<Result<readonly ThreadEntry[]>>;
  close(): Promise<void>;
}
