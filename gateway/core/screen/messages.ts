import { z } from 'zod';
import { figuresSchema } from '../acd/figures.js';
import { callContextSchema } from './context.js';
import { itemsEventSchema } from './items.js';
import { screenNamesSchema } from './names.js';

/** Sub-protocol `vaxel.v1`: one JSON object a frame. Commands carry `id`; each gets exactly one `result` with `re: id`. */
export const SUB_PROTOCOL = 'vaxel.v1';

const id = z.string().min(1).max(64);
const epochMs = z.number().int().nonnegative();

/** From the agent's screen (or the headless agent) to the gateway. */
export const clientMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('signIn'), id, token: z.string().min(1).max(512), lastSeq: z.number().int().nonnegative().optional(), session: z.string().max(64).optional() }),
  z.strictObject({ type: z.literal('ack'), seq: z.number().int().positive() }),
  z.strictObject({ type: z.literal('ready'), id }),
  z.strictObject({ type: z.literal('notReady'), id, reason: z.string().min(1).max(60) }),
  z.strictObject({ type: z.literal('accept'), id, offerId: z.string().max(64) }),
  z.strictObject({ type: z.literal('decline'), id, offerId: z.string().max(64) }),
  z.strictObject({ type: z.literal('hangUp'), id, callId: z.string().max(64) }),
  /** `disposition` null: the time ran out before the agent chose one, and the note is kept all the same. */
  z.strictObject({ type: z.literal('wrapUp'), id, callId: z.string().max(64), disposition: z.string().min(1).max(60).nullable(), note: z.string().max(4_000).default('') }),
  /** The wrap-up is to last longer, if it may. */
  z.strictObject({ type: z.literal('moreTime'), id }),
  /** An item that this agent has is done. */
  z.strictObject({ type: z.literal('done'), id, itemId: z.string().min(1).max(64), note: z.string().max(4_000).default('') }),
  z.strictObject({ type: z.literal('signOut'), id }),
  z.strictObject({ type: z.literal('ping'), id }),
  /** Figures of the day from now on, or no more. `hasAgents`: those of each agent as well. Ends with the socket. */
  z.strictObject({ type: z.literal('watchFigures'), id, isOn: z.boolean(), hasAgents: z.boolean().default(false) }),
]);
export type ClientMessage = z.infer<typeof clientMessageSchema>;

const agentStateSchema = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('loggedOut') }),
  z.object({ phase: z.literal('notReady'), reason: z.string(), since: epochMs }),
  z.object({ phase: z.literal('ready'), since: epochMs }),
  /** Ready, but other work leaves no room. */
  z.object({ phase: z.literal('blocked'), since: epochMs }),
  z.object({ phase: z.literal('reserved'), offerId: z.string(), callId: z.string(), since: epochMs }),
  z.object({ phase: z.literal('talking'), callId: z.string(), since: epochMs }),
  /** `latest`: until when the agent can make it last. */
  z.object({ phase: z.literal('wrapUp'), callId: z.string(), until: epochMs, since: epochMs, latest: epochMs.optional() }),
]);

/** The customer of a callback could not be reached; `againAt` null: nobody tries again. */
const notReachedSchema = z.object({ outcome: z.enum(['busy', 'declined', 'noAnswer', 'unreachable', 'interrupted']), againAt: epochMs.nullable() });

/** What the gateway tells a screen. Those below with `seq` are kept until acknowledged and replayed after a reconnect. */
export const serverEventSchema = z.discriminatedUnion('type', [
  /** `phone`: of the welcome, when the contact centre was read anew. */
  z.object({ type: z.literal('agent'), state: agentStateSchema, phone: z.string().nullable().optional() }),
  /** `answer`: whether Accept on the screen rings an auto-answering phone, or the agent lifts the ringing phone. `why`: the reason of the offer as a sentence, for supervisors. */
  z.object({ type: z.literal('offer'), offerId: z.string(), expiresAt: epochMs, answer: z.enum(['phone', 'screen']), context: callContextSchema, why: screenNamesSchema.optional() }),
  z.object({ type: z.literal('offerClosed'), offerId: z.string(), callId: z.string(), why: z.enum(['answered', 'declined', 'busy', 'noAnswer', 'legFailed', 'noService', 'expired', 'callerLeft', 'cutOff', 'elsewhere', 'notReached', 'agentLeft']) }),
  z.object({ type: z.literal('talking'), callId: z.string(), since: epochMs, context: callContextSchema }),
  /** Work of other channels; accept and decline answer its offers as well. */
  itemsEventSchema,
  z.object({ type: z.literal('callEnded'), callId: z.string(), by: z.enum(['caller', 'agent', 'system']), talkMs: z.number(), wrapUpUntil: epochMs.nullable(), notReached: notReachedSchema.optional() }),
]);
export type ServerEvent = z.infer<typeof serverEventSchema>;

export const serverMessageSchema = z.union([
  z.object({
    type: z.literal('welcome'),
    re: id,
    session: z.string(),
    /** `phone` and `answer`: both null for an agent who takes no calls. */
    agent: z.object({ id: z.string(), name: z.string(), answer: z.enum(['phone', 'screen']).nullable(), phone: z.string().nullable() }),
    notReadyReasons: z.array(z.string()),
    dispositions: z.array(z.object({ id: z.string(), label: z.string(), names: screenNamesSchema.optional() })),
    state: agentStateSchema,
  }),
  z.object({ type: z.literal('result'), re: id, ok: z.literal(true) }),
  z.object({ type: z.literal('result'), re: id, ok: z.literal(false), error: z.object({ code: z.string(), detail: z.string() }) }),
  z.object({ type: z.literal('event'), seq: z.number().int().positive(), at: epochMs, event: serverEventSchema }),
  /** The figures of the day so far, to a socket that watches them: at once, and when they change, once a second at most. Not numbered, not kept. */
  z.object({ type: z.literal('figures'), at: epochMs, figures: figuresSchema }),
  /** The replay buffer no longer reaches back to `lastSeq`; whole state follows as events. */
  z.object({ type: z.literal('resync'), fromSeq: z.number().int() }),
]);
export type ServerMessage = z.infer<typeof serverMessageSchema>;
