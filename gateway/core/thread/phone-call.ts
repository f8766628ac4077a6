import type { Names } from '../acd/names.js';
import { attemptOf, DROPPED } from '../call/callback.js';
import type { EndReason } from '../call/end-reason.js';
import type { FlowSummary } from '../flow/flow-types.js';
import type { AgentId, CallId, CustomerId, Millis } from '../ids.js';
import type { ScreenQueue } from '../screen/queue.js';
import type { Interaction } from './interaction.js';
import { operationsIn } from './operations.js';
import { inEnglish, type Told } from './told.js';
import { normaliseNumber, subjectOf } from './identity.js';

/** What is known of a phone call when it is filed. */
export interface PhoneCallRecord {
  readonly callId: CallId;
  /** CloudEvents source: which gateway, such as `/vaxel/exchange-1`. */
  readonly source: string;
  readonly ani: string | null;
  /** Tries in vain so far of a call of ours that the customer asked for; null for a caller's call. */
  readonly callbackTries?: number | null;
  readonly startedAt: Millis;
  readonly endedAt: Millis;
  readonly flow: FlowSummary | null;
  /** The queue the call waited in, or null when it never did. */
  readonly queue: ScreenQueue | null;
  readonly waitMs: number | null;
  /** Who talked to the caller. */
  readonly agent: string | null;
  readonly agentId?: AgentId | null;
  readonly talkMs: number | null;
  readonly end: EndReason;
}

/** What the agent filed after the call. */
export interface CallNote {
  /** Tries in vain so far of a call of ours, when the note is about one of them. */
  readonly afterTry?: number | undefined;
  readonly callId: CallId;
  readonly source: string;
  readonly ani: string | null;
  readonly customerId: CustomerId | null;
  readonly at: Millis;
  readonly agent: string;
  /** What the disposition is called; null when none was chosen in time. */
  readonly disposition: Names | null;
  readonly note: string;
}

const MAX_PATH = 500;

/** Id of a call's entry; that of its note is `noteId`. Both are idempotency keys: filing twice is filing once. */
export const callEntryId = (callId: CallId): string => `call:${callId}`;
export const noteId = (entryId: string): string => `${entryId}:note`;

/** The phone call as one interaction of the customer's thread: who, why, what was said and done, wait, talk, result. */
export function phoneCallInteraction(record: PhoneCallRecord): Interaction {
  const { flow } = record;
  const told = toldOf(record);
  return {
    specversion: '1.0',
    id: entryIdOf(record),
    source: record.source,
    type: 'vaxel.phone.call',
    subject: subjectOf({ customerId: flow?.customer?.id ?? null, number: record.ani, callId: record.callId }),
    time: new Date(record.startedAt).toISOString(),
    datacontenttype: 'application/json',
    data: {
      channel: 'phone',
      direction: isCallback(record) ? 'out' : 'in',
      number: normaliseNumber(record.ani),
      summary: summaryOf(told, flow),
      told,
      reason: flow?.statedReason ?? null,
      result: `${record.end.result}/${record.end.reason}`,
      agent: record.agent,
      // An agent whom the customer of a callback did not reach is nobody they know.
      ...(record.agentId == null || (record.talkMs ?? 0) === 0 ? {} : { agentId: record.agentId }),
      waitMs: record.waitMs,
      talkMs: record.talkMs,
      // Who was told and pressed a key afterwards wanted something else as well.
      ...(flow === null || flow.incidents.length === 0 ? {} : { incidents: [...flow.incidents], informedOf: record.end.reason === 'informed' ? flow.informedOf : null }),
      path: (flow?.path ?? []).slice(-MAX_PATH).map((entry) => ({ ...entry })),
    },
  };
}

/** The agent's disposition and note as an interaction of its own, shown with the call it belongs to. */
export function callNoteInteraction(note: CallNote): Interaction {
  return {
    specversion: '1.0',
    id: noteId(note.afterTry === undefined ? callEntryId(note.callId) : `${callEntryId(note.callId)}:${note.afterTry}`),
    source: note.source,
    type: 'vaxel.note',
    subject: subjectOf(note),
    time: new Date(note.at).toISOString(),
    datacontenttype: 'application/json',
    data: {
      channel: 'note',
      direction: 'in',
      number: normaliseNumber(note.ani),
      summary: note.disposition?.en ?? inEnglish({ what: 'noResult' }),
      ...(note.disposition === null ? { told: { what: 'noResult' } as const } : { dispositionNames: note.disposition }),
      agent: note.agent,
      disposition: note.disposition?.en ?? null,
      note: note.note === '' ? null : note.note.slice(0, 4_000),
      path: [],
    },
  };
}

/** What the caller gets in writing. */
export interface Receipt {
  /** Idempotency key: the same receipt is one entry, however often it is ordered. */
  readonly messageId: string;
  readonly callId: CallId;
  readonly source: string;
  readonly ani: string | null;
  readonly customerId: CustomerId | null;
  readonly at: Millis;
  readonly channel: 'sms' | 'email';
  readonly text: string;
}

/** A receipt as an outgoing message of the thread; whoever sends messages takes it from there. */
export function receiptInteraction(receipt: Receipt): Interaction {
  return {
    specversion: '1.0',
    id: `message:${receipt.messageId}`,
    source: receipt.source,
    type: receipt.channel === 'sms' ? 'vaxel.sms.message' : 'vaxel.email.message',
    subject: subjectOf({ customerId: receipt.customerId, number: receipt.ani, callId: receipt.callId }),
    time: new Date(receipt.at).toISOString(),
    datacontenttype: 'application/json',
    data: { channel: receipt.channel, direction: 'out', number: normaliseNumber(receipt.ani), summary: receipt.text.slice(0, 2_000), path: [] },
  };
}

const isCallback = (record: PhoneCallRecord): boolean => typeof record.callbackTries === 'number';
const isNotReached = (record: PhoneCallRecord): boolean => isCallback(record) && attemptOf(record.end) !== null;

/** Each try in vain is an entry of its own. */
const entryIdOf = (record: PhoneCallRecord): string => (isNotReached(record) ? `${callEntryId(record.callId)}:${record.callbackTries ?? 0}` : callEntryId(record.callId));

/** One or two plain sentences: what was done by keypad, then how the call went on. */
function summaryOf(told: Told, flow: FlowSummary | null): string {
  const done = operationsIn(flow?.path ?? []).map(plainWords);
  const byKeypad = done.length === 0 ? [] : [`By keypad: ${done.join(', ')}.`];
  return [...byKeypad, inEnglish(told)].join(' ').slice(0, 2_000);
}

/** `billing.extendInvoice → refused` as `extend invoice (refused)`. */
function plainWords(did: string): string {
  const [operation = '', exit = ''] = did.split(' → ');
  const name = operation.slice(operation.lastIndexOf('.') + 1).replace(/[-_]/g, ' ').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).trim();
  return exit === 'ok' ? name : `${name} (${exit})`;
}

function toldOf(record: PhoneCallRecord): Told {
  const { end, queue, waitMs, agent, talkMs } = record;
  const attempt = isCallback(record) ? attemptOf(end) : null;
  if (end.reason === 'callback-booked') return { what: 'callbackAsked', queue };
  if (attempt !== null) return { what: 'notReached', outcome: attempt, attempt: record.callbackTries ?? 0 };
  if (end.reason === 'callback-superseded') return { what: 'calledFirst' };
  // Who was on the line for a try in vain has not talked.
  if (isCallback(record) && end.reason === DROPPED.reason && (talkMs ?? 0) === 0) return { what: 'callbackDropped', attempts: record.callbackTries ?? 0 };
  if (agent !== null && talkMs !== null) return { what: 'talked', isCallback: isCallback(record), agent, queue, talkMs, waitMs };
  if (queue !== null) return end.result === 'abandoned' ? { what: 'hungUpWaiting', queue, waitMs } : { what: 'notServed', queue, reason: end.reason };
  if (end.reason === 'message-left') return { what: 'messageLeft', durationMs: null };
  switch (end.result) {
    case 'completed':
      return { what: 'served' };
    case 'abandoned':
      return { what: 'hungUpInMenu' };
    default:
      return { what: 'endedEarly', reason: end.reason };
  }
}
