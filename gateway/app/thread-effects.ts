import type { CallEffect } from '../core/call/call-effects.js';
import type { FlowSummary } from '../core/flow/flow-types.js';
import { assertNever } from '../core/errors.js';
import { brand, type CustomerId, type NodeId } from '../core/ids.js';
import { callNoteInteraction, phoneCallInteraction, receiptInteraction } from '../core/thread/phone-call.js';
import type { Interaction } from '../core/thread/interaction.js';
import type { Clock } from '../ports/clock.js';
import type { CallActor } from './call-actor.js';
import { screenQueue, type Centre } from './centre.js';
import type { ThreadFiling } from './thread-filing.js';

type ThreadEffect = Extract<CallEffect, { type: 'thread.append' | 'thread.note' | 'thread.message' }>;

export interface ThreadEffectsOptions {
  readonly filing: ThreadFiling;
  readonly centre: Centre;
  readonly clock: Clock;
  readonly node: NodeId;
  readonly summarise: (actor: CallActor) => FlowSummary;
}

/** Puts the phone call into the customer's thread. */
export class ThreadEffects {
  constructor(private readonly options: ThreadEffectsOptions) {}

  run(actor: CallActor, effect: ThreadEffect): Promise<void> {
    return this.options.filing.file(actor.log, this.interaction(actor, effect));
  }

  private interaction(actor: CallActor, effect: ThreadEffect): Interaction {
    switch (effect.type) {
      case 'thread.append':
        return this.entry(actor, effect);
      case 'thread.note':
        return this.note(actor, effect);
      case 'thread.message':
        return this.receipt(actor, effect);
      default:
        return assertNever(effect, 'ThreadEffects');
    }
  }

  private receipt(actor: CallActor, { messageId, channel, text }: Extract<ThreadEffect, { type: 'thread.message' }>): Interaction {
    const { callId, ani } = actor.state;
    return receiptInteraction({ messageId, callId, source: `/vaxel/${this.options.node}`, ani, customerId: this.customerId(actor), at: this.options.clock.now(), channel, text });
  }

  private customerId(actor: CallActor): CustomerId | null {
    const customer = actor.state.flow === null ? null : this.options.summarise(actor).customer;
    return customer === null ? null : brand<CustomerId>(customer.id);
  }

  private entry(actor: CallActor, effect: Extract<ThreadEffect, { type: 'thread.append' }>): Interaction {
    const { centre, clock, node, summarise } = this.options;
    const { state } = actor;
    const { figures } = state;
    const queued = state.queuedIn;
    return phoneCallInteraction({
      callId: state.callId,
      source: `/vaxel/${node}`,
      ani: state.ani,
      callbackTries: state.callback?.attempts.length ?? null,
      startedAt: state.arrivedAt,
      endedAt: clock.now(),
      flow: state.flow === null ? null : summarise(actor),
      queue: queued === null ? null : screenQueue(centre, queued),
      waitMs: queued === null ? null : figures.waitMs,
      agent: figures.agentId === null ? null : (centre.agent(figures.agentId)?.name ?? figures.agentId),
      agentId: figures.agentId,
      talkMs: figures.agentId === null ? null : figures.talkMs,
      end: effect.end,
    });
  }

  private note(actor: CallActor, effect: Extract<ThreadEffect, { type: 'thread.note' }>): Interaction {
    const { centre, clock, node } = this.options;
    const { state } = actor;
    return callNoteInteraction({
      callId: state.callId,
      source: `/vaxel/${node}`,
      ani: state.ani,
      customerId: this.customerId(actor),
      at: clock.now(),
      agent: centre.agent(effect.agentId)?.name ?? effect.agentId,
      disposition: effect.disposition === null ? null : centre.disposition(effect.disposition),
      note: effect.note,
      // Nobody was talked to: the note is about the try.
      afterTry: state.figures.talkMs === 0 ? state.callback?.attempts.length : undefined,
    });
  }
}
