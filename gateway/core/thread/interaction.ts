import { z } from 'zod';
import type { Names } from '../acd/names.js';
import { screenNamesSchema } from '../screen/names.js';
import { toldSchema, type Told } from './told.js';

/**
 * One interaction with a customer in any channel, as a CloudEvents 1.0 JSON event (https://github.com/cloudevents/spec, v1.0.2).
 * `id` is the idempotency key; `subject` the customer id or `tel:<number>` when only the number is known.
 */
export const interactionSchema = z.object({
  specversion: z.literal('1.0'),
  id: z.string().min(1).max(200),
  source: z.string().min(1).max(200),
  type: z.enum(['vaxel.phone.call', 'vaxel.web.visit', 'vaxel.chat.dialogue', 'vaxel.email.message', 'vaxel.sms.message', 'vaxel.voice.message', 'vaxel.note']),
  subject: z.string().min(1).max(200),
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json').default('application/json'),
  data: z.object({
    channel: z.enum(['phone', 'web', 'chat', 'email', 'sms', 'note']),
    direction: z.enum(['in', 'out']),
    number: z.string().max(40).nullish(),
    summary: z.string().max(2_000),
    /** The same as data, of what the gateway itself writes. */
    told: toldSchema.optional(),
    reason: z.string().max(100).nullish(),
    result: z.string().max(100).nullish(),
    agent: z.string().max(100).nullish(),
    /** Of the agent who talked or wrote to the customer: flows can ask for them again. */
    agentId: z.string().max(40).nullish(),
    disposition: z.string().max(100).nullish(),
    dispositionNames: screenNamesSchema.optional(),
    note: z.string().max(4_000).nullish(),
    /** Of a voice message. */
    messageId: z.string().max(120).nullish(),
    /** Incidents that the caller was told of, and the one after which they hung up content. */
    incidents: z.array(z.string().max(64)).max(50).optional(),
    informedOf: z.string().max(64).nullish(),
    waitMs: z.number().nonnegative().nullish(),
    talkMs: z.number().nonnegative().nullish(),
    path: z.array(z.object({ at: z.number(), node: z.string(), said: z.string().optional(), entered: z.string().optional(), did: z.string().optional() })).max(500).default([]),
  }),
});

export type Interaction = z.infer<typeof interactionSchema>;

/** What a screen shows of an earlier interaction. */
export interface ThreadEntry {
  readonly id: string;
  readonly at: string;
  readonly channel: Interaction['data']['channel'];
  readonly summary: string;
  /** The same as data: how it went, and what was asked of other systems on the way. */
  readonly told?: Told | undefined;
  readonly did?: readonly string[] | undefined;
  readonly reason: string | null;
  readonly result: string | null;
  /** Of a result that an agent filed. */
  readonly resultNames?: Names | undefined;
  readonly agent: string | null;
  /** What the agent wrote down. */
  readonly note: string | null;
}
