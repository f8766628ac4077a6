import type { CallEffect } from '../core/call/call-effects.js';
import type { FlowSummary } from '../core/flow/flow-types.js';
import { messageInteraction } from '../core/thread/message-entries.js';
import type { VoiceMessage } from '../core/thread/voice-message.js';
import type { Clock } from '../ports/clock.js';
import type { MessageStore } from '../ports/message-store.js';
import type { CallActor } from './call-actor.js';
import type { ThreadFiling } from './thread-filing.js';

type MessageEffect = Extract<CallEffect, { type: 'message.file' | 'message.discard' }>;

const RETRY_AFTER_MS = 2_000;
/** About an hour; then it is given up with an error that wakes a person. The recording stays where it is for a day. */
const MAX_TRIES = 1_800;

export interface MessageEffectsOptions {
  readonly messages: MessageStore;
  readonly filing: ThreadFiling;
  readonly clock: Clock;
  readonly source: string;
  readonly summarise: (actor: CallActor) => FlowSummary;
}

/** Makes recordings messages: kept first, then told in the customer's thread. */
export class MessageEffects {
  constructor(private readonly options: MessageEffectsOptions) {}

  async run(actor: CallActor, effect: MessageEffect): Promise<void> {
    if (effect.type === 'message.discard') return this.options.messages.discard(effect.messageId);
    return this.keep(actor, { message: this.message(actor, effect), tries: 0 });
  }

  private message(actor: CallActor, { messageId, durationMs }: Extract<MessageEffect, { type: 'message.file' }>): VoiceMessage {
    const { customer, statedReason, language, flowId } = this.options.summarise(actor);
    const { callId, ani } = actor.state;
    return { id: messageId, callId, at: this.options.clock.now(), durationMs, number: ani, customer: customer === null ? null : { id: customer.id, name: customer.name }, reason: statedReason, language, flow: flowId };
  }

  private async keep(actor: CallActor, what: { readonly message: VoiceMessage; readonly tries: number }): Promise<void> {
    const { messages, clock, source, filing } = this.options;
    const { message, tries } = what;
    const kept = await messages.keep(message);
    if (kept.ok) {
      actor.log.info({ messageId: message.id, durationMs: message.durationMs }, 'message left');
      return filing.file(actor.log, messageInteraction(message, source));
    }
    if (tries >= MAX_TRIES) return actor.log.error({ messageId: message.id, detail: kept.error.detail }, 'message lost');
    if (tries === 0) actor.log.error({ messageId: message.id, detail: kept.error.detail }, 'message not kept yet');
    clock.after(RETRY_AFTER_MS, () => void this.keep(actor, { message, tries: tries + 1 }));
  }
}
