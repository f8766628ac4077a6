import type { Interaction } from '../core/thread/interaction.js';
import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import type { ThreadStore } from '../ports/thread-store.js';

const RETRY_AFTER_MS = 2_000;
/** About an hour; then the entry is given up with an error that wakes a person. */
const MAX_TRIES = 1_800;

/** Puts entries into threads: once, also when the store is away for a while (the entry's id is its idempotency key). */
export class ThreadFiling {
  constructor(private readonly options: { readonly thread: Pick<ThreadStore, 'append'>; readonly clock: Clock }) {}

  /** Resolves after the first try; the others go on by themselves. */
  file(log: Log, interaction: Interaction): Promise<void> {
    return this.append(log, { interaction, tries: 0 });
  }

  private async append(log: Log, what: { readonly interaction: Interaction; readonly tries: number }): Promise<void> {
    const stored = await this.options.thread.append(what.interaction);
    if (stored.ok) return;
    if (what.tries >= MAX_TRIES) return log.error({ entry: what.interaction.id, code: stored.error.code }, 'thread entry lost');
    if (what.tries === 0) log.warn({ entry: what.interaction.id, code: stored.error.code }, 'thread entry delayed');
    this.options.clock.after(RETRY_AFTER_MS, () => void this.append(log, { interaction: what.interaction, tries: what.tries + 1 }));
  }
}
