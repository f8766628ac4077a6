import { z } from 'zod';
import { ITEM_CHANNELS } from '../acd/channels.js';
import { screenQueueSchema } from './queue.js';

/** A piece of another system's work as the agent sees it; what is said in it stands behind the link. */
export const itemSchema = z.object({
  itemId: z.string(),
  channel: z.enum(ITEM_CHANNELS),
  queue: screenQueueSchema,
  title: z.string(),
  link: z.string().nullable(),
  customer: z.string().nullable(),
  createdAt: z.number().int().nonnegative(),
});
export type ScreenItem = z.infer<typeof itemSchema>;

/** All that the agent has in one channel, whole: each such event replaces the one before. */
export const itemsEventSchema = z.object({
  type: z.literal('items'),
  channel: z.enum(ITEM_CHANNELS),
  /** `blocked`: work of another channel leaves no room. `full`: all slots are taken. */
  phase: z.enum(['loggedOut', 'notReady', 'ready', 'blocked', 'reserved', 'full']),
  slots: z.number().int().positive(),
  offer: z.object({ offerId: z.string(), expiresAt: z.number().int().nonnegative(), item: itemSchema }).nullable(),
  open: z.array(itemSchema),
});
export type ItemsEvent = z.infer<typeof itemsEventSchema>;
