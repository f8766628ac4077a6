import { z } from 'zod';
import { toldSchema } from '../thread/told.js';
import { screenNamesSchema } from './names.js';
import { screenQueueSchema } from './queue.js';

/** Everything an agent needs to know before saying hello. Pushed whole, so that a reconnect needs one message. Secrets are masked before they get here. */
export const callContextSchema = z.object({
  callId: z.string(),
  offerId: z.string().nullable(),
  queue: screenQueueSchema,
  caller: z.object({
    number: z.string().nullable(),
    customer: z.object({ id: z.string(), name: z.string(), confidence: z.enum(['numberOnly', 'entered', 'verified']) }).nullable(),
    language: z.enum(['sv', 'nb', 'en']),
  }),
  /** Set where the customer asked to be called: how, when, and what earlier tries came to. */
  callback: z
    .object({
      via: z.enum(['flow', 'line', 'overflow']),
      askedAt: z.number(),
      number: z.string(),
      /** The customer's phone rings; the agent waits on the line. */
      isRinging: z.boolean(),
      attempts: z.array(z.object({ at: z.number(), outcome: z.enum(['busy', 'declined', 'noAnswer', 'unreachable', 'interrupted']) })),
    })
    .optional(),
  /** Set where this call stands in the place of an earlier one: a callback that was asked for, or a call that broke off `afterMs` of waiting or talking. */
  resumed: z.object({ why: z.enum(['callback', 'cutOff']), at: z.number(), afterMs: z.number() }).optional(),
  /** So many other calls of the same number are going on, each with an agent, a flow or a place of its own. */
  otherCalls: z.int().positive().optional(),
  statedReason: z.string().nullable(),
  /** What the flow marks as worth showing: label → value. */
  shown: z.array(z.object({ label: z.string(), value: z.string() })),
  /** `queue`: the one that `did` speaks of. */
  path: z.array(z.object({ at: z.number(), node: z.string(), said: z.string().optional(), entered: z.string().optional(), did: z.string().optional(), queue: screenQueueSchema.optional() })),
  queuedAt: z.number(),
  waitMs: z.number(),
  thread: z.array(
    z.object({
      id: z.string(),
      at: z.string(),
      channel: z.enum(['phone', 'web', 'chat', 'email', 'sms', 'note']),
      summary: z.string(),
      /** The summary as data, of what the gateway itself writes: to be worded in the agent's language. */
      told: toldSchema.optional(),
      did: z.array(z.string()).readonly().optional(),
      reason: z.string().nullable(),
      result: z.string().nullable(),
      /** Of a result that an agent filed. */
      resultNames: screenNamesSchema.optional(),
      agent: z.string().nullable(),
      note: z.string().nullable(),
    }),
  ),
  /** False when the history store did not answer in time: the screen says so instead of showing an empty thread. */
  isThreadComplete: z.boolean(),
});

export type CallContext = z.infer<typeof callContextSchema>;
