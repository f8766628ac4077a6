import { z } from 'zod';
import { ATTEMPT_OUTCOMES } from '../call/callback-state.js';
import { screenQueueSchema } from '../screen/queue.js';

const ms = z.number().nonnegative();
const queue = screenQueueSchema.nullable();

/** What an entry of the gateway's own tells, for screens that word it in the agent's language; its summary says the same in English. */
export const toldSchema = z.discriminatedUnion('what', [
  z.object({ what: z.literal('talked'), isCallback: z.boolean(), agent: z.string(), queue, talkMs: ms, waitMs: ms.nullable() }),
  z.object({ what: z.literal('hungUpWaiting'), queue, waitMs: ms.nullable() }),
  z.object({ what: z.literal('notServed'), queue, reason: z.string() }),
  z.object({ what: z.literal('callbackAsked'), queue }),
  z.object({ what: z.literal('notReached'), outcome: z.enum(ATTEMPT_OUTCOMES), attempt: z.int().nonnegative() }),
  /** The customer called again before we called back. */
  z.object({ what: z.literal('calledFirst') }),
  /** An operator dropped the callback, after so many tries in vain. */
  z.object({ what: z.literal('callbackDropped'), attempts: z.int().nonnegative() }),
  z.object({ what: z.literal('messageLeft'), durationMs: ms.nullable() }),
  z.object({ what: z.literal('served') }),
  z.object({ what: z.literal('hungUpInMenu') }),
  z.object({ what: z.literal('endedEarly'), reason: z.string() }),
  /** A note of an agent who chose no result. */
  z.object({ what: z.literal('noResult') }),
  z.object({ what: z.literal('messageDone') }),
  z.object({ what: z.literal('messageRemoved'), leftAt: ms, durationMs: ms, afterDays: z.int().nonnegative(), wasDone: z.boolean() }),
]);
export type Told = z.infer<typeof toldSchema>;

const ATTEMPTS = { busy: 'busy', declined: 'declined', noAnswer: 'no answer', unreachable: 'unreachable', interrupted: 'call interrupted' } as const;

/** One plain sentence in English. */
export function inEnglish(told: Told): string {
  switch (told.what) {
    case 'talked':
      return `${told.isCallback ? 'Called back, talked' : 'Talked'} with ${told.agent}${line(told.queue)} for ${minutesAndSeconds(told.talkMs)}${waited(told.waitMs)}.`;
    case 'hungUpWaiting':
      return `Hung up${waited(told.waitMs)}${line(told.queue)}.`;
    case 'notServed':
      return `Waited for a person${line(told.queue)}, not served: ${told.reason}.`;
    case 'callbackAsked':
      return `Asked to be called back${line(told.queue)}.`;
    case 'notReached':
      return `Called back, not reached: ${ATTEMPTS[told.outcome]} (try ${told.attempt}).`;
    case 'calledFirst':
      return 'Called again before we called back.';
    case 'callbackDropped':
      return `The callback was dropped by the contact centre (tries: ${told.attempts}).`;
    case 'messageLeft':
      return told.durationMs === null ? 'Left a message.' : `Left a message, ${seconds(told.durationMs)} s.`;
    case 'served':
      return 'Served by keypad.';
    case 'hungUpInMenu':
      return 'Hung up in the menu.';
    case 'endedEarly':
      return `Ended early: ${told.reason}.`;
    case 'noResult':
      return 'A note without a result.';
    case 'messageDone':
      return 'Message dealt with';
    case 'messageRemoved':
      return `The message of ${new Date(told.leftAt).toISOString().slice(0, 10)}, ${seconds(told.durationMs)} s, was removed after ${told.afterDays} days${told.wasDone ? '' : '; nobody had dealt with it'}.`;
  }
}

const line = (queue: { readonly name: string } | null): string => (queue === null ? '' : ` (${queue.name})`);
const waited = (waitMs: number | null): string => (waitMs === null ? '' : ` after ${minutesAndSeconds(waitMs)} of waiting`);
const seconds = (durationMs: number): number => Math.round(durationMs / 1_000);

/** `3:05` from milliseconds, hours as minutes. */
function minutesAndSeconds(durationMs: number): string {
  const all = seconds(durationMs);
  return `${Math.floor(all / 60)}:${String(all % 60).padStart(2, '0')}`;
}
