import type { SpokenWait } from '../acd/estimated-wait.js';
import type { OverflowRule, OverflowTarget } from '../acd/queue-config.js';
import type { OfferReason } from '../acd/offer-reason.js';
import type { OfferLoss } from '../acd/queue-types.js';
import type { VgErrorCode } from '../errors.js';
import type { AgentId, CallId, Json, LegId, Millis, NodeId, OfferId, QueueId } from '../ids.js';
import type { KeptPlace } from './kept-place.js';
import type { LegAddress } from './call-state.js';

/** Facts about one call, past tense, plain JSON. `at` is epoch ms. */
export type CallEvent =
  | {
      readonly type: 'caller.arrived';
      readonly at: Millis;
      readonly callId: CallId;
      readonly legId: LegId;
      readonly node: NodeId;
      readonly sipCallId: string;
      readonly ani: string | null;
      readonly dnis: string;
      readonly flowId: string;
      readonly flowVersion: string;
      /** What another process needs to go on with the INVITE. */
      readonly arrival?: string;
    }
  | { readonly type: 'leg.answered'; readonly at: Millis; readonly legId: LegId; readonly address: LegAddress }
  | { readonly type: 'leg.failed'; readonly at: Millis; readonly legId: LegId; readonly code: VgErrorCode }
  | { readonly type: 'leg.hungUp'; readonly at: Millis; readonly legId: LegId; readonly by: 'peer' | 'system'; readonly cause: string }
  | { readonly type: 'leg.held'; readonly at: Millis; readonly legId: LegId; readonly isHeld: boolean }
  | { readonly type: 'digit.pressed'; readonly at: Millis; readonly legId: LegId; readonly digit: string }
  | { readonly type: 'say.ended'; readonly at: Millis; readonly sayId: string; readonly isWhole: boolean }
  | { readonly type: 'say.failed'; readonly at: Millis; readonly sayId: string }
  /** `durationMs`: up to the last sound. */
  | { readonly type: 'recording.ended'; readonly at: Millis; readonly recordingId: string; readonly durationMs: number }
  | { readonly type: 'recording.failed'; readonly at: Millis; readonly recordingId: string }
  | { readonly type: 'timer.fired'; readonly at: Millis; readonly timer: string }
  | { readonly type: 'connector.returned'; readonly at: Millis; readonly requestId: string; readonly exit: string; readonly result: Json }
  | { readonly type: 'queue.failed'; readonly at: Millis; readonly code: VgErrorCode }
  | { readonly type: 'queue.overflowed'; readonly at: Millis; readonly from: QueueId; readonly rule: OverflowRule; readonly to: OverflowTarget }
  | { readonly type: 'queue.placed'; readonly at: Millis; readonly position: number | null; readonly wait: SpokenWait | null }
  | { readonly type: 'offer.made'; readonly at: Millis; readonly offerId: OfferId; readonly agentId: AgentId; readonly queue: QueueId; readonly expiresAt: Millis; readonly why?: OfferReason }
  | { readonly type: 'offer.lost'; readonly at: Millis; readonly offerId: OfferId; readonly why: OfferLoss }
  | { readonly type: 'offer.shown'; readonly at: Millis; readonly offerId: OfferId; readonly isAcknowledged: boolean }
  | { readonly type: 'offer.accepted'; readonly at: Millis; readonly offerId: OfferId; readonly waitMs: number }
  | { readonly type: 'offer.refused'; readonly at: Millis; readonly offerId: OfferId; readonly code: VgErrorCode }
  | { readonly type: 'agent.accepted'; readonly at: Millis; readonly agentId: AgentId; readonly offerId: OfferId }
  | { readonly type: 'agent.declined'; readonly at: Millis; readonly agentId: AgentId; readonly offerId: OfferId }
  | { readonly type: 'agent.hungUp'; readonly at: Millis; readonly agentId: AgentId }
  | { readonly type: 'agent.filed'; readonly at: Millis; readonly agentId: AgentId; readonly disposition: string | null; readonly note: string }
  | { readonly type: 'bridge.made'; readonly at: Millis }
  | { readonly type: 'bridge.failed'; readonly at: Millis; readonly code: VgErrorCode }
  | { readonly type: 'wrapUp.over'; readonly at: Millis; readonly agentId: AgentId }
  /** The queue's store answers again; it may have lost what it knew. */
  | { readonly type: 'store.returned'; readonly at: Millis }
  /** The contact centre's configuration is another one now. */
  | { readonly type: 'centre.changed'; readonly at: Millis }
  /** The callback that was asked for stands in line. */
  | { readonly type: 'callback.booked'; readonly at: Millis }
  /** The caller called again and has the place that was kept for the number. */
  | { readonly type: 'place.resumed'; readonly at: Millis; readonly kept: KeptPlace }
  /** The customer of a callback was served in a call of their own, or took its place. */
  | { readonly type: 'callback.superseded'; readonly at: Millis }
  /** Another process took the call over; legs that were found gone have been reported by `leg.hungUp` before. */
  | { readonly type: 'call.recovered'; readonly at: Millis };

/** The first event of every call. */
export type CallerArrived = Extract<CallEvent, { type: 'caller.arrived' }>;
