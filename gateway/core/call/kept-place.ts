import { z } from 'zod';
import { brand, type CallId } from '../ids.js';

/** A place in line that waits for whoever calls again from the same number: theirs as a callback, or that of a call which broke. */
export const keptPlaceSchema = z.object({
  why: z.enum(['callback', 'cutOff']),
  callId: z.string().transform((id) => brand<CallId>(id)),
  /** Where the place is: epoch ms. */
  queuedAt: z.number(),
  /** When the callback was asked for, or the connection broke. */
  at: z.number(),
  /** How long the caller had waited or talked by then, ms. */
  afterMs: z.number(),
});
export type KeptPlace = z.infer<typeof keptPlaceSchema>;

/** The place of a caller for whose number one was kept: the earlier of both. */
export const withPlace = <P extends { readonly queuedAt: number }>(own: P, kept: KeptPlace): P => ({ ...own, queuedAt: Math.min(own.queuedAt, kept.queuedAt) });
