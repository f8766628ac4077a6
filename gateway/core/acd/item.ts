import { brand, type AgentId, type CallId, type Millis, type QueueId } from '../ids.js';
import type { ItemChannel } from './channels.js';
import type { SkillNeed } from './queue-types.js';

/** A piece of another system's work, distributed by the rules of a queue. What is said in it stays in that system. */
export interface Item {
  /** The creator's own. */
  readonly id: string;
  readonly channel: ItemChannel;
  readonly queue: QueueId;
  /** What the agent reads first. */
  readonly title: string;
  /** Where the agent works on it; http or https. */
  readonly link: string | null;
  /** Whom it is about, as the agent reads it. */
  readonly customer: string | null;
  /** Beyond what its queue needs. */
  readonly needs: readonly SkillNeed[];
  /** Null = its queue's. */
  readonly band: number | null;
}

export interface ItemEnd {
  readonly result: 'completed' | 'cancelled';
  readonly at: Millis;
  /** Who had it. */
  readonly agentId: AgentId | null;
  readonly note: string;
}

/** An item as it is kept; `end` null while it is under way. */
export interface KeptItem extends Item {
  readonly createdAt: Millis;
  readonly end: ItemEnd | null;
  /** The end that somebody was about to bring it to: what it came to, where the queue no longer knows it. A release before does not say. */
  readonly ending?: ItemEnd;
}

/** How an item stands, as its creator sees it. `lost`: the queue's store lost it; hand it in again. */
export interface ItemStanding {
  readonly item: KeptItem;
  readonly state: 'queued' | 'offered' | 'open' | 'completed' | 'cancelled' | 'lost';
  readonly agentId: AgentId | null;
  /** Until an agent took it; null before. */
  readonly waitMs: number | null;
}

/** An item's name in the queue, where calls have theirs. */
const PREFIX = 'item-';
export const workOf = (itemId: string): CallId => brand(PREFIX + itemId);
/** Null when it is a call. */
export const itemOf = (callId: string): string | null => (callId.startsWith(PREFIX) ? callId.slice(PREFIX.length) : null);
