import type { AgentWish, SkillNeed } from '../acd/queue-types.js';
import type { Json, Millis, QueueId } from '../ids.js';
import type { Booking, SurveyAnswer } from './collected.js';

export type Language = 'sv' | 'nb' | 'en';
export const LANGUAGES: readonly Language[] = ['sv', 'nb', 'en'];

/** What is to be heard, with the wording, so that records and screens can show what the caller heard. */
export interface Utterance {
  readonly promptId: string;
  readonly language: Language;
  readonly text: string;
  /** The wording for records and screens, where the text says a secret that a back end repeated. */
  readonly noted?: string;
  /** A recorded file below `media/prompts` that wins over speech. */
  readonly file?: string;
  /** What the caller recorded in this call, to be heard instead of words. */
  readonly recording?: string;
}

/** How a flow ends. Exactly one for each run of a flow. */
export type FlowExit =
  | { readonly kind: 'queue'; readonly queue: QueueId; readonly needs: readonly SkillNeed[]; readonly band: number | null; readonly agent?: AgentWish; readonly reason: string | null }
  | { readonly kind: 'transfer'; readonly target: string; /** SIP headers for the other side. */ readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'hangup'; readonly outcome: 'solved' | 'told' | 'failed' | 'messageLeft' | 'callbackBooked' }
  /** It broke, and its error way as well, or nothing was heard on that way: the number's last resort has to help. */
  | { readonly kind: 'broken' };

/** Orders of the flow interpreter. It knows nothing of audio. */
export type FlowEffect =
  | { readonly type: 'flow.say'; readonly sayId: string; readonly utterances: readonly Utterance[]; readonly hasBargeIn: boolean }
  | { readonly type: 'flow.hush'; readonly sayId: string }
  | { readonly type: 'flow.setTimer'; readonly timer: string; readonly inMs: number }
  | { readonly type: 'flow.cancelTimer'; readonly timer: string }
  | {
      readonly type: 'flow.callConnector';
      readonly requestId: string;
      readonly operation: string;
      readonly arguments: Readonly<Record<string, Json>>;
      readonly idempotencyKey: string;
    }
  /** A message to the caller in another channel: what was done, in writing. The same id is the same message. */
  | { readonly type: 'flow.message'; readonly messageId: string; readonly channel: 'sms' | 'email'; readonly language: Language; readonly text: string }
  /** A beep, then the caller's voice is recorded until it is silent for so long, until so much is recorded, or until `flow.stopRecording`. */
  | { readonly type: 'flow.record'; readonly recordingId: string; readonly maxMs: number; readonly silenceMs: number }
  /** Ends the recording; what was recorded comes as `flow.recorded`, also when it had ended before. */
  | { readonly type: 'flow.stopRecording'; readonly recordingId: string }
  /** The recording becomes a message for agents. */
  | { readonly type: 'flow.fileRecording'; readonly recordingId: string; readonly durationMs: number }
  | { readonly type: 'flow.discardRecording'; readonly recordingId: string }
  /** The caller is to be called back. */
  | { readonly type: 'flow.bookCallback'; readonly booking: Booking }
  | { readonly type: 'flow.left'; readonly exit: FlowExit };

/** Facts for the flow interpreter. `at` is epoch ms. */
export type FlowEvent =
  | { readonly type: 'flow.said'; readonly at: Millis; readonly sayId: string; readonly isWhole: boolean }
  | { readonly type: 'flow.sayFailed'; readonly at: Millis; readonly sayId: string }
  | { readonly type: 'flow.digit'; readonly at: Millis; readonly digit: string }
  | { readonly type: 'flow.timerFired'; readonly at: Millis; readonly timer: string }
  | { readonly type: 'flow.connectorReturned'; readonly at: Millis; readonly requestId: string; readonly exit: string; readonly result: Json }
  /** `durationMs`: up to the last sound; 0 when nothing was said. */
  | { readonly type: 'flow.recorded'; readonly at: Millis; readonly recordingId: string; readonly durationMs: number }
  | { readonly type: 'flow.recordFailed'; readonly at: Millis; readonly recordingId: string };

/** One step of the caller's way, for the screen-pop, the record and the thread. Secrets are masked already. */
export interface PathEntry {
  readonly at: Millis;
  readonly node: string;
  /** The wording heard. */
  readonly said?: string;
  /** What the caller keyed, masked where the node says so. */
  readonly entered?: string;
  /** What was done: `billing.extendInvoice → ok`. */
  readonly did?: string;
}

/** What the rest of the call may know about the flow so far. */
export interface FlowSummary {
  readonly flowId: string;
  readonly version: string;
  readonly language: Language;
  /** Why the caller calls, as stated in the flow (`invoice.extension`), or null. */
  readonly statedReason: string | null;
  /** Values that the flow marks as shown to agents: label → value (secrets masked). */
  readonly shown: Readonly<Record<string, string>>;
  readonly customer: { readonly id: string; readonly name: string; readonly confidence: 'numberOnly' | 'entered' | 'verified' } | null;
  readonly path: readonly PathEntry[];
  readonly survey: readonly SurveyAnswer[];
  /** What the caller consented to or not, by its name. */
  readonly consents: Readonly<Record<string, boolean>>;
  /** Incidents that the caller was told of. */
  readonly incidents: readonly string[];
  /** The incident after which the caller hung up without pressing a key, or null. */
  readonly informedOf: string | null;
}
