import type { Flow } from '../flow/flow-schema.js';
import type { SpokenWait } from '../acd/estimated-wait.js';
import type { Utterance } from '../flow/flow-types.js';
import type { Incident } from '../flow/incident.js';
import type { Language } from '../flow/flow-types.js';
import type { CallbackConfig } from '../acd/callback-config.js';
import type { AgentId, Millis, QueueId } from '../ids.js';

/** What the core may look up while it decides: all of it fixed for the length of one event. */
export interface CallRules {
  readonly flow: Flow;
  /** Values that a flow may use from the start: the number's default language. */
  readonly language: Language;
  /** What is wrong just now, for callers of this number. */
  readonly incidents: readonly Incident[];
  /** Wording that is not part of a flow: place in line, apologies. */
  announce(what: Announcement, language: Language): readonly Utterance[];
  /** Longest wait in a queue before the number's last resort, ms. */
  readonly maxWaitMs: number;
  /** What the queue says to those who wait. */
  queueWords(queue: QueueId): QueueWords;
  /** After which wait the queue's rules send callers elsewhere, ms; null = never. */
  overflowAfterMs(queue: QueueId): number | null;
  /** How customers of that queue are called back. */
  callback(queue: QueueId): CallbackConfig;
  /** Whether customers of that queue may be rung at that time. */
  mayRing(queue: QueueId, at: Millis): boolean;
  /** Where callers go as a last resort; null = they are told and the call ends. */
  readonly lastResortTarget: string | null;
  /** `phone`: lifting the ringing phone accepts. `screen`: Accept on the screen rings an auto-answering phone. */
  answerMode(agentId: AgentId): 'phone' | 'screen';
}

export interface QueueWords {
  /** A shared prompt in place of the usual words. */
  readonly welcome: string | null;
  readonly position: boolean;
  readonly wait: boolean;
  /** Shared prompts, one after the other, between place and music. */
  readonly comfort: { readonly everyMs: number; readonly prompts: readonly string[] } | null;
}

export type Announcement =
  /** What there is to say of the place, the wait, or both. */
  | { readonly key: 'queue.place'; readonly position: number | null; readonly wait: SpokenWait | null }
  /** `prompt`: the queue's own words, a shared prompt. */
  | { readonly key: 'queue.welcome'; readonly prompt: string | null }
  | { readonly key: 'queue.comfort'; readonly prompt: string }
  | { readonly key: 'queue.returned' }
  | { readonly key: 'queue.callbackOffer'; readonly digit: string }
  | { readonly key: 'queue.callbackBooked' }
  | { readonly key: 'sorry.tryLater' }
  /** When those words, which a number may have of its own, cannot be heard. */
  | { readonly key: 'sorry.goodbye' };
