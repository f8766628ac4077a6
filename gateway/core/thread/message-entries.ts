import type { Millis } from '../ids.js';
import { normaliseNumber, subjectOf } from './identity.js';
import type { Interaction } from './interaction.js';
import { noteId } from './phone-call.js';
import { inEnglish, type Told } from './told.js';
import type { MessageDone, VoiceMessage } from './voice-message.js';

/** Id of a message's entry in the thread. Like those below it is an idempotency key. */
export const messageEntryId = (messageId: string): string => `voice:${messageId}`;

/** "Left a message, 23 s": an entry of its own beside that of the call, as it waits for an answer. */
export function messageInteraction(message: VoiceMessage, source: string): Interaction {
  return { ...base(message, source), id: messageEntryId(message.id), type: 'vaxel.voice.message', time: iso(message.at), data: { ...dataOf(message), channel: 'phone', ...tell({ what: 'messageLeft', durationMs: message.durationMs }), messageId: message.id, path: [] } };
}

/** What an agent did about it, shown with the message. */
export function messageDoneInteraction(message: VoiceMessage, done: MessageDone, source: string): Interaction {
  const note = done.note === '' ? null : done.note;
  return { ...base(message, source), id: noteId(messageEntryId(message.id)), type: 'vaxel.note', time: iso(done.at), data: { ...dataOf(message), channel: 'note', ...tell({ what: 'messageDone' }), agent: done.agent, result: 'done', note, path: [] } };
}

/** The sound is gone, the thread says so. */
export function messageRemovedInteraction(message: VoiceMessage, removed: { readonly at: Millis; readonly afterDays: number; readonly wasDone: boolean }, source: string): Interaction {
  return { ...base(message, source), id: `${messageEntryId(message.id)}:removed`, type: 'vaxel.note', time: iso(removed.at), data: { ...dataOf(message), channel: 'note', ...tell({ what: 'messageRemoved', leftAt: message.at, durationMs: message.durationMs, afterDays: removed.afterDays, wasDone: removed.wasDone }), path: [] } };
}

const base = (message: VoiceMessage, source: string) =>
  ({ specversion: '1.0', source, subject: subjectOf({ customerId: message.customer?.id ?? null, number: message.number, callId: message.callId }), datacontenttype: 'application/json' }) as const;

const dataOf = (message: VoiceMessage) => ({ direction: 'in', number: normaliseNumber(message.number), reason: message.reason }) as const;

const tell = (told: Told) => ({ summary: inEnglish(told), told });
const iso = (at: Millis): string => new Date(at).toISOString();
