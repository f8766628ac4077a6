import type { ChannelRules } from '../core/acd/channels.js';
import { itemOf, workOf, type Item, type ItemEnd, type ItemStanding, type KeptItem } from '../core/acd/item.js';
import type { QueueFact } from '../core/acd/queue-fact.js';
import type { QueueRoster, WorkState } from '../core/acd/queue-types.js';
import { requirementsOf } from '../core/acd/requirements.js';
import { failed, ok, type Result } from '../core/errors.js';
import { brand, type AgentId, type CallId, type NodeId, type QueueId, type RequestId } from '../core/ids.js';
import type { Clock } from '../ports/clock.js';
import type { ItemStore } from '../ports/item-store.js';
import type { Log } from '../ports/log.js';
import type { Queue } from '../ports/queue.js';
import { allWaiting } from './all-waiting.js';
import { ChangedQueues } from './changed-queues.js';
import { GONE_QUEUE, type Centre, type QueueSettings } from './centre.js';

export interface ItemDeskOptions {
  readonly queue: Pick<Queue, 'arrive' | 'abandon' | 'complete' | 'workState' | 'roster'>;
  readonly store: ItemStore;
  readonly centre: Pick<Centre, 'strategy'> & { queue(id: QueueId): Pick<QueueSettings, 'needs' | 'prefer' | 'relax' | 'ageing' | 'band'> | null };
  readonly channels: () => ChannelRules;
  /** Why nobody would ever be offered the item, or null. */
  readonly faultOf: (item: Item) => string | null;
  /** Tells those of all gateways. */
  readonly facts: { onFact(follower: (fact: QueueFact) => void): () => void };
  readonly node: NodeId;
  readonly newRequestId: () => RequestId;
  readonly clock: Clock;
  readonly log: Log;
}

const FOLLOW_AGAIN_MS = 2_000;

const STATES: Readonly<Record<WorkState['phase'], ItemStanding['state'] | null>> = { queued: 'queued', offered: 'offered', open: 'open', ended: null, unknown: 'lost' };

/** Work that other systems hand in: lines up beside the calls of its queue, by the same rules. The same item handed in twice is one. */
export class ItemDesk {
  private readonly changedQueues: ChangedQueues;
  private cancelFollowing: (() => void) | null = null;
  private isClosed = false;

  constructor(private readonly options: ItemDeskOptions) {
    const { centre, channels } = options;
    this.changedQueues = new ChangedQueues((id) => [centre.queue(id), centre.strategy(), channels()]);
  }

  /** `VG_REFUSED` says what stands against it; `VG_STORE`: hand it in again. */
  async create(item: Item): Promise<Result<ItemStanding>> {
    const { store, clock, faultOf } = this.options;
    const fault = faultOf(item);
    if (fault !== null && !(await this.isKnown(item.id))) return failed('VG_REFUSED', fault);
    const createdAt = clock.now();
    const created = await store.create({ ...item, createdAt, end: null });
    if (!created.ok) return created;
    const kept = created.value;
    if (!isSame(kept, item)) return failed('VG_REFUSED', `another item has the id "${item.id}": it is "${kept.title}"`);
    const isKnown = kept.createdAt < createdAt || kept.end !== null;
    const known = isKnown ? await this.find(item.id) : ok(null);
    if (!known.ok) return known;
    if (known.value !== null && isOver(known.value)) return ok(known.value);
    const linedUp = await this.lineUp(kept, isKnown ? 'known' : 'new');
    return linedUp.ok ? this.standingOf(kept) : linedUp;
  }

  /** Null when there is no such item (any more). */
  async find(id: string): Promise<Result<ItemStanding | null>> {
    const found = await this.options.store.find(id);
    return !found.ok ? found : found.value === null ? ok(null) : this.standingOf(found.value);
  }

  /** As `find`, but waits until the state is another than `unless`, at most so long. */
  async watch(id: string, unless: string, withinMs: number): Promise<Result<ItemStanding | null>> {
    const news = this.newsOf(id, withinMs);
    try {
      for (;;) {
        const found = await this.find(id);
        const isNews = !found.ok || found.value === null || found.value.state !== unless;
        if (isNews || !(await news.next())) return found;
      }
    } finally {
      news.close();
    }
  }

  /** Takes it back, wherever it is. Ok also when it was over. Null when there is no such item. */
  cancel(id: string): Promise<Result<ItemStanding | null>> {
    return this.ended(id, async (standing) => {
      const taken = await this.bringTo(standing, 'cancelled', '');
      const now = taken.ok ? null : await this.find(id);
      // An agent took it in that moment.
      return standing.state !== 'open' && now?.ok === true && now.value?.state === 'open' ? this.bringTo(now.value, 'cancelled', '') : taken;
    });
  }

  /** The work is done, said by its creator or by the agent `by`. Ok also when it was over. `VG_REFUSED` while nobody has it. */
  complete(id: string, done: { readonly note: string; readonly by?: AgentId }): Promise<Result<ItemStanding | null>> {
    return this.ended(id, async (standing) => {
      const { agentId, state } = standing;
      if (state !== 'open' || agentId === null) return failed('VG_REFUSED', `the item is ${state}: only what an agent has taken can be completed`);
      if (done.by !== undefined && done.by !== agentId) return failed('VG_REFUSED', 'another agent has this item');
      return this.bringTo(standing, 'completed', done.note);
    });
  }

  /** What an agent has open goes on to others, with its place; for one who is stuck. */
  async giveBack(agentId: AgentId, open: readonly CallId[]): Promise<Result<null>> {
    for (const callId of open) {
      const found = await this.find(itemOf(callId) ?? '');
      if (!found.ok) return found;
      if (found.value?.state !== 'open' || found.value.agentId !== agentId) continue;
      const back = await this.lineUp(found.value.item, { from: agentId });
      if (!back.ok) return back;
    }
    return ok(null);
  }

  /** The contact centre has other rules: what waits is served by them, with its place, as soon as the store takes it. Any gateway may say so, and several. Does not throw. */
  async followCentre(): Promise<void> {
    try {
      const waiting = (await allWaiting(this.options.queue)).filter(({ callId }) => itemOf(callId) !== null);
      const changed = this.changedQueues.look(waiting.map((call) => call.queue));
      for (const call of waiting) {
        if (!changed.has(call.queue)) continue;
        const linedUp = await this.lineUpAnew(call);
        if (!linedUp.ok && linedUp.error.code === 'VG_STORE') this.followAgain(linedUp.error.detail, call.queue);
      }
    } catch (error) {
      this.followAgain(String(error));
    }
  }

  /** What was handed in under other rules of the contact centre is not refused for those of today. */
  private async isKnown(id: string): Promise<boolean> {
    const found = await this.options.store.find(id);
    return found.ok && found.value !== null;
  }

  close(): void {
    this.isClosed = true;
    this.cancelFollowing?.();
  }

  private async lineUpAnew({ callId, node }: QueueRoster['calls'][number]): Promise<Result<null>> {
    const found = await this.options.store.find(itemOf(callId) ?? '');
    if (!found.ok) return found;
    return found.value === null ? ok(null) : this.lineUp(found.value, 'anew', node);
  }

  /** The store was away: until it is done, those who wait in that queue may be served by the rules they came with. */
  private followAgain(why: string, queue?: QueueId): void {
    if (queue !== undefined) this.changedQueues.forget(queue);
    if (this.isClosed || this.cancelFollowing !== null) return;
    this.options.log.warn({ queue, err: why }, 'items that wait are not served by new rules yet');
    this.cancelFollowing = this.options.clock.after(FOLLOW_AGAIN_MS, () => {
      this.cancelFollowing = null;
      void this.followCentre();
    });
  }

  private async ended(id: string, end: (standing: ItemStanding) => Promise<Result<null>>): Promise<Result<ItemStanding | null>> {
    const found = await this.find(id);
    if (!found.ok || found.value === null || isOver(found.value)) return found;
    const done = await end(found.value);
    const now = await this.find(id);
    // Somebody else may have ended it meanwhile.
    return done.ok || (now.ok && now.value !== null && isOver(now.value)) ? now : done;
  }

  /** `known`: it came before, and has its place from then. `from`: it leaves this agent. `anew`: it waits, and what it needs may be something else now. */
  private async lineUp(item: KeptItem, as: 'new' | 'known' | 'anew' | { readonly from: AgentId }, node = this.options.node): Promise<Result<null>> {
    const { queue, centre, channels, newRequestId, clock } = this.options;
    const { first, later } = requirementsOf(centre.queue(item.queue) ?? GONE_QUEUE, item);
    const work = { callId: workOf(item.id), channel: item.channel, queue: item.queue };
    const back = typeof as === 'object' ? as : {};
    const isReturning = typeof as === 'object';
    // The same item handed in twice is one arrival.
    const requestId = isReturning || as === 'anew' ? newRequestId() : brand<RequestId>(`${work.callId}:arrive`);
    const fact = { ...work, type: 'call.arrived', id: isReturning ? `${requestId}:arrived` : `${livesAs(item)}:arrived`, at: isReturning ? clock.now() : item.createdAt, needs: [...first.needs], asked: [...item.needs], band: first.band, askedBand: item.band, isReturning } as const;
    const arrived = await queue.arrive({
      ...work, ...first, later, requestId, strategy: centre.strategy(), node, ringTimeoutMs: channels()[item.channel].offerMs, isReturning, ...back, ...(as === 'new' ? {} : { queuedAt: item.createdAt }), ...(as === 'anew' ? {} : { fact }),
    });
    // It was handed in before, and an agent has it; or it is over or with another one by now.
    return arrived.ok || arrived.error.code === 'VG_NOT_QUEUED' ? ok(null) : arrived;
  }

  private async standingOf(item: KeptItem): Promise<Result<ItemStanding>> {
    if (item.end !== null) return ok({ item, state: item.end.result, agentId: item.end.agentId, waitMs: null });
    try {
      const { phase, agentId, waitMs } = await this.options.queue.workState(workOf(item.id));
      // Over, but whoever ended it has not written that down, and may not have lived to; after a while the queue has forgotten it as well.
      if ((phase === 'ended' || phase === 'unknown') && item.ending !== undefined) return ok({ item: { ...item, end: item.ending }, state: item.ending.result, agentId: item.ending.agentId, waitMs });
      return ok({ item, state: STATES[phase] ?? (agentId === null ? 'cancelled' : 'completed'), agentId, waitMs });
    } catch (error) {
      return failed('VG_STORE', String(error));
    }
  }

  /** From its line, or from the agent who has it. Written down before and after: nobody does again what was done, whoever dies in between. */
  private async bringTo({ item, state, agentId, waitMs }: ItemStanding, result: ItemEnd['result'], note: string): Promise<Result<null>> {
    const { store, queue, node, newRequestId, clock, log } = this.options;
    const at = clock.now();
    const holder = state === 'open' ? agentId : null;
    const end = { result, at, agentId: holder, note };
    const intended = await store.intend(item, end);
    if (!intended.ok) return intended;
    const { channel, queue: queueId } = item;
    const order = { requestId: newRequestId(), callId: workOf(item.id) };
    const fact = { callId: order.callId, channel, queue: queueId, at };
    const talkMs = Math.max(0, at - item.createdAt - (waitMs ?? 0));
    const done =
      holder === null
        ? await queue.abandon({ ...order, node, why: 'elsewhere', fact: { ...fact, type: 'call.abandoned', id: `${livesAs(item)}:abandoned` } })
        : await queue.complete({ ...order, channel, agentId: holder, wrapUpMs: 0, fact: { ...fact, type: 'call.completed', id: `${livesAs(item)}:completed`, agentId: holder, talkMs, holdMs: 0 } });
    const isLost = state === 'lost' && !done.ok && done.error.code === 'VG_NOT_QUEUED';
    if (!done.ok && !isLost) return done;
    log.info({ itemId: item.id, channel, queue: queueId, result, agentId: holder }, 'item ended');
    return store.end(item, end);
  }

  /** Each fact about the item, until the time is over. */
  private newsOf(id: string, withinMs: number): { next(): Promise<boolean>; close(): void } {
    let isOver = false;
    let hasNews = false;
    let wake: () => void = () => undefined;
    const cancel = this.options.clock.after(withinMs, () => {
      isOver = true;
      wake();
    });
    const unfollow = this.options.facts.onFact((fact) => {
      if (!('callId' in fact) || itemOf(fact.callId) !== id) return;
      hasNews = true;
      wake();
    });
    return {
      next: async () => {
        if (!hasNews && !isOver) await new Promise<void>((resolve) => (wake = resolve));
        hasNews = false;
        return !isOver;
      },
      close: () => {
        cancel();
        unfollow();
      },
    };
  }
}

/** An id may be used again once its first item is forgotten. */
const livesAs = ({ id, createdAt }: KeptItem): string => `${workOf(id)}:${createdAt}`;

const isOver = ({ state }: ItemStanding): boolean => state === 'completed' || state === 'cancelled';

const isSame = ({ createdAt: _at, end: _end, ending: _ending, ...kept }: KeptItem, item: Item): boolean => JSON.stringify(sortedEntries(inOrder(kept))) === JSON.stringify(sortedEntries(inOrder(item)));
/** Nobody means anything by the order of needs. */
const inOrder = (item: Item): Item => ({ ...item, needs: [...item.needs].sort((a, b) => (a.skill < b.skill ? -1 : 1)) });
const sortedEntries = (item: Item): readonly unknown[] => Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1));
