import type { LeftWhy } from './left-why.js';
import type { OfferReason } from '../acd/offer-reason.js';
import type { OfferLoss } from '../acd/queue-types.js';
import type { Utterance } from '../flow/flow-types.js';
import type { AgentId, Json, LegId, OfferId, QueueId } from '../ids.js';
import type { EndReason } from './end-reason.js';
import type { QueuePlace } from './queue-place.js';
import type { AttemptOutcome, CallbackWish, VainTry } from './callback-state.js';

/** The customer of a callback was not reached; `againAt` null: that was the last attempt. */
export interface NotReached {
  readonly outcome: AttemptOutcome;
  readonly againAt: number | null;
}

/**
 * Orders of the call, plain JSON. `requestId` makes a repeat harmless: whoever adopts the call may run the effect again.
 * The result of an effect comes back as an event.
 */
export type CallEffect =
  | { readonly type: 'leg.answer'; readonly legId: LegId }
  | { readonly type: 'leg.reject'; readonly legId: LegId; readonly status: number; readonly reason: string }
  | { readonly type: 'leg.hangUp'; readonly legId: LegId; readonly cause: string }
  | { readonly type: 'leg.dial'; readonly legId: LegId; readonly agentId: AgentId; readonly beside: LegId | null; readonly shouldAutoAnswer: boolean }
  | { readonly type: 'leg.prepareDial'; readonly legId: LegId; readonly agentId: AgentId; readonly beside: LegId | null }
  /** Rings a number or SIP address outside; answers and failures come back like those of `leg.dial`. */
  | { readonly type: 'leg.dialOut'; readonly legId: LegId; readonly target: string; readonly headers: Readonly<Record<string, string>>; readonly beside: LegId | null }
  | { readonly type: 'leg.cancelDial'; readonly legId: LegId }
  | { readonly type: 'media.say'; readonly legId: LegId; readonly sayId: string; readonly utterances: readonly Utterance[] }
  | { readonly type: 'media.hush'; readonly legId: LegId; readonly sayId: string }
  | { readonly type: 'media.music'; readonly legId: LegId; /** Whose music; left out: the default. */ readonly queue?: QueueId }
  /** A beep, then the caller's voice is recorded; what came of it is told by `recording.ended` or `recording.failed`. */
  | { readonly type: 'media.record'; readonly legId: LegId; readonly recordingId: string; readonly maxMs: number; readonly silenceMs: number }
  /** Ends the recording. Where it ended before, or with another process, what there is of it is told all the same. */
  | { readonly type: 'media.stopRecording'; readonly legId: LegId; readonly recordingId: string }
  /** The recording becomes a message for agents, with an entry in the thread. Its id makes a repeat harmless. */
  | { readonly type: 'message.file'; readonly messageId: string; readonly durationMs: number }
  | { readonly type: 'message.discard'; readonly messageId: string }
  | { readonly type: 'media.bridge'; readonly caller: LegId; readonly agent: LegId }
  | { readonly type: 'timer.set'; readonly timer: string; readonly inMs: number }
  | { readonly type: 'timer.cancel'; readonly timer: string }
  | {
      readonly type: 'connector.call';
      readonly requestId: string;
      readonly operation: string;
      readonly arguments: Readonly<Record<string, Json>>;
      readonly idempotencyKey: string;
    }
  /** `mayOverflow`: the caller comes to this queue, whose rules may send them elsewhere. */
  | { readonly type: 'queue.arrive'; readonly requestId: string; readonly place: QueuePlace; readonly isReturning: boolean; readonly mayOverflow: boolean }
  /** `offeredTo`: should that agent's phone have won the race against the hang-up, the agent is set free again. */
  | { readonly type: 'queue.abandon'; readonly requestId: string; readonly offeredTo: AgentId | null; readonly place: QueuePlace; readonly why: LeftWhy }
  | { readonly type: 'queue.accept'; readonly requestId: string; readonly offerId: OfferId }
  | { readonly type: 'queue.release'; readonly requestId: string; readonly offerId: OfferId; readonly why: OfferLoss }
  | { readonly type: 'queue.complete'; readonly requestId: string; readonly agentId: AgentId; readonly place: QueuePlace; /** Null: nobody talked. */ readonly talkMs: number | null; readonly tried?: VainTry; readonly afterwards: 'wrapUp' | 'notReady' }
  /** States a talk to a store that may have lost it. */
  | { readonly type: 'queue.assertTalk'; readonly requestId: string; readonly agentId: AgentId; readonly place: QueuePlace; readonly waitMs: number }
  /** What has left the queue goes from there, should the queue have it still. `left`: the queue whose figures may lack that it left; null = none. */
  | { readonly type: 'queue.drop'; readonly requestId: string; readonly left: QueueId | null }
  /** For the figures: caller and agent talk. */
  | { readonly type: 'queue.logAnswer'; readonly offerId: OfferId; readonly agentId: AgentId; readonly place: QueuePlace; readonly waitMs: number }
  | { readonly type: 'queue.endWrapUp'; readonly requestId: string; readonly agentId: AgentId }
  | { readonly type: 'queue.askPosition' }
  | { readonly type: 'screen.offer'; readonly offerId: OfferId; readonly agentId: AgentId; readonly expiresAt: number; readonly why?: OfferReason }
  | { readonly type: 'screen.closeOffer'; readonly offerId: OfferId; readonly agentId: AgentId; readonly why: OfferLoss | 'answered' }
  /** Also while the customer of a callback is rung. */
  | { readonly type: 'screen.talking'; readonly agentId: AgentId }
  | { readonly type: 'screen.callEnded'; readonly agentId: AgentId; readonly by: 'caller' | 'agent' | 'system'; readonly notReached?: NotReached }
  /** The connection broke: the place is kept for whoever calls again from the number. `afterMs`: of waiting or talking. */
  | { readonly type: 'place.keep'; readonly place: QueuePlace; readonly afterMs: number }
  /** A call of ours to the caller joins a line. The same call makes it once, however often it is ordered. */
  | { readonly type: 'callback.book'; readonly wish: CallbackWish }
  /** An agent was quicker than the callback that was just booked. */
  | { readonly type: 'callback.withdraw' }
  | { readonly type: 'thread.append'; readonly end: EndReason }
  /** A message to the caller in another channel, as an entry of the thread for whoever sends it. */
  | { readonly type: 'thread.message'; readonly messageId: string; readonly channel: 'sms' | 'email'; readonly text: string }
  | { readonly type: 'thread.note'; readonly agentId: AgentId; readonly disposition: string | null; readonly note: string }
  /** The call is over: its snapshot, timers and queue traces go. */
  | { readonly type: 'call.forget'; readonly end: EndReason };
