import type { QueueRoster } from '../core/acd/queue-types.js';
import { failed, ok, type Result } from '../core/errors.js';
import type { AgentId, CallId, NodeId, QueueId, RequestId } from '../core/ids.js';
import type { Log } from '../ports/log.js';
import type { Queue } from '../ports/queue.js';

/** What an operator can order. */
export type QueueOrder =
  /** The agent's talk or offer is over for the queue, and the agent not ready: for one who is stuck. */
  | { readonly do: 'free'; readonly agent: AgentId }
  /** At once, or after the talk. */
  | { readonly do: 'logout'; readonly agent: AgentId }
  /** A waiting caller goes to the number's last resort. */
  | { readonly do: 'drop'; readonly call: CallId }
  /** A waiting caller goes to another queue; the time waited counts there. */
  | { readonly do: 'move'; readonly call: CallId; readonly queue: QueueId }
  /** A gateway process takes no more calls; those it has go on. */
  | { readonly do: 'drain'; readonly node: NodeId };

export interface QueueOperatorOptions {
  readonly queue: Pick<Queue, 'roster' | 'agentState' | 'drop' | 'notReady' | 'logout' | 'order' | 'drain'>;
  readonly queues: () => readonly QueueId[];
  readonly newRequestId: () => RequestId;
  readonly log: Log;
}

/** Reason of an agent whom an operator set free. */
const FREED = 'freed';

/** What operators see of the queue and order there. Every order is a line of the log, with who gave it. */
export class QueueOperator {
  constructor(private readonly options: QueueOperatorOptions) {}

  /** `VG_STORE` when the store does not answer. */
  async roster(): Promise<Result<QueueRoster>> {
    try {
      return ok(await this.options.queue.roster());
    } catch (error) {
      return failed('VG_STORE', String(error));
    }
  }

  async order(order: QueueOrder, by: string): Promise<Result<null>> {
    const done = await this.carryOut(order);
    this.options.log.warn({ order, by, ...(done.ok ? {} : { refused: done.error.detail }) }, 'operator’s order');
    return done;
  }

  private async carryOut(order: QueueOrder): Promise<Result<null>> {
    const { queue, queues, newRequestId } = this.options;
    switch (order.do) {
      case 'free':
        return this.free(order.agent);
      case 'logout': {
        const signedOut = await queue.logout({ requestId: newRequestId(), agentId: order.agent });
        return signedOut.ok ? ok(null) : signedOut;
      }
      case 'drop':
        return queue.order(order.call, { do: 'drop' });
      case 'move':
        if (!queues().includes(order.queue)) return failed('VG_REFUSED', `there is no queue "${order.queue}"; there are ${queues().join(', ')}`);
        return queue.order(order.call, { do: 'move', queue: order.queue });
      case 'drain':
        return queue.drain(order.node);
    }
  }

  private async free(agentId: AgentId): Promise<Result<null>> {
    const { queue, newRequestId } = this.options;
    // First the wish, so that whoever is set free is not offered the next call.
    const lowered = await queue.notReady({ requestId: newRequestId(), agentId, reason: FREED });
    if (!lowered.ok) return lowered;
    const { value: state } = lowered;
    if (state.phase !== 'reserved' && state.phase !== 'talking') return ok(null);
    const dropped = await queue.drop({ requestId: newRequestId(), callId: state.callId });
    return dropped.ok || dropped.error.code === 'VG_NOT_QUEUED' ? ok(null) : dropped;
  }
}
