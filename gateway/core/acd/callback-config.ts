import { z } from 'zod';
import type { Millis } from '../ids.js';

/** How a queue calls customers back, as written in the contact centre's file. */
export const callbackSchema = z.strictObject({
  /** Callers who have waited so long are offered to be called back, and keep their place. Left out: nobody is. */
  offerAfterSeconds: z.int().min(5).max(7_200).optional(),
  /** The key that takes this offer. */
  key: z.coerce.string().regex(/^[0-9]$/, 'one of the keys 0-9').default('1'),
  /** Who is on the line first. */
  order: z.enum(['agentFirst', 'customerFirst']).default('agentFirst'),
  /** How often a customer is rung at most. */
  attempts: z.int().min(1).max(10).default(3),
  retryAfterMinutes: z.number().min(0.05).max(1_440).default(15),
  ringSeconds: z.int().min(5).max(120).default(30),
  /** Opening hours by name: nobody is rung outside of them. */
  hours: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'opening hours as named in this file').optional(),
});

export interface CallbackConfig {
  /** Null = waiting callers are not offered to be called back. */
  readonly offerAfterMs: Millis | null;
  readonly key: string;
  readonly order: 'agentFirst' | 'customerFirst';
  readonly attempts: number;
  readonly retryAfterMs: number;
  readonly ringMs: number;
  /** Null = at any time. */
  readonly hours: string | null;
}

export function toCallbackConfig(file: z.infer<typeof callbackSchema>): CallbackConfig {
  return {
    offerAfterMs: file.offerAfterSeconds === undefined ? null : file.offerAfterSeconds * 1_000,
    key: file.key,
    order: file.order,
    attempts: file.attempts,
    retryAfterMs: Math.round(file.retryAfterMinutes * 60_000),
    ringMs: file.ringSeconds * 1_000,
    hours: file.hours ?? null,
  };
}

/** Of a queue that says nothing about it. */
export const CALLBACK_DEFAULTS: CallbackConfig = toCallbackConfig(callbackSchema.parse({}));
