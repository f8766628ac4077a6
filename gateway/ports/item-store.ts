import type { ItemEnd, KeptItem } from '../core/acd/item.js';
import type { Result } from '../core/errors.js';

/** What other systems' items are about; where they stand is the queue's to know. `VG_STORE` when it does not answer in time. */
export interface ItemStore {
  /** Keeps a new item; one of the same id that is there already stays, and is returned. */
  create(item: KeptItem): Promise<Result<KeptItem>>;
  find(id: string): Promise<Result<KeptItem | null>>;
  /** The item is about to end so in the queue. */
  intend(item: KeptItem, ending: ItemEnd): Promise<Result<null>>;
  /** The item is over; it is kept for a day longer. */
  end(item: KeptItem, end: ItemEnd): Promise<Result<null>>;
  close(): Promise<void>;
}
