import type { Callback } from '../call/callback-state.js';
import type { KeptPlace } from '../call/kept-place.js';
import type { FlowSummary } from '../flow/flow-types.js';
import { brand, type CallId, type Millis, type OfferId, type QueueId } from '../ids.js';
import { normaliseNumber } from '../thread/identity.js';
import type { ThreadEntry } from '../thread/interaction.js';
import type { CallContext } from './context.js';
import type { ScreenQueue } from './queue.js';

/** What a call's context is made of. */
export interface ContextPieces {
  readonly callId: CallId;
  readonly offerId: OfferId | null;
  readonly queue: ScreenQueue;
  /** Any queue as screens name it: the caller's way may have led to others. */
  readonly queueOf: (id: QueueId) => ScreenQueue;
  readonly ani: string | null;
  readonly flow: FlowSummary;
  /** The customer asked for this call. */
  readonly callback?: { readonly asked: Callback; readonly isRinging: boolean } | undefined;
  /** The place that this call took over. */
  readonly resumed?: KeptPlace | undefined;
  /** Other calls of the same number that are going on. */
  readonly otherCalls: number;
  readonly queuedAt: Millis;
  readonly now: Millis;
  /** Null = the history store did not answer in time. */
  readonly thread: readonly ThreadEntry[] | null;
}

// A pop is read in seconds and sent in one frame: bounds keep it below 64 KB even for a caller who walked in circles.
const MAX_PATH = 80;
const MAX_THREAD = 20;
const MAX_SHOWN = 20;
const MAX_TEXT = 400;

/** The whole context of a call for the agent's screen. Total: whatever is missing shows as missing. */
export function buildCallContext(pieces: ContextPieces): CallContext {
  const { flow, thread } = pieces;
  return {
    callId: pieces.callId,
    offerId: pieces.offerId,
    queue: { ...pieces.queue },
    caller: {
      number: normaliseNumber(pieces.ani),
      customer: flow.customer === null ? null : { ...flow.customer, name: cut(flow.customer.name) },
      language: flow.language,
    },
    ...(pieces.callback === undefined ? {} : { callback: callbackView(pieces.callback) }),
    ...(pieces.resumed === undefined ? {} : { resumed: { why: pieces.resumed.why, at: pieces.resumed.at, afterMs: pieces.resumed.afterMs } }),
    ...(pieces.otherCalls === 0 ? {} : { otherCalls: pieces.otherCalls }),
    statedReason: flow.statedReason,
    shown: Object.entries(flow.shown)
      .slice(0, MAX_SHOWN)
      .map(([label, value]) => ({ label: cut(label), value: cut(value) })),
    path: flow.path.slice(-MAX_PATH).map((entry) => ({
      at: entry.at,
      node: entry.node,
      ...(entry.said === undefined ? {} : { said: cut(entry.said) }),
      ...(entry.entered === undefined ? {} : { entered: cut(entry.entered) }),
      ...(entry.did === undefined ? {} : { did: cut(entry.did), ...queueIn(entry.did, pieces.queueOf) }),
    })),
    queuedAt: pieces.queuedAt,
    waitMs: Math.max(0, pieces.now - pieces.queuedAt),
    thread: (thread ?? []).slice(0, MAX_THREAD).map((entry) => ({ ...entry, summary: cut(entry.summary), note: entry.note === null ? null : cut(entry.note) })),
    isThreadComplete: thread !== null,
  };
}

/** The queue in what a queue or a callback node notes. */
function queueIn(did: string, queueOf: ContextPieces['queueOf']): { readonly queue?: ScreenQueue } {
  const id = /^(?:queue|callback from) (\S+)$/.exec(did)?.[1];
  return id === undefined ? {} : { queue: queueOf(brand<QueueId>(id)) };
}

function callbackView({ asked, isRinging }: NonNullable<ContextPieces['callback']>): NonNullable<CallContext['callback']> {
  const { via, askedAt, number, attempts } = asked;
  return { via, askedAt, number, isRinging, attempts: attempts.map(({ at, outcome }) => ({ at, outcome })) };
}

function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 1)}…`;
}
