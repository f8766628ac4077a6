import { failed, ok, type Result } from '../../gateway/core/errors.js';
import type { MessageDone, VoiceMessage } from '../../gateway/core/thread/voice-message.js';
import type { MessageStore } from '../../gateway/ports/message-store.js';

/** Messages in memory. `lengths`: what was recorded under an id, ms. */
export class MemoryMessages implements MessageStore {
  readonly kept = new Map<string, VoiceMessage>();
  readonly done = new Map<string, MessageDone>();
  readonly discarded: string[] = [];
  readonly sounds = new Map<string, Buffer>();
  readonly lengths = new Map<string, number>();
  readonly cleared: number[] = [];
  /** Nothing can be written. */
  isFull = false;
  /** How often `keep` fails before it works. */
  failures = 0;

  recordingPath = (id: string): Promise<Result<string>> => Promise.resolve(this.isFull ? failed('VG_STORE', 'full') : ok(`/messages/recording/${id}.wav`));
  measure = (id: string): Promise<Result<number>> => Promise.resolve(ok(this.lengths.get(id) ?? 0));
  keep = (message: VoiceMessage): Promise<Result<null>> => {
    if (this.failures-- > 0) return Promise.resolve(failed('VG_STORE', 'not now'));
    this.kept.set(message.id, message);
    return Promise.resolve(ok(null));
  };
  discard = (id: string): Promise<void> => {
    this.discarded.push(id);
    return Promise.resolve();
  };
  asked = 0;
  open = (): Promise<Result<readonly VoiceMessage[]>> => (this.asked++, Promise.resolve(ok([...this.kept.values()].filter(({ id }) => !this.done.has(id)))));
  find = (id: string): Promise<VoiceMessage | null> => Promise.resolve(this.kept.get(id) ?? null);
  sound = (id: string): Promise<Buffer | null> => Promise.resolve(this.sounds.get(id) ?? null);
  markDone = (id: string, done: MessageDone): Promise<Result<VoiceMessage>> => {
    const message = this.kept.get(id);
    if (message === undefined || this.done.has(id)) return Promise.resolve(failed('VG_REFUSED', 'no such open message'));
    this.done.set(id, done);
    return Promise.resolve(ok(message));
  };
  olderThan = (at: number): Promise<readonly VoiceMessage[]> => Promise.resolve([...this.kept.values()].filter((message) => message.at < at));
  isDone = (id: string): Promise<boolean> => Promise.resolve(this.done.has(id));
  remove = (id: string): Promise<void> => {
    this.kept.delete(id);
    return Promise.resolve();
  };
  clear = (at: number): Promise<void> => {
    this.cleared.push(at);
    return Promise.resolve();
  };
}
