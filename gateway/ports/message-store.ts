import type { Result } from '../core/errors.js';
import type { Millis } from '../core/ids.js';
import type { MessageDone, VoiceMessage } from '../core/thread/voice-message.js';

/**
 * Voice messages and the recordings that may become some. An id names both; every method is safe to repeat. Gateways of one
 * contact centre share what they see here.
 */
export interface MessageStore {
  /** Where the media server is to record to; VG_STORE when nothing can be written there. */
  recordingPath(id: string): Promise<Result<string>>;
  /** How long the recording is up to its last sound, ms; 0 when there is none. */
  measure(id: string): Promise<Result<number>>;
  /** Makes the recording a message, whole or not at all. */
  keep(message: VoiceMessage): Promise<Result<null>>;
  /** Forgets a recording that became no message. */
  discard(id: string): Promise<void>;
  /** Messages that nobody has dealt with, the oldest first. */
  open(): Promise<Result<readonly VoiceMessage[]>>;
  find(id: string): Promise<VoiceMessage | null>;
  /** The message's sound as WAV; null when there is no such message (any more). */
  sound(id: string): Promise<Buffer | null>;
  /** Notes who has dealt with it; VG_REFUSED when somebody had before, or there is no such message. */
  markDone(id: string, done: MessageDone): Promise<Result<VoiceMessage>>;
  isDone(id: string): Promise<boolean>;
  /** Messages that are older than that, dealt with or not. */
  olderThan(at: Millis): Promise<readonly VoiceMessage[]>;
  /** Removes a message and its sound. */
  remove(id: string): Promise<void>;
  /** Removes recordings older than that which became no message: their call was lost. */
  clear(at: Millis): Promise<void>;
}
