import type { Personal } from '../core/acd/queue-types.js';
import type { CallEffect } from '../core/call/call-effects.js';
import type { FlowSummary } from '../core/flow/flow-types.js';
import { brand, type AgentId, type CustomerId } from '../core/ids.js';
import type { Clock } from '../ports/clock.js';
import type { ThreadStore } from '../ports/thread-store.js';
import type { CallActor } from './call-actor.js';
import type { Centre } from './centre.js';

type Arrive = Extract<CallEffect, { type: 'queue.arrive' }>;

/** A caller is not to wait for the history longer than this. */
const HISTORY_LIMIT_MS = 250;

export interface AgentWishesOptions {
  readonly thread: Pick<ThreadStore, 'lastAgent'>;
  readonly centre: Pick<Centre, 'agent'>;
  readonly clock: Clock;
  readonly summarise: (actor: CallActor) => FlowSummary;
}

/** Finds whom a caller would best like to talk to. */
export class AgentWishes {
  constructor(private readonly options: AgentWishesOptions) {}

  /**
   * The agent whom this call waits for first; null when none was wished for, or none is known. The time runs from the arrival in the
   * queue; for a place that is older (a callback at each try, a caller who was cut off) from when they came to the line.
   */
  async personalOf(actor: CallActor, { place, isReturning }: Arrive, queuedAt: number): Promise<Personal | null> {
    if (place.agent === undefined) return null;
    const agentId = place.agent.agentId ?? (await this.lastAgent(actor));
    // Nobody waits for an agent who takes no calls.
    if (agentId === null || (this.options.centre.agent(agentId)?.phone ?? null) === null) return null;
    const { activity, callerLeg } = actor.state;
    const cameAt = (activity.phase === 'waiting' ? activity.since : undefined) ?? this.options.clock.now();
    const olderMs = callerLeg.phase === 'planned' || !isReturning ? Math.max(0, cameAt - queuedAt) : 0;
    return { agentId, forMs: olderMs + place.agent.forMs };
  }

  private lastAgent(actor: CallActor): Promise<AgentId | null> {
    const { thread, clock, summarise } = this.options;
    const { customer } = summarise(actor);
    const customerId = customer === null ? null : brand<CustomerId>(customer.id);
    return new Promise((resolve) => {
      const cancel = clock.after(HISTORY_LIMIT_MS, () => resolve(null));
      void thread.lastAgent({ customerId, number: actor.state.ani }).then(
        (found) => (cancel(), resolve(found.ok ? found.value : null)),
        () => (cancel(), resolve(null)),
      );
    });
  }
}
