import { itemOf } from '../core/acd/item.js';
import type { AgentState, CallOrder, OperatorRoster } from '../core/acd/queue-types.js';
import { isCallbackId } from '../core/call/callback.js';
import { agentOf } from '../core/call/with-agent.js';
import { failed, ok, type Result } from '../core/errors.js';
import type { AgentId, CallId, NodeId, QueueId, RequestId } from '../core/ids.js';
import { oneOf } from '../core/meant.js';
import type { CallStore } from '../ports/call-store.js';
import type { Log } from '../ports/log.js';
import type { Queue } from '../ports/queue.js';
import type { AgentSeats } from './agent-seats.js';
import type { DrainedGateways } from './drained-gateways.js';
import type { ItemDesk } from './item-desk.js';
import { readSnapshot } from './read-snapshot.js';
import type { RestingCallbacks } from './resting-callbacks.js';

/** What an operator can order. */
export type QueueOrder =
  /**
   * For one who is stuck. They are not ready in any channel, and their items go on to others. A call that no gateway has with them is over
   * for the queue; a talk goes on, as theirs, and they are not ready after it.
   */
  | { readonly do: 'free'; readonly agent: AgentId }
  /** At once, or after the talk and everything open. */
  | { readonly do: 'logout'; readonly agent: AgentId }
  /** A waiting caller goes to the number's last resort; a callback, also one that rests, is not made. */
  | { readonly do: 'drop'; readonly call: CallId }
  /** A waiting caller goes to another queue; the time waited counts there. */
  | { readonly do: 'move'; readonly call: CallId; readonly queue: QueueId }
  /** A gateway process takes no more callers; the calls that it has go on. `resume`: it takes them again. */
  | { readonly do: 'drain' | 'resume'; readonly node: NodeId };

export interface QueueOperatorOptions {
  readonly queue: Pick<Queue, 'roster' | 'agentState' | 'drop' | 'release' | 'order'>;
  readonly seats: Pick<AgentSeats, 'stopped' | 'logout' | 'items'>;
  readonly items: Pick<ItemDesk, 'giveBack'>;
  readonly callbacks: Pick<RestingCallbacks, 'list' | 'drop'>;
  readonly calls: Pick<CallStore, 'saved'>;
  /** `forCalls`: those of them that an agent who takes calls serves. */
  readonly queues: () => { readonly all: readonly string[]; readonly forCalls: ReadonlySet<string> };
  readonly gateways: Pick<DrainedGateways, 'list' | 'order'>;
  readonly newRequestId: () => RequestId;
  readonly log: Log;
}

const isNotQueued = (passed: Result<null>): boolean => !passed.ok && passed.error.code === 'VG_NOT_QUEUED';

/** Reason of an agent whom an operator set free. */
const FREED = 'freed';

/** What operators see of the queue and order there. Every order is a line of the log, with who gave it. */
export class QueueOperator {
  constructor(private readonly options: QueueOperatorOptions) {}

  /** `VG_STORE` when the store does not answer. */
  async roster(): Promise<Result<OperatorRoster>> {
    const { queue, gateways, callbacks } = this.options;
    try {
      const [roster, living, resting] = await Promise.all([queue.roster(), gateways.list(), callbacks.list()]);
      return ok({ ...roster, nodes: living.map((one) => ({ ...one, calls: Math.max(0, one.calls - resting.filter(({ node }) => node === one.node).length) })), callbacks: resting });
    } catch (error) {
      return failed('VG_STORE', String(error));
    }
  }

  async order(order: QueueOrder, by: string): Promise<Result<null>> {
    const done = await this.carryOut(order).catch((error: unknown) => failed('VG_STORE', String(error)));
    this.options.log.warn({ order, by, ...(done.ok ? {} : { refused: done.error.detail }) }, 'operator’s order');
    return done;
  }

  private async carryOut(order: QueueOrder): Promise<Result<null>> {
    switch (order.do) {
      case 'free':
        return this.free(order.agent);
      case 'logout':
        return this.logout(order.agent);
      case 'drop':
        return this.drop(order.call);
      case 'move':
        return this.move(order.call, order.queue);
      case 'drain':
      case 'resume':
        return this.options.gateways.order(order.node, order.do === 'drain');
    }
  }

  private async drop(call: CallId): Promise<Result<null>> {
    const passed = await this.pass(call, { do: 'drop' });
    return isNotQueued(passed) ? ((await this.options.callbacks.drop(call)) ?? passed) : passed;
  }

  private async move(call: CallId, queue: QueueId): Promise<Result<null>> {
    const { all, forCalls } = this.options.queues();
    if (!all.includes(queue)) return failed('VG_REFUSED', `there is no queue "${queue}": ${oneOf(queue, forCalls)}`);
    if (!forCalls.has(queue)) return failed('VG_REFUSED', `nobody who takes calls serves "${queue}", so the caller would wait in vain: use one of ${[...forCalls].join(', ')}`);
    const passed = await this.pass(call, { do: 'move', queue });
    return isNotQueued(passed) && isCallbackId(call) ? failed('VG_REFUSED', `the callback "${call}" is in no line just now: move it once it is tried again, or drop it`) : passed;
  }

  /** To the gateway that has the caller. */
  private pass(call: CallId, order: CallOrder): Promise<Result<null>> {
    const item = itemOf(call);
    if (item !== null) return Promise.resolve(failed('VG_REFUSED', `"${call}" is a chat, an e-mail or a case, and no caller: its creator takes it back with DELETE /v1/items/${item}`));
    return this.options.queue.order(call, order);
  }

  private async logout(agentId: AgentId): Promise<Result<null>> {
    if (!(await this.isSignedIn(agentId))) return this.notSignedIn(agentId);
    const signedOut = await this.options.seats.logout(agentId);
    return signedOut.ok ? ok(null) : signedOut;
  }

  private async notSignedIn(agentId: AgentId): Promise<Result<null>> {
    const { agents } = await this.options.queue.roster();
    const who = agents.length === 0 ? 'nobody is' : oneOf(agentId, agents.map((one) => one.agentId));
    return failed('VG_AGENT_UNKNOWN', `"${agentId}" is not signed in: ${who}`);
  }

  /** In any channel. */
  private async isSignedIn(agentId: AgentId): Promise<boolean> {
    const [voice, items] = await Promise.all([this.options.queue.agentState(agentId), this.options.seats.items(agentId)]);
    return [voice, ...items.map(({ state }) => state)].some(({ phase }) => phase !== 'loggedOut');
  }

  private async free(agentId: AgentId): Promise<Result<null>> {
    const { queue, seats } = this.options;
    if (!(await this.isSignedIn(agentId))) return this.notSignedIn(agentId);
    // First the wish, so that whoever is set free is not offered the next call.
    const lowered = await seats.stopped(agentId, FREED);
    const state = await queue.agentState(agentId);
    const taken = [await this.takeCall(agentId, state), await this.takeItems(agentId)];
    return [lowered, ...taken].find((done) => !done.ok) ?? ok(null);
  }

  /** A caller who is offered goes to the next agent at once. One whom the agent accepts in this moment is theirs. */
  private async takeCall(agentId: AgentId, state: AgentState): Promise<Result<null>> {
    const { newRequestId, queue } = this.options;
    if (state.phase === 'reserved') {
      const released = await queue.release({ requestId: newRequestId(), offerId: state.offerId, why: 'agentLeft' });
      return released.ok || released.error.code === 'VG_OFFER_LOST' ? ok(null) : released;
    }
    return state.phase !== 'talking' || (await this.isWith(agentId, state.callId)) ? ok(null) : this.dropCall(state.callId);
  }

  /** Whether a gateway has the call with this agent: then it ends there, and tells the queue. */
  private async isWith(agentId: AgentId, callId: CallId): Promise<boolean> {
    const [saved] = await this.options.calls.saved([callId]);
    const call = saved === undefined ? null : readSnapshot(saved);
    return call !== null && agentOf(call) === agentId;
  }

  private async dropCall(callId: CallId): Promise<Result<null>> {
    const dropped = await this.options.queue.drop({ requestId: this.options.newRequestId(), callId });
    return dropped.ok || dropped.error.code === 'VG_NOT_QUEUED' ? ok(null) : dropped;
  }

  /** What is offered goes to the next at once, what is open to its line: somebody waits for an answer there. */
  private async takeItems(agentId: AgentId): Promise<Result<null>> {
    const { queue, seats, items, newRequestId } = this.options;
    for (const { state } of await seats.items(agentId)) {
      const taken = state.offer === null ? ok(null) : await queue.release({ requestId: newRequestId(), offerId: state.offer.offerId, why: 'agentLeft' });
      // Accepted in this moment: open.
      if (!taken.ok && taken.error.code !== 'VG_OFFER_LOST') return taken;
      const given = await items.giveBack(agentId, state.open);
      if (!given.ok) return given;
    }
    return ok(null);
  }
}
