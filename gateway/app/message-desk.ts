import { ok, type Result } from '../core/errors.js';
import type { AgentId, Millis } from '../core/ids.js';
import { messageDoneInteraction, messageRemovedInteraction } from '../core/thread/message-entries.js';
import type { VoiceMessage } from '../core/thread/voice-message.js';
import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import type { MessageStore } from '../ports/message-store.js';
import type { ThreadStore } from '../ports/thread-store.js';
import type { Centre } from './centre.js';
import { ThreadFiling } from './thread-filing.js';

const DAY_MS = 86_400_000;
const LOOK_EVERY_MS = 3_600_000;

export interface MessageDeskOptions {
  readonly messages: MessageStore;
  readonly thread: Pick<ThreadStore, 'append'>;
  readonly centre: Pick<Centre, 'agent'>;
  readonly keepDays: number;
  readonly source: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Messages for agents: who is still to be called back; and their end, once they are older than they may be. */
export class MessageDesk {
  private readonly filing: ThreadFiling;
  private cancelLook: () => void = () => undefined;
  private isClosed = false;

  constructor(private readonly options: MessageDeskOptions) {
    this.filing = new ThreadFiling(options);
  }

  /** Whether the agent can call back at all. */
  takesCalls(agentId: AgentId): boolean {
    const agent = this.options.centre.agent(agentId);
    return agent !== null && agent.phone !== null;
  }

  open(): Promise<Result<readonly VoiceMessage[]>> {
    return this.options.messages.open();
  }

  sound(id: string): Promise<Buffer | null> {
    return this.options.messages.sound(id);
  }

  /** Notes that the agent has dealt with it, for the others and in the customer's thread. VG_REFUSED when somebody had before. */
  async done(agentId: AgentId, what: { readonly id: string; readonly note: string }): Promise<Result<null>> {
    const { messages, centre, clock, log, source } = this.options;
    const done = { agent: centre.agent(agentId)?.name ?? agentId, at: clock.now(), note: what.note };
    const marked = await messages.markDone(what.id, done);
    if (!marked.ok) return marked;
    log.info({ messageId: what.id, agentId }, 'message dealt with');
    await this.filing.file(log, messageDoneInteraction(marked.value, done, source));
    return ok(null);
  }

  /** Looks for messages that are too old, now and every hour. */
  start(): void {
    const look = async (): Promise<void> => {
      await this.removeOld(this.options.clock.now()).catch((error: unknown) => this.options.log.error({ err: String(error) }, 'old messages not removed'));
      if (!this.isClosed) this.cancelLook = this.options.clock.after(LOOK_EVERY_MS, () => void look());
    };
    void look();
  }

  close(): void {
    this.isClosed = true;
    this.cancelLook();
  }

  /** The thread says so first: a message is not removed before that is known. */
  async removeOld(now: Millis): Promise<void> {
    const { messages, thread, keepDays, log, source } = this.options;
    for (const message of await messages.olderThan(now - keepDays * DAY_MS)) {
      const wasDone = await messages.isDone(message.id);
      const stored = await thread.append(messageRemovedInteraction(message, { at: now, afterDays: keepDays, wasDone }, source));
      if (!stored.ok) {
        log.warn({ messageId: message.id, code: stored.error.code }, 'old message not removed yet');
        continue;
      }
      await messages.remove(message.id);
      log.info({ messageId: message.id, wasDone }, 'old message removed');
    }
    await messages.clear(now - DAY_MS);
  }
}
