import type { FlowState } from '../flow/flow-state.js';
import type { AgentId, CallId, LegId, Millis, NodeId, OfferId, QueueId } from '../ids.js';
import type { QueuePlace } from './queue-place.js';
import type { Callback, CallbackVia, CallbackWish, VainTry } from './callback-state.js';
import type { KeptPlace } from './kept-place.js';
import type { EndReason } from './end-reason.js';

/** Raised when the snapshot's shape changes; a release reads its own version and the one before. */
export const SNAPSHOT_VERSION = 1;

/** What is needed to reach a leg from any gateway process (see ports/telephony.ts, LegHandle). */
export interface LegAddress {
  readonly dialogId: string;
  readonly mediaServer: string;
  readonly channel: string;
}

/**
 * One SIP dialog with its media endpoint.
 *
 *   planned ──dialled──▶ ringing, arriving ──answered──▶ up ──hungUp──▶ gone
 *                                └────────failed, hungUp─────────────▶ gone
 */
export type Leg =
  /** To the customer of a callback, who has not been dialled yet. */
  | { readonly phase: 'planned'; readonly legId: LegId }
  /** `arrival`: what another process needs to go on with the INVITE (see ports/telephony.ts); a snapshot of the release before has none. */
  | { readonly phase: 'arriving'; readonly legId: LegId; readonly arrival?: string }
  | { readonly phase: 'ringing'; readonly legId: LegId }
  | { readonly phase: 'up'; readonly legId: LegId; readonly address: LegAddress; readonly isHeld: boolean }
  | { readonly phase: 'gone'; readonly legId: LegId };

/** The offer that a waiting call holds. The queue owns its life; the call only follows. */
export interface OpenOffer {
  readonly offerId: OfferId;
  readonly agentId: AgentId;
  /** `showing`: the pop is on its way. `shown`: waits for Accept on the screen. `ringing`: the INVITE left. `answered`: the phone was lifted and the queue is asked. */
  readonly stage: 'showing' | 'shown' | 'ringing' | 'answered';
  readonly expiresAt: Millis;
  readonly isAcceptedOnScreen: boolean;
}

/**
 * What the call is doing.
 *
 *   answering ─▶ flow ─▶ waiting ─▶ conversation ─▶ wrapUp ─▶ ended
 *                 │      │   ▲            │
 *                 │      │   └────────────┘ the agent's leg is lost, or cannot be bridged
 *                 └──────┴─▶ transferring ─▶ transferred ─▶ ended
 *
 *   waiting ─▶ calling ─▶ conversation: of a callback, whose customer is dialled once the agent is there
 *   calling ─▶ wrapUp ─▶ resting ─▶ waiting: the customer was not reached; after the last attempt the call is ended
 *
 *   flow ─▶ keeping ─▶ ended: the caller hung up while leaving a message
 *   flow (broken twice), waiting (nobody to be had), transferring and transferred (the other end is lost) ─▶ closing ─▶ ended
 *   the caller leaves, in any phase but conversation and wrapUp; the flow is over; an answer lost with its process ─▶ ended
 */
export type Activity =
  /** `keys`: pressed since our 200, before the flow began; they count. */
  | { readonly phase: 'answering'; readonly keys: string }
  | { readonly phase: 'flow' }
  /** The caller hung up while a message was recorded: waits for what it came to. `end`: where it was too short. */
  | { readonly phase: 'keeping'; readonly recordingId: string; readonly end: EndReason }
  | {
      readonly phase: 'waiting';
      readonly place: QueuePlace;
      /** When the caller began to wait, in this line or in one that sent them on; the place may be older. A snapshot of the release before does not say. */
      readonly since?: Millis;
      readonly offer: OpenOffer | null;
      /** Best position said so far; only an improvement is said. */
      readonly saidPosition: number | null;
      /** Upper end of the wait said last, minutes; only a shorter one is said. A snapshot of the release before does not say. */
      readonly saidWait?: number;
      /** How many words of comfort were said. */
      readonly comforted?: number;
      /** How often the wish to queue failed in a row. */
      readonly failures: number;
      /** An agent was found before and lost: the queue is asked for the first place again. */
      readonly isReturning: boolean;
      /** The caller was told which key books a callback, and why that was offered. */
      readonly callbackOffer?: CallbackVia;
      /** That key. A snapshot of the release before does not say. */
      readonly callbackKey?: string;
      /** Nobody would come: after that the last resort, unless the caller takes the callback. */
      readonly answerBy?: Millis;
    }
  | {
      readonly phase: 'conversation';
      readonly place: QueuePlace;
      readonly agentId: AgentId;
      readonly offerId: OfferId;
      readonly since: Millis;
      readonly isBridged: boolean;
    }
  /** The agent is on the line, the customer of a callback is being dialled. */
  | { readonly phase: 'calling'; readonly place: QueuePlace; readonly agentId: AgentId; readonly offerId: OfferId; readonly since: Millis }
  /** A callback that stands in no line until then: the customer was not reached, or is not to be rung at this time of day. */
  | { readonly phase: 'resting'; readonly place: QueuePlace; readonly until: Millis }
  /** Dialling out for a blind transfer, then talking there. */
  | { readonly phase: 'transferring'; readonly target: string }
  | {
      readonly phase: 'transferred';
      readonly target: string;
      readonly since: Millis;
      /** A snapshot of the release before does not say. */
      readonly isBridged?: boolean;
    }
  /** A last prompt, then the caller's leg is ended. `own`: the number's words; `plain`: those were not heard, a plain goodbye is said; `booked`: that we call back. */
  | { readonly phase: 'closing'; readonly end: EndReason; readonly words: LastWords }
  /** Both legs are gone; the agent files a disposition. `againAt`: the customer of a callback was not reached and is rung again then. `talkMs`: of this talk, null where there was none; a snapshot of the release before does not say. `tried`: what there was instead; nor does it say that. */
  | { readonly phase: 'wrapUp'; readonly agentId: AgentId; readonly place: QueuePlace; readonly end: EndReason; readonly againAt?: Millis; readonly talkMs?: number | null; readonly tried?: VainTry }
  | { readonly phase: 'ended'; readonly end: EndReason };

export type LastWords = 'own' | 'plain' | 'booked';

/** Figures of the call for its record. */
export interface CallFigures {
  readonly answeredAt: Millis | null;
  readonly waitMs: number;
  readonly talkMs: number;
  readonly agentId: AgentId | null;
  readonly offers: number;
  /** Voice messages left. A snapshot of the release before does not say. */
  readonly messages?: number;
}

export interface CallState {
  readonly snapshot: typeof SNAPSHOT_VERSION;
  readonly callId: CallId;
  readonly node: NodeId;
  /** How often another process took the call over: of two that believe to have it, the one that counts more has it. */
  readonly takeovers: number;
  /** Number of events folded so far: the fencing version of the snapshot, and the source of effect keys. */
  readonly version: number;
  readonly sipCallId: string;
  readonly ani: string | null;
  readonly dnis: string;
  readonly arrivedAt: Millis;
  readonly flowId: string;
  /** Hash of the flow version this call finishes on. */
  readonly flowVersion: string;
  readonly flow: FlowState | null;
  readonly callerLeg: Leg;
  readonly agentLeg: Leg | null;
  readonly activity: Activity;
  readonly figures: CallFigures;
  /** The last offers taken, newest last: the outbox may tell of one again when it is over already. */
  readonly offersSeen: readonly OfferId[];
  /** The queue the call stands or last stood in; null when it never queued. */
  readonly queuedIn: QueueId | null;
  /** What is being said outside the flow (announcements), by its id; null when nothing. */
  readonly announcing: string | null;
  /** This call is one of ours, to a customer who asked for it. */
  readonly callback?: Callback;
  /** The place in line that this call took over from an earlier one. */
  readonly resumed?: KeptPlace;
  /** The caller asked in this call to be called back. */
  readonly booked?: CallbackWish;
}
