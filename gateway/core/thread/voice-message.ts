import { z } from 'zod';

/** An id names a file: nothing in it may lead elsewhere. */
export const messageIdSchema = z.string().regex(/^[A-Za-z0-9-]{1,120}$/);

/** What a caller left for agents, as it is kept beside its sound. */
export const voiceMessageSchema = z.object({
  id: messageIdSchema,
  callId: z.string(),
  /** When the call was, epoch ms. */
  at: z.number(),
  durationMs: z.number().nonnegative(),
  number: z.string().nullable(),
  customer: z.object({ id: z.string(), name: z.string() }).nullable(),
  reason: z.string().nullable(),
  language: z.enum(['sv', 'nb', 'en']),
  flow: z.string(),
});
export type VoiceMessage = z.infer<typeof voiceMessageSchema>;

/** Who has dealt with a message, and what came of it. */
export const messageDoneSchema = z.object({ agent: z.string(), at: z.number(), note: z.string().max(4_000) });
export type MessageDone = z.infer<typeof messageDoneSchema>;
