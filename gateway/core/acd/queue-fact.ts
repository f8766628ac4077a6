import { z } from 'zod';
import { CHANNELS, ITEM_CHANNELS } from './channels.js';
import { offerReasonSchema } from './offer-reason.js';

/** Raised when the format changes in a way that older readers would misread; a reader passes over lines of later versions. */
export const FACT_VERSION = 1;

const name = z.string().min(1).max(200);
const ms = z.number().nonnegative();
const needs = z.array(z.strictObject({ skill: z.string().min(1), minLevel: z.int().min(1) })).readonly();

/** Of work of another channel; a call has none. */
const channel = z.enum(ITEM_CHANNELS).optional();

const head = {
  v: z.literal(FACT_VERSION),
  /** Comes from what caused the fact (a request, an offer), so that the same fact written twice counts once. */
  id: name,
  /** Epoch ms. */
  at: z.int().nonnegative(),
};

/**
 * What happens in the queue, as it is logged: one line of JSON a fact. Call facts come from the node that drives the caller's leg, agent
 * facts from the node that holds the agent's screen. Nobody's number or name is in them.
 */
export const queueFactSchema = z.discriminatedUnion('type', [
  z.object({
    ...head,
    type: z.literal('call.arrived'),
    callId: name,
    channel,
    queue: name,
    /** All that the agent must have. */
    needs,
    /** What the call itself added to the needs of its queue. */
    asked: needs,
    band: z.int().min(0).max(511),
    /** The band that the call itself asked for; null = its queue's. */
    askedBand: z.int().min(0).max(511).nullable(),
    /** The call lost its agent and stands at the head of its line again, comes from another queue, or is a callback. */
    isReturning: z.boolean(),
    /** Where its place is: earlier than `at` of a caller who has one. A release before does not say. */
    queuedAt: ms.optional(),
    /** The call whose place it has: one whose connection broke, or a callback that gives way. A release before does not say. */
    placeOf: name.optional(),
    /** It waits for a certain agent first. A release before does not say. */
    isPersonal: z.boolean().optional(),
    /** When it came to this queue first, where that is not `at`: a callback comes again after each rest. A release before does not say. */
    offeredAt: ms.optional(),
  }),
  /** A release before does not say `why`. */
  z.object({ ...head, type: z.literal('offer.made'), channel, offerId: name, callId: name, agentId: name, queue: name, why: offerReasonSchema.optional() }),
  /** `why`: see `OfferLoss`; a word of a later release is kept as it is. */
  z.object({ ...head, type: z.literal('offer.lost'), channel, offerId: name, callId: name, agentId: name, why: name }),
  /** The caller talks with the agent; of a callback: the customer has answered too. A release before told it as soon as the agent was on the line. */
  z.object({ ...head, type: z.literal('call.answered'), channel, offerId: name, callId: name, agentId: name, queue: name, waitMs: ms }),
  /**
   * The caller hung up while waiting or offered. `isCutOff`: or the connection broke on our side or on the way, which was not their wish; a
   * release before does not say. No fact of its own, as gateways of that release would have such callers wait for ever.
   */
  z.object({ ...head, type: z.literal('call.abandoned'), channel, callId: name, queue: name, waitMs: ms, isCutOff: z.boolean().optional() }),
  /** The wait was ended by the gateway: the call went elsewhere (another queue, a transfer, a callback, the number's last resort). */
  z.object({ ...head, type: z.literal('call.overflowed'), callId: name, queue: name, waitMs: ms }),
  /**
   * A callback that was offered leaves its line, and comes back by `call.arrived` unless `isLast`: it is given up. `why`: what the customer's
   * phone said of the attempt, or `hours` or `agentHungUp`, which are none; a word of a later release is kept as it is.
   */
  z.object({ ...head, type: z.literal('callback.notReached'), callId: name, offerId: name.nullable(), queue: name, why: name, isLast: z.boolean() }),
  /** The talk is over, wrap-up begins. `holdMs` is not part of `talkMs`. */
  z.object({ ...head, type: z.literal('call.completed'), channel, callId: name, agentId: name, queue: name, talkMs: ms, holdMs: ms }),
  /** A caller who is not served: `number` is the one that they dialled, as dialled. */
  z.object({ ...head, type: z.literal('caller.blocked'), callId: name, number: name, why: z.enum(['number', 'withheld']), was: z.enum(['refused', 'told']) }),
  /** `channels`: a release before does not say, and its agents all take calls. */
  z.object({ ...head, type: z.literal('agent.signedIn'), agentId: name, skills: z.array(z.strictObject({ skill: z.string().min(1), level: z.int().min(1) })).readonly(), channels: z.array(z.enum(CHANNELS)).readonly().optional() }),
  /** The end of a wrap-up is the change to the next phase. Of an agent without voice it is what their seats for items say together. */
  z.object({ ...head, type: z.literal('agent.changed'), agentId: name, phase: z.enum(['loggedOut', 'notReady', 'ready', 'blocked', 'reserved', 'talking', 'wrapUp']), reason: z.string().nullable() }),
]);
export type QueueFact = z.infer<typeof queueFactSchema>;
export type FactOf<T extends QueueFact['type']> = Extract<QueueFact, { type: T }>;
/** A fact before it gets the version of its format. */
export type NewFact = { [T in QueueFact['type']]: Omit<FactOf<T>, 'v'> }[QueueFact['type']];

type OfWait = 'call.answered' | 'call.abandoned' | 'call.overflowed' | 'callback.notReached';
/** A fact of a wait whose length the queue puts in, which alone knows it; readers pass over that of a try in vain. */
export type FactOfWait<T extends OfWait = OfWait> = { [One in T]: Omit<FactOf<One>, 'v' | 'waitMs'> }[T];
/** A fact of the end of what a call had of an agent. */
export type CompletionFact = Extract<NewFact, { type: 'call.completed' | 'callback.notReached' }>;

/** One line of the log; null for a torn line and for what a later release wrote. Never throws. */
export function readFact(line: string): QueueFact | null {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return null; // the process ended in the middle of the line
  }
  const read = queueFactSchema.safeParse(json);
  return read.success ? read.data : null;
}

/** Whether the agent takes calls from then on. */
export const takesCalls = ({ channels }: Pick<FactOf<'agent.signedIn'>, 'channels'>): boolean => channels === undefined || channels.includes('voice');

/** Whether the fact is about work of another channel than voice. */
export const isOfItem = (fact: QueueFact): boolean => 'channel' in fact && fact.channel !== undefined;
