import type { CallEffect } from '../core/call/call-effects.js';
import type { Result } from '../core/errors.js';
import type { FlowSummary } from '../core/flow/flow-types.js';
import { messageInteraction } from '../core/thread/message-entries.js';
import type { VoiceMessage } from '../core/thread/voice-message.js';
import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import type { MessageStore } from '../ports/message-store.js';
import type { CallActor } from './call-actor.js';
import type { ThreadFiling } from './thread-filing.js';
import { WaitingWrites } from './waiting-writes.js';

type MessageEffect = Extract<CallEffect, { type: 'message.file' | 'message.discard' }>;

/** More are given up, each with an error that wakes a person. The recording stays where it is for a day. */
const MOST_WAITING = 1_000;

export interface MessageEffectsOptions {
  readonly messages: MessageStore;
  readonly filing: ThreadFiling;
  readonly clock: Clock;
  readonly source: string;
  readonly summarise: (actor: CallActor) => FlowSummary;
}

interface LeftMessage {
  readonly message: VoiceMessage;
  readonly log: Log;
}

/** Makes recordings messages: kept first, then told in the customer's thread. */
export class MessageEffects {
  private readonly writes: WaitingWrites<LeftMessage>;

  constructor(private readonly options: MessageEffectsOptions) {
    this.writes = new WaitingWrites({
      write: (left) => this.keep(left),
      clock: options.clock,
      most: MOST_WAITING,
      onWait: ({ message, log }, { detail }) => log.error({ messageId: message.id, detail }, 'message not kept yet'),
      onGivenUp: ({ message, log }, { detail }) => log.error({ messageId: message.id, detail }, 'message lost'),
    });
  }

  async run(actor: CallActor, effect: MessageEffect): Promise<void> {
    if (effect.type === 'message.discard') return this.options.messages.discard(effect.messageId);
    return this.writes.put({ message: this.message(actor, effect), log: actor.log });
  }

  private message(actor: CallActor, { messageId, durationMs }: Extract<MessageEffect, { type: 'message.file' }>): VoiceMessage {
    const { customer, statedReason, language, flowId } = this.options.summarise(actor);
    const { callId, ani } = actor.state;
    return { id: messageId, callId, at: this.options.clock.now(), durationMs, number: ani, customer: customer === null ? null : { id: customer.id, name: customer.name }, reason: statedReason, language, flow: flowId };
  }

  private async keep({ message, log }: LeftMessage): Promise<Result<null>> {
    const { messages, source, filing } = this.options;
    const kept = await messages.keep(message);
    if (!kept.ok) return kept;
    log.info({ messageId: message.id, durationMs: message.durationMs }, 'message left');
    await filing.file(log, messageInteraction(message, source));
    return kept;
  }
}
