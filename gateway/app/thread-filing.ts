import type { Interaction } from '../core/thread/interaction.js';
import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import type { ThreadStore } from '../ports/thread-store.js';
import { WaitingWrites } from './waiting-writes.js';

/** A busy day's calls. More are given up, each with an error that wakes a person: calls need the memory. */
const MOST_WAITING = 20_000;

/** Puts entries into threads: once, also when the store is away for a while (the entry's id is its idempotency key). */
export class ThreadFiling {
  private readonly writes: WaitingWrites<{ readonly interaction: Interaction; readonly log: Log }>;

  constructor({ thread, clock }: { readonly thread: Pick<ThreadStore, 'append'>; readonly clock: Clock }) {
    this.writes = new WaitingWrites({
      write: ({ interaction }) => thread.append(interaction),
      clock,
      most: MOST_WAITING,
      onWait: ({ interaction, log }, { code }) => log.warn({ entry: interaction.id, code }, 'thread entry delayed'),
      onGivenUp: ({ interaction, log }, { code }) => log.error({ entry: interaction.id, code }, 'thread entry lost'),
    });
  }

  /** Resolves after the first try; the others go on by themselves. */
  file(log: Log, interaction: Interaction): Promise<void> {
    return this.writes.put({ log, interaction });
  }
}
