import type { QueueFact } from '../core/acd/queue-fact.js';
import type { Millis } from '../core/ids.js';

/** The queue's facts as all gateways see them: one shared stream. It reaches back some hours at least. */
export interface FactStream {
  /** Writes the fact soon. While the stream cannot be reached facts are kept, up to a bound. Never throws. */
  append(fact: QueueFact): void;
  /**
   * Hands over every fact from about `since` on, in the stream's order, until `signal` aborts: each at least once, also after a
   * reconnect. The same fact may have been written twice: its id tells.
   */
  follow(since: Millis, onFact: (fact: QueueFact) => void, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** The log of facts on disk, for figures of past days and for replays. */
export interface FactArchive {
  /** Writes the fact soon. Never throws. */
  append(fact: QueueFact): void;
  /** All facts from `from` to before `to`, of every node whose files are there, by time and each once. */
  read(from: Millis, to: Millis): Promise<readonly QueueFact[]>;
  /** Resolves when all that was appended is written. */
  close(): Promise<void>;
}
